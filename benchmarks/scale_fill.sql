-- Fills one workspace in bulk; run by scale_fill.py, statement by statement, as the owner of the tables and with their
-- triggers asleep, which is why the last statements chain the events in the way of events/migrations/0002_chain.py.
-- Parameters: workspace, tasks, workers, projects, skills, events, first[], second[], third[], start (hash).

CREATE OR REPLACE FUNCTION pg_temp.pick(n bigint, salt integer, most integer) RETURNS integer LANGUAGE sql IMMUTABLE
  AS $$ SELECT (abs(hashint8(n * 1009 + salt)::bigint) %% most)::integer $$;

CREATE OR REPLACE FUNCTION pg_temp.syllable(k integer) RETURNS text LANGUAGE sql IMMUTABLE
  AS $$ SELECT substr('bcdfghklmnprstvwz', 1 + k %% 17, 1) || substr('aeiou', 1 + k / 17 %% 5, 1) $$;

CREATE OR REPLACE FUNCTION pg_temp.word(k integer) RETURNS text LANGUAGE sql IMMUTABLE
  AS $$ SELECT pg_temp.syllable(k * 31) || pg_temp.syllable(k / 85 + k * 7) || pg_temp.syllable(k * 13 + 5) $$;

CREATE OR REPLACE FUNCTION pg_temp.prose(n bigint, salt integer, most integer) RETURNS text LANGUAGE sql IMMUTABLE
  AS $$ SELECT string_agg(pg_temp.word(pg_temp.pick(n * 61 + k, salt, 4000)), ' ') FROM generate_series(1, most) AS k $$;

-- Everybody who is no AI agent signs in; every fiftieth is a manager, every hundredth leads. Clients come on top.
INSERT INTO accounts_user (password, email, name, kind, time_zone, language, theme, is_active, created_at)
SELECT '!', 'w' || %(workspace)s || '-' || n || '@example.com', 'Person ' || initcap(pg_temp.word(pg_temp.pick(n, 1, 4000))) || ' ' || n,
  'person', 'UTC', '', 'system', true, now() - interval '2 years'
FROM generate_series(0, %(workers)s - 1) AS n WHERE n %% 20 <> 19;

INSERT INTO accounts_user (password, email, name, kind, time_zone, language, theme, is_active, created_at)
SELECT '!', 'c' || %(workspace)s || '-' || n || '@example.com', 'Client ' || n, 'person', 'UTC', '', 'system', true, now() - interval '2 years'
FROM generate_series(0, greatest(%(workers)s / 50, 3) - 1) AS n;

CREATE TEMP TABLE user_at AS SELECT id, email, left(email, 1) AS sort, split_part(split_part(email, '-', 2), '@', 1)::integer AS n
FROM accounts_user WHERE email ~ ('^[wc]' || %(workspace)s || '-');

INSERT INTO accounts_membership (workspace_id, user_id, role, created_at)
SELECT %(workspace)s, id, CASE WHEN sort = 'c' THEN 'client' WHEN n %% 50 = 7 THEN 'manager' ELSE 'contributor' END, now() - interval '2 years'
FROM user_at;

INSERT INTO people_skill (workspace_id, name, synonyms, description, created_at)
SELECT %(workspace)s, initcap(pg_temp.word(n)) || ' craft', '{}', '', now() - interval '2 years' FROM generate_series(1, %(skills)s) AS n;

INSERT INTO people_worker (workspace_id, kind, name, email, user_id, headline, about, time_zone, country, week_minutes, max_tasks, lanes,
  speed_percent, rate_cents, rest_minutes, buffer_minutes, external_id, presence_text, created_at, version)
SELECT %(workspace)s, CASE WHEN n %% 20 = 19 THEN 'agent' WHEN n %% 20 > 13 THEN 'freelancer' ELSE 'employee' END,
  initcap(pg_temp.word(pg_temp.pick(n, 1, 4000))) || ' ' || initcap(pg_temp.word(pg_temp.pick(n, 2, 4000))),
  coalesce(u.email, ''), u.id, 'Does ' || (%(second)s::text[])[1 + n %% cardinality(%(second)s::text[])], '',
  (ARRAY['Europe/Berlin', 'Europe/Lisbon', 'America/New_York', 'Asia/Tokyo'])[1 + n %% 4], (ARRAY['DE', 'PT', 'US', 'JP'])[1 + n %% 4],
  CASE WHEN n %% 20 = 19 THEN 10080 ELSE 2400 END, NULL, 1, 80 + pg_temp.pick(n, 3, 50), CASE WHEN n %% 20 > 13 THEN 6000 ELSE 0 END, 0, 0, '', '',
  now() - interval '2 years', 1
FROM generate_series(0, %(workers)s - 1) AS n LEFT JOIN (SELECT id, email, n AS place FROM user_at WHERE sort = 'w') u ON u.place = n;

CREATE TEMP TABLE worker_at AS SELECT (row_number() OVER (ORDER BY id) - 1)::integer AS n, id, user_id, kind, name FROM people_worker
WHERE workspace_id = %(workspace)s;
CREATE INDEX ON worker_at (n);

CREATE TEMP TABLE skill_at AS SELECT (row_number() OVER (ORDER BY id) - 1)::integer AS n, id FROM people_skill WHERE workspace_id = %(workspace)s;

INSERT INTO people_workerskill (workspace_id, worker_id, skill_id, level, evidence, evidence_url)
SELECT DISTINCT ON (w.id, s.id) %(workspace)s, w.id, s.id, 1 + pg_temp.pick(w.n * 7 + k, 4, 5), '', '' FROM worker_at w, generate_series(0, 4) AS k
JOIN skill_at s ON true WHERE s.n = pg_temp.pick(w.n * 7 + k, 5, %(skills)s);

INSERT INTO people_hours (workspace_id, worker_id, weekday, from_min, to_min)
SELECT %(workspace)s, id, day, from_min, to_min FROM worker_at, generate_series(0, 4) AS day, (VALUES (540, 750), (795, 1065)) AS part (from_min, to_min)
WHERE kind <> 'agent';

INSERT INTO people_timeoff (workspace_id, worker_id, starts_on, ends_on, reason, state, note, created_at)
SELECT %(workspace)s, id, current_date + at, current_date + at + 4, '', CASE WHEN at > 60 AND n %% 30 = 0 THEN 'requested' ELSE 'approved' END, '', now() - interval '30 days'
FROM worker_at, generate_series(-2, 1) AS k, LATERAL (SELECT k * 60 + pg_temp.pick(n + k, 6, 60) AS at) AS place WHERE kind <> 'agent';

INSERT INTO people_calendar (workspace_id, worker_id, name, address, keeps_titles, etag, modified, read_at, fault, advice, faults, not_understood, created_at)
SELECT %(workspace)s, id, 'Outlook', '', false, '', '', now(), '', '', 0, 0, now() - interval '1 year' FROM worker_at WHERE n %% 3 = 0 AND kind <> 'agent';

INSERT INTO people_busyblock (workspace_id, worker_id, calendar_id, starts_at, ends_at, title)
SELECT %(workspace)s, worker_id, id, at, at + interval '1 hour', '' FROM people_calendar, generate_series(0, 39) AS k,
  LATERAL (SELECT date_trunc('hour', now()) + (k - 10) * interval '1 day' + pg_temp.pick(id + k, 7, 6) * interval '1 hour' AS at) AS place WHERE workspace_id = %(workspace)s;

INSERT INTO people_preference (workspace_id, worker_id, label, stance)
SELECT %(workspace)s, id, 'label' || pg_temp.pick(n, 8, 40), CASE WHEN n %% 3 = 0 THEN -1 ELSE 1 END FROM worker_at WHERE n %% 2 = 0;

INSERT INTO people_team (workspace_id, name, lead_id, description, created_at)
SELECT %(workspace)s, 'Team ' || n / 20, id, '', now() - interval '1 year' FROM worker_at WHERE n %% 20 = 0;

INSERT INTO people_teammember (workspace_id, team_id, worker_id)
SELECT %(workspace)s, t.id, w.id FROM people_team t JOIN worker_at w ON t.name = 'Team ' || w.n / 20 WHERE t.workspace_id = %(workspace)s;

CREATE TEMP TABLE project_at AS SELECT (row_number() OVER (ORDER BY id) - 1)::integer AS n, id, key FROM work_project WHERE workspace_id = %(workspace)s;
CREATE TEMP TABLE status_at AS SELECT s.project_id, s.state, min(s.id) AS id FROM work_status s WHERE workspace_id = %(workspace)s GROUP BY 1, 2;

INSERT INTO work_projectclient (workspace_id, project_id, user_id, created_at)
SELECT %(workspace)s, p.id, u.id, now() - interval '1 year' FROM user_at u JOIN project_at p ON p.n = u.n %% %(projects)s OR p.n = 1 WHERE sort = 'c';

-- Projects are unequal. Of a hundred tasks 30 are open; those are younger.
CREATE TEMP TABLE task_at AS
SELECT g.n, p.id AS project_id, p.key, row_number() OVER (PARTITION BY p.id ORDER BY g.n) AS number, stand.state, s.id AS status_id,
  CASE WHEN stand.state IN ('done', 'cancelled') OR stand.state IN ('backlog', 'ready') AND pg_temp.pick(g.n, 11, 10) < CASE stand.state WHEN 'ready' THEN 6 ELSE 3 END OR stand.state IN ('running', 'review')
    THEN w.id END AS worker_id,
  CASE WHEN stand.state IN ('done', 'cancelled') THEN now() - interval '20 days' - (%(tasks)s - g.n) * interval '700 days' / %(tasks)s
    ELSE now() - pg_temp.pick(g.n, 12, 180) * interval '1 day' - pg_temp.pick(g.n, 13, 1440) * interval '1 minute' END AS created_at,
  w.name AS worker_name, w.user_id
FROM generate_series(1, %(tasks)s) AS g (n)
JOIN project_at p ON p.n = floor(%(projects)s * power(pg_temp.pick(g.n, 9, 10000) / 10000.0, 1.3))::integer
JOIN worker_at w ON w.n = pg_temp.pick(g.n, 14, %(workers)s),
LATERAL (SELECT (ARRAY['backlog', 'ready', 'running', 'review', 'cancelled', 'done'])[1 + width_bucket(pg_temp.pick(g.n, 10, 100), ARRAY[14, 24, 28, 30, 34])] AS state) AS stand
JOIN status_at s ON s.state = stand.state
WHERE s.project_id = p.id;

INSERT INTO work_task (workspace_id, project_id, number, title, description, status_id, state, rank, priority, effort_low_min, effort_min, effort_high_min,
  due_at, labels, assignee_id, created_by_id, external_id, created_at, updated_at, started_at, done_at, version)
SELECT %(workspace)s, project_id, number,
  (%(first)s::text[])[1 + pg_temp.pick(n, 20, cardinality(%(first)s::text[]))] || ' the ' || (%(second)s::text[])[1 + pg_temp.pick(n, 21, cardinality(%(second)s::text[]))] || ', '
    || (%(third)s::text[])[1 + pg_temp.pick(n, 22, cardinality(%(third)s::text[]))] || ' part ' || n,
  'What should be true afterwards: ' || pg_temp.prose(n, 23, 30), status_id, state, n, pg_temp.pick(n, 24, 5), effort / 2, effort, effort * 2,
  CASE WHEN state NOT IN ('done', 'cancelled') AND pg_temp.pick(n, 25, 10) < 7 THEN now() + (pg_temp.pick(n, 26, 70) - 8) * interval '1 day'
    WHEN state = 'done' THEN created_at + interval '12 days' END,
  CASE n %% 3 WHEN 0 THEN '{}' WHEN 1 THEN ARRAY['label' || pg_temp.pick(n, 27, 40)] ELSE ARRAY['label' || pg_temp.pick(n, 27, 40), 'area' || pg_temp.pick(n, 28, 10)] END,
  worker_id, (SELECT min(id) FROM user_at WHERE sort = 'w'), '', created_at,
  CASE WHEN state IN ('done', 'cancelled') THEN created_at + interval '11 days' ELSE now() - pg_temp.pick(n, 29, 20000) * interval '1 minute' END,
  CASE WHEN state IN ('running', 'review', 'done') THEN created_at + interval '2 days' END, CASE WHEN state IN ('done', 'cancelled') THEN created_at + interval '11 days' END, 3
FROM task_at, LATERAL (SELECT 60 * (1 + pg_temp.pick(n, 30, 12)) AS effort) AS e;

UPDATE work_project p SET next_number = 1 + coalesce((SELECT max(number) FROM work_task t WHERE t.project_id = p.id), 0) WHERE workspace_id = %(workspace)s;

ALTER TABLE task_at ADD COLUMN id bigint;
UPDATE task_at a SET id = t.id FROM work_task t WHERE t.project_id = a.project_id AND t.number = a.number;
CREATE INDEX ON task_at (n);
ANALYZE task_at, worker_at, work_task;

UPDATE work_task t SET parent_id = b.id FROM task_at a JOIN task_at b ON b.project_id = a.project_id AND b.number = a.number - 1 AND b.n %% 12 <> 0
WHERE t.id = a.id AND a.n %% 12 = 0;

INSERT INTO work_need (workspace_id, task_id, skill_id, level)
SELECT DISTINCT ON (a.id, s.id) %(workspace)s, a.id, s.id, 1 + pg_temp.pick(a.n + k, 31, 3) FROM task_at a, generate_series(0, 1) AS k JOIN skill_at s ON true
WHERE s.n = pg_temp.pick(a.n * 3 + k, 32, %(skills)s) AND k <= a.n %% 2;

INSERT INTO work_criterion (workspace_id, task_id, text, position, checked_at)
SELECT %(workspace)s, id, 'It works ' || k, k, CASE WHEN state = 'done' THEN created_at + interval '10 days' END FROM task_at, generate_series(0, 1) AS k WHERE n %% 2 = 0;

INSERT INTO work_checklistitem (workspace_id, task_id, text, position, done_at)
SELECT %(workspace)s, id, 'Step ' || k, k, CASE WHEN state = 'done' THEN created_at + interval '9 days' END FROM task_at, generate_series(0, 3) AS k WHERE n %% 8 = 0;

INSERT INTO work_dependency (workspace_id, task_id, after_id, kind, lag_min)
SELECT %(workspace)s, a.id, b.id, 'fs', 0 FROM task_at a JOIN task_at b ON b.project_id = a.project_id AND b.number = a.number - 3 WHERE a.n %% 5 = 0;

INSERT INTO work_comment (workspace_id, task_id, author_id, body, internal, question, created_at)
SELECT %(workspace)s, a.id, coalesce(a.user_id, (SELECT min(id) FROM user_at)), 'I looked at it: ' || pg_temp.prose(a.n, 33 + k, 12), k <> 2, false, a.created_at + k * interval '3 days'
FROM task_at a, generate_series(0, 2) AS k WHERE k <= a.n %% 3;

INSERT INTO work_timeentry (workspace_id, worker_id, task_id, day, minutes, note, billable, source, created_at, updated_at)
SELECT %(workspace)s, worker_id, id, (created_at + k * interval '2 days')::date, 30 + pg_temp.pick(n + k, 40, 200), '', true, 'manual', created_at + k * interval '2 days', created_at + k * interval '2 days'
FROM task_at, generate_series(1, 4) AS k WHERE worker_id IS NOT NULL AND state IN ('done', 'running', 'review') AND created_at + k * interval '2 days' < now();

INSERT INTO work_timeweek (workspace_id, worker_id, monday, state, note, submitted_at)
SELECT %(workspace)s, id, (date_trunc('week', now()) - k * interval '1 week')::date, CASE k WHEN 1 THEN 'submitted' ELSE 'approved' END, '', date_trunc('week', now()) - (k - 1) * interval '1 week' FROM worker_at, generate_series(1, 20) AS k WHERE kind <> 'agent';

INSERT INTO allocation_receipt (workspace_id, task_id, snapshot_id, engine_version, ranking, evidence, seed, created_at)
SELECT %(workspace)s, a.id, s.id, '3', '{"ranking": {"task": "", "candidates": [], "ruled_out": [], "eligible": 0}}', '{}', 0, a.created_at + interval '1 day' FROM task_at a, allocation_snapshot s WHERE s.workspace_id = %(workspace)s AND a.worker_id IS NOT NULL;

INSERT INTO allocation_assignment (workspace_id, task_id, worker_id, receipt_id, by_kind, by_user_id, reason, fit, starts_at, ends_at, created_at, ended_at, end_reason)
SELECT %(workspace)s, a.id, a.worker_id, r.id, 'person', (SELECT min(id) FROM user_at), '', 60 + pg_temp.pick(a.n, 50, 40), at, at + interval '4 hours', a.created_at + interval '1 day',
  CASE WHEN a.state IN ('done', 'cancelled') THEN a.created_at + interval '11 days' END, CASE WHEN a.state IN ('done', 'cancelled') THEN 'done' ELSE '' END
FROM task_at a JOIN allocation_receipt r ON r.task_id = a.id,
LATERAL (SELECT CASE WHEN a.state IN ('done', 'cancelled') THEN a.created_at + interval '8 days' ELSE now() + pg_temp.pick(a.n, 51, 240) * interval '1 hour' END AS at) AS place;

INSERT INTO allocation_routing (workspace_id, task_id, version_id, state, step, turn, reason, told, created_at, changed_at)
SELECT %(workspace)s, a.id, v.id, 'suggest', 0, 0, '', '{}', a.created_at, a.created_at FROM task_at a,
  (SELECT current_id AS id FROM allocation_policy WHERE workspace_id = %(workspace)s AND is_catch_all) AS v WHERE a.worker_id IS NULL;

-- Offers: answered ones for a fifth of what is done, open ones for some of what waits.
INSERT INTO allocation_offering (workspace_id, task_id, state, at_once, answer_min, goes_on, message, by_user_id, created_at, closed_at)
SELECT %(workspace)s, id, CASE WHEN worker_id IS NULL THEN 'open' ELSE 'filled' END, 1, 240, true, '', (SELECT min(id) FROM user_at), created_at,
  CASE WHEN worker_id IS NOT NULL THEN created_at + interval '4 hours' END
FROM task_at WHERE n %% 5 = 0 AND state = 'done' OR n %% 12 = 5 AND worker_id IS NULL;

INSERT INTO allocation_receipt (workspace_id, task_id, snapshot_id, engine_version, ranking, evidence, seed, created_at)
SELECT %(workspace)s, o.task_id, s.id, '3', '{"ranking": {"task": "", "candidates": [], "ruled_out": [], "eligible": 0}}', '{}', 1, o.created_at FROM allocation_offering o, allocation_snapshot s WHERE s.workspace_id = %(workspace)s AND o.workspace_id = s.workspace_id AND o.state = 'open';

INSERT INTO allocation_offer (workspace_id, offering_id, task_id, worker_id, receipt_id, state, rank, fit, minutes, pay_cents, starts_at, ends_at, sent_at, expires_at, answered_at, reason)
SELECT %(workspace)s, o.id, o.task_id, coalesce(a.worker_id, w.id), r.id, CASE o.state WHEN 'open' THEN 'open' ELSE 'accepted' END, 1, 80, 240, 0, now(), now() + interval '4 hours',
  CASE o.state WHEN 'open' THEN now() ELSE o.created_at END, CASE o.state WHEN 'open' THEN now() + interval '5 days' ELSE o.created_at + interval '8 hours' END, o.closed_at, ''
FROM allocation_offering o JOIN task_at a ON a.id = o.task_id JOIN worker_at w ON w.n = pg_temp.pick(a.n, 14, %(workers)s) JOIN allocation_receipt r ON r.task_id = o.task_id AND r.seed = (o.state = 'open')::integer
WHERE o.workspace_id = %(workspace)s;

INSERT INTO work_triage (workspace_id, task_id, source, created_at, settled_at, outcome, reason)
SELECT %(workspace)s, id, 'request', created_at, CASE WHEN state <> 'backlog' THEN created_at + interval '1 day' END, CASE WHEN state <> 'backlog' THEN 'accepted' ELSE '' END, '' FROM task_at WHERE n %% 40 = 1;

INSERT INTO work_handover (workspace_id, task_id, round, state, message, shown, task_version, remind_days, asked_at, words, rating_words, client_rating_words)
SELECT %(workspace)s, id, 1, 'open', '', '{"title": "Look at it", "description": "", "criteria": []}', 3, 3, now() - interval '1 day', '', '', '' FROM task_at WHERE state = 'review' AND n %% 4 = 0;

INSERT INTO work_reviewer (workspace_id, handover_id, user_id, reminders)
SELECT %(workspace)s, h.id, c.user_id, 0 FROM work_handover h JOIN task_at a ON a.id = h.task_id JOIN work_projectclient c ON c.project_id = a.project_id WHERE h.workspace_id = %(workspace)s;

INSERT INTO work_taskplacement (workspace_id, task_id, project_id, status_id, rank, created_at)
SELECT %(workspace)s, a.id, p.id, s.id, a.n, now() FROM task_at a JOIN project_at p ON p.n = a.n %% %(projects)s AND p.id <> a.project_id JOIN status_at s ON s.project_id = p.id AND s.state = a.state WHERE a.n %% 25 = 0;

INSERT INTO work_fieldvalue (workspace_id, task_id, field_id, kind, number)
SELECT %(workspace)s, a.id, f.id, 'number', pg_temp.pick(a.n, 60, 100) FROM task_at a, work_field f WHERE f.workspace_id = %(workspace)s AND f.kind = 'number' AND a.n %% 2 = 0;

INSERT INTO work_fieldvalue (workspace_id, task_id, field_id, kind, text)
SELECT %(workspace)s, a.id, f.id, 'text', 'Order ' || a.n FROM task_at a, work_field f WHERE f.workspace_id = %(workspace)s AND f.kind = 'text' AND a.n %% 3 = 0;

INSERT INTO notices_notice (workspace_id, user_id, kind, occasion, project_id, task_id, title, body, url, actor_name, in_app, created_at, read_at)
SELECT %(workspace)s, a.user_id, 'assigned', 'task-' || a.id, a.project_id, a.id, 'New for you: ' || a.key || '-' || a.number, '', '/tasks/' || a.key || '-' || a.number || '/', 'Bench', true, a.created_at + interval '1 day',
  CASE WHEN a.state = 'done' THEN a.created_at + interval '2 days' END
FROM task_at a WHERE a.user_id IS NOT NULL AND a.worker_id IS NOT NULL;

-- The log: every task has the same number of events over its first days, all in the order of time.
CREATE TEMP TABLE log (LIKE events_event);

INSERT INTO log (id, workspace_id, seq, at, kind, actor_kind, actor_user_id, actor_name, subject_kind, subject_id, subject_label, project_id, payload, previous, hash)
SELECT 0, %(workspace)s, 0, at, step.kind, 'person', a.user_id, coalesce(a.worker_name, 'Bench'), 'task', a.id, a.key || '-' || a.number, a.project_id,
  CASE step.kind WHEN 'task.created' THEN jsonb_build_object('title', 'Task ' || a.n, 'source', 'person')
    WHEN 'task.assigned' THEN jsonb_build_object('worker', a.worker_name, 'previous', NULL, 'receipt', 1, 'fit', 80, 'reason', '')
    WHEN 'time.logged' THEN jsonb_build_object('task', a.key || '-' || a.number, 'worker', a.worker_name, 'day', at::date, 'minutes', 60, 'more', 60)
    WHEN 'task.criterion_checked' THEN jsonb_build_object('text', 'It works')
    ELSE jsonb_build_object('changes', jsonb_build_object('status', ARRAY['Ready', 'In progress'], 'state', ARRAY['ready', 'running'])) END, '', ''
FROM task_at a, generate_series(0, %(events)s / %(tasks)s - 1) AS k,
LATERAL (SELECT (ARRAY['task.created', 'task.assigned', 'task.started', 'time.logged', 'task.criterion_checked', 'task.moved', 'time.logged', 'task.submitted', 'task.completed', 'task.reopened'])[1 + k %% 10] AS kind) AS step,
LATERAL (SELECT a.created_at + (k + 1) * (now() - a.created_at) / (%(events)s / %(tasks)s + 1) AS at) AS moment;

CREATE OR REPLACE FUNCTION pg_temp.link(last bytea, said text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT sha256(last || convert_to(said, 'UTF8')) $$;

CREATE AGGREGATE pg_temp.chain(text) (SFUNC = pg_temp.link, STYPE = bytea, INITCOND = %(start)s);

INSERT INTO events_event (workspace_id, seq, at, kind, actor_kind, actor_user_id, actor_name, token_id, subject_kind, subject_id, subject_label, project_id, payload, previous, hash)
SELECT workspace_id, seq, at, kind, actor_kind, actor_user_id, actor_name, token_id, subject_kind, subject_id, subject_label, project_id, payload,
  coalesce(lag(hash) OVER (ORDER BY seq), %(start)s::bytea), hash
FROM (SELECT *, pg_temp.chain(jsonb_build_array(workspace_id, seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), kind, actor_kind, actor_user_id, actor_name, token_id, subject_kind,
    subject_id, subject_label, project_id, payload)::text) OVER (ORDER BY seq) AS hash
  FROM (SELECT workspace_id, %(seq)s + row_number() OVER (ORDER BY at, subject_id) AS seq, at, kind, actor_kind, actor_user_id, actor_name, token_id, subject_kind, subject_id, subject_label, project_id, payload FROM log) AS numbered) AS chained;

UPDATE events_head h SET (seq, hash) = (SELECT seq, hash FROM events_event e WHERE e.workspace_id = h.workspace_id ORDER BY seq DESC LIMIT 1) WHERE workspace_id = %(workspace)s;
