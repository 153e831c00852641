from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('allocation', '0001_initial'),
        ('work', '0002_status_and_state_agree'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='plan',
            name='plan_has_snapshot',
        ),
        migrations.AlterField(
            model_name='plan',
            name='state',
            field=models.CharField(choices=[('making', 'Being made'), ('draft', 'Draft'), ('applied', 'Applied'), ('undone', 'Undone'), ('discarded', 'Discarded'), ('failed', 'Failed')], default='draft', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('snapshot__isnull', False), ('state__in', ('making', 'discarded', 'failed')), _connector='OR'), name='plan_has_snapshot'),
        ),
    ]
