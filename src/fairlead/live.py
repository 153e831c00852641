"""Live updates: /live tells an open page which topics have changed, over server-sent events.

The database announces each committed event; one listener per process passes its topic ("task", "project", …) on to the
open pages of that workspace. Nothing else is sent: the page asks again for what it shows, and there every permission is
checked. A page of a task or a board names it (?at=task/WEB-1): others who have it open see that (web/here.py), and of
changes of tasks it hears only what it may show. A page that comes back with Last-Event-ID hears once of each topic that
it missed; so does a new one of what happened between its making (?made= milliseconds since 1970) and its listening.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs

import psycopg
import structlog
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError, close_old_connections, connection, connections
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.utils import timezone

from fairlead.accounts.models import User
from fairlead.events.announce import PERSONAL
from fairlead.events.models import Event
from fairlead.events.tenancy import enter, tenant
from fairlead.web.gate import barrier, member_here
from fairlead.web.here import CHANNEL as HERE
from fairlead.web.here import Place, here, place_of, say
from fairlead.work.queries.near import places_near

CHANNEL: Final = "fairlead_events"
HEARTBEAT_S: Final = 15.0
"""How often a silent stream shows that it lives, and whether its reader may still listen is checked again."""
STREAMS: Final = 1000
STREAMS_OF_ONE_USER: Final = 12
RETRY_MS: Final = 2000
OF_TASKS: Final = "task"
FAR: Final = frozenset({
    "task.transferred", "task.placed", "task.unplaced", "task.deleted", "task.dependency_removed",
    "task.item_converted",
})  # fmt: skip
"""Changes that also show where the task has been, or what it had to do with, until then."""
HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

log = structlog.get_logger("fairlead.live")


@dataclass(frozen=True)
class Reader:
    """Somebody who may listen to one workspace."""

    user_id: int
    workspace_id: int


@dataclass(frozen=True)
class News:
    """One change: the number and kind of its event, and what it is about."""

    seq: int
    kind: str
    subject: int

    @property
    def topic(self) -> str:
        return self.kind.partition(".")[0]


@dataclass(eq=False)
class Stream:
    """One open page. `changed` maps a topic to the latest event of it that the page has not heard of; `place` is the
    task or board that it shows."""

    reader: Reader
    place: Place | None = None
    seen: int = 0
    changed: dict[str, int] = field(default_factory=dict)
    missed: bool = False
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def hears(self, news: News, near: frozenset[str] | None) -> bool:
        """Whether the page may show it. `near`: the places of all changes of tasks that are told at once, if known."""
        if news.topic in PERSONAL:
            return self.reader.user_id == news.subject
        return news.topic != OF_TASKS or self.place is None or near is None or self.place.name in near

    def tell(self, topic: str, seq: int) -> None:
        self.changed[topic] = max(seq, self.changed.get(topic, 0))
        self.wake.set()

    def take(self) -> bytes:
        """The messages to send now; many events of one topic are one message."""
        changed, self.changed = self.changed, {}
        self.wake.clear()
        lines = []
        for topic, seq in sorted(changed.items(), key=lambda item: item[1]):
            self.seen = max(self.seen, seq)
            lines.append(f"id: {self.seen}\ndata: {json.dumps({'kind': topic})}\n\n")
        return "".join(lines).encode()


class Hub:
    """The open streams of this process and the one database connection that feeds them."""

    def __init__(self, *, heartbeat_s: float = HEARTBEAT_S) -> None:
        self.heartbeat_s = heartbeat_s
        self.streams: dict[int, set[Stream]] = {}
        self._task: asyncio.Task[None] | None = None
        self._news: dict[int, list[News]] = {}
        self._spreading: dict[int, asyncio.Task[None]] = {}
        self.listening = False
        # One thread, one connection: the questions are short, and the web threads stay free for pages.
        self._database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")

    def start(self) -> None:
        """Begin to listen to the database; call it inside the running event loop."""
        self._task = asyncio.create_task(self._listen_for_ever())

    async def stop(self) -> None:
        """Stop listening; streams that are open end with the process."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._ask(connections.close_all)
        self._database.shutdown()

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET /live for as long as its reader stays."""
        headers = dict(scope["headers"])
        cookies = headers.get(b"cookie", b"").decode("latin1")
        reader = await self._ask(may_listen, cookies)
        if scope["method"] != "GET" or reader is None or not self._has_room(reader):
            status = 405 if scope["method"] != "GET" else 401 if reader is None else 429
            await _refuse(send, status)
            return
        made, at = _asked(scope.get("query_string", b""))
        seen = _number(headers.get(b"last-event-id", b""))
        if not seen and made:
            seen = await self._ask(last_before, reader.workspace_id, made)
        place = await self._ask(place_of, reader.workspace_id, reader.user_id, at) if at else None
        stream = Stream(reader, place, seen=seen, missed=seen > 0 or made is not None)
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send(_part(f"retry: {RETRY_MS}\n\n".encode()))
        gone = asyncio.create_task(_wait_for_end(receive))
        self.streams.setdefault(reader.workspace_id, set()).add(stream)
        if place and here.enter(place, reader.user_id):
            await self._ask(say, place)
        try:
            await self._feed(stream, cookies, send, gone)
        finally:
            gone.cancel()
            self._forget(stream)
            if place and here.leave(place, reader.user_id):
                with suppress(RuntimeError):  # the process ends: others forget it by themselves
                    await self._ask(say, place)

    async def _feed(self, stream: Stream, cookies: str, send: Send, gone: asyncio.Task[None]) -> None:
        while not gone.done():
            if stream.missed:
                stream.missed = False
                for topic, seq in (await self._ask(missed, stream.reader.workspace_id, stream.seen)).items():
                    stream.tell(topic, seq)
            if stream.changed:
                await send(_part(stream.take()))
            if await _first(stream.wake, gone, timeout_s=self.heartbeat_s):
                continue
            if await self._ask(may_listen, cookies) != stream.reader:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            await send(_part(b": still here\n\n"))

    def _has_room(self, reader: Reader) -> bool:
        everybody = [stream for streams in self.streams.values() for stream in streams]
        own = sum(stream.reader.user_id == reader.user_id for stream in everybody)
        return len(everybody) < STREAMS and own < STREAMS_OF_ONE_USER

    def _forget(self, stream: Stream) -> None:
        streams = self.streams[stream.reader.workspace_id]
        streams.discard(stream)
        if not streams:
            del self.streams[stream.reader.workspace_id]

    async def _ask(self, question: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._database, _fresh, question, *arguments)

    async def _listen_for_ever(self) -> None:
        pause_s = 0.5
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                log.warning("live updates wait for the database", error=str(error), again_in_s=pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, 10.0) if not self.listening else 0.5

    async def _listen(self) -> None:
        self.listening = False
        parameters = await self._ask(_connection_parameters)
        async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as listener:
            await listener.execute(f"LISTEN {CHANNEL}")
            await listener.execute(f"LISTEN {HERE}")
            self.listening = True
            self._everybody_has_missed_some()
            while True:
                async for notice in listener.notifies(timeout=self.heartbeat_s):
                    pass_on = self._pass_on if notice.channel == CHANNEL else self._tell_who_is_here
                    pass_on(notice.payload)
                await listener.execute("SELECT 1")  # a dead connection would otherwise be silent for ever
                await self._ask(say, *here.own_places())

    def _everybody_has_missed_some(self) -> None:
        for streams in self.streams.values():
            for stream in streams:
                stream.missed = True
                stream.wake.set()

    def _pass_on(self, payload: str) -> None:
        workspace, seq, kind, subject = payload.split(":")
        workspace_id = int(workspace)
        if workspace_id not in self.streams:
            return
        self._news.setdefault(workspace_id, []).append(News(int(seq), kind, int(subject)))
        if workspace_id not in self._spreading:
            self._spreading[workspace_id] = asyncio.create_task(self._spread(workspace_id))

    async def _spread(self, workspace_id: int) -> None:
        """Tell what has come, in its order; what comes meanwhile is told next."""
        try:
            while told := self._news.pop(workspace_id, None):
                near = await self._near(workspace_id, told)
                for stream in self.streams.get(workspace_id, ()):
                    for news in told:
                        if stream.hears(news, near):
                            stream.tell(news.topic, news.seq)
        finally:
            del self._spreading[workspace_id]

    async def _near(self, workspace_id: int, told: list[News]) -> frozenset[str] | None:
        """The places that may show these changes of tasks; None: any."""
        of_tasks = {news.seq for news in told if news.topic == OF_TASKS}
        if not of_tasks or all(stream.place is None for stream in self.streams.get(workspace_id, ())):
            return None
        try:
            return await self._ask(near, workspace_id, of_tasks)  # type: ignore[no-any-return]  # what near() returns
        except DatabaseError as error:
            log.warning("every page asks again, because the database did not answer", error=str(error))
            return None

    def _tell_who_is_here(self, payload: str) -> None:
        place = here.hear(payload)
        for stream in self.streams.get(place.workspace_id, ()) if place else ():
            if stream.place == place:
                stream.tell("here", 0)


def may_listen(cookies: str) -> Reader | None:
    """Whom these cookies belong to, and the workspace that the person is looking at; None for strangers."""
    request = HttpRequest()
    request.COOKIES = parse_cookie(cookies)
    SessionMiddleware(lambda _request: HttpResponse()).process_request(request)
    user = get_user(request)
    if not isinstance(user, User):
        return None
    enter(None, user_id=user.pk)
    try:
        member = member_here(request.session, user)
    finally:
        enter(None)
    if member is None or barrier(request.session, member, now=timezone.now()):
        return None
    return Reader(member.user_id, member.workspace_id)


def missed(workspace_id: int, since: int) -> dict[str, int]:
    """The topics of all events after `since`, each with its latest number."""
    with tenant(workspace_id):
        later = Event.objects.filter(workspace_id=workspace_id, seq__gt=since)
        found: dict[str, int] = {}
        for kind, seq in later.order_by().values_list("kind").annotate(Max("seq")):
            topic = kind.partition(".")[0]
            found[topic] = max(seq, found.get(topic, 0))
    return found


def near(workspace_id: int, seqs: set[int]) -> frozenset[str] | None:
    """The places whose pages may show what these events of tasks tell; None: any."""
    with tenant(workspace_id):
        events = Event.objects.filter(workspace_id=workspace_id, seq__in=seqs).order_by()
        rows = list(events.values_list("kind", "subject_kind", "subject_id", "payload__changes__parent"))
        if any(kind in FAR or model != OF_TASKS or parent is not None for kind, model, _, parent in rows):
            return None
        return places_near({subject for _, _, subject, _ in rows})


def last_before(workspace_id: int, at: datetime) -> int:
    """The number of the last event before that moment; 0 where there is none."""
    with tenant(workspace_id):
        earlier = Event.objects.filter(workspace_id=workspace_id, at__lt=at).order_by("-seq")
        return earlier.values_list("seq", flat=True).first() or 0


def _fresh(question: Callable[..., Any], *arguments: Any) -> Any:
    close_old_connections()
    return question(*arguments)


def _connection_parameters() -> dict[str, Any]:
    parameters = connection.get_connection_params()
    return {key: value for key, value in parameters.items() if key not in ("cursor_factory", "context")}


def _number(text: bytes) -> int:
    return int(text) if text.isdigit() and len(text) < 19 else 0


def _asked(query: bytes) -> tuple[datetime | None, str]:
    """The moment of ?made=, when there is one that makes sense, and the place of ?at=."""
    found = parse_qs(query.decode("latin1"), max_num_fields=4) if len(query) < 200 else {}
    made, at = (found.get(name, [""])[0] for name in ("made", "at"))
    moment = datetime.fromtimestamp(int(made) / 1000, UTC) if made.isdecimal() and len(made) <= 14 else None
    return moment, at


def _part(body: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _first(wake: asyncio.Event, gone: asyncio.Task[None], *, timeout_s: float) -> bool:
    """Wait for news or for the reader's end; False when neither came in time."""
    news = asyncio.create_task(wake.wait())
    done, _ = await asyncio.wait({news, gone}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    news.cancel()
    return bool(done)


async def _wait_for_end(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
