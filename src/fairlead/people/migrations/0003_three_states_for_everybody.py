"""Every workspace has Available, Focus and Away: those that exist now, and every new one in the moment it is made.

Accounts, where workspaces are made, is below people and cannot know of them; so the database itself adds the rows.
"""

from __future__ import annotations

from django.db import migrations

ADD = """
CREATE FUNCTION fairlead_first_presence() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO people_presencestate (workspace_id, name, available, color, position, is_default) VALUES
    (NEW.id, 'Available', true, 2, 0, true), (NEW.id, 'Focus', false, 3, 1, false), (NEW.id, 'Away', false, 4, 2, false);
  RETURN NULL;
END $$;
CREATE TRIGGER first_presence AFTER INSERT ON accounts_workspace
  FOR EACH ROW EXECUTE FUNCTION fairlead_first_presence();
INSERT INTO people_presencestate (workspace_id, name, available, color, position, is_default)
  SELECT w.id, s.name, s.available, s.color, s.position, s.is_default FROM accounts_workspace w CROSS JOIN (VALUES
    ('Available', true, 2, 0, true), ('Focus', false, 3, 1, false), ('Away', false, 4, 2, false)
  ) AS s (name, available, color, position, is_default)
  WHERE NOT EXISTS (SELECT 1 FROM people_presencestate p WHERE p.workspace_id = w.id);
"""
REMOVE = """
DROP TRIGGER first_presence ON accounts_workspace;
DROP FUNCTION fairlead_first_presence();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0002_presence"), ("accounts", "0001_initial")]
    operations = [migrations.RunSQL(ADD, REMOVE)]
