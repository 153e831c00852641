from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("allocation", "0008_reasons_in_every_language")]

    operations = [
        migrations.AddField(model_name="plan", name="told", field=models.JSONField(blank=True, default=dict)),
        migrations.AddField(model_name="planline", name="told", field=models.JSONField(blank=True, default=dict)),
    ]
