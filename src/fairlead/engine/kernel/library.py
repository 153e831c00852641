"""The built kernel and the one struct that it works on.

The library itself tells which arrays and numbers it wants (`fl_layout`), so a field is one line in c/fields.h and
whatever Python hands over is checked against it. Calls release the interpreter lock.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

SUFFIX = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
LIBRARY = Path(__file__).with_name("fairlead_kernel" + SUFFIX)

PAIR = np.dtype(
    [("points", "f8")] + [(name, "i4") for name in ("worker", "minutes", "ready", "due", "pin", "deadline")]
)
"""One task on one able worker; times in the worker's work minutes."""

SLOT = np.dtype(
    [(name, "i4") for name in ("task", "minutes", "ready", "due", "pin", "context", "end", "used", "week", "start")]
    + [("deadline", "i4"), ("spare", "i4")]
    + [("points", "f8"), ("late", "f8")]
)
"""One task at its place in a row."""

FOUND = np.dtype(
    [(name, "f8") for name in ("pair", "late", "neighbour", "load", "plan", "left_out")]
    + [(name, "i4") for name in ("row", "place", "start", "finish")]
)
"""What placing a task changes, in points by kind of rule; where, and from when to when (wall clock minutes)."""

NUMBERS = {"u8": np.uint8, "i32": np.int32, "i64": np.int64, "u64": np.uint64, "f64": np.float64}
CALLS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "fl_count_able": (ctypes.c_int64, (ctypes.c_int64,)),
    "fl_fill_pairs": (ctypes.c_int64, (ctypes.c_int64,)),
    "fl_weeks": (None, (ctypes.c_void_p,)),
    "fl_chain_order": (None, ()),
    "fl_tails": (None, ()),
    "fl_construct": (ctypes.c_int64, (ctypes.c_int64,)),
    "fl_append": (ctypes.c_int64, (ctypes.c_int64,)),
    "fl_search": (ctypes.c_int64, (ctypes.c_int64, ctypes.c_double)),
    "fl_begin": (ctypes.c_double, ()),
    "fl_take_best": (None, ()),
    "fl_take_over_limits": (None, ()),
    "fl_splice": (
        ctypes.c_int64,
        (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64),
    ),
    "fl_full_cost": (ctypes.c_double, ()),
    "fl_mark": (ctypes.c_int64, ()),
    "fl_undo": (None, (ctypes.c_int64,)),
    "fl_commit": (None, ()),
    "fl_remove": (ctypes.c_int64, (ctypes.c_int32,)),
    "fl_least_points": (None, (ctypes.c_int32, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)),
    "fl_measure": (
        None,
        (ctypes.c_int32, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p),
    ),
    "fl_put": (ctypes.c_int64, (ctypes.c_int32, ctypes.c_void_p, ctypes.c_int32, ctypes.c_int32)),
    "fl_reorder": (ctypes.c_double, (ctypes.c_int32, ctypes.c_void_p)),
    "fl_hold": (ctypes.c_int64, (ctypes.c_int32, ctypes.c_int32)),
    "fl_place": (None, (ctypes.c_int32, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)),
}
"""Functions of the library that take the struct first: result and further arguments."""


class KernelMissing(RuntimeError):
    """The engine's compiled part is not there. `./fairlead` builds it; from a source archive, `pip install .` does."""


@cache
def library() -> ctypes.CDLL:
    """The library, loaded once; KernelMissing when it was not built for this machine."""
    try:
        loaded = ctypes.CDLL(str(LIBRARY))
    except OSError as error:
        raise KernelMissing(f"{KernelMissing.__doc__} ({error})") from error
    loaded.fl_layout.restype = ctypes.c_char_p
    loaded.fl_size.restype = ctypes.c_int64
    for name, (result, arguments) in CALLS.items():
        call = getattr(loaded, name)
        call.restype, call.argtypes = result, (ctypes.c_void_p, *arguments)
    return loaded


def size(which: int) -> int:
    """Bytes of a struct of the library: Plan, Pair, Slot, Snap, Lane, Found."""
    return int(library().fl_size(ctypes.c_int64(which)))


@cache
def dtypes() -> dict[str, Any]:
    """numpy types by their names in C."""
    known = {**NUMBERS, "Pair": PAIR, "Slot": SLOT, "Snap": np.dtype(f"V{size(3)}"), "Lane": np.dtype(f"V{size(4)}")}
    if (PAIR.itemsize, SLOT.itemsize, FOUND.itemsize) != (size(1), size(2), size(5)):
        raise KernelMissing("The kernel was built from other sources than this Python code. Build it again.")
    return known


@cache
def layout() -> tuple[tuple[tuple[str, Any], ...], tuple[str, ...], type[ctypes.Structure]]:
    """Arrays with their types, numbers, and the struct that holds them."""
    lines = [line.split() for line in library().fl_layout().decode().splitlines()]
    arrays = tuple((name, dtypes()[kind]) for what, kind, name in lines if what == "array")
    numbers = tuple(name for what, _, name in lines if what == "number")
    members: list[tuple[str, Any]] = []
    for what, kind, name in lines:
        if what == "array":
            members += [(name, ctypes.c_void_p), (f"{name}_n", ctypes.c_int64)]
        else:
            members.append((name, ctypes.c_double if kind == "f64" else ctypes.c_int64))
    struct = type("Plan", (ctypes.Structure,), {"_fields_": members})
    if ctypes.sizeof(struct) != size(0):
        raise KernelMissing("The kernel was built from other sources than this Python code. Build it again.")
    return arrays, numbers, struct


class Board:
    """The struct with its arrays. Arrays that are not given are empty; numbers that are not given are 0."""

    def __init__(self, arrays: Mapping[str, Array], numbers: Mapping[str, float]) -> None:
        wanted, _, struct = layout()
        self.types = dict(wanted)
        self.struct = struct()
        self.arrays: dict[str, Array] = {}
        for name, kind in wanted:
            given = arrays.get(name)
            self.give(name, np.zeros(0, kind) if given is None else given)
        for name, value in numbers.items():
            self[name] = value
        self.address = ctypes.addressof(self.struct)

    def give(self, name: str, array: Array) -> None:
        """Hand over an array; one of another type or with gaps is refused, since C would misread it."""
        if array.dtype != self.types[name] or not array.flags.c_contiguous:
            raise TypeError(f"{name} has to be a contiguous array of {self.types[name]}, not {array.dtype}")
        self.arrays[name] = array
        setattr(self.struct, name, array.ctypes.data)
        setattr(self.struct, f"{name}_n", array.size)

    def __getitem__(self, number: str) -> float:
        """One of the numbers."""
        return getattr(self.struct, number)  # type: ignore[no-any-return]

    def __setitem__(self, number: str, value: float) -> None:
        """Set one of the numbers."""
        setattr(self.struct, number, value)

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function of the library on this struct."""
        return getattr(library(), name)(self.address, *arguments)
