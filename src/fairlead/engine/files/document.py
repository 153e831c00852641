"""A JSON document: from bytes, its objects taken apart key by key, and back to bytes."""

from __future__ import annotations

import gc
import gzip
import io
import json
import os
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from fairlead.engine.validation import Place, ProblemError, ProblemErrors
from fairlead.engine.validation.faults import key_path

MOST_UNPACKED_BYTES = 1 << 28
"""What a packed file may hold: 256 MiB. A few hundred packed kilobytes can otherwise fill the memory."""


class Repeated(list[tuple[str, Any]]):
    """A JSON object in which a key stands twice; kept as pairs so that its path can be named."""


def keep_pairs(pairs: list[tuple[str, Any]]) -> Any:
    """An object as a dictionary, or as pairs when a key is repeated."""
    result = dict(pairs)
    return result if len(result) == len(pairs) else Repeated(pairs)


def parse_json(raw: bytes) -> Any:
    """JSON from bytes, unpacked when it is gzip. NaN and infinities stay floats, for the checks to refuse."""
    try:
        if raw[:2] == b"\x1f\x8b":
            raw = unpacked(raw)
        return json.loads(raw.decode("utf-8"), object_pairs_hook=keep_pairs)
    except (OSError, EOFError, zlib.error) as error:
        refuse("(file)", str(error), allowed="JSON, plain or gzip")
    except (ValueError, RecursionError) as error:  # bad UTF-8, bad JSON, a number of thousands of digits
        refuse("(file)", str(error), allowed="JSON in UTF-8")


def unpacked(raw: bytes) -> bytes:
    """The content of a gzip file; OSError when it is broken or too large."""
    with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
        content = packed.read(MOST_UNPACKED_BYTES + 1)
    if len(content) > MOST_UNPACKED_BYTES:
        raise OSError(f"more than {MOST_UNPACKED_BYTES >> 20} MiB unpacked")
    return content


def refuse(path: str, value: object, *, allowed: str) -> NoReturn:
    """One fault that ends the reading."""
    raise ProblemErrors([ProblemError(path, value, allowed)])


@contextmanager
def many_new_objects() -> Iterator[None]:
    """Without the collector of reference cycles, which makes none here and would look at every new object again
    and again: a third of the time of reading 50,000 tasks.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def entries(place: Place, value: Any, *, known: Mapping[str, bool]) -> dict[str, Any]:
    """The known keys of an object; unknown, repeated and missing required ones are faults.

    `known` says of each key whether it is required.
    """
    if isinstance(value, Repeated):
        times = Counter(name for name, _ in value)
        for name in (name for name, seen in times.items() if seen > 1):
            place.at(dotted(place, name)).refuse(name, "each key once")
        value = dict(value)
    if not isinstance(value, dict):
        place.refuse(value, "an object with " + ", ".join(known))
        return {}
    allowed = "only the keys " + ", ".join(known)
    for name in value:
        if name not in known:
            place.at(dotted(place, name)).refuse(value[name], allowed)
    for name, required in known.items():
        if required and name not in value:
            place.at(dotted(place, name)).refuse(None, "a value; this key is required")
    return {name: item for name, item in value.items() if name in known}


def dotted(place: Place, name: str) -> str:
    """The key as the rest of a path; an empty one is named as such, since a path may not be empty."""
    if not name:
        return " (key)" if place.path else "(key)"
    return f".{key_path(name)}" if place.path else key_path(name)


def list_at(root: Place, top: Mapping[str, Any], *, name: str) -> list[Any]:
    """The items of the list under a top-level key; anything else is a fault."""
    value = top.get(name, [])
    if isinstance(value, list) and not isinstance(value, Repeated):
        return value
    root.at(name).refuse(value, "a list")
    return []


def check_format(root: Place, top: Mapping[str, Any], *, wanted: str) -> None:
    """The file says what it is."""
    if "format" in top and top["format"] != wanted:
        root.at("format").refuse(top["format"], f'"{wanted}"')


def without_echoes(shape: Sequence[ProblemError], values: Sequence[ProblemError]) -> list[ProblemError]:
    """The faults of shape and those of values that do not follow from them: a missing key is no wrong value too.

    One fault for each path, the first one found, in the place of the last; none inside a row that is no object.
    """
    first = {error.path: error for error in shape}
    kept = [*shape, *(error for error in values if error.path.partition(".")[0] not in first or error.path in first)]
    return list({error.path: error for error in reversed(kept)}.values())[::-1]


def json_text(value: Any) -> bytes:
    """JSON for people and programs: one space, UTF-8, a newline at the end."""
    return (json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write the whole file or nothing: a reader never sees half of it."""
    target = Path(path)
    packed = gzip.compress(content, mtime=0) if target.suffix == ".gz" else content
    partial = target.with_name(target.name + ".part")
    try:
        partial.write_bytes(packed)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
