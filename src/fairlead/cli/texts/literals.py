"""Texts that people read and that nobody has marked for translation.

A template is read twice: Jinja says which parts are data, expressions or marked texts; then the data is read as HTML,
so that words in the text and in attributes that people meet are told from class names and addresses. In Python a
string counts as a text when it looks like one: it begins with a capital or has the shape of a sentence.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment, nodes

from fairlead.cli.texts.areas import PACKAGE, T, sources_of

LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
TAG: Final = re.compile(r"<!--.*?-->|</?[A-Za-z!\ue000-\uf8ff](?:\"[^\"]*\"|'[^']*'|[^'\">])*>", re.DOTALL)
QUIET_PARTS: Final = re.compile(r"<(script|style|kbd|code)\b.*?</\1>", re.DOTALL)
ATTRIBUTE: Final = re.compile(r"\b(aria-label|title|placeholder|alt)=(\"[^\"]*\"|'[^']*')")
HOLE: Final = re.compile("[\ue000-\uf8ff]")
PATH: Final = re.compile(r"(?<!\w)/[\w/.-]*")
ENTITY: Final = re.compile(r"&#?\w+;")
FIRST: Final = 0xE000
MARKED: Final = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})
SHOWN_PARAMETERS: Final = frozenset(
    {"label", "title", "text", "hint", "placeholder", "caption", "note", "empty", "name"}
)
NEVER_SHOWN: Final = frozenset(
    {"name", "id", "href", "action", "kind", "icon", "icon_name", "size", "tone", "type", "value"}
)
NAMES: Final = frozenset(
    {
        "Fairlead",
        "narrow",
        "flush",
        "fill",
        "Esc",
        "Enter",
        "Space",
        "Ctrl",
        "Bearer",
        "PNG",
        "UTC",
        "px",
        "MB",
        "kB",
        "GB",
    }
)
"""What is called the same in every language."""


@dataclass(frozen=True)
class Unmarked:
    source: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.text}"


def unmarked(area: str) -> Iterator[Unmarked]:
    """Every text of the area that is not marked, by source."""
    for source in sources_of(area):
        content = (PACKAGE / source).read_text()
        if source.endswith(".jinja"):
            yield from (Unmarked(source, line, text) for line, text in in_template(content))
        elif source.endswith(".py"):
            yield from (Unmarked(source, line, text) for line, text in in_python(content))


# Templates


def environment() -> Environment:
    """One that reads templates as the product does; it draws nothing."""
    env = Environment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"], autoescape=True)
    env.policies["ext.i18n.trimmed"] = True
    return env


def in_template(content: str) -> Iterator[tuple[int, str]]:
    """(line, text) of what a reader of the page would meet and no translator has."""
    reader = _Reader()
    reader.read(environment().parse(content))
    yield from reader.found
    page = QUIET_PARTS.sub(lambda part: "<i>" + "".join(HOLE.findall(part[0])) * 0 + "</i>", "".join(reader.parts))
    shown = [ENTITY.sub("", text) for text in TAG.split(page)]
    shown += [value[1:-1] for tag in TAG.findall(page) for _, value in ATTRIBUTE.findall(tag)]
    for text in shown:
        words = HOLE.sub(" … ", text).strip()
        if is_text(HOLE.sub("", text)):
            yield reader.line_of(text), " ".join(words.split())[:120]
        for hole in HOLE.findall(text):
            line, said = reader.holes[ord(hole) - FIRST]
            yield from ((line, one) for one in said if is_text(one))


def is_text(words: str) -> bool:
    """Whether there is something to translate in it: letters that are no name."""
    return any(word not in NAMES for word in LETTERS.findall(PATH.sub("", words)))


class _Reader:
    """Goes through a template in the order of the page."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.holes: list[tuple[int, list[str]]] = []
        self.found: list[tuple[int, str]] = []
        self.lines: list[tuple[str, int]] = []

    def line_of(self, text: str) -> int:
        """Roughly where a piece of data stands."""
        wanted = next((part for part in HOLE.split(text) if is_text(part)), text)
        return next((line for part, line in self.lines if wanted in part), 1)

    def read(self, node: nodes.Node) -> None:
        """Note data, holes and the texts that stand inside calls."""
        if isinstance(node, nodes.TemplateData):
            self.parts.append(node.data)
            self.lines.append((node.data, node.lineno))
        elif isinstance(node, nodes.Output):
            for child in node.nodes:
                self._output(child)
        elif isinstance(node, nodes.Expr):
            self._inside(node)
        elif isinstance(node, nodes.Block) and node.name == "shape":
            return  # the class of <main>
        else:
            for below in node.iter_child_nodes():
                self.read(below)

    def _output(self, node: nodes.Expr) -> None:
        if isinstance(node, nodes.TemplateData):
            self.read(node)
            return
        self.parts.append(chr(FIRST + len(self.holes)))
        self.holes.append((node.lineno, list(_direct(node))))
        self._inside(node)

    def _inside(self, node: nodes.Node) -> None:
        """Texts that are handed to a macro, or kept in a variable, to be shown elsewhere."""
        if isinstance(node, nodes.Call):
            if _called(node) in MARKED:
                return
            self._call(node)
        elif isinstance(node, nodes.Const) and isinstance(node.value, str) and _looks_said(node.value):
            self.found.append((node.lineno, node.value))
        elif isinstance(node, nodes.Pair):
            self._inside(node.value)
        elif isinstance(node, nodes.Compare | nodes.Test):
            return
        else:
            for child in node.iter_child_nodes():
                self._inside(child)

    def _call(self, node: nodes.Call) -> None:
        names = macros().get(_called(node), ())
        given = [*zip(names, node.args, strict=False), *((pair.key, pair.value) for pair in node.kwargs)]
        known = _is_ui(node) and bool(names)
        for name, value in given:
            if known and name in SHOWN_PARAMETERS - NEVER_SHOWN:
                self.found += [(value.lineno, text) for text in _direct(value) if is_text(text)]
            if not known or name not in NEVER_SHOWN:
                self._deep(value)
        for value in node.args[len(names) :]:
            self._inside(value)

    def _deep(self, value: nodes.Node) -> None:
        before = {text for _, text in self.found}
        kept = self.found
        self.found = []
        self._inside(value)
        kept += [one for one in self.found if one[1] not in before]
        self.found = kept


def _called(node: nodes.Call) -> str:
    target = node.node
    return target.attr if isinstance(target, nodes.Getattr) else target.name if isinstance(target, nodes.Name) else ""


def _is_ui(node: nodes.Call) -> bool:
    target = node.node
    return isinstance(target, nodes.Name) or (
        isinstance(target, nodes.Getattr) and isinstance(target.node, nodes.Name) and target.node.name == "ui"
    )


@cache
def macros() -> dict[str, tuple[str, ...]]:
    """The parameters of every macro of the design system."""
    env = environment()
    found = {}
    for path in (PACKAGE / T / "_ui").glob("*.jinja"):
        for macro in env.parse(path.read_text()).find_all(nodes.Macro):
            found[macro.name] = tuple(arg.name for arg in macro.args)
    return found


def _direct(node: nodes.Node | None) -> Iterator[str]:
    """The strings that an expression may put on the page as they are."""
    if isinstance(node, nodes.Const):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from _direct(node.expr1)
        yield from _direct(node.expr2)
    elif isinstance(node, nodes.Concat | nodes.Tuple | nodes.List):
        for child in node.iter_child_nodes():
            yield from _direct(child)
    elif isinstance(node, nodes.Add | nodes.And | nodes.Or):
        yield from _direct(node.left)
        yield from _direct(node.right)
    elif isinstance(node, nodes.Filter):
        yield from _direct(node.node if node.name != "xmlattr" else None)
    elif isinstance(node, nodes.Getitem | nodes.Getattr):
        yield from _direct(node.node)
    elif isinstance(node, nodes.Dict):
        for pair in node.items:
            yield from _direct(pair.value)
    elif isinstance(node, nodes.Call) and _called(node) == "get":
        yield from _direct(node.node)


def _looks_said(text: str) -> bool:
    return (bool(re.match(r"\s*[“„]?[A-ZÄÖÜ][^\W\d_A-Z]+($|[ ,.?!:…])", text)) and is_text(text)) or bool(
        re.search(r"[a-z]{2,} [a-z]+.*[.?!…:]$", text)
    )


# Python

SAYING: Final = frozenset({"tr", "tr_count", "tr_as", "later", "later_as", "mark", "say", "pattern"})
SILENT_CALLS: Final = frozenset(
    {
        "info",
        "warning",
        "error",
        "debug",
        "exception",
        "ValueError",
        "RuntimeError",
        "TypeError",
        "LookupError",
        "KeyError",
        "compile",
        "Unavailable",
        "filter",
        "Extension",
        "TypeVar",
    }
)
SENTENCE: Final = re.compile(r"^[“„]?[A-Z][a-zäöü’']*(( |, ).*|[.…?!]|)$|^[^\n]*[a-z] [^\n]*[a-z][.?!…]$")
UNSAID: Final = frozenset(
    {
        "Accept",
        "Cookie",
        "Origin",
        "Date",
        "Location",
        "Vary",
        "Allow",
        "Linux",
        "Windows",
        "Android",
        "Chrome",
        "Edge",
        "Firefox",
        "Safari",
        "Opera",
        "Chromium",
        "Cache",
        "Africa/",
        "Host",
        "Authorization",
        "Upgrade",
        "Link",
        "Permissions",
        "Server",
        "Lax",
        "Basic ",
        "Form “…”",
        "Pin …",
        "Europe",
        "German",
        "Deutsch",
        "English",
        "Fairlead",
        "Entra",
        "Asana",
        "Jira",
        "Trello",
        "Google",
        "True",
        "False",
    }
)


def in_python(content: str) -> Iterator[tuple[int, str]]:
    """(line, text) of strings that look like texts and are not marked."""
    tree = ast.parse(content)
    quiet = {id(node) for part in ast.walk(tree) for node in _quiet(part)}
    for node in ast.walk(tree):
        if id(node) in quiet:
            continue
        text = _words(node)
        if text and SENTENCE.match(text) and text not in UNSAID and is_text(text):
            yield node.lineno, text[:120]  # type: ignore[attr-defined]


def _words(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""


def _quiet(part: ast.AST) -> Iterator[ast.AST]:
    """The nodes below `part` that nobody reads: docstrings, marked texts, log lines, errors for programmers, types."""
    if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):
        yield part.value
    elif isinstance(part, ast.JoinedStr):
        yield from part.values
    elif isinstance(part, ast.Call):
        name = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
        if name in SAYING | SILENT_CALLS:
            yield from (node for arg in [*part.args, *part.keywords] for node in ast.walk(arg))
    elif isinstance(part, ast.Assign) and any(getattr(one, "id", "") == "__all__" for one in part.targets):
        yield from ast.walk(part.value)
    elif isinstance(part, ast.AnnAssign):
        yield from ast.walk(part.annotation)
    elif isinstance(part, ast.FunctionDef):
        yield from (
            node
            for arg in ast.walk(part.args)
            if isinstance(arg, ast.arg) and arg.annotation
            for node in ast.walk(arg.annotation)
        )
        if part.returns:
            yield from ast.walk(part.returns)
    elif isinstance(part, ast.Subscript):
        yield from ast.walk(part.slice)
