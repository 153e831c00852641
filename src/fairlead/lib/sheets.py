"""Writing CSV that no spreadsheet takes for formulas, and that an import reads back as it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

_DANGEROUS: Final = re.compile(r"'*[=+\-@\t\r\n]")
"""How a cell begins that a spreadsheet may compute; also behind marks that would be taken away in reading."""


def safe(text: str) -> str:
    """The cell with a mark in front (an apostrophe, which spreadsheets read as "text") where it could be a formula."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unmarked(text: str) -> str:
    """The cell as it was before `safe`."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text


def line(cells: Iterable[str]) -> str:
    """One line of CSV with a CRLF end; the cells are written as they are."""
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def write_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """CSV text with CRLF ends and a mark for UTF-8 at its beginning, which Excel needs."""
    return "\ufeff" + "".join([line(headings), *(line(map(safe, row)) for row in rows)])
