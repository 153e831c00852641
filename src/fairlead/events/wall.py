"""The second wall between workspaces, inside the database: row-level security and foreign keys that cannot cross it.

Derived from the models, so that a new table cannot be forgotten: every model with a `workspace_id` column is walled.
A model may say with `wall_also` (an SQL condition) which rows can be *read* from outside the workspace, such as a
user's own memberships; `wall_column` names the column when it is not `workspace_id`.
Run by `fairlead migrate` after the migrations, as the owner of the tables; running it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, models

ROLE = "fairlead_app"

FUNCTIONS = """
CREATE OR REPLACE FUNCTION fairlead_workspace() RETURNS bigint LANGUAGE sql STABLE
  AS $$ SELECT nullif(current_setting('fairlead.workspace', true), '')::bigint $$;
CREATE OR REPLACE FUNCTION fairlead_user() RETURNS bigint LANGUAGE sql STABLE
  AS $$ SELECT nullif(current_setting('fairlead.user', true), '')::bigint $$;
CREATE OR REPLACE FUNCTION fairlead_bearer() RETURNS text LANGUAGE sql STABLE
  AS $$ SELECT nullif(current_setting('fairlead.bearer', true), '') $$;
CREATE OR REPLACE FUNCTION fairlead_workspace_ids() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public AS $$ SELECT id FROM accounts_workspace ORDER BY id $$;
"""
GRANTS = f"""
GRANT USAGE ON SCHEMA public TO {ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {ROLE};
REVOKE UPDATE, DELETE ON events_event FROM {ROLE};
REVOKE INSERT, UPDATE, DELETE ON events_head, events_redaction, django_migrations FROM {ROLE};
"""


def walled() -> list[type[models.Model]]:
    """Every model whose rows belong to one workspace."""
    return [m for m in apps.get_models() if _column(m) is not None and m._meta.app_config.name.startswith("fairlead.")]


def _column(model: type[models.Model]) -> str | None:
    named = getattr(model, "wall_column", None)
    if named:
        return str(named)
    return "workspace_id" if any(f.column == "workspace_id" for f in model._meta.concrete_fields) else None


@contextmanager
def as_owner() -> Iterator[None]:
    """Work as the owner of the tables, who is not behind the wall; for migrations and the maintenance of tests."""
    options = connection.settings_dict["OPTIONS"]
    before = options.get("options", "")
    connection.close()
    options["options"] = before.replace(f"-c role={ROLE}", "")
    try:
        yield
    finally:
        options["options"] = before
        connection.close()


CREATE_ROLE = f"""
DO $$ BEGIN CREATE ROLE {ROLE} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
"""
"""Roles belong to the whole server: another database of it may make the same one at the same moment."""


def create_role() -> None:
    """The ordinary role that the product works as. Needs the right to create roles, once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            cursor.execute(CREATE_ROLE)
        cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [ROLE])
        if not cursor.fetchone()[0]:
            cursor.execute(f"GRANT {ROLE} TO current_user")


def raise_wall() -> None:
    """Put every table behind the wall and give the ordinary role its rights."""
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        cursor.execute(GRANTS)
        for model in walled():
            for statement in _policies(model):
                cursor.execute(statement)
        cursor.execute("SELECT conname FROM pg_constraint")
        existing = {row[0] for row in cursor.fetchall()}
        for name, statement in _crossings():
            if name not in existing:
                cursor.execute(statement)


def _policies(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    inside = f"{_column(model)} = (SELECT fairlead_workspace())"
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS wall ON {table}",
        f"CREATE POLICY wall ON {table} USING ({inside})",
        f"DROP POLICY IF EXISTS wall_also ON {table}",
    ]
    if also := getattr(model, "wall_also", None):
        statements.append(f"CREATE POLICY wall_also ON {table} FOR SELECT USING ({also})")
    return statements


def _crossings() -> list[tuple[str, str]]:
    """Foreign keys between walled tables also compare the workspace, so that no row can point across the wall."""
    found: dict[str, str] = {}
    for model in walled():
        for field in model._meta.concrete_fields:
            target = field.related_model
            if not isinstance(field, models.ForeignKey) or target not in walled() or field.column == "workspace_id":
                continue
            here, there = model._meta.db_table, target._meta.db_table
            unique, crossing = f"{there}_wall", f"{here}_{field.column}_wall"[:63]
            found[unique] = f"ALTER TABLE {there} ADD CONSTRAINT {unique} UNIQUE (workspace_id, id)"
            found[crossing] = (
                f"ALTER TABLE {here} ADD CONSTRAINT {crossing} FOREIGN KEY (workspace_id, {field.column})"
                f" REFERENCES {there} (workspace_id, id) DEFERRABLE INITIALLY DEFERRED"
            )
    return list(found.items())
