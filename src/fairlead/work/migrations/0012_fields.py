"""Custom fields: definitions, options, where they are switched on, and values whose kind is that of their field."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


AGREE = """
ALTER TABLE work_fieldvalue ADD CONSTRAINT field_value_kind_agrees FOREIGN KEY (field_id, kind)
  REFERENCES work_field (id, kind) DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('people', '0003_three_states_for_everybody'),
        ("work", "0011_files"),
    ]

    operations = [
        migrations.CreateModel(
            name='Field',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$')])),
                ('name', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('text', 'Text'), ('long', 'Long text'), ('number', 'Number'), ('money', 'Money'), ('date', 'Date'), ('select', 'One of a list'), ('multi', 'Several of a list'), ('person', 'Person'), ('people', 'People'), ('check', 'Checkbox'), ('link', 'Link'), ('formula', 'Formula')], max_length=8)),
                ('hint', models.CharField(blank=True, max_length=200)),
                ('unit', models.CharField(blank=True, max_length=12)),
                ('decimals', models.PositiveSmallIntegerField(default=0)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('formula', models.CharField(blank=True, max_length=500)),
                ('required_from', models.CharField(blank=True, choices=[('review', 'In review'), ('done', 'Done')], max_length=10)),
                ('for_clients', models.BooleanField(default=False)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.workspace')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='FieldOption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('color', models.PositiveSmallIntegerField(default=0)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='options', to='work.field')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.workspace')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='FieldValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('text', 'Text'), ('long', 'Long text'), ('number', 'Number'), ('money', 'Money'), ('date', 'Date'), ('select', 'One of a list'), ('multi', 'Several of a list'), ('person', 'Person'), ('people', 'People'), ('check', 'Checkbox'), ('link', 'Link'), ('formula', 'Formula')], max_length=8)),
                ('text', models.TextField(blank=True, null=True)),
                ('number', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ('minor', models.BigIntegerField(blank=True, null=True)),
                ('day', models.DateField(blank=True, null=True)),
                ('flag', models.BooleanField(blank=True, null=True)),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='values', to='work.field')),
                ('option', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='work.fieldoption')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='field_values', to='work.task')),
                ('worker', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='people.worker')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='ProjectField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on_card', models.BooleanField(default=False)),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='projects_on', to='work.field')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fields_on', to='work.project')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.workspace')),
            ],
        ),
        migrations.AddConstraint(
            model_name='field',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('workspace', 'key'), name='field_key_once'),
        ),
        migrations.AddConstraint(
            model_name='field',
            constraint=models.UniqueConstraint(fields=('id', 'kind'), name='field_kind_key'),
        ),
        migrations.AddConstraint(
            model_name='field',
            constraint=models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]{0,39}$')), name='field_key_shape'),
        ),
        migrations.AddConstraint(
            model_name='field',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['text', 'long', 'number', 'money', 'date', 'select', 'multi', 'person', 'people', 'check', 'link', 'formula'])), name='field_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='field',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='field_has_name'),
        ),
        migrations.AddConstraint(
            model_name='field',
            constraint=models.CheckConstraint(condition=models.Q(('decimals__lte', 4)), name='field_decimals'),
        ),
        migrations.AddConstraint(
            model_name='field',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'money'), _negated=True), ('currency__regex', '^[A-Z]{3}$'), _connector='OR'), name='field_currency'),
        ),
        migrations.AddConstraint(
            model_name='field',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'formula'), _negated=True), models.Q(('formula', ''), _negated=True), _connector='OR'), name='field_formula'),
        ),
        migrations.AddConstraint(
            model_name='fieldoption',
            constraint=models.UniqueConstraint(fields=('field', 'name'), name='option_name_once'),
        ),
        migrations.AddConstraint(
            model_name='fieldoption',
            constraint=models.CheckConstraint(condition=models.Q(('color__lte', 11)), name='option_color_known'),
        ),
        migrations.AddConstraint(
            model_name='fieldoption',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='option_has_name'),
        ),
        migrations.AddIndex(
            model_name='fieldvalue',
            index=models.Index(condition=models.Q(('number__isnull', False)), fields=['field', 'number'], name='value_number'),
        ),
        migrations.AddIndex(
            model_name='fieldvalue',
            index=models.Index(condition=models.Q(('minor__isnull', False)), fields=['field', 'minor'], name='value_minor'),
        ),
        migrations.AddIndex(
            model_name='fieldvalue',
            index=models.Index(condition=models.Q(('day__isnull', False)), fields=['field', 'day'], name='value_day'),
        ),
        migrations.AddIndex(
            model_name='fieldvalue',
            index=models.Index(condition=models.Q(('option__isnull', False)), fields=['field', 'option'], name='value_option'),
        ),
        migrations.AddIndex(
            model_name='fieldvalue',
            index=models.Index(condition=models.Q(('worker__isnull', False)), fields=['field', 'worker'], name='value_worker'),
        ),
        migrations.AddConstraint(
            model_name='fieldvalue',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['multi', 'people']), _negated=True), fields=('task', 'field'), name='field_value_once'),
        ),
        migrations.AddConstraint(
            model_name='fieldvalue',
            constraint=models.UniqueConstraint(fields=('task', 'field', 'option'), name='field_value_option_once'),
        ),
        migrations.AddConstraint(
            model_name='fieldvalue',
            constraint=models.UniqueConstraint(fields=('task', 'field', 'worker'), name='field_value_worker_once'),
        ),
        migrations.AddConstraint(
            model_name='fieldvalue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['text', 'long', 'link']), ('day__isnull', True), ('flag__isnull', True), ('minor__isnull', True), ('number__isnull', True), ('option__isnull', True), ('text__isnull', False), ('worker__isnull', True)), models.Q(('kind__in', ['number', 'formula']), ('day__isnull', True), ('flag__isnull', True), ('minor__isnull', True), ('number__isnull', False), ('option__isnull', True), ('text__isnull', True), ('worker__isnull', True)), models.Q(('kind__in', ['money']), ('day__isnull', True), ('flag__isnull', True), ('minor__isnull', False), ('number__isnull', True), ('option__isnull', True), ('text__isnull', True), ('worker__isnull', True)), models.Q(('kind__in', ['date']), ('day__isnull', False), ('flag__isnull', True), ('minor__isnull', True), ('number__isnull', True), ('option__isnull', True), ('text__isnull', True), ('worker__isnull', True)), models.Q(('kind__in', ['select', 'multi']), ('day__isnull', True), ('flag__isnull', True), ('minor__isnull', True), ('number__isnull', True), ('option__isnull', False), ('text__isnull', True), ('worker__isnull', True)), models.Q(('kind__in', ['person', 'people']), ('day__isnull', True), ('flag__isnull', True), ('minor__isnull', True), ('number__isnull', True), ('option__isnull', True), ('text__isnull', True), ('worker__isnull', False)), models.Q(('kind__in', ['check']), ('day__isnull', True), ('flag__isnull', False), ('minor__isnull', True), ('number__isnull', True), ('option__isnull', True), ('text__isnull', True), ('worker__isnull', True)), _connector='OR'), name='field_value_column'),
        ),
        migrations.AddConstraint(
            model_name='fieldvalue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('flag', False), _negated=True)), name='field_value_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='projectfield',
            constraint=models.UniqueConstraint(fields=('project', 'field'), name='project_field_once'),
        ),
        migrations.RunSQL(AGREE, "ALTER TABLE work_fieldvalue DROP CONSTRAINT field_value_kind_agrees"),
    ]
