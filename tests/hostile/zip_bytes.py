"""A builder of zip archives that can set every field of every record to a wrong value."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, replace
from typing import Any

MAX32 = 0xFFFFFFFF
CODE = b"print('hello')\n"


@dataclass(frozen=True)
class Part:
    """A member to build; ``local_*`` and ``listed_*`` values replace those of one of its headers.

    That is its local header, and its entry in the directory.
    """

    name: bytes = b"main.py"
    content: bytes = CODE
    method: int = 8
    flags: int = 0
    mode: int = 0o100644
    crc: int | None = None
    size: int | None = None
    packed: bytes | None = None
    offset: int | None = None
    local_name: bytes | None = None
    local_crc: int | None = None
    local_size: int | None = None
    local_packed: int | None = None
    local_method: int | None = None
    local_flags: int | None = None
    local_extra: bytes = b""
    extra: bytes = b""
    descriptor: bytes = b""
    listed: bool = True
    disk: int = 0
    version: int = 20
    made_by: int = 0x0314
    listed_packed: int | None = None
    listed_size: int | None = None
    dos_attributes: int = 0

    @property
    def body(self) -> bytes:
        """The compressed content."""
        if self.packed is not None:
            return self.packed
        return deflated(self.content) if self.method == 8 else self.content

    @property
    def sums(self) -> tuple[int, int, int]:
        """Checksum, packed size and size in the directory."""
        crc = zlib.crc32(self.content) if self.crc is None else self.crc
        return crc, len(self.body), len(self.content) if self.size is None else self.size


def deflated(content: bytes) -> bytes:
    """Return ``data`` as a raw deflate stream."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeezer.compress(content) + squeezer.flush()


def _first(*values: int | None) -> int:
    """Return the first of ``values`` that is not ``None``."""
    return next(value for value in values if value is not None)


def local_header(part: Part) -> bytes:
    """Return the local header of ``part``."""
    crc, packed, size = part.sums
    name = part.name if part.local_name is None else part.local_name
    return (
        struct.pack(
            "<4s5H3L2H",
            b"PK\x03\x04",
            part.version,
            _first(part.local_flags, part.flags),
            _first(part.local_method, part.method),
            0,
            0x21,
            _first(part.local_crc, crc),
            _first(part.local_packed, packed),
            _first(part.local_size, size),
            len(name),
            len(part.local_extra),
        )
        + name
        + part.local_extra
    )


def central_header(part: Part, offset: int) -> bytes:
    """Return the directory entry of ``part``."""
    lengths = (len(part.name), len(part.extra), 0)
    place = (part.disk, 0, part.mode << 16 | part.dos_attributes, _first(part.offset, offset))
    fixed = (b"PK\x01\x02", part.made_by, part.version, part.flags, part.method, 0, 0x21)
    crc, packed, size = part.sums
    sums = (crc, _first(part.listed_packed, packed), _first(part.listed_size, size))
    header = struct.pack("<4s6H3L5H2L", *fixed, *sums, *lengths, *place)
    return header + part.name + part.extra


def end_record(count: int, size: int, offset: int, comment: bytes = b"") -> bytes:
    """Return the end record for a directory with these properties."""
    fixed = (b"PK\x05\x06", 0, 0, count, count, size, offset, len(comment))
    return struct.pack("<4s4H2LH", *fixed) + comment


def archive(
    *parts: Part,
    comment: bytes = b"",
    count: int | None = None,
    shift: int = 0,
    between: bytes = b"",
    suffix: bytes = b"",
) -> bytes:
    """Return a whole archive; ``count`` and ``shift`` falsify its end record."""
    body, directory, listed = bytearray(), bytearray(), 0
    for part in parts:
        if part.listed:
            directory += central_header(part, len(body))
            listed += 1
        body += local_header(part) + part.body + part.descriptor + between
    end = end_record(_first(count, listed), len(directory), len(body) + shift, comment)
    return bytes(body + directory + end + suffix)


def named(*names: bytes, **changes: Any) -> bytes:
    """Return an archive with the same file under several names."""
    parts = (replace(Part(), name=name, **changes) for name in names)
    return archive(*parts)


def zip64_extra(*numbers: int) -> bytes:
    """Return a Zip64 extra field with ``numbers``, each of 64 bits."""
    return struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers)


def wholly_zip64(*parts: Part, disk: bytes = b"") -> bytes:
    """Return an archive of ``parts`` that keeps every number it can in Zip64 records.

    ``disk``, four bytes or none, ends each Zip64 field of the directory; it is a disk's number.
    """
    body, directory = b"", b""
    for part in parts:
        _, packed, size = part.sums
        most = {
            "local_packed": MAX32,
            "local_size": MAX32,
            "local_extra": zip64_extra(size, packed),
        }
        part = replace(part, version=45, **most)  # type: ignore[arg-type]
        numbers = struct.pack("<3Q", size, packed, len(body)) + disk
        extra = struct.pack("<HH", 1, len(numbers)) + numbers
        body += local_header(part) + part.body
        listed = {"listed_packed": MAX32, "listed_size": MAX32, "offset": MAX32, "extra": extra}
        part = replace(part, disk=0xFFFF if disk else 0, **listed)  # type: ignore[arg-type]
        directory += central_header(part, 0)
    end = len(body) + len(directory)
    record = zip64_end(len(parts), len(directory), len(body), end)
    return body + directory + record + end_record(0xFFFF, MAX32, MAX32)


def zip64_end(count: int, size: int, start: int, end: int) -> bytes:
    """Return a Zip64 end record and its locator, for a directory that ends at ``end``."""
    fixed = (b"PK\x06\x06", 44, 0x031E, 45, 0, 0, count, count, size, start)
    return struct.pack("<4sQ2H2L4Q", *fixed) + struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)


def unicode_path(raw: bytes, name: bytes) -> bytes:
    """Return Info-ZIP's extra field with the Unicode name of a file with the raw name ``raw``."""
    field = struct.pack("<BL", 1, zlib.crc32(raw)) + name
    return struct.pack("<HH", 0x7075, len(field)) + field
