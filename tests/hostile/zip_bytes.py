"""Zip archives built byte by byte, so that each part of them can lie."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, replace
from typing import Any

CODE = b"print('hello')\n"


@dataclass(frozen=True)
class Part:
    """One file of an archive under construction; ``local_*`` only where its own header lies."""

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
    dos_attributes: int = 0

    @property
    def body(self) -> bytes:
        """The packed content."""
        if self.packed is not None:
            return self.packed
        return deflated(self.content) if self.method == 8 else self.content

    @property
    def sums(self) -> tuple[int, int, int]:
        """Checksum, packed size and size, as the list of contents states them."""
        crc = zlib.crc32(self.content) if self.crc is None else self.crc
        return crc, len(self.body), len(self.content) if self.size is None else self.size


def deflated(content: bytes) -> bytes:
    """Raw deflate data."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeezer.compress(content) + squeezer.flush()


def _first(*values: int | None) -> int:
    return next(value for value in values if value is not None)


def local_header(part: Part) -> bytes:
    """The header before a part's content."""
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
    """A part's entry in the list of contents."""
    lengths = (len(part.name), len(part.extra), 0)
    place = (part.disk, 0, part.mode << 16 | part.dos_attributes, _first(part.offset, offset))
    fixed = (b"PK\x01\x02", part.made_by, part.version, part.flags, part.method, 0, 0x21)
    header = struct.pack("<4s6H3L5H2L", *fixed, *part.sums, *lengths, *place)
    return header + part.name + part.extra


def end_record(count: int, size: int, offset: int, comment: bytes = b"") -> bytes:
    """The record that ends an archive, from what it says of the list before it."""
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
    """A whole archive; ``count`` and ``shift`` let its end record lie."""
    body, directory, listed = bytearray(), bytearray(), 0
    for part in parts:
        if part.listed:
            directory += central_header(part, len(body))
            listed += 1
        body += local_header(part) + part.body + part.descriptor + between
    end = end_record(_first(count, listed), len(directory), len(body) + shift, comment)
    return bytes(body + directory + end + suffix)


def named(*names: bytes, **changes: Any) -> bytes:
    """An archive of one and the same file under several names."""
    parts = (replace(Part(), name=name, **changes) for name in names)
    return archive(*parts)


def zip64_end(count: int, size: int, start: int, end: int) -> bytes:
    """A Zip64 end record and its locator, for a list whose bytes end at ``end``."""
    fixed = (b"PK\x06\x06", 44, 0x031E, 45, 0, 0, count, count, size, start)
    return struct.pack("<4sQ2H2L4Q", *fixed) + struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)


def unicode_path(raw: bytes, name: bytes) -> bytes:
    """Info-ZIP's extra field with the real name of a file whose raw name is ``raw``."""
    field = struct.pack("<BL", 1, zlib.crc32(raw)) + name
    return struct.pack("<HH", 0x7075, len(field)) + field
