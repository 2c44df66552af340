"""Seeds for fuzzing archives, and mutations of any byte or of a known field."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

from tests.hostile import archive_rows_bytes, archive_rows_names

_REAL = Path(__file__).parents[1] / "real_archives"
_LARGEST = 4_096
#: Codes of refusals before any record is read: mutations of such archives reach no further code.
_SHALLOW = frozenset({"truncated", "not-a-zip", "empty-upload"})

#: Signature of a record -> (offset, number of bytes) of each of its fields.
_FIELDS = {
    b"PK\x03\x04": (
        *((at, 2) for at in (4, 6, 8, 10, 12, 26, 28)),
        *((at, 4) for at in (14, 18, 22)),
    ),
    b"PK\x01\x02": (
        *((at, 2) for at in (4, 6, 8, 10, 12, 14, 28, 30, 32, 34, 36)),
        *((at, 4) for at in (16, 20, 24, 38, 42)),
    ),
    b"PK\x05\x06": (*((at, 2) for at in (4, 6, 8, 10, 20)), (12, 4), (16, 4)),
    b"PK\x06\x06": ((4, 8), (16, 4), (24, 8), (32, 8), (40, 8), (48, 8)),
    b"PK\x06\x07": ((4, 4), (8, 8), (16, 4)),
    b"PK\x07\x08": ((4, 4), (8, 4), (12, 4)),
}
KINDS = ("field", "flip", "cut", "insert", "set", "turn", "end", "splice", "repeat", "repair")


class Mutation(NamedTuple):
    """One mutation; ``repair`` corrects the end record. ``at`` and ``value`` are any integers."""

    kind: str
    at: int
    length: int
    value: int
    fresh: bytes


REPAIR = Mutation("repair", 0, 0, 0, b"")


def seeds() -> list[bytes]:
    """Return the small archives of the hostile tables, and all archives of real programs."""
    rows = (*archive_rows_names.ROWS, *archive_rows_bytes.ROWS)
    built = {
        data
        for row in rows
        for data in row.archives
        if len(data) <= _LARGEST and row.code not in _SHALLOW
    }
    return sorted(built) + [path.read_bytes() for path in sorted(_REAL.glob("*.zip"))]


def mutate(data: bytes, mutation: Mutation, other: bytes) -> bytes:
    """Return ``data`` after one mutation; ``other`` is the source of spliced pieces."""
    if mutation.kind == "field":
        return _with_field(data, mutation)
    if mutation.kind == "repair":
        return _repaired(data)
    at = mutation.at % (len(data) + 1)
    behind = data[at + mutation.length :]
    piece = data[at : at + mutation.length]
    if mutation.kind == "splice":
        start = mutation.value % (len(other) + 1)
        return data[:at] + other[start : start + mutation.length] + behind
    between = {
        "flip": bytes(byte ^ (1 << mutation.value % 8) for byte in piece[:1]) + piece[1:],
        "cut": b"",
        "insert": mutation.fresh + piece,
        "set": mutation.fresh,
        "turn": piece[::-1],
        "repeat": piece * (2 + mutation.value % 3),
        "end": None,
    }[mutation.kind]
    return data[:at] if between is None else data[:at] + between + behind


def _with_field(data: bytes, mutation: Mutation) -> bytes:
    """Return ``data`` with one field of one of its records set to ``value``."""
    places = [
        (start + offset, width)
        for mark, fields in _FIELDS.items()
        for start in _all(data, mark)
        for offset, width in fields
        if start + offset + width <= len(data)
    ]
    if not places:
        return data
    at, width = places[mutation.at % len(places)]
    packed = struct.pack("<Q", mutation.value % (1 << 8 * width))[:width]
    return data[:at] + packed + data[at + width :]


def _repaired(data: bytes) -> bytes:
    """Return ``data`` with an end record that fits its directory, to reach later checks."""
    end, start = data.rfind(b"PK\x05\x06"), data.find(b"PK\x01\x02")
    if not 0 <= start < end <= len(data) - 22:
        return data
    count = len(_all(data[start:end], b"PK\x01\x02"))
    fixed = struct.pack("<4H2LH", 0, 0, count, count, end - start, start, len(data) - end - 22)
    return data[: end + 4] + fixed + data[end + 22 :]


def _all(data: bytes, mark: bytes) -> list[int]:
    found = []
    at = data.find(mark)
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + 1)
    return found
