"""Messages about hostile archives, and the limits: exact, and without artifacts of tools."""

from __future__ import annotations

import io
import zipfile

import pytest

from grader.domain.errors import BadArchive, TooLarge
from grader.domain.rubric.policies import Intake
from grader.domain.source import Submission
from grader.engine.intake import read_upload
from tests.hostile.archive_rows_bytes import CONTENTS
from tests.hostile.zip_bytes import CODE, Part, archive, named


def refused(data: bytes, filename: str = "upload.zip", limits: Intake | None = None) -> BadArchive:
    with pytest.raises(BadArchive) as caught:
        read_upload(data, filename=filename, limits=limits or Intake())
    return caught.value


def paths(submission: Submission) -> list[str]:
    return [source.path for source in submission.files]


def dropped(submission: Submission) -> list[tuple[str, str]]:
    return [(row.path, row.reason) for row in submission.dropped]


def test_the_archive_builder_builds_valid_archives() -> None:
    data = archive(Part(), Part(name=b"pkg/", content=b"", method=0, mode=0o40755))
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    submission = read_upload(data)
    assert [(file.path, file.data) for file in submission.files] == [("main.py", CODE)]


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


@pytest.mark.parametrize(
    ("data", "word"),
    [
        *zip(
            next(row.archives for row in CONTENTS if row.code == "not-a-zip"),
            ("gzip", "bzip2", "xz", "tar", "RAR", "7z", "web page"),
            strict=True,
        ),
        (b"\x28\xb5\x2f\xfd" + bytes(20), "Zstandard"),
        (b"%PDF-1.7\n\xff\xff", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20), "Office"),
        (b'{"cells": [], "nbformat": 4}', "notebook"),
        (b"just some words", "text file"),
        (bytes(200), "binary"),
    ],
)
def test_other_formats_are_named(data: bytes, word: str) -> None:
    error = refused(data)
    assert error.code == "not-a-zip"
    assert word in error.detail


def test_the_message_names_what_is_there_instead_of_python() -> None:
    assert "notebook" in refused(named(b"work.ipynb")).detail
    assert "Office" in refused(named(b"[Content_Types].xml", b"word/document.xml")).detail
    assert "password" in refused(archive(Part(flags=1))).detail


def test_a_nested_archive_is_a_file_like_any_other() -> None:
    inner = Part(name=b"inner.zip", content=named(b"evil.py"), method=0)
    assert dropped(read_upload(archive(Part(), inner))) == [("inner.zip", "not Python")]


def test_the_defaults_are_what_the_documentation_says() -> None:
    limits = Intake()
    assert (limits.max_upload, limits.max_entries) == (10 << 20, 2_000)
    assert (limits.max_file, limits.max_total, limits.max_depth) == (2 << 20, 20 << 20, 16)
    error = refused(bytes((10 << 20) + 1))
    assert isinstance(error, TooLarge)
    assert "10 MB" in error.detail


def limited(**limit: int) -> Intake:
    return Intake.model_validate(limit)


@pytest.mark.parametrize(
    ("data", "limit", "most", "code"),
    [
        (named(*(b"f%d.py" % n for n in range(21))), "max_entries", 21, "too-many-entries"),
        (named(b"a/b/x.py"), "max_depth", 2, "name-too-deep"),
        (archive(Part(content=bytes(600))), "max_file", 600, "file-too-large"),
        (named(b"a.py", b"b.txt", content=bytes(600)), "max_total", 1_200, "total-too-large"),
        (named(b"a.py"), "max_upload", len(named(b"a.py")), "upload-too-large"),
    ],
)
def test_each_limit_comes_from_the_rubric_and_is_exact(
    data: bytes, limit: str, most: int, code: str
) -> None:
    assert read_upload(data, limits=limited(**{limit: most})).files
    error = refused(data, limits=limited(**{limit: most - 1}))
    assert error.code == code
    assert isinstance(error, TooLarge) or code == "name-too-deep"


def test_artifacts_count_only_towards_the_limit_of_the_upload() -> None:
    junk = [
        *(Part(name=b"node_modules/p%d/index.js" % number) for number in range(50)),
        Part(name=b"venv/lib/big.py", content=bytes(5_000)),
        Part(name=b"venv/bin/python", content=b"/usr/bin/python3", mode=0o120777),
        Part(name=b"node_modules/" + b"d/" * 40 + b"index.js"),
        Part(name=b"venv/pyvenv.cfg", content=b"home = /usr/bin"),
        Part(name=b"tox.ini", content=bytes(5_000)),
        Part(name=b"pkg/.flake8", content=bytes(5_000)),
        Part(name=b".git/index", content=bytes(5_000)),
        Part(name=b"__MACOSX/._main.py"),
        Part(name=b"__pycache__/main.cpython-311.pyc", content=bytes(5_000)),
    ]
    limits = Intake(max_entries=1, max_total=100, max_file=100, max_depth=2)
    submission = read_upload(archive(Part(), *junk), limits=limits)
    assert paths(submission) == ["main.py"]
    assert [path for path, _ in dropped(submission)] == [
        ".git/",
        "__MACOSX/",
        "__pycache__/",
        "node_modules/",
        "pkg/.flake8",
        "tox.ini",
        "venv/bin/",
        "venv/lib/",
        "venv/pyvenv.cfg",
    ]


@pytest.mark.slow
def test_thirty_thousand_installed_files_are_one_line_of_the_report() -> None:
    junk = (Part(name=b"node_modules/%d" % n, content=b"", method=0) for n in range(30_000))
    submission = read_upload(archive(Part(), Part(name=b"a.py"), Part(name=b"b.py"), *junk))
    assert paths(submission) == ["a.py", "b.py", "main.py"]
    assert dropped(submission) == [("node_modules/", "installed packages")]


def test_at_most_a_hundred_dropped_files_are_listed_for_one_reason() -> None:
    names = [b"data/%03d.csv" % n for n in range(150)] + [b"d%03d/.DS_Store" % n for n in range(90)]
    rows = dropped(read_upload(named(b"main.py", b"tox.ini", *names)))
    assert len(rows) == 100 + 90 + 1 + 1
    assert rows[-1] == ("…", "50 more: not Python")
    assert ("data/099.csv", "not Python") in rows
    assert [path for path, _ in rows if path == "tox.ini"]
