"""Text from people: Markdown to sanitised HTML, and words to comparable ones."""

from __future__ import annotations

import re
import unicodedata

import nh3
from markdown_it import MarkdownIt

_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable(["table", "strikethrough"])
_TAGS = {
    *("p", "br", "em", "strong", "s", "code", "pre", "blockquote", "hr", "a", "ul", "ol", "li"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}


def markdown(text: str) -> str:
    """CommonMark with tables as safe HTML: no scripts, styles or images, and links to http(s) and mailto only."""
    return nh3.clean(
        _PARSER.render(text),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}, "code": set()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def folded(text: str) -> str:
    """Lower case without accents, punctuation as single spaces: for comparing names that people typed."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or text
    return re.sub(r"[^a-z0-9+#.]+", " ", plain.casefold()).strip()


SHAPELESS = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"})
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that are drawn as nothing."""


def shows(text: str) -> bool:
    """Whether a reader sees anything of it: more than spaces and characters without a shape."""
    return any(char not in BLANK and unicodedata.category(char) not in SHAPELESS for char in text)


def one_line(text: str) -> str:
    """The text on one line with single spaces, without the character NUL, which no database row can hold."""
    return " ".join(text.replace("\x00", "").split())
