"""Zip64: the records and fields of a zip archive for numbers that need more than 32 bits.

Some programs write them for small archives too (``zip -fz``, bsdtar, Commons Compress). They are
read if every number would fit the ordinary field and all programs read the same number.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from grader.engine.intake.refusals import refusal

EXTRA = 0x0001
#: In place of a count, size or offset: the real one is in a Zip64 record.
MAX16, MAX32 = 0xFFFF, 0xFFFFFFFF
_END, _LOCATOR = struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
_END_MARK, _LOCATOR_MARK = b"PK\x06\x06", b"PK\x06\x07"


class End(NamedTuple):
    """What an archive says about its directory: counts of disks and entries, bytes, offset."""

    disk: int
    first_disk: int
    disk_count: int
    entries: int
    size: int
    start: int


def read_end(data: bytes, end: int, ordinary: End) -> tuple[int, End]:
    """Return where the directory ends in ``data``, and what is said about it.

    Without Zip64 it ends at ``end``, the offset of the ordinary end record, which says
    ``ordinary``. A Zip64 end record comes before that one and says the numbers that are at their
    maximum there; it must repeat the others.

    Raises:
        BadArchive: zip64, if the Zip64 record is missing, elsewhere, another version, contradicts
            ``ordinary``, or has a number that is too large for an ordinary record.
    """
    needed = MAX16 in ordinary[:4] or MAX32 in ordinary[4:]
    locator = end - _LOCATOR.size
    if locator < 0 or not data.startswith(_LOCATOR_MARK, locator):
        if needed:
            raise refusal("zip64")
        return end, ordinary
    record = locator - _END.size
    found = _record(data, record, locator)
    for ours, theirs, most in zip(found, ordinary, [MAX16] * 4 + [MAX32] * 2, strict=True):
        if ours >= most or theirs not in (ours, most):
            raise refusal("zip64")
    return record, found


def _record(data: bytes, at: int, locator: int) -> End:
    """Return the Zip64 end record at the offset ``at``; raise unless ``locator`` leads to it."""
    if at < 0:
        raise refusal("zip64")
    mark, length, _, _, *numbers = _END.unpack_from(data, at)
    found = End(*numbers)
    # The locator has the offset as it was before anything was put in front of the archive.
    in_front = at - found.start - found.size
    located = _LOCATOR.unpack_from(data, locator)[1:] == (0, at - in_front, 1)
    if not located or (mark, length) != (_END_MARK, _END.size - 12):
        raise refusal("zip64")
    return found


def read_sizes(fields: tuple[int, ...], extra: bytes | None, where: str) -> tuple[int, ...]:
    """Return ``fields``, with the numbers in the content ``extra`` of a Zip64 extra field.

    ``fields`` are, in the order of the format, size, packed size and offset of a directory entry,
    or the first two of a local header. ``extra`` is ``None`` if there is no such extra field; then
    none of ``fields`` may be at its maximum. Four bytes at its end are a number of a disk, which
    must be the first. ``where`` is the file's name, for the error.

    Some programs store only the numbers that are needed, others all. Some readers take only those
    that are needed, others all: a field that they read differently is refused.

    Raises:
        BadArchive: bad-extra, if ``extra`` is too short or no list of numbers; zip64, if a number
            is contradicted or too large for an ordinary field.
    """
    wanted = [index for index, value in enumerate(fields) if value == MAX32]
    if extra is None:
        if wanted:
            raise refusal("zip64", where)
        return fields
    numbers = _numbers(extra, len(wanted), where)
    found = list(fields)
    for index, number in zip(wanted, numbers, strict=False):
        found[index] = number
    # e.g. both sizes although only the packed size is needed: other programs take the first number.
    stored_all = len(numbers) > len(wanted)
    differs = stored_all and numbers[: len(found)] != tuple(found[: len(numbers)])
    if differs or any(extra[8 * len(numbers) :]) or max(found) >= MAX32:
        raise refusal("zip64", where)
    return tuple(found)


def _numbers(extra: bytes, least: int, where: str) -> tuple[int, ...]:
    """Return the numbers of 8 bytes in ``extra``; raise if they are fewer than ``least``."""
    count, rest = divmod(len(extra), 8)
    if rest not in (0, 4) or count < least:
        raise refusal("bad-extra", where)
    return struct.unpack_from(f"<{count}Q", extra)
