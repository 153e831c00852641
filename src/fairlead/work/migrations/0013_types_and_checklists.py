"""Types of work, approvals and checklists. Every workspace has the five built-in types from the moment it is made.

Workspaces are made in a layer below that cannot know of them; so the database itself adds the rows.
"""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TYPES = """
  ('task', 'Task', 'circle-dot', 1, '', '', 0),
  ('request', 'Request', 'message-square', 5, '', '', 1),
  ('bug', 'Bug', 'bug', 0, E'**What happens**\\n\\n**What should happen**\\n\\n**How to see it**',
   'It no longer happens the way it is described', 2),
  ('approval', 'Approval', 'stamp', 3, '', '', 3),
  ('milestone', 'Milestone', 'diamond', 4, '', '', 4)
"""
COLUMNS = "workspace_id, key, base, name, icon, color, description, criteria, position, version"
ADD = f"""
CREATE FUNCTION fairlead_first_types() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO work_tasktype ({COLUMNS})
  SELECT NEW.id, t.key, t.key, t.name, t.icon, t.color, t.description, t.criteria, t.position, 1
  FROM (VALUES {TYPES}) AS t (key, name, icon, color, description, criteria, position);
  RETURN NULL;
END $$;
CREATE TRIGGER first_types AFTER INSERT ON accounts_workspace FOR EACH ROW EXECUTE FUNCTION fairlead_first_types();
INSERT INTO work_tasktype ({COLUMNS})
  SELECT w.id, t.key, t.key, t.name, t.icon, t.color, t.description, t.criteria, t.position, 1
  FROM accounts_workspace w CROSS JOIN (VALUES {TYPES}) AS t (key, name, icon, color, description, criteria, position);
"""
REMOVE = """
DROP TRIGGER first_types ON accounts_workspace;
DROP FUNCTION fairlead_first_types();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('people', '0003_three_states_for_everybody'),
        ("work", "0012_fields"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TaskType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]{0,39}$')])),
                ('name', models.CharField(max_length=40)),
                ('base', models.CharField(blank=True, choices=[('task', 'task'), ('request', 'request'), ('bug', 'bug'), ('approval', 'approval'), ('milestone', 'milestone')], max_length=10)),
                ('icon', models.CharField(default='circle-dot', max_length=20)),
                ('color', models.PositiveSmallIntegerField(default=0)),
                ('description', models.TextField(blank=True)),
                ('criteria', models.TextField(blank=True)),
                ('effort_min', models.PositiveIntegerField(blank=True, null=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.workspace')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.AddField(
            model_name='task',
            name='type',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='work.tasktype'),
        ),
        migrations.CreateModel(
            name='TypeColumn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='types', to='work.status')),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='columns', to='work.tasktype')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='TypeField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='types', to='work.field')),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fields', to='work.tasktype')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='TypeNeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('skill', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='people.skill')),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='work.tasktype')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quorum', models.PositiveSmallIntegerField(default=1)),
                ('task', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='approval', to='work.task')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.workspace')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('quorum__gte', 1)), name='approval_quorum')],
            },
        ),
        migrations.CreateModel(
            name='Approver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(blank=True, choices=[('', 'Not yet'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('changes', 'Asked for changes')], default='', max_length=10)),
                ('comment', models.CharField(blank=True, max_length=1000)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvers', to='work.task')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('task', 'user'), name='approver_once'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('verdict', '')), models.Q(models.Q(('verdict', ''), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='approver_verdict_has_time')],
            },
        ),
        migrations.CreateModel(
            name='ChecklistItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=300)),
                ('position', models.PositiveSmallIntegerField()),
                ('due_on', models.DateField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='checklist', to='people.worker')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checklist', to='work.task')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='accounts.workspace')),
            ],
            options={
                'ordering': ['position', 'id'],
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True)), fields=['assignee'], name='checklist_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='checklist_has_text')],
            },
        ),
        migrations.AddConstraint(
            model_name='tasktype',
            constraint=models.UniqueConstraint(fields=('workspace', 'key'), name='type_key_once'),
        ),
        migrations.AddConstraint(
            model_name='tasktype',
            constraint=models.UniqueConstraint(condition=models.Q(('base', ''), _negated=True), fields=('workspace', 'base'), name='type_base_once'),
        ),
        migrations.AddConstraint(
            model_name='tasktype',
            constraint=models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]{0,39}$')), name='type_key_shape'),
        ),
        migrations.AddConstraint(
            model_name='tasktype',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='type_has_name'),
        ),
        migrations.AddConstraint(
            model_name='tasktype',
            constraint=models.CheckConstraint(condition=models.Q(('color__lte', 11)), name='type_color_known'),
        ),
        migrations.AddConstraint(
            model_name='tasktype',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('base', 'milestone'), _negated=True), ('effort_min__isnull', True), _connector='OR'), name='type_milestone_takes_nothing'),
        ),
        migrations.AddConstraint(
            model_name='typecolumn',
            constraint=models.UniqueConstraint(fields=('type', 'status'), name='type_column_once'),
        ),
        migrations.AddConstraint(
            model_name='typefield',
            constraint=models.UniqueConstraint(fields=('type', 'field'), name='type_field_once'),
        ),
        migrations.AddConstraint(
            model_name='typeneed',
            constraint=models.UniqueConstraint(fields=('type', 'skill'), name='type_need_once'),
        ),
        migrations.AddConstraint(
            model_name='typeneed',
            constraint=models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 5)), name='type_need_level'),
        ),
        migrations.RunSQL(ADD, REMOVE),
    ]
