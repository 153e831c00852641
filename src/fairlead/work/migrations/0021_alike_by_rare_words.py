"""What is alike shares a rare word and another one, or three that are written often; only where that finds too little,
pairs of words that are written often are asked for, of which a large workspace has thousands (see 0016_alike_by_pairs).

The candidates are found before they are put in order: in the order of their last change they would be looked for among
all tasks of the workspace.
"""

from __future__ import annotations

from importlib import import_module

from django.db import migrations

RARE_FIRST = """
CREATE OR REPLACE FUNCTION fairlead_alike(task bigint, most integer) RETURNS TABLE (id bigint, score real)
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3 SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE words text[]; close tsquery; pairs tsquery; asked tsquery; ids bigint[]; scores real[]; given bigint[] := '{}';
BEGIN
  SELECT tsvector_to_array(to_tsvector('simple', translate(t.title, '<>', '  '))) INTO words
    FROM work_task t WHERE t.id = task AND t.workspace_id = fairlead_workspace();
  words := ARRAY(SELECT word FROM unnest(words) AS word WHERE length(word) > 3);
  WITH ranked AS (
    SELECT one.word, coalesce(w.uses, 0) AS uses,
      row_number() OVER (ORDER BY coalesce(w.uses, 0), length(one.word) DESC, one.word) AS n
    FROM unnest(words) AS one (word)
    LEFT JOIN work_word w ON w.workspace_id = fairlead_workspace() AND w.word = one.word),
  telling AS (SELECT word, n, uses FROM ranked WHERE n <= 3 OR (n <= 6 AND uses <= 2000))
  SELECT nullif(concat_ws(' | ',
      (SELECT string_agg(quote_literal(a.word) || ' & ' || quote_literal(b.word), ' | ')
        FROM telling a JOIN telling b ON a.n < b.n WHERE a.uses <= 20),
      (SELECT string_agg(quote_literal(word), ' & ' ORDER BY n) FROM (
        SELECT word, n FROM ranked WHERE uses > 20 ORDER BY n LIMIT 3) AS often HAVING count(*) = 3)), '')::tsquery,
      (SELECT string_agg(quote_literal(a.word) || ' & ' || quote_literal(b.word), ' | ')
        FROM telling a JOIN telling b ON a.n < b.n)::tsquery
    INTO close, pairs;
  FOREACH asked IN ARRAY ARRAY[close, pairs] LOOP
    CONTINUE WHEN asked IS NULL;
    WITH fitting AS MATERIALIZED (
      SELECT o.id, o.title, o.updated_at FROM work_task o WHERE o.workspace_id = fairlead_workspace()
        AND o.id <> task AND o.id <> ALL (given) AND o.deleted_at IS NULL
        AND fairlead_task_words(o.title, o.description, o.labels) @@ asked),
    near AS (
      SELECT f.id, ARRAY(SELECT word FROM unnest(tsvector_to_array(to_tsvector('simple',
          translate(f.title, '<>', '  ')))) AS word WHERE length(word) > 3) AS has
        FROM fitting f ORDER BY f.updated_at DESC LIMIT 100),
    counted AS (
      SELECT near.id, cardinality(has) AS it_has,
        (SELECT count(*)::integer FROM unnest(has) AS word WHERE word = ANY (words)) AS both_have FROM near),
    scored AS (
      SELECT counted.id, (both_have::real / greatest(cardinality(words) + it_has - both_have, 1))::real AS score
        FROM counted WHERE both_have >= 2),
    likest AS (
      SELECT * FROM scored WHERE scored.score >= 0.3::real
        ORDER BY scored.score DESC, scored.id LIMIT most - cardinality(given))
    SELECT array_agg(likest.id), array_agg(likest.score) INTO ids, scores FROM likest;
    RETURN QUERY SELECT * FROM unnest(ids, scores);
    given := given || ids;
    EXIT WHEN cardinality(given) >= most;
  END LOOP;
END $$;
"""
BY_PAIRS = import_module("fairlead.work.migrations.0016_alike_by_pairs").BY_PAIRS


class Migration(migrations.Migration):
    dependencies = [("work", "0020_bounded_lists")]
    operations = [migrations.RunSQL(RARE_FIRST, BY_PAIRS)]
