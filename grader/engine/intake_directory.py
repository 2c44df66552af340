"""The list of contents of a zip archive, read from its end (APPNOTE.TXT 4.3.12 and 4.3.16).

Programs disagree about malformed archives, and what one of them shows another one hides. So
there is one reading here, of archives on which all programs agree: no Zip64 list, no parts,
nothing behind the end, and a list that fills exactly the bytes it says it fills.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from grader.engine.intake_refusals import refusal

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_END_MARK, _ENTRY_MARK = b"PK\x05\x06", b"PK\x01\x02"
_SPLIT_MARKS = (b"PK\x07\x08", b"PK00")
_ZIP64_LOCATOR, _ZIP64_LOCATOR_SIZE = b"PK\x06\x07", 20
#: Version 6.3 of the format, the newest that compresses in a known way.
_NEWEST_VERSION = 63
_LONGEST_COMMENT = 0xFFFF
_MAX16, _MAX32 = 0xFFFF, 0xFFFFFFFF
ZIP64_EXTRA, _UNICODE_PATH_EXTRA = 0x0001, 0x7075

UTF8_NAME, HAS_DESCRIPTOR = 0x0800, 0x0008
#: Bits 1 and 2 only say how hard the compressor tried; every other bit changes the reading.
LEVEL_HINTS = 0x0006


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list. Sizes and ``offset`` (of its own header) are in bytes."""

    raw_name: bytes
    names: tuple[str, ...]
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    mode: int


def looks_like_zip(data: bytes) -> bool:
    """Whether bytes begin like a zip archive, or end like one (behind a script or a picture)."""
    if data.startswith((b"PK\x03\x04", _END_MARK, *_SPLIT_MARKS)):
        return True
    end = _end(data)
    if end < 0 or end + _END.size > len(data):
        return False
    return end + _END.size + int(_END.unpack_from(data, end)[7]) == len(data)


def _end(data: bytes) -> int:
    return data.rfind(_END_MARK, max(0, len(data) - _LONGEST_COMMENT - _END.size))


def read_directory(data: bytes) -> tuple[int, list[Entry]]:
    """Where the list starts, and its entries in its own order.

    Raises:
        BadArchive: truncated, trailing-data, split-archive, zip64, bad-directory, bad-extra,
            name-not-utf8.
    """
    end = _checked_end(data)
    _, disk, first_disk, here, count, size, start, _ = _END.unpack_from(data, end)
    if _is_zip64(data, end) or _MAX16 in (count, here) or _MAX32 in (size, start):
        raise refusal("zip64")
    if (disk, first_disk, here) != (0, 0, count) or data.startswith(_SPLIT_MARKS):
        raise refusal("split-archive")
    if start + size != end:
        raise refusal("bad-directory", reason="it is not where the archive says it is")
    return start, list(_entries(data, start, end, count))


def _checked_end(data: bytes) -> int:
    end = _end(data)
    if end < 0 or end + _END.size > len(data):
        raise refusal("truncated")
    whole = end + _END.size + int(_END.unpack_from(data, end)[7])
    if whole != len(data):
        raise refusal("truncated" if whole > len(data) else "trailing-data")
    return end


def _is_zip64(data: bytes, end: int) -> bool:
    locator = end - _ZIP64_LOCATOR_SIZE
    return locator >= 0 and data.startswith(_ZIP64_LOCATOR, locator)


def _entries(data: bytes, start: int, end: int, count: int) -> Iterator[Entry]:
    at = start
    for _ in range(count):
        if at + _ENTRY.size > end or not data.startswith(_ENTRY_MARK, at):
            raise refusal("bad-directory", reason="it has fewer entries than it says")
        fields = _ENTRY.unpack_from(data, at)
        name_end = at + _ENTRY.size + fields[10]
        extra_end = name_end + fields[11]
        following = extra_end + fields[12]
        if following > end:
            raise refusal("bad-directory", reason="an entry runs over its end")
        raw_name = data[at + _ENTRY.size : name_end]
        yield _entry(fields, raw_name, data[name_end:extra_end])
        at = following
    if at != end:
        raise refusal("bad-directory", reason="it has more entries than it says")


def _entry(fields: tuple[int, ...], raw_name: bytes, raw_extra: bytes) -> Entry:
    _, _, version, flags, method, _, _, crc, packed, size, _, _, _, disk, _, attributes, offset = (
        fields
    )
    names = [decode_name(raw_name, flags)]
    where = names[0]
    extra = read_extra(raw_extra, where)
    if ZIP64_EXTRA in extra or _MAX32 in (packed, size, offset):
        raise refusal("zip64", where)
    if version & 0xFF > _NEWEST_VERSION:
        raise refusal("unsupported-method", where, method="an unknown version of the zip format")
    if disk:
        raise refusal("split-archive", where)
    names += _unicode_path(extra.get(_UNICODE_PATH_EXTRA, b""), raw_name, where)
    mode = attributes >> 16
    return Entry(raw_name, tuple(names), flags, method, crc, packed, size, offset, mode)


def decode_name(raw: bytes, flags: int) -> str:
    """A name: UTF-8 where the archive says so, else UTF-8 if it is, else code page 437."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if flags & UTF8_NAME:
            raise refusal("name-not-utf8", raw.decode("utf-8", "backslashreplace")) from None
        return raw.decode("cp437")


def read_extra(raw: bytes, where: str) -> dict[int, bytes]:
    """Extra fields by their id. Up to three bytes of padding are let pass, as everybody does."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(raw):
        kind, length = struct.unpack_from("<HH", raw, at)
        if at + 4 + length > len(raw):
            raise refusal("bad-extra", where)
        found.setdefault(kind, raw[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def _unicode_path(field: bytes, raw_name: bytes, where: str) -> list[str]:
    """The name in Info-ZIP's Unicode path field, if it belongs to this raw name.

    Newer programs unpack to that name, older ones to the raw one: both have to be safe.
    """
    if len(field) < 5 or field[0] != 1:
        return []
    if struct.unpack_from("<L", field, 1)[0] != zlib.crc32(raw_name):
        return []
    try:
        return [field[5:].decode("utf-8")]
    except UnicodeDecodeError:
        raise refusal("name-not-utf8", where) from None
