"""From the engine's ids to people, at the moment of showing: what is stored names nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairlead.allocation.sayings import in_language
from fairlead.allocation.snapshot import worker_name
from fairlead.lib.speech import tr
from fairlead.people.models import Worker

_ID = re.compile(r"\bw(\d+)\b")


@dataclass(frozen=True)
class Face:
    """A worker as lists show them. `id` is 0 for somebody who was removed since."""

    id: int
    name: str
    kind: str
    is_active: bool = True


def _gone() -> Face:
    return Face(0, tr("Somebody who was removed"), "employee", is_active=False)


class Faces:
    """All workers of a workspace by the engine's ids, in one query."""

    def __init__(self, workspace_id: int) -> None:
        rows = Worker.objects.filter(workspace_id=workspace_id).values_list("id", "name", "kind", "deactivated_at")
        self._faces = {worker_name(pk): Face(pk, name, kind, left is None) for pk, name, kind, left in rows}

    def of(self, name: str) -> Face:
        """The worker with this engine id."""
        return self._faces.get(name) or _gone()

    def by_number(self, worker_id: int | None) -> Face | None:
        """The worker with this id; None for nobody."""
        return None if worker_id is None else self.of(worker_name(worker_id))

    def in_words(self, sentence: str, kept: Any = None) -> str:
        """The engine's sentence with names instead of ids, in the language that is spoken. `kept`: what it was made
        of, for one that was stored."""
        sentence = in_language(sentence, kept)
        return self._named(sentence)

    def in_parts(self, kept: Any) -> Any:
        """What a sentence was made of (see `engine.saying.parts`), with names instead of ids."""
        if isinstance(kept, Mapping):
            return {name: self.in_parts(value) for name, value in kept.items()}
        if isinstance(kept, list):
            return [self.in_parts(value) for value in kept]
        return self._named(kept) if isinstance(kept, str) else kept

    def _named(self, text: str) -> str:
        return _ID.sub(lambda found: self._faces[found[0]].name if found[0] in self._faces else found[0], text)
