"""The central directory of a zip archive (APPNOTE.TXT 4.3.12 and 4.3.16).

Programs disagree about malformed archives: a file that one of them shows, another one hides. So
only archives are read on which all programs agree: no Zip64 numbers that would not fit an ordinary
field, no split archives, nothing after the end record, a directory that fills exactly the bytes it
claims, and in front of the first file at most a program that unpacks the archive.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from grader.engine.intake import zip64
from grader.engine.intake.refusals import refusal

#: The fixed parts of the end record and of an entry of the directory, and the marks of records.
_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
LOCAL_MARK, _END_MARK, _ENTRY_MARK = b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02"
#: The marks by which programs find files. That of a data descriptor is none: it also stands in the
#: code of programs that unpack archives, e.g. Info-ZIP's ``unzipsfx``.
_FINDING_MARKS = (LOCAL_MARK, _END_MARK, _ENTRY_MARK, b"PK\x06\x06", b"PK\x06\x07")
#: First bytes of an archive that is split into several files.
_SPLIT_MARKS = (b"PK\x07\x08", b"PK00")
#: First bytes of what may stand in front of an archive: nothing but zeros (padding), or a program
#: that unpacks or runs it: of Windows, Linux, macOS, or a script (``python -m zipapp``). Not a PDF
#: or an image, which is something else for whoever opens it as such.
_PROGRAM_MARKS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
#: Version 6.3 of the format, the newest one.
_NEWEST_VERSION = 63
_LONGEST_COMMENT = 0xFFFF
_UNICODE_PATH_EXTRA = 0x7075
#: The extra fields that change the meaning of an entry. Others hold times, owners and the like.
_MEANINGFUL = frozenset({zip64.EXTRA, _UNICODE_PATH_EXTRA})
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

    Offsets are in bytes from the start of ``data``, also where the archive counts them from the end
    of a program in front of it. Local headers and contents are not checked, nor whether names are
    safe and compression methods known: ``unsupported-method`` is about the version of the format.

    Raises:
        BadArchive: truncated, leading-data, trailing-data, two-archives, split-archive, zip64,
            bad-directory, bad-extra, name-not-utf8, unsupported-method.
    """
    end = _checked_end(data)
    directory_end, said = zip64.read_end(data, end, zip64.End(*_END.unpack_from(data, end)[1:7]))
    if said[:3] != (0, 0, said.entries) or data.startswith(_SPLIT_MARKS):
        raise refusal("split-archive")
    shift = _shift(data, directory_end - said.size, said)
    start = said.start + shift
    entries = list(_entries(data, start, directory_end, said.entries))
    if shift:
        _check_unshifted(data, said, entries)
        entries = [replace(entry, offset=entry.offset + shift) for entry in entries]
    front = data[: min((entry.offset for entry in entries), default=start)]
    # Without ``shift``, it is a file that the directory leaves out: members() refuses that.
    if shift or not data.startswith(LOCAL_MARK):
        _check_front(front)
    return start, entries


def _check_unshifted(data: bytes, said: zip64.End, entries: Iterable[Entry]) -> None:
    """Raise if a program that counts from the start of ``data`` would find another archive."""
    raw = [(LOCAL_MARK, entry.offset) for entry in entries] + [(_ENTRY_MARK, said.start)]
    if any(data.startswith(mark, at) for mark, at in raw):
        raise refusal("leading-data")


def _shift(data: bytes, start: int, said: zip64.End) -> int:
    """Return how many bytes the archive does not count; its directory is at ``start``.

    Raises:
        BadArchive: bad-directory, unless an archive begins there.
    """
    shift = start - said.start
    begins = data.startswith(LOCAL_MARK if said.entries else _END_MARK, max(0, shift))
    if shift < 0 or shift and not begins:
        raise refusal("bad-directory", reason="it is not where the archive says it is")
    return shift


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


def _check_front(front: bytes) -> None:
    """Raise unless ``front``, what stands before the first file, is harmless.

    That is nothing, zeros, or a program. It must have no record of an archive, which other programs
    might find: e.g. not one archive in front of another.
    """
    known = front.startswith(_PROGRAM_MARKS) or not front.strip(b"\0")
    if not known or any(mark in front for mark in _FINDING_MARKS):
        raise refusal("leading-data")


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
    size, packed, offset = zip64.read_sizes((size, packed, offset), extra.get(zip64.EXTRA), where)
    if version & 0xFF > _NEWEST_VERSION:
        raise refusal("unsupported-method", where, method="an unknown version of the zip format")
    if disk and not (disk == zip64.MAX16 and len(extra.get(zip64.EXTRA, b"")) % 8 == 4):
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

    A field may be repeated with the same content.

    Raises:
        BadArchive: bad-extra, if a field runs over the end, or two of those fields have the same
            id and other contents: programs disagree on which of them counts.
    """
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(raw):
        kind, length = struct.unpack_from("<HH", raw, at)
        at += 4 + length
        content = raw[at - length : at]
        if at > len(raw) or found.get(kind, content) != content:
            raise refusal("bad-extra", where)
        if kind in _MEANINGFUL:
            found[kind] = content
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
