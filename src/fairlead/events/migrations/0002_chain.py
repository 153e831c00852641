"""The database itself numbers, chains and announces every event, and refuses to change one."""

from __future__ import annotations

from django.db import migrations

# The text that is hashed is one JSON array of every column, so that no two different rows give the same text.
CHAIN = """
CREATE FUNCTION fairlead_event_text(e events_event) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_array(
    e.workspace_id, e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.kind, e.actor_kind,
    e.actor_user_id, e.actor_name, e.token_id, e.subject_kind, e.subject_id, e.subject_label, e.project_id, e.payload
  )::text
$$;

CREATE FUNCTION fairlead_event_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE last events_head%ROWTYPE;
BEGIN
  INSERT INTO events_head (workspace_id, seq, hash) VALUES (NEW.workspace_id, 0, ''::bytea)
    ON CONFLICT (workspace_id) DO NOTHING;
  SELECT * INTO last FROM events_head WHERE workspace_id = NEW.workspace_id FOR UPDATE;
  NEW.seq := last.seq + 1;
  NEW.previous := last.hash;
  NEW.hash := sha256(last.hash || convert_to(fairlead_event_text(NEW), 'UTF8'));
  UPDATE events_head SET seq = NEW.seq, hash = NEW.hash WHERE workspace_id = NEW.workspace_id;
  PERFORM pg_notify('fairlead_events', concat_ws(':', NEW.workspace_id, NEW.seq, NEW.kind, NEW.subject_id));
  RETURN NEW;
END $$;

CREATE FUNCTION fairlead_event_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events are never changed or removed' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER event_chain BEFORE INSERT ON events_event FOR EACH ROW EXECUTE FUNCTION fairlead_event_chain();
CREATE TRIGGER event_keep BEFORE UPDATE OR DELETE ON events_event FOR EACH ROW EXECUTE FUNCTION fairlead_event_keep();
CREATE TRIGGER event_keep_all BEFORE TRUNCATE ON events_event FOR EACH STATEMENT EXECUTE FUNCTION fairlead_event_keep();
"""

UNCHAIN = """
DROP TRIGGER event_keep_all ON events_event;
DROP TRIGGER event_keep ON events_event;
DROP TRIGGER event_chain ON events_event;
DROP FUNCTION fairlead_event_keep();
DROP FUNCTION fairlead_event_chain();
DROP FUNCTION fairlead_event_text(events_event);
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunSQL(CHAIN, UNCHAIN)]
