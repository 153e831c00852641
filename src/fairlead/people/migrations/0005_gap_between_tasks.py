from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0004_calendars_and_teams"),
    ]

    operations = [
        migrations.AddField(
            model_name="worker",
            name="gap_minutes",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="worker",
            constraint=models.CheckConstraint(
                condition=models.Q(("gap_minutes__isnull", True), ("gap_minutes__lte", 240), _connector="OR"),
                name="worker_gap_fits",
            ),
        ),
    ]
