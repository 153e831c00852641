"""What one person did is found without reading the whole log."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0003_redactions")]
    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["workspace_id", "actor_user_id", "seq"],
                condition=models.Q(actor_user_id__isnull=False),
                name="event_actor",
            ),
        ),
    ]
