"""The intake reads zip archives as common programs write them."""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.engine.intake import read_path, read_upload
from tests.hostile.zip_bytes import Part, archive, deflated

WRITTEN = sorted((Path(__file__).parents[1] / "real_archives").glob("*.zip"))
FILES = {
    "größe/数.py": "ZAHL = 1\n",
    "main.py": "from pkg.tools import add\n\nprint(add(1, 2))\n",
    "pkg/__init__.py": "",
    "pkg/tools.py": "def add(a, b):\n    return a + b\n" * 40,
}
IN_FRONT = "in front of the zip archive, as in one that unpacks itself"
FLAG_UTF8, FLAG_DESCRIPTOR = 0x0800, 0x0008
MADE_BY_DOS, MADE_BY_MACOS = 0x0014, 0x0315


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_an_archive_that_a_real_program_wrote(path: Path) -> None:
    submission = read_path(path)
    assert {file.path: file.data.decode() for file in submission.files} == FILES
    # Standard input of Info-ZIP, a program in front, and the two links.
    assert {row.path for row in submission.dropped} <= {"-", "…", "link.py", "other"}


def test_the_sample_of_every_program_is_there() -> None:
    assert len(WRITTEN) == 21


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (
            "infozip-links",
            [
                ("link.py", "a symbolic link: never followed; hand in the file itself"),
                ("other", "a symbolic link: never followed; hand in the file itself"),
            ],
        ),
        ("infozip-adjusted", [("…", f"26 bytes {IN_FRONT}")]),
        ("infozip-prefixed", [("…", f"26 bytes {IN_FRONT}")]),
        ("infozip-zip64", []),
    ],
)
def test_the_report_says_what_was_left_out(name: str, rows: list[tuple[str, str]]) -> None:
    path = next(path for path in WRITTEN if path.stem == name)
    assert [(row.path, row.reason) for row in read_path(path).dropped] == rows


def graded(data: bytes) -> dict[str, str]:
    return {file.path: file.data.decode() for file in read_upload(data).files}


def folder(name: bytes, **changes: Any) -> Part:
    plain = Part(name=name, content=b"", method=0, mode=0, made_by=MADE_BY_DOS)
    return replace(plain, **changes)


def described(part: Part) -> Part:
    """Return a member with its checksum and sizes in a data descriptor, as streams have."""
    return replace(
        part,
        flags=part.flags | FLAG_DESCRIPTOR,
        local_crc=0,
        local_packed=0,
        local_size=0,
        descriptor=b"PK\x07\x08" + struct.pack("<3L", *part.sums),
    )


def windows_file(path: str, text: str) -> Part:
    """Return a member as Explorer writes it: no owner, no extra fields, names in code page 437."""
    try:
        name, flags = path.encode("cp437"), 0
    except UnicodeEncodeError:
        name, flags = path.encode(), FLAG_UTF8
    return Part(name, text.encode(), flags=flags, mode=0, made_by=MADE_BY_DOS, dos_attributes=0x20)


def test_windows_explorer() -> None:
    parts = (windows_file(path, text) for path, text in FILES.items())
    empty = folder(b"leer/", dos_attributes=0x10)
    assert graded(archive(empty, *parts)) == FILES
    assert graded(archive(windows_file("größe.py", ""))) == {"größe.py": ""}


def test_powershell_with_backslashes() -> None:
    parts = (windows_file(path.replace("/", "\\"), text) for path, text in FILES.items())
    assert graded(archive(folder(b"leer\\"), *parts)) == FILES


def finder_part(part: Part) -> Part:
    """Return ``part`` with times and owners in extra fields, as Finder's archiver adds them."""
    times = struct.pack("<2L", 1_767_355_200, 1_767_355_200)
    return replace(
        part,
        made_by=MADE_BY_MACOS,
        local_extra=struct.pack("<2H", 0x5855, 12) + times + struct.pack("<2H", 501, 20),
        extra=struct.pack("<2H", 0x5855, 8) + times,
    )


def test_macos_finder() -> None:
    """Descriptors, decomposed names without the UTF-8 flag, and ``__MACOSX`` files."""
    decomposed = {unicodedata.normalize("NFD", path): text for path, text in FILES.items()}
    files = [
        finder_part(described(Part(path.encode(), text.encode())))
        for path, text in decomposed.items()
    ]
    shadow = described(Part(b"__MACOSX/._main.py", b"\0\x05\x16\x07" + bytes(60)))
    folders = [finder_part(folder(name, mode=0o40755)) for name in (b"pkg/", b"__MACOSX/")]
    data = archive(*folders, *files, finder_part(shadow))
    assert graded(data) == decomposed
    assert [row.path for row in read_upload(data).dropped] == ["__MACOSX/"]


def test_streams_of_go_as_the_artifacts_of_gitlab() -> None:
    """Descriptors with a signature for files, none for folders; the UTF-8 flag for files."""
    parts = [
        described(Part(path.encode(), text.encode(), flags=FLAG_UTF8, made_by=0x0314))
        for path, text in FILES.items()
    ]
    assert graded(archive(folder(b"pkg/", mode=0o40755), *parts)) == FILES


def test_streams_of_java() -> None:
    """Folders too are deflated, to two bytes, and have descriptors."""
    parts = [
        described(Part(path.encode(), text.encode(), flags=FLAG_UTF8, mode=0, made_by=MADE_BY_DOS))
        for path, text in FILES.items()
    ]
    packed = described(replace(folder(b"pkg/"), method=8, packed=deflated(b"")))
    assert graded(archive(packed, *parts)) == FILES


@pytest.mark.parametrize("top", ["numbers-main", "numbers-main-0a1b2c3d4e5f"])
def test_downloads_of_github_and_gitlab(top: str) -> None:
    """One top folder, the commit as the archive comment, the time in an extra field."""
    time = struct.pack("<2HBL", 0x5455, 5, 1, 1_767_355_200)
    parts = [folder(f"{top}/".encode(), extra=time, local_extra=time)]
    for path, text in FILES.items():
        name = f"{top}/{path}".encode()
        parts.append(Part(name, text.encode(), flags=FLAG_UTF8, extra=time, local_extra=time))
    parts = [replace(part, made_by=0, mode=0) for part in parts]
    data = archive(*parts, comment=b"0a1b2c3d4e5f60718293a4b5c6d7e8f901234567")
    assert graded(data) == {f"{top}/{path}": text for path, text in FILES.items()}
