"""Writing CSV that no spreadsheet takes for formulas, and that an import reads back as it was. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

_DANGEROUS: Final = re.compile(r"'*[=+\-@\t\r]")
"""How a cell begins that a spreadsheet may compute; also behind marks that would be taken away in reading."""


def safe(text: str) -> str:
    """The cell with a mark in front (an apostrophe, which spreadsheets read as "text") where it could be a formula."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unmarked(text: str) -> str:
    """The cell as it was before `safe`."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text


def write_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """CSV text with CRLF ends and a mark for UTF-8 at its beginning, which Excel needs."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()
