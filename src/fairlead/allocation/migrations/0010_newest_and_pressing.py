from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("allocation", "0009_reasons_of_plans")]

    operations = [
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["workspace", "-created_at", "-id"], name="assignment_newest"),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["workspace", "expires_at", "id"], name="offer_pressing"
            ),
        ),
    ]
