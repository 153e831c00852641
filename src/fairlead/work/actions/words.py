"""The list of the words that a workspace writes. It says nothing that the texts do not, so no event tells of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection

from fairlead.work.vocabulary import LONGEST, SHORTEST

SAID: Final = f"""
SELECT word, count(*) AS uses FROM (
  SELECT unnest(tsvector_to_array(fairlead_task_words(title, description, labels))) AS word FROM work_task
  WHERE workspace_id = %(workspace)s AND deleted_at IS NULL AND updated_at >= %(since)s
  UNION ALL
  SELECT unnest(tsvector_to_array(fairlead_comment_words(body))) FROM work_comment
  WHERE workspace_id = %(workspace)s AND deleted_at IS NULL AND coalesce(edited_at, created_at) >= %(since)s
) AS texts WHERE word ~ '^[[:alpha:]]{{{SHORTEST},{LONGEST}}}$' GROUP BY word
"""
ADD: Final = """
INSERT INTO work_word (workspace_id, word, length, letters, uses)
SELECT %(workspace)s, word, char_length(word), fairlead_letters(word), uses FROM said ORDER BY word
"""
NEW: Final = f"WITH said AS ({SAID}) {ADD} ON CONFLICT (workspace_id, word) DO NOTHING"
ALL: Final = f"""
WITH said AS MATERIALIZED ({SAID}), gone AS (
  DELETE FROM work_word w WHERE workspace_id = %(workspace)s AND NOT EXISTS (SELECT FROM said WHERE said.word = w.word)
) {ADD} ON CONFLICT (workspace_id, word) DO UPDATE SET uses = excluded.uses WHERE work_word.uses <> excluded.uses
"""


def learn_words(workspace_id: int, *, since: datetime) -> None:
    """Add the words of the tasks and comments that were written since then."""
    with connection.cursor() as cursor:
        cursor.execute(NEW, {"workspace": workspace_id, "since": since})


def count_words(workspace_id: int) -> None:
    """Count all words anew, and forget those that stand nowhere any more."""
    with connection.cursor() as cursor:
        cursor.execute(ALL, {"workspace": workspace_id, "since": "-infinity"})
