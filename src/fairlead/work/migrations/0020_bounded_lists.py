from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0019_rating_the_client")]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", True)),
                fields=["workspace", "project", "state", "due_at"],
                include=["assignee", "updated_at", "id"],
                name="task_counted",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", True)),
                fields=["workspace", "due_at", "-priority", "-id"],
                include=["state", "release_at", "done_at"],
                name="task_due",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["workspace", "-updated_at", "-id"],
                name="task_trash",
            ),
        ),
    ]
