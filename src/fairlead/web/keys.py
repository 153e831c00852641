"""Keys in addresses: /projects/WEB/ and /tasks/WEB-42/. Capitals tell the project NEW from the page /projects/new/."""

from __future__ import annotations

from django.urls import register_converter


class ProjectKey:
    """WEB"""

    regex = r"[A-Z][A-Z0-9]{1,7}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: object) -> str:
        return str(value)


class TaskKey(ProjectKey):
    """WEB-42, in any capitals."""

    regex = r"[A-Za-z][A-Za-z0-9]{1,7}-[0-9]{1,9}"


register_converter(ProjectKey, "project")
register_converter(TaskKey, "task")
