"""A task's status belongs to its project and has the task's state: the database refuses anything else."""

from __future__ import annotations

from django.db import migrations

AGREE = """
ALTER TABLE work_task ADD CONSTRAINT task_status_agrees FOREIGN KEY (status_id, project_id, state)
  REFERENCES work_status (id, project_id, state) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial")]
    operations = [migrations.RunSQL(AGREE, "ALTER TABLE work_task DROP CONSTRAINT task_status_agrees")]
