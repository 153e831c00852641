"""Reading the JSON export of a Trello board. Pure: nothing is looked up and nothing is written.

The file is what Trello gives under Menu → Print, export and share → Export as JSON. Cards, lists and members are
recognised again by Trello's own ids.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from fairlead.integrations.saying import Said, Wrong
from fairlead.lib.errors import Invalid
from fairlead.lib.speech import mark, tr
from fairlead.lib.text import folded
from fairlead.work.drafts import MAX_CRITERION, MAX_LABEL, MAX_LABELS, MAX_TEXT, MAX_TITLE
from fairlead.work.states import State

MOST_CARDS: Final = 20_000
MOST_ITEMS: Final = 50
MAX_COMMENT: Final = 20_000

GUESSES: Final = (
    (State.CANCELLED, r"cancel|rejected|wont|won t|declined"),
    (State.DONE, r"done|complete|closed|finished|shipped|released|live|archive|resolved|deployed"),
    (State.REVIEW, r"review|qa|test|verif|approv|feedback|staging"),
    (State.RUNNING, r"doing|progress|wip|working|started|current|active|develop"),
    (State.READY, r"to ?do|next|ready|today|this week|sprint|selected|planned"),
)
"""What the name of a list says about its cards, the first that fits; a list that says nothing is backlog."""


@dataclass(frozen=True)
class BoardList:
    """A list of the board; `state` is guessed from its name."""

    id: str
    name: str
    state: State
    closed: bool = False


@dataclass(frozen=True)
class Member:
    """Somebody on the board."""

    id: str
    name: str
    username: str


@dataclass(frozen=True)
class Remark:
    """A comment on a card."""

    id: str
    by: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Item:
    """A line of a checklist."""

    id: str
    text: str
    checked: bool


@dataclass(frozen=True)
class Card:
    """A card as a task: `values` are title, description, labels, release_at and due_at."""

    id: str
    list_id: str
    archived: bool
    complete: bool
    values: dict[str, Any]
    members: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Board:
    """What the file holds. `problems`: the cards that cannot be used, as (name, what is wrong)."""

    name: str
    lists: tuple[BoardList, ...]
    members: tuple[Member, ...]
    cards: tuple[Card, ...]
    problems: tuple[tuple[str, Said], ...] = field(default=())


def read_board(text: str) -> Board:
    """The board of an export. Raises Invalid for what is none."""
    try:
        found = json.loads(text)
        return _board(found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Invalid({
            "file": tr(
                "This is no board export of Trello. In Trello open the board's menu → Print, export and share →"
                " Export as JSON, and choose that file."
            )
        }) from None  # fmt: skip


def _board(found: Mapping[str, Any]) -> Board:
    lists, cards = found["lists"], found["cards"]
    if len(cards) > MOST_CARDS:
        wrong = tr("The board has more than %(n)s cards; archive some of them in Trello first.", n=MOST_CARDS)
        raise Invalid({"file": wrong})
    checklists = _by(found.get("checklists") or (), "idCard")
    remarks = _remarks(found.get("actions") or ())
    good, problems = [], []
    for card in sorted(cards, key=lambda c: float(c.get("pos") or 0)):
        try:
            good.append(_card(card, checklists.get(card["id"], []), remarks.get(card["id"], [])))
        except Wrong as wrong:
            problems.append((_called(card), wrong.said))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append((_called(card), Said(mark("cannot be read (%(why)s)"), {"why": str(error)})))
    return Board(
        name=str(found["name"])[:120],
        lists=tuple(_list(one) for one in sorted(lists, key=lambda entry: float(entry.get("pos") or 0))),
        members=tuple(
            Member(m["id"], str(m.get("fullName") or m.get("username") or "?")[:120], str(m.get("username") or ""))
            for m in found.get("members") or ()
        ),
        cards=tuple(good),
        problems=tuple(problems),
    )


def _called(card: Mapping[str, Any]) -> str:
    return str(card.get("name") or card.get("id") or "a card")


def _by(rows: Any, key: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found


def _list(entry: Mapping[str, Any]) -> BoardList:
    name = " ".join(str(entry["name"]).split())[:40] or mark("List")
    return BoardList(entry["id"], name, guessed_state(name), bool(entry.get("closed")))


def guessed_state(name: str) -> State:
    """What cards in a list of this name are."""
    words = folded(name)
    return next((state for state, pattern in GUESSES if re.search(rf"\b(?:{pattern})", words)), State.BACKLOG)


def _card(card: Mapping[str, Any], checklists: list[Any], remarks: list[Remark]) -> Card:
    title = " ".join(str(card["name"]).split())
    if not title:
        raise Wrong(mark("cannot be read (it has no name)"))
    due, start = _moment(card.get("due")), _moment(card.get("start"))
    values = {
        "title": title[:MAX_TITLE],
        "description": _description(card, title),
        "labels": _labels(card.get("labels") or ()),
        "release_at": start if start and not (due and start >= due) else None,
        "due_at": due,
    }
    return Card(
        id=card["id"], list_id=card["idList"], archived=bool(card.get("closed")),
        complete=bool(card.get("dueComplete")), values=values, members=tuple(card.get("idMembers") or ()),
        items=tuple(_items(checklists)), remarks=tuple(remarks),
    )  # fmt: skip


def _description(card: Mapping[str, Any], title: str) -> str:
    parts = [str(card.get("desc") or "").replace("\0", "")]
    if len(title) > MAX_TITLE:
        parts.insert(0, title)
    links = [
        f"- [{str(a.get('name') or a['url'])[:200].translate(_NO_BRACKETS)}]({a['url']})"
        for a in card.get("attachments") or ()
        if str(a.get("url") or "").startswith(("https://", "http://"))
    ]
    if links:
        parts.append("**Attachments in Trello**\n\n" + "\n".join(links))
    return "\n\n".join(part for part in parts if part.strip())[:MAX_TEXT]


_NO_BRACKETS: Final = str.maketrans("[]", "()")


def _labels(labels: Any) -> tuple[str, ...]:
    named = (str(label.get("name") or label.get("color") or "").strip()[:MAX_LABEL].strip() for label in labels)
    return tuple(dict.fromkeys(name for name in named if name))[:MAX_LABELS]


def _items(checklists: list[Any]) -> Iterator[Item]:
    several, count = len(checklists) > 1, 0
    for checklist in sorted(checklists, key=lambda c: float(c.get("pos") or 0)):
        for item in sorted(checklist.get("checkItems") or (), key=lambda i: float(i.get("pos") or 0)):
            text = " ".join(str(item.get("name") or "").split())
            if text and count < MOST_ITEMS:
                count += 1
                prefix = f"{checklist.get('name')}: " if several and checklist.get("name") else ""
                yield Item(item["id"], f"{prefix}{text}"[:MAX_CRITERION], item.get("state") == "complete")


def _remarks(actions: Any) -> dict[str, list[Remark]]:
    """The comments of each card, the oldest first. An export holds the newest thousand actions of the board."""
    found: dict[str, list[Remark]] = {}
    for action in actions:
        if action.get("type") != "commentCard":
            continue
        data, by, at = action.get("data") or {}, action.get("memberCreator") or {}, _moment(action.get("date"))
        text = str(data.get("text") or "").replace("\0", "").strip()
        if text and at and (card := (data.get("card") or {}).get("id")):
            who = str(by.get("fullName") or by.get("username") or mark("Somebody"))[:120]
            found.setdefault(card, []).append(Remark(action["id"], who, at, text))
    return {card: sorted(remarks, key=lambda remark: remark.at) for card, remarks in found.items()}


def _moment(text: Any) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
