"""`migrate` as the owner of the tables; afterwards the wall between workspaces is raised."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as Migrate

from fairlead.events import wall


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        with wall.as_owner():
            wall.create_role()
            super().handle(*args, **options)
            if not (options["app_label"] or options["plan"] or options["check_unapplied"]):
                wall.raise_wall()
