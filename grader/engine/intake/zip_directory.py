"""The central directory of a zip archive (APPNOTE.TXT 4.3.12 and 4.3.16).

Programs disagree about malformed archives: a file that one of them shows, another one hides. So
only archives are read on which all programs agree: no Zip64 directory, no split archives, nothing
after the end record, and a directory that fills exactly the bytes it claims.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from grader.engine.intake.refusals import refusal

#: The fixed parts of the end record and of an entry of the directory, and the marks of records.
_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
LOCAL_MARK, _END_MARK, _ENTRY_MARK = b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02"
#: First bytes of an archive that is split into several files.
_SPLIT_MARKS = (b"PK\x07\x08", b"PK00")
_ZIP64_END, _ZIP64_LOCATOR = struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
_ZIP64_END_MARK, _ZIP64_LOCATOR_MARK = b"PK\x06\x06", b"PK\x06\x07"
#: Version 6.3 of the format, the newest one.
_NEWEST_VERSION = 63
_LONGEST_COMMENT = 0xFFFF
#: In place of a count, size or offset: the real one is in a Zip64 record.
_MAX16, _MAX32 = 0xFFFF, 0xFFFFFFFF
ZIP64_EXTRA, _UNICODE_PATH_EXTRA = 0x0001, 0x7075
#: The extra fields that change the meaning of an entry. Others hold times, owners and the like.
_MEANINGFUL = frozenset({ZIP64_EXTRA, _UNICODE_PATH_EXTRA})
#: The bit of a folder in the attributes of DOS, for entries without a Unix mode.
_DOS_FOLDER = 0x10

#: Flag bits: the name is UTF-8; checksum and sizes follow the content in a data descriptor.
UTF8_NAME, HAS_DESCRIPTOR = 0x0800, 0x0008
#: Flag bits 1 and 2 only state the compression level; every other bit changes the meaning.
LEVEL_HINTS = 0x0006


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or folder, as the directory of a zip archive lists it; see :func:`read_directory`.

    ``packed`` and ``size`` are its stated sizes in bytes, compressed and not; ``offset`` is that of
    its local header. ``names`` are all names, not yet checked, that programs may give the file, the
    newest programs' last; ``mode`` is its Unix mode, 0 if unknown.
    """

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
    """Return whether ``data`` begins like a zip archive, or ends like one.

    An archive that is appended to a script or an image only ends like one.
    """
    return data.startswith((LOCAL_MARK, _END_MARK, *_SPLIT_MARKS)) or bool(_ends(data))


def _ends(data: bytes) -> list[int]:
    """Return the offsets of end records whose comment ends where ``data`` ends, last one first."""
    found = []
    least = max(0, len(data) - _LONGEST_COMMENT - _END.size)
    at = data.rfind(_END_MARK, least)
    while at >= 0:
        if at + _END.size <= len(data) and _archive_length(data, at) == len(data):
            found.append(at)
        at = data.rfind(_END_MARK, least, at)
    return found


def _archive_length(data: bytes, end: int) -> int:
    """Return the length of the archive whose end record is at ``end``, by its comment length."""
    return end + _END.size + int(_END.unpack_from(data, end)[7])


def read_directory(data: bytes) -> tuple[int, list[Entry]]:
    """Return the offset of the directory in the archive ``data``, and its entries in their order.

    The offset is in bytes. Local headers and contents are not checked, nor whether names are safe
    and compression methods known: ``unsupported-method`` is about the version of the format.

    Raises:
        BadArchive: truncated, leading-data, trailing-data, two-archives, split-archive, zip64,
            bad-directory, bad-extra, name-not-utf8, unsupported-method.
    """
    end = _checked_end(data)
    _, disk, first_disk, disk_count, count, size, start, _ = _END.unpack_from(data, end)
    if _MAX16 in (count, disk_count) or _MAX32 in (size, start):
        raise refusal("zip64")
    if (disk, first_disk, disk_count) != (0, 0, count) or data.startswith(_SPLIT_MARKS):
        raise refusal("split-archive")
    directory_end = _before_zip64_end(data, end, (count, size, start))
    shift = directory_end - start - size
    if shift > 0 and data.startswith((LOCAL_MARK, _END_MARK), shift):
        raise refusal("leading-data")
    if shift:
        raise refusal("bad-directory", reason="it is not where the archive says it is")
    return start, list(_entries(data, start, directory_end, count))


def _checked_end(data: bytes) -> int:
    """Return the offset of the only end record; raise if there is none or more than one."""
    ends = _ends(data)
    if not ends:
        raise refusal("trailing-data" if _ends_early(data) else "truncated")
    if ends != [data.rfind(_END_MARK)]:  # Some programs read the first of them, some the last.
        raise refusal("two-archives")
    return ends[0]


def _ends_early(data: bytes) -> bool:
    """Return whether the last end record fits its directory, so that data follows the archive."""
    end = data.rfind(_END_MARK)
    if end < 0 or end + _END.size > len(data) or _archive_length(data, end) > len(data):
        return False
    size, start = _END.unpack_from(data, end)[5:7]
    return int(size) + int(start) == end


def _before_zip64_end(data: bytes, end: int, claimed: tuple[int, int, int]) -> int:
    """Return where the directory ends: at ``end``, or at a Zip64 end record before it.

    Such a record must repeat ``claimed``: count, size and offset of the directory.
    """
    locator = end - _ZIP64_LOCATOR.size
    if locator < 0 or not data.startswith(_ZIP64_LOCATOR_MARK, locator):
        return end
    record = locator - _ZIP64_END.size
    if record < 0 or _ZIP64_LOCATOR.unpack_from(data, locator)[1:] != (0, record, 1):
        raise refusal("zip64")
    mark, length, _, _, *rest = _ZIP64_END.unpack_from(data, record)
    repeated = [0, 0, claimed[0], *claimed]
    if (mark, length, rest) != (_ZIP64_END_MARK, _ZIP64_END.size - 12, repeated):
        raise refusal("zip64")
    return record


def _entries(data: bytes, start: int, end: int, count: int) -> Iterator[Entry]:
    """Yield the ``count`` entries between ``start`` and ``end``; raise if they do not fill it."""
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
    """Return the entry with ``fields`` (those of ``_ENTRY``); raise if it is not supported."""
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
    mode = attributes >> 16 or (stat.S_IFDIR if attributes & _DOS_FOLDER else 0)
    return Entry(raw_name, tuple(names), flags, method, crc, packed, size, offset, mode)


def decode_name(raw: bytes, flags: int) -> str:
    """Return the name ``raw`` decoded as UTF-8, or as code page 437 if it is not UTF-8.

    Raises:
        BadArchive: name-not-utf8, if ``flags`` claim UTF-8 and it is not.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if flags & UTF8_NAME:
            raise refusal("name-not-utf8", raw.decode("utf-8", "backslashreplace")) from None
        return raw.decode("cp437")


def read_extra(raw: bytes, where: str) -> dict[int, bytes]:
    """Return id -> content of those extra fields in ``raw`` that change the meaning of an entry.

    These are Zip64 and Unicode path. Others are skipped, and so are up to three bytes of padding at
    the end, as other programs do. ``where`` is the file's name, for the error.

    Raises:
        BadArchive: bad-extra, if a field runs over the end, or two of those fields have the same
            id: programs disagree on which of them counts.
    """
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(raw):
        kind, length = struct.unpack_from("<HH", raw, at)
        at += 4 + length
        if at > len(raw) or kind in found:
            raise refusal("bad-extra", where)
        if kind in _MEANINGFUL:
            found[kind] = raw[at - length : at]
    return found


def _unicode_path(field: bytes, raw_name: bytes, where: str) -> list[str]:
    """Return the name in Info-ZIP's Unicode path field, in a list, if its checksum fits.

    Newer programs unpack to that name, older ones to ``raw_name``, so both are validated.
    """
    if len(field) < 5 or field[0] != 1:
        return []
    if struct.unpack_from("<L", field, 1)[0] != zlib.crc32(raw_name):
        return []
    try:
        return [field[5:].decode("utf-8")]
    except UnicodeDecodeError:
        raise refusal("name-not-utf8", where) from None
