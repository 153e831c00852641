from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0022_found_among")]

    operations = [
        migrations.AddIndex(
            model_name="timeweek",
            index=models.Index(
                condition=models.Q(("state", "submitted")), fields=["workspace", "monday"], name="time_week_waits"
            ),
        ),
    ]
