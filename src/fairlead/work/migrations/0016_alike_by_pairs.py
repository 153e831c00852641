"""What looks alike shares two words at least: asking the index for pairs of them reads a tenth of what single words do.

Of a title the three rarest words are paired, and up to three more that are not written everywhere (see 0015_words).
"""

from __future__ import annotations

from django.db import migrations

BY_PAIRS = """
CREATE OR REPLACE FUNCTION fairlead_alike(task bigint, most integer) RETURNS TABLE (id bigint, score real)
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3 SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE words text[]; asked tsquery;
BEGIN
  SELECT tsvector_to_array(to_tsvector('simple', translate(t.title, '<>', '  '))) INTO words
    FROM work_task t WHERE t.id = task AND t.workspace_id = fairlead_workspace();
  words := ARRAY(SELECT word FROM unnest(words) AS word WHERE length(word) > 3);
  WITH ranked AS (
    SELECT one.word, coalesce(w.uses, 0) AS uses,
      row_number() OVER (ORDER BY coalesce(w.uses, 0), length(one.word) DESC, one.word) AS n
    FROM unnest(words) AS one (word)
    LEFT JOIN work_word w ON w.workspace_id = fairlead_workspace() AND w.word = one.word),
  telling AS (SELECT word, n FROM ranked WHERE n <= 3 OR (n <= 6 AND uses <= 2000))
  SELECT string_agg(quote_literal(a.word) || ' & ' || quote_literal(b.word), ' | ')::tsquery INTO asked
    FROM telling a JOIN telling b ON a.n < b.n;
  IF asked IS NULL THEN RETURN; END IF;
  RETURN QUERY
    WITH near AS MATERIALIZED (
      SELECT o.id, o.title FROM work_task o WHERE o.workspace_id = fairlead_workspace() AND o.id <> task
        AND o.deleted_at IS NULL AND fairlead_task_words(o.title, o.description, o.labels) @@ asked
        ORDER BY o.updated_at DESC LIMIT 100),
    counted AS (
      SELECT near.id, (SELECT count(*) FROM unnest(tsvector_to_array(to_tsvector('simple',
          translate(near.title, '<>', '  ')))) AS w WHERE w = ANY (words)) AS both_have,
        (SELECT count(*) FROM unnest(tsvector_to_array(to_tsvector('simple', translate(near.title, '<>', '  '))))
          AS w WHERE length(w) > 3) AS it_has FROM near)
    SELECT counted.id, (counted.both_have::real / greatest(cardinality(words) + counted.it_has - counted.both_have, 1))::real
      FROM counted WHERE counted.both_have >= 2
        AND counted.both_have::real / greatest(cardinality(words) + counted.it_has - counted.both_have, 1) >= 0.3
      ORDER BY 2 DESC, 1 LIMIT most;
END $$;
"""
BY_WORDS = """
CREATE OR REPLACE FUNCTION fairlead_alike(task bigint, most integer) RETURNS TABLE (id bigint, score real)
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3 SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE words text[]; asked tsquery;
BEGIN
  SELECT tsvector_to_array(to_tsvector('simple', translate(t.title, '<>', '  '))) INTO words
    FROM work_task t WHERE t.id = task AND t.workspace_id = fairlead_workspace();
  words := ARRAY(SELECT word FROM unnest(words) AS word WHERE length(word) > 3);
  IF cardinality(words) IS NULL OR cardinality(words) = 0 THEN RETURN; END IF;
  SELECT string_agg(quote_literal(word), ' | ')::tsquery INTO asked FROM unnest(words) AS word;
  RETURN QUERY
    WITH near AS MATERIALIZED (
      SELECT o.id, o.title FROM work_task o WHERE o.workspace_id = fairlead_workspace() AND o.id <> task
        AND o.deleted_at IS NULL AND fairlead_task_words(o.title, o.description, o.labels) @@ asked
        ORDER BY o.updated_at DESC LIMIT 300),
    counted AS (
      SELECT near.id, (SELECT count(*) FROM unnest(tsvector_to_array(to_tsvector('simple',
          translate(near.title, '<>', '  ')))) AS w WHERE w = ANY (words)) AS both_have,
        (SELECT count(*) FROM unnest(tsvector_to_array(to_tsvector('simple', translate(near.title, '<>', '  '))))
          AS w WHERE length(w) > 3) AS it_has FROM near)
    SELECT counted.id, (counted.both_have::real / greatest(cardinality(words) + counted.it_has - counted.both_have, 1))::real
      FROM counted WHERE counted.both_have >= 2
        AND counted.both_have::real / greatest(cardinality(words) + counted.it_has - counted.both_have, 1) >= 0.3
      ORDER BY 2 DESC, 1 LIMIT most;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("work", "0015_words")]
    operations = [migrations.RunSQL(BY_PAIRS, BY_WORDS)]
