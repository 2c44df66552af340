"""The members of a zip archive. Each byte belongs to one member; contents are inflated lazily.

Works on bytes with ``struct`` and ``zlib``. The standard library's ``zipfile`` is not used: it
raises a dozen types of errors, bounds only one of its decompressors, and trusts the directory where
a local header contradicts it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from grader.engine.intake import zip64
from grader.engine.intake.refusals import refusal
from grader.engine.intake.zip_directory import (
    HAS_DESCRIPTOR,
    LEVEL_HINTS,
    LOCAL_MARK,
    Entry,
    read_directory,
    read_extra,
)

_LOCAL = struct.Struct("<4s5H3L2H")
_DESCRIPTOR_MARK = b"PK\x07\x08"
#: The two compression methods that are read.
_STORED, _DEFLATED = 0, 8
#: Flag bits of encrypted entries, and of patches.
_ENCRYPTION, _PATCH = 0x2041, 0x0020
#: UTF-8 names, data descriptors and compression levels.
_KNOWN_FLAGS = 0x080E
#: The compression method that AES-encrypted entries state.
_AES = 99
#: Compression method -> name, for the message; only stored and deflated files are read.
_METHODS = {
    1: "Shrink",
    **dict.fromkeys((2, 3, 4, 5), "Reduce"),
    6: "Implode",
    9: "Deflate64",
    10: "PKWARE Implode",
    12: "bzip2",
    14: "LZMA",
    20: "Zstandard",
    93: "Zstandard",
    95: "xz",
    96: "JPEG",
    97: "WavPack",
    98: "PPMd",
}
#: Bytes that are inflated at a time.
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Member:
    """A file or folder of a zip archive, whose headers are checked; :meth:`pieces` unpacks it.

    ``names`` are all names that programs may give it, the newest programs' last. ``mode`` is its
    Unix mode (0: unknown) and ``size`` its stated size in bytes.
    """

    names: tuple[str, ...]
    mode: int
    size: int
    _data: bytes
    _entry: Entry
    _start: int

    @property
    def offset(self) -> int:
        """The offset of its local header in bytes."""
        return self._entry.offset

    def pieces(self) -> Iterator[bytes]:
        """Yield the content in pieces of at most 64 kB, and verify size and checksum on the way.

        Pieces of a damaged content may be yielded before the error. Never unpacks more than one
        piece beyond :attr:`size`.

        Raises:
            BadArchive: size-lie, bad-data, bad-crc.
        """
        crc = total = 0
        for piece in self._unpacked():
            total += len(piece)
            if total > self.size:
                raise refusal("size-lie", self.names[-1])
            crc = zlib.crc32(piece, crc)
            yield piece
        if total != self.size:
            raise refusal("size-lie", self.names[-1])
        if crc != self._entry.crc:
            raise refusal("bad-crc", self.names[-1])

    def _unpacked(self) -> Iterator[bytes]:
        """Yield the content, unpacked; raise if the packed bytes are damaged or too many."""
        packed = memoryview(self._data)[self._start : self._start + self._entry.packed]
        if self._entry.method == _STORED:
            for at in range(0, len(packed), _PIECE):
                yield bytes(packed[at : at + _PIECE])
            return
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        for at in range(0, len(packed), _PIECE):
            rest: bytes | memoryview = packed[at : at + _PIECE]
            while rest and not inflater.eof:
                yield self._inflate(inflater, rest)
                rest = inflater.unconsumed_tail
            if inflater.eof and (inflater.unused_data or at + _PIECE < len(packed)):
                raise refusal("bad-data", self.names[-1])
        yield from self._flushed(inflater)

    def _inflate(self, inflater: zlib._Decompress, packed: bytes | memoryview) -> bytes:
        """Return the next bytes of the content, at most ``_PIECE``; raise if damaged."""
        try:
            return inflater.decompress(packed, _PIECE)
        except zlib.error:
            raise refusal("bad-data", self.names[-1]) from None

    def _flushed(self, inflater: zlib._Decompress) -> Iterator[bytes]:
        """Yield the rest of the content after all input; raise if its end is missing."""
        while not inflater.eof:
            piece = self._inflate(inflater, b"")
            if not piece and not inflater.eof:
                raise refusal("bad-data", self.names[-1])
            yield piece


def members(data: bytes) -> list[Member]:
    """Return the members of the archive ``data`` by offset, with every header checked.

    Raises:
        BadArchive: the structure is malformed (also by bytes that no member owns), or uses what is
            not supported: encryption, several parts, other methods than stored and deflated, large
            numbers of Zip64. Names are only decoded, and contents checked only by
            ``Member.pieces``.
    """
    directory, entries = read_directory(data)
    entries.sort(key=lambda entry: entry.offset)
    found = []
    starts = [*(entry.offset for entry in entries), directory]
    expected = 0 if data.startswith(LOCAL_MARK) else starts[0]
    for entry, following in zip(entries, starts[1:], strict=True):
        if entry.offset != expected or following <= entry.offset:
            raise refusal("overlap-or-gap", entry.names[-1])
        start = _content_start(data, entry, directory)
        found.append(Member(entry.names, entry.mode, entry.size, data, entry, start))
        expected = _content_end(data, entry, start, following)
    if expected != directory:
        raise refusal("overlap-or-gap")
    return found


def _content_start(data: bytes, entry: Entry, directory: int) -> int:
    """Return the offset of the packed bytes of ``entry``; check its local header.

    ``directory`` is the offset of the directory, at which local data ends.
    """
    name = entry.names[-1]
    fits = entry.offset + _LOCAL.size <= directory
    if not fits or not data.startswith(LOCAL_MARK, entry.offset):
        raise refusal("bad-directory", name, reason="no file is where it says one is")
    _check_format(entry)
    local = _LOCAL.unpack_from(data, entry.offset)
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = local
    name_start = entry.offset + _LOCAL.size
    start = name_start + int(name_length) + int(extra_length)
    if start > directory:
        raise refusal("overlap-or-gap", name)
    if data[name_start : name_start + name_length] != entry.raw_name:
        raise refusal("header-mismatch", name, field="name")
    if (flags ^ entry.flags) & ~LEVEL_HINTS:
        raise refusal("header-mismatch", name, field="flags")
    if method != entry.method:
        raise refusal("header-mismatch", name, field="compression")
    extra = read_extra(data[name_start + name_length : start], name)
    size, packed = zip64.read_sizes((size, packed), extra.get(zip64.EXTRA), name)
    _check_same(entry, (crc, packed, size))
    return start


def _check_format(entry: Entry) -> None:
    """Raise if ``entry`` is encrypted, a patch, or compressed in another way than deflate."""
    name = entry.names[-1]
    if entry.flags & _ENCRYPTION or entry.method == _AES:
        raise refusal("encrypted", name)
    if entry.flags & _PATCH:
        raise refusal("unsupported-method", name, method="a patch of another file")
    if entry.flags & ~_KNOWN_FLAGS:
        raise refusal("unsupported-method", name, method="an unknown feature of the format")
    if entry.method not in (_STORED, _DEFLATED):
        method = _METHODS.get(entry.method, f"unknown method {entry.method}")
        raise refusal("unsupported-method", name, method=method)
    if entry.method == _STORED and entry.packed != entry.size:
        raise refusal("size-lie", name)


def _check_same(entry: Entry, local: tuple[int, int, int]) -> None:
    """Raise unless the checksum and sizes of the ``local`` header equal those of ``entry``.

    With a data descriptor each may be 0: the values follow the content.
    """
    listed = (entry.crc, entry.packed, entry.size)
    for field, here, there in zip(("checksum", "size", "size"), local, listed, strict=True):
        if here != there and not (here == 0 and entry.flags & HAS_DESCRIPTOR):
            raise refusal("header-mismatch", entry.names[-1], field=field)


def _content_end(data: bytes, entry: Entry, start: int, following: int) -> int:
    """Return the offset at which ``entry`` ends: after its packed bytes and its data descriptor.

    ``start`` is the offset of the packed bytes, ``following`` that of the next member. Some
    programs announce a descriptor for an empty member and write none, which is accepted.
    """
    end = start + entry.packed
    if not entry.flags & HAS_DESCRIPTOR or end > following or not entry.packed and end == following:
        return end
    descriptor = data[end:following]
    bare = descriptor.removeprefix(_DESCRIPTOR_MARK) if len(descriptor) in (16, 24) else descriptor
    for form in ("<3L", "<LQQ"):
        if len(bare) != struct.calcsize(form):
            continue
        if struct.unpack(form, bare) != (entry.crc, entry.packed, entry.size):
            raise refusal("header-mismatch", entry.names[-1], field="checksum or size")
        return following
    raise refusal("overlap-or-gap", entry.names[-1])
