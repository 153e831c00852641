"""Bringing the files of an export in: first their bytes, checked, then the rows that name them."""

from __future__ import annotations

import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.db import models

from fairlead.archive import contents
from fairlead.archive.contents import Content
from fairlead.config import config
from fairlead.lib.blobs import arrive
from fairlead.lib.magic import DRAWN, Kind
from fairlead.lib.scanning import Infected
from fairlead.work.actions.attachments import Full, looked_at
from fairlead.work.files import MB, most_bytes, room_left, store, uploaded
from fairlead.work.models import Attachment, AttachmentVersion

MISSING: Final = "whose bytes are not in the archive"
TOO_LARGE: Final = "larger than a file may be here"
BAD: Final = "in which the scanner found something"
Progress = Callable[[int, int], None]


class FilesOf:
    """What an archive brings of files. `left`: versions that stay out, by reason; `brought`: contents that came."""

    def __init__(self, archive: zipfile.ZipFile, workspace_id: int) -> None:
        self.archive, self.workspace_id = archive, workspace_id
        self.inside = contents.listed(archive)
        self.kinds: dict[str, Kind] = {}
        self.numbers: dict[int, list[int]] = defaultdict(list)
        self.left: Counter[str] = Counter()
        self.brought = 0

    def bring(self, versions: Iterable[Mapping[str, Any]], on_file: Progress) -> None:
        """Keep the bytes of these rows of versions. Raises Full before the first byte when there is no room."""
        rows = list(versions)
        reasons = [self._why_not(row) for row in rows]
        self._check_room(sum(int(row["size"]) for row, why in zip(rows, reasons, strict=True) if not why))
        wanted = {row["sha256"] for row, why in zip(rows, reasons, strict=True) if not why}
        for count, sha256 in enumerate(sorted(wanted), start=1):
            self._keep(self.inside[sha256])
            on_file(count, len(wanted))
        for row, why in zip(rows, reasons, strict=True):
            if row["sha256"] in self.kinds:
                self.numbers[int(row["attachment_id"])].append(int(row["number"]))
            else:
                self.left[why or BAD] += 1

    def _why_not(self, row: Mapping[str, Any]) -> str:
        if row["sha256"] not in self.inside:
            return MISSING
        return TOO_LARGE if self.inside[row["sha256"]].bytes > most_bytes() else ""

    def _check_room(self, needed: int) -> None:
        room = room_left(self.workspace_id)
        if needed > room:
            raise Full(
                f"The files of the archive take {_mb(needed)} MB, and this workspace has room for {_mb(room)} MB. "
                f"Raise FAIRLEAD_FILES_QUOTA_MB (now {config().files_quota_mb}), or bring the rest in --without-files."
            )

    def _keep(self, content: Content) -> None:
        pieces = contents.unpacked(self.archive, content)
        arrived = arrive(config().files_path, pieces, most_bytes=most_bytes())
        try:
            if arrived.sha256 != content.sha256:
                raise ValueError(f"{content.member} is not what its name says")
            self.kinds[content.sha256] = looked_at(uploaded(content.sha256, arrived))
            store(self.workspace_id).keep(arrived)
            self.brought += 1
        except Infected:
            return  # it is told among what was left
        finally:
            arrived.discard()

    def fit(self, model: type[models.Model], row: dict[str, Any]) -> bool:
        """Make a row say what is true here; False for one that stays out. What a file is, its bytes say again."""
        if model is Attachment:
            numbers = self.numbers.get(int(row["id"]))
            row["revision"] = max(numbers, default=0) if numbers else 0
            return bool(numbers)
        if model is AttachmentVersion:
            kind = self.kinds.get(row["sha256"])
            if kind is None or not row["size"]:
                return False
            waits = AttachmentVersion.Preview.WAITING if kind.preview in DRAWN else AttachmentVersion.Preview.NONE
            row |= {"mime": kind.mime, "preview": waits.value, "large_sha256": "", "small_sha256": "",
                    "width": None, "height": None, "pages": 0, "page_total": 0, "unshown": ""}  # fmt: skip
        return True


def _mb(size: int) -> int:
    return -(-max(size, 0) // MB)
