"""Where the files of a workspace lie, and what a file is that somebody sends. Below actions and queries."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.config import config
from fairlead.lib.blobs import Arrived, Store, arrive
from fairlead.lib.filenames import clean_name

MB = 2**20


@dataclass(frozen=True)
class Upload:
    """A file that arrived, under the name that its sender gave it, made harmless."""

    name: str
    file: Arrived


def store(workspace_id: int) -> Store:
    """The kept files of a workspace."""
    return Store(config().files_path / str(workspace_id))


def most_bytes() -> int:
    """The largest file that may be attached."""
    return config().file_max_mb * MB


def uploaded(name: str, file: Arrived) -> Upload:
    """A file that arrived with a form."""
    return Upload(clean_name(name), file)


def from_bytes(name: str, content: bytes) -> Upload:
    """A file from what is at hand, for importers and examples. Raises TooLarge."""
    return uploaded(name, arrive(config().files_path, [content], most_bytes=most_bytes()))
