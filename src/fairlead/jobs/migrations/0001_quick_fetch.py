"""Finding the next job costs the same however many timers wait.

The library's own function goes through everything that waits in the order of numbers, and so through each timer that is
not due yet. Nothing of the library is changed: its tables get three indexes, and `fairlead_fetch_job` stands beside its
function.
"""

from django.db import migrations

INDEXES = """
CREATE INDEX fairlead_jobs_waiting ON procrastinate_jobs (queue_name, id)
  WHERE status = 'todo' AND scheduled_at IS NULL;
CREATE INDEX fairlead_jobs_timers ON procrastinate_jobs (queue_name, scheduled_at, id)
  WHERE status = 'todo' AND scheduled_at IS NOT NULL;
CREATE INDEX fairlead_jobs_locks ON procrastinate_jobs (lock) WHERE lock IS NOT NULL AND status IN ('todo', 'doing');
"""
# First, without a lock: of each queue the oldest job that may run at once, and the timer that is due for longest. Then
# from whichever of them waits for longest on, the first that no other worker takes at this moment. Of the jobs of one
# lock only the oldest runs. Plans are remembered from when the table was small, so that the two settings keep out what
# is quick only then.
FETCH = """
CREATE FUNCTION fairlead_fetch_job(queues character varying[], worker bigint) RETURNS procrastinate_jobs
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  line record;
  taken bigint;
  found procrastinate_jobs;
BEGIN
  FOR line IN
    SELECT q AS queue, false AS timed, coalesce(e.at, '-infinity') AS since
    FROM unnest(queues) q
    CROSS JOIN LATERAL (
      SELECT j.id FROM procrastinate_jobs j
      WHERE j.status = 'todo' AND j.scheduled_at IS NULL AND j.queue_name = q ORDER BY j.id LIMIT 1) first
    LEFT JOIN LATERAL (SELECT v.at FROM procrastinate_events v WHERE v.job_id = first.id ORDER BY v.id LIMIT 1) e ON true
    UNION ALL
    SELECT q, true, first.scheduled_at
    FROM unnest(queues) q
    CROSS JOIN LATERAL (
      SELECT j.scheduled_at FROM procrastinate_jobs j
      WHERE j.status = 'todo' AND j.scheduled_at <= now() AND j.queue_name = q
      ORDER BY j.scheduled_at, j.id LIMIT 1) first
    ORDER BY since
  LOOP
    IF line.timed THEN
      SELECT j.id INTO taken FROM procrastinate_jobs j
      WHERE j.status = 'todo' AND j.scheduled_at <= now() AND j.queue_name = line.queue AND NOT {held}
      ORDER BY j.scheduled_at, j.id LIMIT 1 FOR UPDATE OF j SKIP LOCKED;
    ELSE
      SELECT j.id INTO taken FROM procrastinate_jobs j
      WHERE j.status = 'todo' AND j.scheduled_at IS NULL AND j.queue_name = line.queue AND NOT {held}
      ORDER BY j.id LIMIT 1 FOR UPDATE OF j SKIP LOCKED;
    END IF;
    EXIT WHEN taken IS NOT NULL;
  END LOOP;
  IF taken IS NOT NULL THEN
    UPDATE procrastinate_jobs SET status = 'doing', worker_id = worker WHERE id = taken RETURNING * INTO found;
  END IF;
  RETURN found;
END;
$$
"""
HELD = """EXISTS (
        SELECT 1 FROM procrastinate_jobs o WHERE o.lock = j.lock AND o.status IN ('todo', 'doing')
        AND (o.status = 'doing' OR o.id < j.id))"""
GONE = """
DROP FUNCTION fairlead_fetch_job(character varying[], bigint);
DROP INDEX fairlead_jobs_locks;
DROP INDEX fairlead_jobs_timers;
DROP INDEX fairlead_jobs_waiting;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("procrastinate", "0041_post_retry_failed_job")]
    operations = [migrations.RunSQL(INDEXES + FETCH.format(held=HELD), GONE)]
