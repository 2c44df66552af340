"""Archives with malformed bytes (bombs, overlaps, gaps, damage) and the outcome of each."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from dataclasses import replace
from typing import Literal, get_args

from tests.hostile.archive_rows_names import Row
from tests.hostile.zip_bytes import (
    CODE,
    MAX32,
    Part,
    archive,
    central_header,
    deflated,
    end_record,
    local_header,
    named,
    unicode_path,
    wholly_zip64,
    zip64_end,
    zip64_extra,
)

_ONE = named(b"a.py")
_THREE = tuple(Part(name=b"f%d.py" % number) for number in range(3))
_ZIP64_SIZE = zip64_extra(2**62)
#: Size and packed size of the usual file, in the order of Zip64.
_SIZES = (len(CODE), len(Part().body))
_JUNK = (b"__MACOSX/._main.py", b".DS_Store", b".git/x.py", b"node_modules/x.py")


def _zeros(gigabytes: int) -> bytes:
    """Return a deflate stream that inflates to ``gigabytes`` GB, a thousandth as long."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    megabyte = squeezer.compress(bytes(1 << 20)) + squeezer.flush(zlib.Z_FULL_FLUSH)
    return megabyte * 1024 * gigabytes + squeezer.flush()


_BOMB = Part(name=b"x.py", packed=_zeros(1), size=1 << 30)


def _with_method(method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as written:
        written.writestr("main.py", bytes(1 << 20))
    return buffer.getvalue()


def _with_wide_dictionary() -> bytes:
    """Return an LZMA stream whose header requests a dictionary of 4 GB."""
    data = bytearray(_with_method(zipfile.ZIP_LZMA))
    at = data.index(b"main.py") + len(b"main.py") + 5
    data[at : at + 4] = b"\xff\xff\xff\xff"
    return bytes(data)


def _listed(body: bytes, *entries: bytes, count: int | None = None) -> bytes:
    listing = b"".join(entries)
    said = len(entries) if count is None else count
    return body + listing + end_record(said, len(listing), len(body))


def _one_kernel(*names: bytes) -> bytes:
    """Return an archive that lists the bytes of one file under many names."""
    part = Part()
    body = local_header(part) + part.body
    return _listed(body, *(central_header(replace(part, name=name), 0) for name in names))


def _quoted() -> bytes:
    """Return Fifield's bomb: a stored block of the first file contains the second's header."""
    kernel = Part(name=b"k.py", content=bytes(10_000))
    inner = local_header(kernel)
    quote = struct.pack("<BHH", 0, len(inner), len(inner) ^ 0xFFFF) + inner
    outer = Part(name=b"q.py", content=inner + kernel.content, packed=quote + kernel.body)
    quoted_at = len(local_header(outer)) + 5
    body = local_header(outer) + quote + kernel.body
    return _listed(body, central_header(outer, 0), central_header(kernel, quoted_at))


def _many(count: int, *, zip64: bool) -> bytes:
    """Return an archive with ``count`` entries, each an empty file."""
    part = Part(content=b"", method=0)
    body = local_header(part)
    listing = central_header(part, 0) * count
    if not zip64:
        return body + listing + end_record(min(count, 0xFFFE), len(listing), len(body))
    end = end_record(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    at = len(body) + len(listing)
    return body + listing + zip64_end(count, len(listing), len(body), at) + end


def _said_twice(repeated_count: int) -> bytes:
    """Return a valid archive with a Zip64 end record in addition to the ordinary one."""
    part = Part()
    body, listing = local_header(part) + part.body, central_header(part, len(b""))
    at = len(body) + len(listing)
    record = zip64_end(repeated_count, len(listing), len(body), at)
    return body + listing + record + end_record(1, len(listing), len(body))


def _two_readings() -> bytes:
    """Return an archive with another directory where the end record says, counted from its front.

    Without a program in front of it, the archive ends ``len(front)`` bytes earlier than here, so
    the offset of its directory is that of the last ``len(front)`` bytes of a stored file.
    """
    front = b"#!/bin/sh\n".ljust(99, b"#")
    other = central_header(Part(name=b"evil.py"), 0).ljust(len(front), b"#")
    return front + archive(Part(), Part(name=b"notes.txt", content=other, method=0))


_TarMode = Literal["w:gz", "w:bz2", "w:xz", "w"]
_TAR_MODES: tuple[_TarMode, ...] = get_args(_TarMode)


def _tar(mode: _TarMode) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as written:
        info = tarfile.TarInfo("main.py")
        info.size = len(CODE)
        written.addfile(info, io.BytesIO(CODE))
    return buffer.getvalue()


_METHODS = (1, 2, 5, 6, 9, 10, 12, 14, 20, 93, 95, 96, 97, 98, 77)

BOMBS = (
    Row("a gigabyte of zeros", (archive(Part(), _BOMB),), "file-too-large"),
    Row(
        "a gigabyte that is not graded",
        (archive(Part(), replace(_BOMB, name=b"data.bin")),),
        "total-too-large",
    ),
    Row(
        "a gigabyte that states nine bytes",
        (
            archive(replace(_BOMB, size=9)),
            archive(Part(), replace(_BOMB, name=b"data.bin", size=9)),
        ),
        "size-lie",
    ),
    Row(
        "a size that is false either way",
        (archive(Part(size=9)), archive(Part(size=99)), archive(Part(method=0, size=9))),
        "size-lie",
    ),
    Row(
        "bombs of other compressions",
        (_with_method(zipfile.ZIP_BZIP2), _with_method(zipfile.ZIP_LZMA), _with_wide_dictionary()),
        "unsupported-method",
    ),
    Row(
        "overlap in full",
        (
            _one_kernel(b"main.py", b"main.py"),
            _one_kernel(*(b"f%d.py" % number for number in range(50))),
        ),
        "overlap-or-gap",
    ),
    Row("overlap by quoting", (_quoted(),), "overlap-or-gap"),
    Row(
        "an archive in an archive",
        (archive(Part(), Part(name=b"inner.zip", content=_ONE, method=0)),),
        kept=("main.py",),
    ),
    Row("a million entries", (_many(100_000, zip64=True),), "zip64"),
    Row("entries of one header, counted by Zip64", (_many(9, zip64=True),), "overlap-or-gap"),
    Row("sixty thousand entries of one header", (_many(60_000, zip64=False),), "overlap-or-gap"),
    Row(
        "a count that is false",
        (archive(*_THREE, count=1), archive(*_THREE, count=4), _many(66_000, zip64=False)),
        "bad-directory",
    ),
)

DISAGREEMENTS = (
    Row(
        "another name in the file's header", (archive(Part(local_name=b"b.py")),), "header-mismatch"
    ),
    Row(
        "another size, checksum, compression or flag in the file's header",
        (
            archive(Part(local_size=1)),
            archive(Part(local_packed=1)),
            archive(Part(local_crc=1)),
            archive(Part(local_method=0)),
            archive(Part(local_flags=1)),
            archive(Part(local_flags=8)),
            archive(Part(flags=8, local_size=1, descriptor=struct.pack("<3L", *Part().sums))),
            archive(Part(flags=8, local_crc=0, descriptor=struct.pack("<3L", 1, 2, 3))),
            archive(Part(local_extra=zip64_extra(1, 1), local_size=MAX32, local_packed=MAX32)),
        ),
        "header-mismatch",
    ),
    Row(
        "bytes that no file owns",
        (
            archive(Part(), Part(name=b"hidden.py", listed=False)),
            archive(Part(name=b"hidden.py", listed=False), Part()),
            archive(Part(), Part(name=b"b.py"), between=b"x"),
            archive(Part(flags=8, descriptor=b"x" * 13)),
            archive(Part(flags=8)),
        ),
        "overlap-or-gap",
    ),
    Row(
        "an archive in the comment, whole or damaged",
        (archive(Part(), comment=_ONE), archive(Part(), comment=_ONE[:-1] + b"x")),
        "two-archives",
    ),
    Row(
        "something before the archive",
        (
            b"%PDF-1.7\n" + _ONE,
            b"GIF89a" + archive(Part(offset=6), shift=6),
            _ONE + named(b"b.py"),
            b"MZ" + _ONE + named(b"b.py"),
            b"MZ" + end_record(0, 0, 0) + _ONE,
            b"MZ" + central_header(Part(), 0) + _ONE,
            b"MZ" + _listed(local_header(Part()), central_header(Part(), 2)),
            _two_readings(),
        ),
        "leading-data",
    ),
    Row(
        "a program that unpacks the archive, or zeros, before it",
        (
            b"MZ\x90\0" + bytes(60) + b"PK\x07\x08" + named(b"main.py"),
            b"\x7fELF" + bytes(99) + named(b"main.py"),
            b"#!/usr/bin/env python3\n" + named(b"main.py"),
            b"MZ" + archive(Part(offset=2), shift=2),
            bytes(512) + archive(Part(offset=512), shift=512),
            b"MZ" + wholly_zip64(Part()),
        ),
        kept=("main.py",),
    ),
    Row("something behind the archive", (_ONE + b"x", _ONE + bytes(100_000)), "trailing-data"),
    Row(
        "a password",
        tuple(archive(replace(Part(), flags=flags)) for flags in (1, 0x41, 0x2000))
        + (archive(Part(method=99)),),
        "encrypted",
    ),
    Row(
        "a patch, an unknown feature, an unknown version",
        (archive(Part(flags=0x20)), archive(Part(flags=0x10)), archive(Part(version=64))),
        "unsupported-method",
    ),
    Row(
        "other compressions",
        tuple(archive(Part(method=method)) for method in _METHODS),
        "unsupported-method",
    ),
    Row("an end that is missing", tuple(_ONE[:n] for n in range(4, len(_ONE))), "truncated"),
    Row(
        "a false checksum",
        (
            archive(Part(crc=1)),
            archive(Part(crc=1, method=0)),
            archive(Part(name=b"notes.txt", crc=1), Part()),
        ),
        "bad-crc",
    ),
    Row(
        "damaged compression",
        (
            archive(Part(packed=b"\xff" * 20)),
            archive(Part(packed=deflated(CODE) + b"more")),
            archive(Part(packed=deflated(CODE)[:-3])),
            archive(Part(packed=b"")),
        ),
        "bad-data",
    ),
    Row(
        "a list that is elsewhere",
        (archive(Part(), shift=7), archive(Part(), shift=-7), archive(Part(), shift=2**31)),
        "bad-directory",
    ),
    Row(
        "a file that is elsewhere",
        (archive(Part(offset=1)), archive(Part(), Part(name=b"b.py", offset=2**31))),
        "overlap-or-gap",
    ),
    Row(
        "a part of a split archive",
        (archive(Part(disk=1)), b"PK\x07\x08" + archive(Part()), b"PK00" + archive(Part())),
        "split-archive",
    ),
    Row(
        "Zip64 sizes in the list, and a Zip64 end that says something else",
        (
            archive(Part(listed_size=MAX32, extra=_ZIP64_SIZE)),
            archive(Part(extra=_ZIP64_SIZE)),
            archive(Part(listed_size=MAX32, extra=zip64_extra(MAX32))),
            archive(Part(listed_size=MAX32)),
            archive(Part(listed_packed=MAX32, extra=zip64_extra(*_SIZES))),
            archive(Part(listed_size=MAX32, extra=zip64_extra(_SIZES[0], 1))),
            archive(Part(local_size=MAX32)),
            wholly_zip64(Part(), disk=b"\1\0\0\0"),
            _said_twice(2),
            archive(Part(), count=0xFFFF),
        ),
        "zip64",
    ),
    Row("a Zip64 end that says the same", (_said_twice(1),), kept=("main.py",)),
    Row(
        "Zip64 sizes and offsets of small files",
        (
            archive(Part(listed_size=MAX32, extra=zip64_extra(_SIZES[0]))),
            archive(Part(listed_packed=MAX32, extra=zip64_extra(_SIZES[1]))),
            archive(Part(listed_packed=MAX32, listed_size=MAX32, extra=zip64_extra(*_SIZES))),
            archive(Part(offset=MAX32, extra=zip64_extra(0))),
            archive(Part(listed_size=MAX32, extra=zip64_extra(*_SIZES))),
            archive(Part(extra=zip64_extra(*_SIZES, 0))),
            wholly_zip64(Part()),
            wholly_zip64(Part(), disk=bytes(4)),
        ),
        kept=("main.py",),
    ),
    Row(
        "a Zip64 size in the list that is another in the file's header",
        (archive(Part(listed_size=MAX32, extra=zip64_extra(_SIZES[0] + 1))),),
        "header-mismatch",
    ),
    Row(
        "damaged extra fields",
        (
            archive(Part(local_extra=struct.pack("<HH", 1, 16))),
            archive(Part(extra=struct.pack("<HH", 1, 16))),
            archive(Part(local_extra=zip64_extra(), local_size=MAX32)),
            archive(Part(local_extra=zip64_extra(*_SIZES) + zip64_extra(0, 0))),
            archive(Part(listed_size=MAX32, extra=zip64_extra(_SIZES[0]) + zip64_extra(9))),
            archive(Part(listed_size=MAX32, extra=b"\1\0\x09\0" + bytes(9))),
        ),
        "bad-extra",
    ),
    Row(
        "one extra field twice",
        (
            archive(Part(local_extra=zip64_extra(*_SIZES) * 2)),
            archive(Part(listed_size=MAX32, extra=zip64_extra(_SIZES[0]) * 2)),
            archive(Part(extra=unicode_path(b"main.py", b"main.py") * 2)),
            archive(Part(extra=struct.pack("<HHBL", 0x5455, 5, 1, 7) * 2)),
        ),
        kept=("main.py",),
    ),
)

_MAGIC = (
    *(_tar(mode) for mode in _TAR_MODES),
    b"Rar!\x1a\x07\x01\0" + bytes(20),
    b"7z\xbc\xaf\x27\x1c" + bytes(20),
    b"<!DOCTYPE html><title>Sign in</title>",
)

CONTENTS = (
    Row("leftovers of tools", (named(b"main.py", *_JUNK),), kept=("main.py",)),
    Row("another format", _MAGIC, "not-a-zip"),
    Row("no bytes", (b"",), "empty-upload"),
    Row(
        "an empty archive",
        (archive(), archive(comment=b"nothing here"), b"#!/bin/sh\n" + archive()),
        "empty-archive",
    ),
    Row(
        "no Python",
        (
            named(b"readme.txt"),
            archive(Part(name=b"a.py/", content=b"", method=0, mode=0o40755)),
            named(*_JUNK),
        ),
        "no-python-files",
    ),
    Row("over the limit", (bytes(10_485_761),), "upload-too-large"),
    Row("too many files", (named(*(b"%d.py" % n for n in range(2_001))),), "too-many-entries"),
)

ROWS = (*BOMBS, *DISAGREEMENTS, *CONTENTS)
