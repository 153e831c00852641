"""Taking the traces of a person out of a workspace: the rows stay and work, the name goes, the log still verifies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import models, transaction
from psycopg import sql

from fairlead.accounts import actions as accounts
from fairlead.accounts.models import Membership, User
from fairlead.archive.models import Erasure
from fairlead.archive.permissions import may_keep_data
from fairlead.archive.tables import Connection, owners_connection
from fairlead.events.actor import Actor, system
from fairlead.events.audit import redaction_sum
from fairlead.events.models import Redaction
from fairlead.events.record import record
from fairlead.events.wall import walled
from fairlead.lib.errors import Conflict, Invalid, require
from fairlead.lib.speech import mark, tr
from fairlead.people import actions as people
from fairlead.people.models import Worker

Columns = dict[str, tuple[str, int]]
"""The type of each text of a table, and its greatest length (0: none)."""
EVENT_TEXTS: Final[Columns] = {"actor_name": ("text", 200), "subject_label": ("text", 200), "payload": ("jsonb", 0)}
NOT_SCRUBBED: Final = ("events_event", "events_head", "events_redaction", "archive_erasure", "accounts_workspace")
OWN_WORDS: Final = (
    "UPDATE people_worker SET email = '', headline = '', about = '', presence_text = '' WHERE id = %(worker)s",
    "UPDATE people_workerskill SET evidence = '', evidence_url = '' WHERE worker_id = %(worker)s",
    "UPDATE people_timeoff SET reason = '', note = '' WHERE worker_id = %(worker)s",
    "DELETE FROM people_busyblock WHERE worker_id = %(worker)s",
    "DELETE FROM people_calendar WHERE worker_id = %(worker)s",
    "DELETE FROM people_feed WHERE worker_id = %(worker)s",
    "DELETE FROM work_ownblock WHERE worker_id = %(worker)s",
    "DELETE FROM work_capture WHERE workspace_id = %(workspace)s AND user_id = %(user)s",
    "DELETE FROM work_requestdraft WHERE workspace_id = %(workspace)s AND user_id = %(user)s",
    "DELETE FROM notices_notice WHERE workspace_id = %(workspace)s AND user_id = %(user)s",
    "DELETE FROM notices_push WHERE device_id IN (SELECT id FROM notices_device WHERE workspace_id = %(workspace)s"
    " AND user_id = %(user)s)",
    "DELETE FROM notices_device WHERE workspace_id = %(workspace)s AND user_id = %(user)s",
    "DELETE FROM accounts_apitoken WHERE workspace_id = %(workspace)s AND user_id = %(user)s",
    "DELETE FROM accounts_invitation WHERE workspace_id = %(workspace)s AND lower(email) = ANY(%(names)s)",
    "DELETE FROM api_reply WHERE workspace_id = %(workspace)s AND user_id = %(user)s",
    "DELETE FROM accounts_directoryplace WHERE workspace_id = %(workspace)s AND entry_id IN (SELECT e.id"
    " FROM accounts_directoryentry e JOIN accounts_membership m ON m.id = e.member_id WHERE m.user_id = %(user)s)",
    "DELETE FROM accounts_directoryentry WHERE workspace_id = %(workspace)s AND member_id IN (SELECT id"
    " FROM accounts_membership WHERE user_id = %(user)s)",
    "DELETE FROM accounts_kept WHERE workspace_id = %(workspace)s",
)
"""What somebody wrote about themselves, and what is of no use without them."""
COLUMNS: Final = """
SELECT table_name, column_name, data_type, coalesce(character_maximum_length, 0) FROM information_schema.columns
WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY') AND table_name = ANY(%s)
  AND is_generated = 'NEVER' AND (data_type <> 'ARRAY' OR udt_name IN ('_text', '_varchar')) ORDER BY 1, 2
"""


def ask_erasure(worker: Worker, name: str, *, actor: Actor, now: datetime) -> Erasure:
    """Have a job take the traces of this person out; they leave the workspace at once. `name`: what was typed."""
    require(may_keep_data(actor), tr("Only an owner can take the traces of a person out. Ask one."))
    if name.strip() != worker.name:
        raise Invalid({"person": tr("Type %(name)s, to be sure that it is this person.", name=worker.name)})
    user = worker.user
    if user is not None and user.pk == actor.user_id:
        raise Conflict(tr("Another owner has to do this for you."))
    names = [worker.name, worker.email, *([user.name, user.email] if user else [])]
    with transaction.atomic():
        member = Membership.objects.filter(workspace_id=actor.workspace_id, user=user, removed_at__isnull=True).first()
        if user is not None and member is not None:
            accounts.remove_member(member.pk, actor=actor, now=now)
        people.deactivate_worker(worker, actor=actor, now=now)
        erasure = Erasure(
            workspace_id=actor.workspace_id, worker=worker, asked_by_id=actor.user_id, created_at=now,
            names=sorted({n.strip() for n in names if n.strip()}, key=len, reverse=True),
        )  # fmt: skip
        erasure.save(force_insert=True)
        record("person.erasure_asked", erasure, actor=actor, now=now)
    return erasure


def erase_person(erasure: Erasure, *, now: datetime) -> None:
    """Take the traces out, then say so in the log. A second run goes on where the first one ended."""
    if erasure.state == Erasure.State.ASKED:
        with owners_connection() as database:
            _take_out(database, erasure)
        erasure.refresh_from_db()
    if erasure.state == Erasure.State.ERASED:
        with transaction.atomic():
            redacted = dict(Redaction.objects.filter(workspace_id=erasure.workspace_id).values_list("seq", "digest"))
            if Erasure.objects.filter(pk=erasure.pk, state=Erasure.State.ERASED).update(state=Erasure.State.DONE):
                told = {"rows": erasure.rows, "events": len(redacted), "sum": redaction_sum(redacted)}
                record("person.erased", erasure, actor=system(erasure.workspace_id), now=now, **told)


def pseudonym(worker_id: int) -> str:
    """How somebody is called who was taken out."""
    return mark("Former member %(n)s") % {"n": worker_id}


def _take_out(database: Connection, erasure: Erasure) -> None:
    """Everything in one transaction of the owner of the tables, who alone may touch events."""
    names, called = list(erasure.names), pseudonym(erasure.worker_id)
    user_id = erasure.worker.user_id
    about = {
        "worker": erasure.worker_id, "user": user_id or 0, "workspace": erasure.workspace_id,
        "names": [name.lower() for name in names],
    }  # fmt: skip
    for statement in OWN_WORDS:
        database.execute(statement, about)
    who: dict[str, Any] = {"workspace_id": erasure.workspace_id, "names": names, "called": called}
    rows = _scrub(database, **who)
    database.execute("SET LOCAL fairlead.erasing = 'on'")
    rows += _replace(database, "events_event", EVENT_TEXTS, **who)
    if user_id is not None:
        _leave_account(database, user_id, erasure.workspace_id, called)
    done = "UPDATE archive_erasure SET state = 'erased', names = '{}', rows = %s WHERE id = %s AND state = 'asked'"
    database.execute(done, [rows, erasure.pk])


def _scrub(database: Connection, **who: Any) -> int:
    """Every text of every table that belongs to workspaces, as the database itself names them."""
    wanted = [m._meta.db_table for m in walled() if m._meta.db_table not in NOT_SCRUBBED]
    found: dict[str, Columns] = {}
    for table, column, kind, most in database.execute(COLUMNS, [wanted]).fetchall():
        found.setdefault(table, {})[column] = (kind, most)
    return sum(_replace(database, table, found[table], **who) for table in found)


def _replace(
    database: Connection, table: str, columns: Columns, *, workspace_id: int, names: Sequence[str], called: str
) -> int:
    plain, quoted = _pattern(names), _pattern(json.dumps(name, ensure_ascii=False)[1:-1] for name in names)
    changes, tests, values = [], [], {"plain": plain, "quoted": quoted, "called": called, "workspace": workspace_id}
    for column, (kind, most) in columns.items():
        name, pattern = sql.Identifier(column), sql.SQL("%(quoted)s" if kind == "jsonb" else "%(plain)s")
        changes.append(sql.SQL("{} = ").format(name) + _changed(name, kind, most))
        tests.append(sql.SQL("{}::text ~* {}").format(name, pattern))
    query = sql.SQL("UPDATE {} SET {} WHERE workspace_id = %(workspace)s AND ({})").format(
        sql.Identifier(table), sql.SQL(", ").join(changes), sql.SQL(" OR ").join(tests)
    )
    return database.execute(query, values).rowcount


def _changed(name: sql.Identifier, kind: str, most: int) -> sql.Composable:
    if kind == "jsonb":
        return sql.SQL("regexp_replace({}::text, %(quoted)s, %(called)s, 'gi')::jsonb").format(name)
    if kind == "ARRAY":
        return sql.SQL(
            "ARRAY(SELECT left(regexp_replace(x, %(plain)s, %(called)s, 'gi'), 40) FROM unnest({}) WITH ORDINALITY"
            " AS u (x, n) ORDER BY n)"
        ).format(name)
    replaced = sql.SQL("regexp_replace({}, %(plain)s, %(called)s, 'gi')").format(name)
    return sql.SQL("left({}, {})").format(replaced, sql.Literal(most)) if most else replaced


def _pattern(names: Iterable[str]) -> str:
    """Any of the names as whole words, in the language of PostgreSQL's regular expressions."""
    return r"(?<!\w)(?:" + "|".join(re.sub(r"([^\w\s])", r"\\\1", name) for name in names) + r")(?!\w)"


def _leave_account(database: Connection, user_id: int, workspace_id: int, called: str) -> None:
    """The account goes with its last workspace; else nothing of this workspace points to it any more."""
    elsewhere = database.execute(
        "SELECT 1 FROM accounts_membership WHERE user_id = %s AND workspace_id <> %s AND removed_at IS NULL",
        [user_id, workspace_id],
    ).fetchone()
    if elsewhere is None:
        database.execute(
            "UPDATE accounts_user SET name = %s, email = %s, password = '!', is_active = false WHERE id = %s",
            [called, f"former-{user_id}@erased.invalid", user_id],
        )
        database.execute("DELETE FROM accounts_signinlink WHERE user_id = %s", [user_id])
        return
    for model in walled():
        for column in model._meta.concrete_fields:
            if isinstance(column, models.ForeignKey) and column.related_model is User and column.null:
                query = sql.SQL("UPDATE {} SET {} = NULL WHERE workspace_id = %s AND {} = %s").format(
                    sql.Identifier(model._meta.db_table), sql.Identifier(column.column), sql.Identifier(column.column)
                )
                database.execute(query, [workspace_id, user_id])
