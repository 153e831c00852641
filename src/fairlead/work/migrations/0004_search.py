"""Full-text search over tasks and comments.

Row-level security lets an index answer only what cannot leak, which text search is not held to be: the search runs in
a function of the owner, which compares the workspace itself and gives back nothing but ids. It never scans a table:
to read the words of every text anew costs a hundred times what the index costs, also for a word that is everywhere.
Angle brackets are left out, since the parser of PostgreSQL drops whatever stands behind a <script> that somebody typed.
"""

from __future__ import annotations

from django.db import migrations

SEARCH = """
CREATE FUNCTION fairlead_task_words(title text, description text, labels text[]) RETURNS tsvector
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT to_tsvector('simple', translate(title || ' ' || array_to_string(labels, ' ') || ' ' || description, '<>', '  '))
$$;
CREATE FUNCTION fairlead_comment_words(body text) RETURNS tsvector
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT to_tsvector('simple', translate(body, '<>', '  '))
$$;
CREATE FUNCTION fairlead_trigrams(content text) RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT substr(lower(content), n, 3)), '{}')
  FROM generate_series(1, greatest(length(content) - 2, 0)) AS n
$$;
CREATE INDEX task_words ON work_task USING gin (fairlead_task_words(title, description, labels));
CREATE INDEX task_trigrams ON work_task USING gin (fairlead_trigrams(title));
CREATE INDEX comment_words ON work_comment USING gin (fairlead_comment_words(body));

CREATE FUNCTION fairlead_words_query(term text, phrase boolean) RETURNS tsquery
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN phrase THEN phraseto_tsquery('simple', plain)
    WHEN numnode(plainto_tsquery('simple', plain)) = 0 THEN ''::tsquery
    ELSE (plainto_tsquery('simple', plain)::text || ':*')::tsquery END
  FROM translate(term, '<>', '  ') AS plain
$$;
CREATE FUNCTION fairlead_found(term text, phrase boolean, inside boolean, most integer) RETURNS SETOF bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200 SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE words tsquery := fairlead_words_query(term, phrase); parts text[] := fairlead_trigrams(term);
BEGIN
  RETURN QUERY
    (SELECT id FROM work_task WHERE workspace_id = fairlead_workspace()
      AND fairlead_task_words(title, description, labels) @@ words ORDER BY updated_at DESC LIMIT most)
    UNION ALL
    (SELECT task_id FROM work_comment WHERE workspace_id = fairlead_workspace() AND deleted_at IS NULL
      AND (inside OR NOT internal) AND fairlead_comment_words(body) @@ words
      ORDER BY created_at DESC LIMIT most)
    UNION ALL
    (SELECT id FROM work_task WHERE cardinality(parts) > 0 AND workspace_id = fairlead_workspace()
      AND fairlead_trigrams(title) @> parts AND position(lower(term) IN lower(title)) > 0
      ORDER BY updated_at DESC LIMIT most);
END $$;
REVOKE ALL ON FUNCTION fairlead_found(text, boolean, boolean, integer) FROM PUBLIC;
"""
NO_SEARCH = """
DROP FUNCTION fairlead_found(text, boolean, boolean, integer);
DROP FUNCTION fairlead_words_query(text, boolean);
DROP INDEX comment_words;
DROP INDEX task_trigrams;
DROP INDEX task_words;
DROP FUNCTION fairlead_trigrams(text);
DROP FUNCTION fairlead_comment_words(text);
DROP FUNCTION fairlead_task_words(text, text, text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("work", "0003_views_batches_looks")]
    operations = [migrations.RunSQL(SEARCH, NO_SEARCH)]
