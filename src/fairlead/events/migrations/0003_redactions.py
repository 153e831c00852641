"""A person's name can be taken out of events, and nothing else of them; every event that was touched is written down."""

from __future__ import annotations

from django.db import migrations, models

KEEP = """
CREATE OR REPLACE FUNCTION fairlead_event_keep() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE told text[] := ARRAY['actor_name', 'subject_label', 'payload'];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF current_setting('fairlead.erasing', true) = 'on' AND to_jsonb(NEW) - told = to_jsonb(OLD) - told THEN
      INSERT INTO events_redaction (workspace_id, seq, digest)
        VALUES (NEW.workspace_id, NEW.seq, encode(sha256(convert_to(fairlead_event_text(NEW), 'UTF8')), 'hex'))
        ON CONFLICT (workspace_id, seq) DO UPDATE SET digest = excluded.digest;
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'events are never changed or removed' USING ERRCODE = 'insufficient_privilege';
END $$;
"""
ALWAYS = """
CREATE OR REPLACE FUNCTION fairlead_event_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events are never changed or removed' USING ERRCODE = 'insufficient_privilege';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0002_chain")]
    operations = [
        migrations.CreateModel(
            name="Redaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("seq", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("workspace_id", "seq"), name="redaction_once")],
            },
        ),
        migrations.RunSQL(KEEP, ALWAYS),
    ]
