"""Archives that lie: each is refused with its own code and a way out, and none is unpacked."""

from __future__ import annotations

import io
import stat
import struct
import subprocess
import sys
import tarfile
import tracemalloc
import zipfile
import zlib
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.domain.errors import BadArchive, TooLarge
from grader.domain.rubric import Intake
from grader.domain.source import Submission
from grader.engine.intake import read_upload
from grader.engine.intake_refusals import REFUSALS

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

    @property
    def body(self) -> bytes:
        if self.packed is not None:
            return self.packed
        return deflated(self.content) if self.method == 8 else self.content

    @property
    def sums(self) -> tuple[int, int, int]:
        crc = zlib.crc32(self.content) if self.crc is None else self.crc
        return crc, len(self.body), len(self.content) if self.size is None else self.size


def deflated(content: bytes) -> bytes:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeezer.compress(content) + squeezer.flush()


def first(*values: int | None) -> int:
    return next(value for value in values if value is not None)


def local_header(part: Part) -> bytes:
    crc, packed, size = part.sums
    name = part.name if part.local_name is None else part.local_name
    return (
        struct.pack(
            "<4s5H3L2H",
            b"PK\x03\x04",
            20,
            first(part.local_flags, part.flags),
            first(part.local_method, part.method),
            0,
            0x21,
            first(part.local_crc, crc),
            first(part.local_packed, packed),
            first(part.local_size, size),
            len(name),
            len(part.local_extra),
        )
        + name
        + part.local_extra
    )


def central_header(part: Part, offset: int) -> bytes:
    lengths = (len(part.name), len(part.extra), 0)
    place = (part.disk, 0, part.mode << 16, first(part.offset, offset))
    fixed = (b"PK\x01\x02", 0x0314, part.version, part.flags, part.method, 0, 0x21)
    header = struct.pack("<4s6H3L5H2L", *fixed, *part.sums, *lengths, *place)
    return header + part.name + part.extra


def end_record(count: int, size: int, offset: int, comment: bytes = b"") -> bytes:
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
    body, directory, listed = b"", b"", 0
    for part in parts:
        if part.listed:
            directory += central_header(part, len(body))
            listed += 1
        body += local_header(part) + part.body + part.descriptor + between
    end = end_record(first(count, listed), len(directory), len(body) + shift, comment)
    return body + directory + end + suffix


def named(*names: bytes, **changes: object) -> bytes:
    parts = (replace(Part(), name=name, **changes) for name in names)  # type: ignore[arg-type]
    return archive(*parts)


def refused(data: bytes, filename: str = "upload.zip", limits: Intake | None = None) -> BadArchive:
    with pytest.raises(BadArchive) as caught:
        read_upload(data, filename=filename, limits=limits or Intake())
    error = caught.value
    assert error.code in REFUSALS
    assert error.detail and error.how_to_fix
    assert all(char.isprintable() for char in error.detail + error.how_to_fix + error.where)
    return error


def paths(submission: Submission) -> list[str]:
    return [source.path for source in submission.files]


def test_the_builder_builds_what_it_should() -> None:
    data = archive(Part(), Part(name=b"pkg/", content=b"", method=0, mode=0o40755))
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    submission = read_upload(data)
    assert [(file.path, file.data) for file in submission.files] == [("main.py", CODE)]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (b"../x.py", "name-traversal"),
        (b"a/../../x.py", "name-traversal"),
        (b"a/..", "name-traversal"),
        (b"..\\x.py", "name-traversal"),
        (b"__MACOSX/../x.py", "name-traversal"),
        (b"/tmp/x.py", "name-absolute"),
        (b"//srv/x.py", "name-absolute"),
        (b"C:/x.py", "name-absolute"),
        (b"C:\\x.py", "name-absolute"),
        (b"C:x.py", "name-absolute"),
        (b"\\\\srv\\x.py", "name-absolute"),
        (b"\\x.py", "name-absolute"),
        (b"a.py\0.png", "name-control"),
        (b"a\nb.py", "name-control"),
        (b"a\x1b[31m.py", "name-control"),
        ("a\u202eyp.py".encode(), "name-control"),
        ("a\u200b.py".encode(), "name-control"),
        ("a\u2028.py".encode(), "name-control"),
        ("a\ue000.py".encode(), "name-control"),
        (b".", "name-empty"),
        (b"a/.", "name-empty"),
        (b"./a.py", "name-empty"),
        (b"a//b.py", "name-empty"),
        (b"", "name-empty"),
        (b"/", "name-empty"),
        (b"CON.py", "name-reserved"),
        (b"lpt1.tar.py", "name-reserved"),
        (b"nul/a.py", "name-reserved"),
        (b"a.py.", "name-reserved"),
        (b"a /b.py", "name-reserved"),
        (b"cc:stream.py", "name-reserved"),
        (b"a" * 98 + b".py", "name-too-long"),
        (b"a" * 65_000 + b".py", "name-too-long"),
        (b"/".join([b"a" * 60] * 5) + b"/x.py", "name-too-long"),
        (b"d/" * 17 + b"x.py", "name-too-deep"),
        (b"d/" * 2_000 + b"x.py", "name-too-long"),
    ],
)
def test_unsafe_names(name: bytes, code: str) -> None:
    assert refused(named(name)).code == code


@pytest.mark.parametrize(
    "name", [b"--config=x.py", b"@a.py", b"$(id).py", b"a b.py", b"console.py"]
)
def test_strange_but_harmless_names_pass(name: bytes) -> None:
    assert paths(read_upload(named(name))) == [name.decode()]


def test_backslashes_of_old_windows_zippers_become_slashes() -> None:
    assert paths(read_upload(named(b"pkg\\mod.py"))) == ["pkg/mod.py"]


def test_names_that_claim_utf8_must_be() -> None:
    assert refused(named(b"\xff.py", flags=0x800)).code == "name-not-utf8"
    assert refused(named(b"\xed\xa0\x80.py", flags=0x800)).code == "name-not-utf8"


def test_names_without_the_flag_are_utf8_or_code_page_437() -> None:
    assert paths(read_upload(named("naïve.py".encode()))) == ["naïve.py"]
    assert paths(read_upload(named("naïve.py".encode("cp437")))) == ["naïve.py"]
    assert paths(read_upload(named("数字.py".encode("gbk"), flags=0))) == ["╩²╫╓.py"]


@pytest.mark.parametrize(
    "names",
    [
        (b"a.py", b"a.py"),
        (b"A.py", b"a.py"),
        ("é.py".encode(), "e\u0301.py".encode()),
        ("\ufb01.py".encode(), b"fi.py"),
        (b"pkg/a.py", b"pkg\\a.py"),
    ],
)
def test_names_that_some_computer_takes_for_one(names: tuple[bytes, ...]) -> None:
    assert refused(named(*names)).code == "duplicate-name"


def test_a_name_that_is_a_file_and_a_folder() -> None:
    assert refused(named(b"a", b"a/b.py")).code == "name-conflict"
    folder = Part(name=b"a.py/", content=b"", method=0, mode=0o40755)
    assert refused(archive(Part(name=b"a.py"), folder)).code == "name-conflict"
    assert refused(named(b"A", b"a/b/c.py")).code == "name-conflict"


def test_links_and_devices() -> None:
    link = Part(name=b"link.py", content=b"/etc/passwd", mode=stat.S_IFLNK | 0o777)
    assert refused(archive(link)).code == "symlink"
    assert (
        refused(archive(Part(), replace(link, name=b"d"), Part(name=b"d/x.py"))).code == "symlink"
    )
    for kind in (stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK):
        assert refused(archive(Part(mode=kind | 0o644))).code == "special-file"
    assert paths(read_upload(archive(Part(mode=0o104755)))) == ["main.py"]


def test_a_folder_with_data() -> None:
    folder = Part(name=b"d/", content=b"data", mode=0o40755)
    assert refused(archive(Part(), folder)).code == "folder-with-data"
    emptied = replace(folder, content=b"")
    assert paths(read_upload(archive(Part(), emptied))) == ["main.py"]


def test_a_gigabyte_of_zeros_is_refused_by_what_it_states_and_by_what_it_is() -> None:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    megabyte = squeezer.compress(bytes(1 << 20)) + squeezer.flush(zlib.Z_FULL_FLUSH)
    packed = megabyte * 1024 + squeezer.flush()
    honest = Part(packed=packed, size=1 << 30)
    tracemalloc.start()
    error = refused(archive(honest))
    assert isinstance(error, TooLarge)
    assert error.code == "file-too-large"
    assert refused(archive(replace(honest, name=b"data.bin"), Part())).code == "total-too-large"
    assert refused(archive(replace(honest, size=9))).code == "size-lie"
    assert refused(archive(replace(honest, name=b"data.bin", size=9), Part())).code == "size-lie"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20


def test_sizes_that_lie_either_way() -> None:
    assert refused(archive(Part(size=9))).code == "size-lie"
    assert refused(archive(Part(size=99))).code == "size-lie"
    assert refused(archive(Part(method=0, size=9))).code == "size-lie"


@pytest.mark.parametrize(
    ("method", "word"),
    [
        (1, "Shrink"),
        (6, "Implode"),
        (9, "Deflate64"),
        (12, "bzip2"),
        (14, "LZMA"),
        (93, "Zstandard"),
        (95, "xz"),
        (98, "PPMd"),
        (77, "77"),
    ],
)
def test_other_compressions_are_named(method: int, word: str) -> None:
    error = refused(archive(Part(method=method)))
    assert error.code == "unsupported-method"
    assert word in error.detail


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_bombs_of_other_compressions_are_never_opened(method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as written:
        written.writestr("main.py", bytes(1 << 20))
    assert refused(buffer.getvalue()).code == "unsupported-method"


@pytest.mark.parametrize(
    "changes", [{"flags": 1}, {"flags": 0x41}, {"flags": 0x2000}, {"method": 99}]
)
def test_passwords(changes: dict[str, int]) -> None:
    error = refused(archive(replace(Part(), **changes)))  # type: ignore[arg-type]
    assert error.code == "encrypted"
    assert "password" in error.detail


def test_patches_and_unknown_features() -> None:
    assert refused(archive(Part(flags=0x20))).code == "unsupported-method"
    assert refused(archive(Part(flags=0x10))).code == "unsupported-method"
    assert refused(archive(Part(version=64))).code == "unsupported-method"


def test_many_names_for_one_kernel() -> None:
    part = Part()
    body = local_header(part) + part.body
    directory = b"".join(
        central_header(replace(part, name=b"f%d.py" % number), 0) for number in range(50)
    )
    data = body + directory + end_record(50, len(directory), len(body))
    assert refused(data).code == "header-mismatch"
    same = central_header(part, 0) * 2
    assert refused(body + same + end_record(2, len(same), len(body))).code == "overlap-or-gap"


def test_headers_quoted_inside_a_deflate_stream() -> None:
    """Fifield's bomb: a stored block of the first file quotes the header of the second."""
    kernel = Part(name=b"k.py", content=bytes(10_000))
    inner = local_header(kernel)
    quote = struct.pack("<BHH", 0, len(inner), len(inner) ^ 0xFFFF) + inner
    whole = inner + kernel.content
    outer = Part(name=b"q.py", content=whole, packed=quote + kernel.body)
    body = local_header(outer)
    quoted_at = len(body) + 5
    data = body + quote + kernel.body
    directory = central_header(outer, 0) + central_header(kernel, quoted_at)
    assert refused(data + directory + end_record(2, len(directory), len(data))).code == (
        "overlap-or-gap"
    )


def test_a_nested_archive_is_a_file_like_any_other() -> None:
    inner = Part(name=b"inner.zip", content=named(b"evil.py"), method=0)
    submission = read_upload(archive(Part(), inner))
    assert paths(submission) == ["main.py"]
    assert [(row.path, row.reason) for row in submission.dropped] == [("inner.zip", "not Python")]


def test_a_million_entries_on_one_header() -> None:
    part = Part(content=b"", method=0)
    body = local_header(part)
    directory = central_header(part, 0) * 100_000
    end64 = len(body) + len(directory)
    record = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 100_000, 100_000, len(directory), len(body)
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end64, 1)
    end = end_record(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    assert refused(body + directory + record + locator + end).code == "zip64"
    plain = central_header(part, 0) * 60_000
    data = body + plain + end_record(60_000, len(plain), len(body))
    assert refused(data).code == "overlap-or-gap"


def test_too_many_files() -> None:
    data = archive(*(Part(name=b"f%d.py" % number) for number in range(21)))
    error = refused(data, limits=Intake(max_entries=20))
    assert isinstance(error, TooLarge)
    assert error.code == "too-many-entries"
    assert len(read_upload(data, limits=Intake(max_entries=21)).files) == 21


def test_fresh_folders_count_against_depth() -> None:
    assert refused(named(b"a/b/c/x.py"), limits=Intake(max_depth=2)).code == "name-too-deep"
    assert paths(read_upload(named(b"a/b/x.py"), limits=Intake(max_depth=2))) == ["a/b/x.py"]


def test_a_count_that_lies() -> None:
    parts = [Part(name=b"f%d.py" % number) for number in range(3)]
    assert refused(archive(*parts, count=1)).code == "bad-directory"
    assert refused(archive(*parts, count=4)).code == "bad-directory"


@pytest.mark.parametrize(
    "part",
    [
        Part(local_name=b"other.py"),
        Part(local_size=1),
        Part(local_packed=1),
        Part(local_crc=1),
        Part(local_method=0),
        Part(local_flags=1),
        Part(local_flags=8),
        Part(flags=8, local_size=1, descriptor=struct.pack("<3L", *Part().sums)),
        Part(flags=8, local_crc=0, descriptor=struct.pack("<3L", 1, 2, 3)),
        Part(local_extra=struct.pack("<HHQQ", 1, 16, 1, 1), local_size=0xFFFFFFFF),
    ],
)
def test_headers_that_disagree(part: Part) -> None:
    assert refused(archive(part)).code == "header-mismatch"


def test_bytes_that_no_file_owns() -> None:
    hidden = Part(name=b"hidden.py", listed=False)
    assert refused(archive(Part(), hidden)).code == "overlap-or-gap"
    assert refused(archive(hidden, Part())).code == "overlap-or-gap"
    assert refused(archive(Part(), Part(name=b"b.py"), between=b"x")).code == "overlap-or-gap"
    assert refused(archive(Part(flags=8, descriptor=b"x" * 13))).code == "overlap-or-gap"
    assert refused(archive(Part(flags=8))).code == "overlap-or-gap"


def test_two_archives_in_one() -> None:
    inner = named(b"inner.py")
    assert refused(archive(Part(), comment=inner)).code == "bad-directory"
    assert refused(named(b"a.py") + inner).code == "bad-directory"


def test_something_before_or_behind() -> None:
    data = named(b"a.py")
    assert refused(b"#!/bin/sh\nexit\n" + data).code == "bad-directory"
    assert refused(b"%PDF-1.7\n" + data).code == "bad-directory"
    assert refused(data + b"x").code == "trailing-data"
    assert refused(archive(Part(), suffix=bytes(100_000))).code == "truncated"


def test_every_truncation_is_refused() -> None:
    data = archive(Part(), Part(name=b"b.py"))
    for length in range(4, len(data)):
        assert refused(data[:length]).code == "truncated"


def test_damaged_contents() -> None:
    assert refused(archive(Part(crc=1))).code == "bad-crc"
    assert refused(archive(Part(crc=1, method=0))).code == "bad-crc"
    assert refused(archive(Part(name=b"notes.txt", crc=1), Part())).code == "bad-crc"
    assert refused(archive(Part(packed=b"\xff" * 20))).code == "bad-data"
    assert refused(archive(Part(packed=deflated(CODE) + b"more"))).code == "bad-data"
    assert refused(archive(Part(packed=deflated(CODE)[:-3]))).code == "bad-data"
    assert refused(archive(Part(packed=b""))).code == "bad-data"


def test_offsets_that_lie() -> None:
    assert refused(archive(Part(), shift=7)).code == "bad-directory"
    assert refused(archive(Part(), shift=-7)).code == "bad-directory"
    assert refused(archive(Part(offset=1))).code == "overlap-or-gap"
    assert refused(archive(Part(), Part(name=b"b.py", offset=2**31))).code == "overlap-or-gap"


def test_parts_of_a_split_archive() -> None:
    assert refused(archive(Part(disk=1))).code == "split-archive"
    assert refused(b"PK\x07\x08" + archive(Part())).code == "split-archive"


def test_zip64_sizes_in_the_list() -> None:
    extra = struct.pack("<HHQ", 1, 8, 2**62)
    assert refused(archive(Part(size=0xFFFFFFFF, extra=extra))).code == "zip64"
    assert refused(archive(Part(extra=extra))).code == "zip64"


def test_damaged_extra_fields() -> None:
    assert refused(archive(Part(local_extra=struct.pack("<HH", 1, 16)))).code == "bad-extra"
    assert refused(archive(Part(extra=struct.pack("<HH", 1, 16)))).code == "bad-extra"
    short = struct.pack("<HHQ", 1, 8, 5)
    assert refused(archive(Part(local_extra=short, local_size=0xFFFFFFFF))).code == "bad-extra"


def unicode_path(raw: bytes, name: bytes) -> bytes:
    field = struct.pack("<BL", 1, zlib.crc32(raw)) + name
    return struct.pack("<HH", 0x7075, len(field)) + field


def test_the_name_in_a_unicode_path_field_is_held_to_the_same_rules() -> None:
    good = unicode_path(b"main.py", "größe.py".encode())
    assert paths(read_upload(archive(Part(extra=good)))) == ["größe.py"]
    evil = unicode_path(b"main.py", b"../../evil.py")
    assert refused(archive(Part(extra=evil))).code == "name-traversal"
    raw_evil = unicode_path(b"../main.py", b"main.py")
    assert refused(archive(Part(name=b"../main.py", extra=raw_evil))).code == "name-traversal"
    not_text = unicode_path(b"main.py", b"\xff")
    assert refused(archive(Part(extra=not_text))).code == "name-not-utf8"
    of_another = unicode_path(b"other.py", b"../../evil.py")
    assert paths(read_upload(archive(Part(extra=of_another)))) == ["main.py"]


def tar_of(mode: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as written:  # type: ignore[call-overload]
        info = tarfile.TarInfo("main.py")
        info.size = len(CODE)
        written.addfile(info, io.BytesIO(CODE))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (tar_of("w:gz"), "gzip"),
        (tar_of("w:bz2"), "bzip2"),
        (tar_of("w:xz"), "xz"),
        (tar_of("w"), "tar"),
        (b"Rar!\x1a\x07\x01\0" + bytes(20), "RAR"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(20), "7z"),
        (b"\x28\xb5\x2f\xfd" + bytes(20), "Zstandard"),
        (b"%PDF-1.7\n\xff\xff", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20), "Office"),
        (b"<!DOCTYPE html><title>Sign in</title>", "web page"),
        (b'{"cells": [], "nbformat": 4}', "notebook"),
        (b"just some words", "text file"),
        (bytes(200), "binary"),
    ],
)
def test_other_formats_are_named(data: bytes, word: str) -> None:
    error = refused(data)
    assert error.code == "not-a-zip"
    assert word in error.detail


def test_uploads_without_content() -> None:
    assert refused(b"").code == "empty-upload"
    assert refused(archive()).code == "empty-archive"
    assert refused(named(b"readme.txt")).code == "no-python-files"
    assert refused(archive(Part(name=b"a.py/", content=b"", method=0))).code == "no-python-files"
    assert "notebook" in refused(named(b"work.ipynb")).detail
    assert "Office" in refused(named(b"[Content_Types].xml", b"word/document.xml")).detail


def test_an_upload_over_the_limit() -> None:
    error = refused(bytes(10_485_761))
    assert isinstance(error, TooLarge)
    assert error.code == "upload-too-large"
    assert "10 MB" in error.detail


def test_the_total_is_limited() -> None:
    data = archive(Part(name=b"a.py", content=bytes(600)), Part(name=b"b.py", content=bytes(600)))
    assert refused(data, limits=Intake(max_total=1000)).code == "total-too-large"
    assert len(read_upload(data, limits=Intake(max_total=1200)).files) == 2


def test_junk_is_dropped_before_limits_count() -> None:
    packages = [Part(name=b"node_modules/p%d/index.js" % number) for number in range(50)]
    huge = Part(name=b"venv/lib/big.py", content=bytes(5_000))
    link = Part(name=b"venv/bin/python", content=b"/usr/bin/python3", mode=0o120777)
    deep = Part(name=b"node_modules/" + b"d/" * 40 + b"index.js")
    config = Part(name=b"venv/pyvenv.cfg", content=b"home = /usr/bin")
    data = archive(Part(), *packages, huge, link, deep, config)
    submission = read_upload(data, limits=Intake(max_entries=1, max_total=100, max_file=100))
    assert paths(submission) == ["main.py"]
    assert {row.path for row in submission.dropped} == {
        "node_modules/",
        "venv/bin/",
        "venv/lib/",
        "venv/pyvenv.cfg",
    }


VALID = [
    archive(Part(), Part(name=b"pkg/a.py", content=b"x = 1\n" * 50), Part(name=b"readme.txt")),
    archive(Part(method=0), comment=b"a comment"),
    archive(
        Part(
            flags=8,
            local_crc=0,
            local_size=0,
            local_packed=0,
            descriptor=b"PK\x07\x08" + struct.pack("<3L", *Part().sums),
        )
    ),
]

MUTATION = st.tuples(
    st.sampled_from(["flip", "cut", "insert", "set", "swap"]),
    st.integers(0, 2_000),
    st.integers(1, 40),
    st.binary(min_size=1, max_size=8),
)


def mutated(data: bytes, kind: str, at: int, length: int, fresh: bytes) -> bytes:
    at %= len(data) + 1
    if kind == "flip":
        return data[:at] + bytes(byte ^ fresh[0] for byte in data[at : at + 1]) + data[at + 1 :]
    if kind == "cut":
        return data[:at] + data[at + length :]
    if kind == "insert":
        return data[:at] + fresh + data[at:]
    if kind == "set":
        return data[:at] + fresh + data[at + len(fresh) :]
    return data[:at] + data[at : at + length][::-1] + data[at + length :]


def assert_zipfile_sees_the_same(data: bytes, submission: Submission) -> None:
    """What we accept, another program reads alike: names aside, which it decodes its own way."""
    with zipfile.ZipFile(io.BytesIO(data)) as other:
        theirs = [other.read(info) for info in other.infolist()]
    for source in submission.files:
        assert source.data in theirs
    assert len(theirs) >= len(submission.files)


def accepted_or_refused(data: bytes, filename: str) -> None:
    try:
        submission = read_upload(data, filename=filename)
    except BadArchive as error:
        assert error.code in REFUSALS
        assert error.how_to_fix
    else:
        assert submission.files
        if submission.archive_sha256:
            assert_zipfile_sees_the_same(data, submission)
        assert all(".." not in source.path.split("/") for source in submission.files)


@settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(VALID), st.lists(MUTATION, min_size=1, max_size=4))
def test_mutated_archives_end_in_a_refusal_or_a_submission(
    data: bytes, mutations: list[tuple[str, int, int, bytes]]
) -> None:
    for mutation in mutations:
        data = mutated(data, *mutation)
    accepted_or_refused(data, "upload.zip")


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b"]),
    st.binary(max_size=300),
    st.text(max_size=30),
)
def test_any_bytes_under_any_name(magic: bytes, rest: bytes, filename: str) -> None:
    accepted_or_refused(magic + rest, filename)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=40))
def test_any_name_is_kept_as_it_is_or_refused(name: str) -> None:
    raw = name.encode("utf-8", "surrogatepass") + b".py"
    try:
        kept = paths(read_upload(named(raw, flags=0x800)))
    except BadArchive:
        return
    assert kept == [name.replace("\\", "/") + ".py"]


def test_memory_stays_bounded_on_the_largest_list() -> None:
    """60,000 honest empty files in 6.5 MB: refused by count, in a process held to 256 MB."""
    script = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (256 << 20, 256 << 20))\n"
        "from grader.domain.errors import TooLarge\n"
        "from grader.engine.intake import read_upload\n"
        "try:\n"
        "    read_upload(sys.stdin.buffer.read(), filename='upload.zip')\n"
        "except TooLarge as error:\n"
        "    print(error.code)\n"
    )
    parts = [local_header(Part(name=b"%05d.py" % n, content=b"", method=0)) for n in range(60_000)]
    body = b"".join(parts)
    step = len(parts[0])
    directory = b"".join(
        central_header(Part(name=b"%05d.py" % n, content=b"", method=0), n * step)
        for n in range(60_000)
    )
    data = body + directory + end_record(60_000, len(directory), len(body))
    done = subprocess.run([sys.executable, "-c", script], input=data, capture_output=True)
    assert done.stdout.decode().strip() == "too-many-entries", done.stderr.decode()
