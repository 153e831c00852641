from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("allocation", "0006_replan"),
        ("people", "0005_gap_between_tasks"),
    ]

    operations = [
        migrations.AddField(
            model_name="planning",
            name="gap_min",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="planning",
            constraint=models.CheckConstraint(condition=models.Q(("gap_min__lte", 240)), name="planning_gap_fits"),
        ),
        migrations.AlterField(
            model_name="planline",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Proposed"),
                    ("applied", "Assigned"),
                    ("left_out", "Left out"),
                    ("taken", "Changed hands meanwhile"),
                    ("full", "Left out: too many tasks at once"),
                    ("undone", "Undone"),
                    ("kept", "Kept, because somebody went on with it"),
                ],
                default="",
                max_length=10,
            ),
        ),
    ]
