import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('allocation', '0005_policies'),
        ('people', '0001_initial'),
        ('work', '0002_status_and_state_agree'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Planning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weights', models.JSONField(default=dict)),
                ('proposes', models.BooleanField(default=True)),
                ('most_moved', models.PositiveSmallIntegerField(default=10)),
                ('most_moved_each', models.PositiveSmallIntegerField(default=3)),
                ('frozen_min', models.PositiveIntegerField(default=240)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='plan',
            name='plan_has_snapshot',
        ),
        migrations.AddField(
            model_name='plan',
            name='basis',
            field=models.BinaryField(default=b''),
        ),
        migrations.AddField(
            model_name='plan',
            name='bound',
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='plan',
            name='bound_by',
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name='plan',
            name='budget',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='plan',
            name='cause',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='plan',
            name='cause_key',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='plan',
            name='changes',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='plan',
            name='figures',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='plan',
            name='gap',
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='plan',
            name='other',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='variants', to='allocation.plan'),
        ),
        migrations.AddField(
            model_name='plan',
            name='scope',
            field=models.CharField(choices=[('waiting', 'Waiting tasks'), ('all', 'Waiting and held tasks'), ('repair', 'What an event changes')], default='waiting', max_length=10),
        ),
        migrations.AddField(
            model_name='plan',
            name='stop_asked',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='plan',
            name='stopped_at',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='plan',
            name='threads',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='plan',
            name='weights',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='planline',
            name='before_ends_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='planline',
            name='before_starts_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='planline',
            name='before_worker',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='lines_before', to='people.worker'),
        ),
        migrations.AddField(
            model_name='planline',
            name='kind',
            field=models.CharField(choices=[('new', 'New'), ('moved', 'Goes to somebody else'), ('shifted', 'At another time'), ('same', 'Unchanged'), ('open', 'Left open')], default='new', max_length=8),
        ),
        migrations.AlterField(
            model_name='plan',
            name='state',
            field=models.CharField(choices=[('making', 'Being made'), ('draft', 'Draft'), ('applied', 'Applied'), ('undone', 'Undone'), ('discarded', 'Discarded'), ('failed', 'Failed'), ('replaced', 'Replaced by a newer one')], default='draft', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('snapshot__isnull', False), ('state__in', ('making', 'discarded', 'failed', 'replaced')), _connector='OR'), name='plan_has_snapshot'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft'), models.Q(('cause_key', ''), _negated=True)), fields=('workspace', 'cause_key'), name='plan_one_proposal'),
        ),
        migrations.AddField(
            model_name='planning',
            name='workspace',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='planning', to='accounts.workspace'),
        ),
        migrations.RunSQL(
            "UPDATE allocation_planline SET kind = 'open' WHERE worker_id IS NULL", migrations.RunSQL.noop
        ),
    ]
