"""Files in a form, written to disk while they arrive. One that is too large is dropped, the rest is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from fairlead.lib.blobs import Arrived, Incoming, TooLarge
from fairlead.lib.speech import tr

AT_ONCE: Final = 20
"""Files that one form may hold."""


class Received(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs only
    """A file of a form: on disk, or the reason why it was not taken."""

    def __init__(self, name: str, arrived: Arrived | None, refusal: TooLarge | None) -> None:
        super().__init__(file=None, name=name, size=arrived.size if arrived else 0)
        self._arrived, self._refusal = arrived, refusal

    @property
    def arrived(self) -> Arrived:
        """The file. Raises TooLarge."""
        if self._arrived is None:
            raise self._refusal or TooLarge(tr("This file was too large."))
        return self._arrived

    def discard(self) -> None:
        """Remove it, unless it was kept in the meantime."""
        if self._arrived is not None:
            self._arrived.discard()


class ToDisk(FileUploadHandler):
    """Writes each file below `folder` and digests it on the way. `received`: what came, also what was refused."""

    def __init__(self, request: HttpRequest, folder: Path, *, most_bytes: int) -> None:
        super().__init__(request)
        self.received: list[Received] = []
        self._folder, self._most = folder, most_bytes
        self._incoming: Incoming | None = None
        self._refusal: TooLarge | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """The next file begins."""
        super().new_file(*args, **kwargs)
        if len(self.received) >= AT_ONCE:
            raise SkipFile
        self._incoming, self._refusal = Incoming(self._folder, most_bytes=self._most), None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002  Django names it
        """A piece of the file; what comes after the limit is read and thrown away."""
        if self._incoming is not None:
            try:
                self._incoming.write(raw_data)
            except TooLarge as refusal:
                self._incoming, self._refusal = None, refusal
        return None

    def file_complete(self, file_size: int) -> Received:  # noqa: ARG002  Django names it
        """The file has ended."""
        arrived = self._incoming.finish() if self._incoming is not None else None
        done = Received(self.file_name or "", arrived, self._refusal)
        self._incoming = None
        self.received.append(done)
        return done

    def upload_interrupted(self) -> None:
        """The form broke off."""
        if self._incoming is not None:
            self._incoming.abandon()
            self._incoming = None

    def close(self) -> None:
        """Remove whatever was not kept."""
        self.upload_interrupted()
        for file in self.received:
            file.discard()
