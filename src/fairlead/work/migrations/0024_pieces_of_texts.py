"""Which tasks have a piece of text somewhere in title or description, or as a label: what the filter of lists asks.

The index holds every three characters that follow each other inside a word, of texts in capitals and then in small
letters, since the filter compares capitals. What it finds is compared in full, so that it finds just what reading all
texts would find. Four signs are blanks to it, since the parser of PostgreSQL drops what it takes for a tag, an entity or
a protocol because of them; others do no harm, as what stands between them is a part of a word. As in 0004_search a
function of the owner asks, because row-level security lets an index answer only what cannot leak. It answers null
alone, for "read the texts", where no three letters or figures of the word stand in a row, and in a workspace of no more
than `few` tasks: what all workspaces of the server have with a word would be looked through for it.
"""

from __future__ import annotations

from django.db import migrations

PIECES = """
CREATE FUNCTION fairlead_task_pieces(title text, description text, labels text[]) RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 2000 SET search_path = pg_catalog, pg_temp AS $$
  SELECT ARRAY(
    SELECT substr(word, n, 3) FROM unnest(tsvector_to_array(to_tsvector('simple', translate(
        upper(title || ' ' || array_to_string(labels, ' ') || ' ' || description), '<>&:', '    ')))) AS word,
      generate_series(1, length(word) - 2) AS n)
$$;
CREATE INDEX task_pieces ON work_task USING gin (fairlead_task_pieces(title, description, labels));

CREATE FUNCTION fairlead_containing(term text, most integer, few integer) RETURNS SETOF bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200 SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  parts text[] := ARRAY(
    SELECT DISTINCT substr(run[1], n, 3)
    FROM regexp_matches(lower(upper(term)), '[[:alpha:]]{3,}|[[:digit:]]{3,}', 'g') AS run,
      generate_series(1, length(run[1]) - 2) AS n);
  inside text := '%' || regexp_replace(upper(term), '([\\\\%_])', '\\\\\\1', 'g') || '%';
BEGIN
  IF cardinality(parts) = 0
    OR NOT EXISTS (SELECT FROM work_task WHERE workspace_id = fairlead_workspace() OFFSET few) THEN
    RETURN NEXT NULL;
    RETURN;
  END IF;
  RETURN QUERY SELECT id FROM work_task WHERE workspace_id = fairlead_workspace() AND deleted_at IS NULL
    AND fairlead_task_pieces(title, description, labels) @> parts
    AND (upper(title) LIKE inside OR upper(description) LIKE inside OR labels @> ARRAY[term]::varchar[]) LIMIT most;
END $$;
REVOKE ALL ON FUNCTION fairlead_containing(text, integer, integer) FROM PUBLIC;
"""
NO_PIECES = """
DROP FUNCTION fairlead_containing(text, integer, integer);
DROP INDEX task_pieces;
DROP FUNCTION fairlead_task_pieces(text, text, text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("work", "0023_waiting_weeks")]
    operations = [migrations.RunSQL(PIECES, NO_PIECES)]
