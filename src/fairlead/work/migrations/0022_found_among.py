"""Which of a few tasks have a word: where one word of a search is rare, the others need not be looked for everywhere."""

from __future__ import annotations

from django.db import migrations

AMONG = """
CREATE FUNCTION fairlead_found_among(among bigint[], term text, phrase boolean, inside boolean) RETURNS SETOF bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = public, pg_temp AS $$
DECLARE words tsquery := fairlead_words_query(term, phrase);
BEGIN
  RETURN QUERY
    WITH few AS MATERIALIZED (
      SELECT t.id, t.title, t.description, t.labels FROM work_task t
        WHERE t.id = ANY (among) AND t.workspace_id = fairlead_workspace()),
    said AS MATERIALIZED (
      SELECT c.task_id, c.body FROM work_comment c WHERE c.task_id = ANY (among)
        AND c.workspace_id = fairlead_workspace() AND c.deleted_at IS NULL AND (inside OR NOT c.internal))
    SELECT few.id FROM few WHERE fairlead_task_words(few.title, few.description, few.labels) @@ words
      OR (char_length(term) > 2 AND position(lower(term) IN lower(few.title)) > 0)
    UNION ALL
    SELECT said.task_id FROM said WHERE fairlead_comment_words(said.body) @@ words;
END $$;
REVOKE ALL ON FUNCTION fairlead_found_among(bigint[], text, boolean, boolean) FROM PUBLIC;
"""
NO_AMONG = "DROP FUNCTION fairlead_found_among(bigint[], text, boolean, boolean);"


class Migration(migrations.Migration):
    dependencies = [("work", "0021_alike_by_rare_words")]
    operations = [migrations.RunSQL(AMONG, NO_AMONG)]
