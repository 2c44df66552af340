"""Honest uploads: zips of every common tool, single files, folders, artifacts of tools."""

from __future__ import annotations

import io
import os
import shutil
import struct
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.domain.errors import BadArchive, TooLarge
from grader.domain.rubric.policies import Intake
from grader.domain.source import Submission
from grader.engine.intake import read_path, read_upload
from grader.engine.intake.artifacts import imported_folders
from grader.engine.intake.collecting import LINK

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

FILES = {
    "main.py": "from pkg.tools import add\n\nprint(add(1, 2))\n",
    "pkg/__init__.py": "",
    "pkg/tools.py": "def add(a, b):\n    return a + b\n" * 40,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in FILES.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return root


def contents(submission: Submission) -> dict[str, str]:
    return {source.path: source.data.decode() for source in submission.files}


def zipped(files: dict[str, str | bytes], **options: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content, **options)
    return buffer.getvalue()


class Unseekable(io.RawIOBase):
    """A stream like a socket: written bytes cannot be changed later."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer) -> int:
        piece = bytes(data)
        self.data += piece
        return len(piece)


def run(*command: str, cwd: Path) -> bytes:
    home = {"HOME": str(cwd), "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, env=home).stdout


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zips_that_python_writes(method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
        archive.comment = b"handed in by a script"
    assert contents(read_upload(buffer.getvalue())) == FILES


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_streams_with_data_descriptors(method: int) -> None:
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
    assert contents(read_upload(stream.data)) == FILES


@pytest.mark.parametrize("target", [io.BytesIO, Unseekable])
def test_zip64_fields_in_local_headers_are_accepted(
    target: type[io.BytesIO] | type[Unseekable],
) -> None:
    stream = target()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in FILES.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(text.encode())
    data = stream.data if isinstance(stream, Unseekable) else stream.getvalue()
    assert struct.pack("<HH", 1, 16) in data
    assert contents(read_upload(data)) == FILES


def test_zips_that_shutil_writes(project: Path, tmp_path: Path) -> None:
    made = shutil.make_archive(str(tmp_path / "made"), "zip", project)
    assert contents(read_path(Path(made))) == FILES


def test_zips_that_git_writes(project: Path) -> None:
    run("git", "init", "-q", cwd=project)
    run("git", "add", ".", cwd=project)
    author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    run("git", *author, "commit", "-q", "-m", "first", cwd=project)
    data = run("git", "archive", "--format=zip", "--prefix=top/", "HEAD", cwd=project)
    assert contents(read_upload(data)) == {f"top/{name}": text for name, text in FILES.items()}


def info_zip_like(stream: bool) -> bytes:
    """Return an archive like that of ``zip -r - .``: extra fields, folders, descriptors."""
    target: io.BytesIO | Unseekable = Unseekable() if stream else io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("main.py", "pkg/", "pkg/__init__.py", "pkg/tools.py"):
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o40755 if name.endswith("/") else 0o100644) << 16
            info.extra = struct.pack("<HHBL", 0x5455, 5, 3, 0) + struct.pack("<HHB", 0x7875, 1, 1)
            archive.writestr(info, FILES.get(name, ""))
    return target.data if isinstance(target, Unseekable) else target.getvalue()


@pytest.mark.parametrize("stream", [False, True])
def test_zips_with_extra_fields_and_folders(stream: bool) -> None:
    assert contents(read_upload(info_zip_like(stream))) == FILES


def test_real_info_zip_output() -> None:
    """``zip`` 3.0 wrote these bytes to a pipe: a descriptor although the header has the size."""
    data = bytes.fromhex(
        "504b0304140008000800af15775d00000000000000000900000007001c006d61696e2e7079555409"
        "0003c9a8036bc9a8036b75780b0001040000000004000000002b28cacc2bd130d4e40200504b0708"
        "061ee13c0b00000009000000504b01021e03140008000800af15775d061ee13c0b00000009000000"
        "070018000000000001000000a481000000006d61696e2e70795554050003c9a8036b75780b000104"
        "000000000400000000504b050600000000010001004d0000005c0000000000"
    )
    assert contents(read_upload(data)) == {"main.py": "print(1)\n"}


def test_names_in_utf8_and_code_page_437() -> None:
    assert contents(read_upload(zipped({"größe/数.py": "x = 1\n"}))) == {"größe/数.py": "x = 1\n"}
    data = zipped({"gr__e.py": "x = 1\n"}).replace(b"gr__e", "größe".encode("cp437"))
    assert contents(read_upload(data)) == {"größe.py": "x = 1\n"}


def test_files_come_sorted_by_path() -> None:
    data = zipped({"b.py": "b = 1\n", "a/z.py": "", "a.py": "", "B.pyi": "b: int\n"})
    assert list(contents(read_upload(data))) == ["B.pyi", "a.py", "a/z.py", "b.py"]


def test_an_archive_and_a_folder_have_one_digest(project: Path) -> None:
    folder = read_path(project)
    archive = read_upload(zipped(dict(FILES)))
    assert contents(folder) == contents(archive) == FILES
    assert folder.digest == archive.digest
    assert folder.archive_sha256 == ""
    assert len(archive.archive_sha256) == 64


def test_what_is_not_graded_is_listed_with_a_reason() -> None:
    data = zipped(
        {
            "main.py": "",
            "gui.pyw": "",
            "work.ipynb": "{}",
            "tox.ini": "[flake8]\n",
            "data.csv": "1,2\n",
            "__MACOSX/._main.py": "x",
            "._main.py": "x",
            ".DS_Store": "x",
            ".git/hooks/x.py": "",
            "pkg/__pycache__/a.cpython-311.pyc": "x",
            "pkg/__pycache__/b.cpython-311.pyc": "x",
            "old.pyc": "x",
            "lib/thing-1.0.dist-info/METADATA": "x",
        }
    )
    submission = read_upload(data)
    assert list(contents(submission)) == ["main.py"]
    reasons = {row.path: row.reason for row in submission.dropped}
    assert reasons == {
        "gui.pyw": "a .pyw file: name it .py to have it graded",
        "work.ipynb": "a notebook: scripts (.py) are asked for",
        "tox.ini": "configuration of a tool: every submission is graded with the exercise's own",
        "data.csv": "not Python",
        "__MACOSX/": "left by macOS",
        "._main.py": "left by macOS",
        ".DS_Store": "left by macOS",
        ".git/": "version control",
        "pkg/__pycache__/": "compiled Python",
        "old.pyc": "compiled Python",
        "lib/thing-1.0.dist-info/": "installed packages",
    }


def test_documents_that_a_check_may_read_are_kept_with_the_code() -> None:
    files: dict[str, str | bytes] = {
        "Answers.MD": "E501\n",
        "main.py": "",
        "pkg/pyproject.toml": "[project]\n",
        "requirements-dev.txt": "black\n",
        "requirements.txt": "flake8\n",
    }
    submission = read_upload(zipped({**files, "notes.txt": "", "data.toml": ""}))
    assert contents(submission) == files
    assert {row.path for row in submission.dropped} == {"notes.txt", "data.toml"}
    without = {path: text for path, text in files.items() if path != "main.py"}
    assert submission.digest != read_upload(zipped({"main.py": ""})).digest
    with pytest.raises(BadArchive, match="no Python file"):
        read_upload(zipped(without))


def test_a_folder_gives_the_documents_that_its_archive_gives(project: Path) -> None:
    (project / "answers.md").write_text("E501\n")
    assert (
        read_path(project).digest == read_upload(zipped({**FILES, "answers.md": "E501\n"})).digest
    )
    with pytest.raises(TooLarge) as caught:
        read_path(project, Intake(max_file=3))
    assert caught.value.code == "file-too-large"


def test_a_virtual_environment_is_dropped_but_a_script_in_its_folder_is_graded() -> None:
    environment = {"pyvenv.cfg": "", "Lib/site-packages/x.py": "", "Scripts/activate_this.py": ""}
    inside = read_upload(zipped({"main.py": "", **{f"env/{k}": v for k, v in environment.items()}}))
    assert list(contents(inside)) == ["main.py"]
    around = read_upload(zipped({"main.py": "", **environment}))
    assert list(contents(around)) == ["main.py"]
    assert {row.path for row in around.dropped} == {"Lib/", "Scripts/", "pyvenv.cfg"}


def test_a_folder_called_venv_or_build_without_an_environment_is_graded() -> None:
    files = {"venv/a.py": "a = 1\n", "build/b.py": "b = 1\n", "bin/c.py": "c = 1\n"}
    assert contents(read_upload(zipped(dict(files)))) == dict(sorted(files.items()))


def test_many_artifacts_are_counted_instead_of_listed() -> None:
    data = zipped({"main.py": "", **{f"d{n}/.DS_Store": "x" for n in range(130)}})
    dropped = read_upload(data).dropped
    assert len(dropped) == 101
    assert dropped[-1].reason == "30 more: left by macOS"


def test_a_large_data_file_does_not_refuse_the_code_beside_it() -> None:
    limits = Intake(max_file=1_000, max_total=10_000)
    submission = read_upload(zipped({"main.py": "", "data.csv": "1\n" * 2_000}), limits=limits)
    assert list(contents(submission)) == ["main.py"]
    with pytest.raises(TooLarge) as caught:
        read_upload(zipped({"main.py": "#" * 1_001}), limits=limits)
    assert caught.value.code == "file-too-large"
    assert caught.value.where == "main.py"


@pytest.mark.parametrize(
    ("filename", "path"),
    [
        ("numbers.py", "numbers.py"),
        ("types.pyi", "types.pyi"),
        ("C:\\Users\\me\\numbers.py", "numbers.py"),
        ("../../numbers.py", "numbers.py"),
        ("", "submission.py"),
        ("upload", "submission.py"),
        ("CON.py", "submission.py"),
        ("a\u202eb.py", "submission.py"),
        ("a" * 200 + ".py", "submission.py"),
    ],
)
def test_a_single_file_is_a_submission(filename: str, path: str) -> None:
    submission = read_upload(b"x = 1\n", filename=filename)
    assert contents(submission) == {path: "x = 1\n"}
    assert submission.archive_sha256 == ""


def test_a_single_file_that_is_not_text_is_accepted_by_the_intake() -> None:
    assert read_upload(b"\xff\xfe", filename="main.py").files[0].data == b"\xff\xfe"
    assert read_upload(b"", filename="main.py").files[0].data == b""


def test_an_archive_called_py_is_still_an_archive() -> None:
    assert contents(read_upload(zipped({"a.py": "a = 1\n"}), filename="a.py")) == {
        "a.py": "a = 1\n"
    }


def test_a_text_file_called_zip_is_refused() -> None:
    with pytest.raises(BadArchive) as caught:
        read_upload(b"x = 1\n", filename="work.zip")
    assert caught.value.code == "not-a-zip"
    assert caught.value.where == "work.zip"


def test_a_path_may_be_a_file(project: Path) -> None:
    assert list(contents(read_path(project / "main.py"))) == ["main.py"]


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadArchive) as caught:
        read_path(tmp_path / "nothing.zip")
    assert caught.value.code == "no-such-path"


def test_a_named_pipe_is_refused_without_reading_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(BadArchive) as caught:
        read_path(tmp_path / "pipe.py")
    assert caught.value.code == "unreadable-path"


def test_links_in_a_folder_are_never_followed(project: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("secret = 1\n")
    (project / "link.py").symlink_to(tmp_path / "secret.py")
    (project / "loop").symlink_to(project)
    os.mkfifo(project / "pipe.py")
    submission = read_path(project)
    assert contents(submission) == FILES
    assert {row.path: row.reason for row in submission.dropped} == {
        "link.py": LINK,
        "loop": LINK,
        "pipe.py": "not a file: never read",
    }


def test_a_link_to_a_folder_that_a_tool_made_is_not_followed(project: Path) -> None:
    (project / "main.py").write_text("import a, sys\nsys.path += []\n")
    (project / "venv/lib").mkdir(parents=True)
    (project / "venv/lib/a.py").write_text("print(1)\n")
    (project / "venv/lib64").symlink_to("lib")
    (project / "venv/pyvenv.cfg").write_text("")
    assert [file.path for file in read_path(project).aside] == ["venv/lib/a.py"]


def test_artifacts_in_a_folder_are_not_walked(project: Path) -> None:
    for name in ("venv/lib/x.py", ".git/x.py", "pkg/__pycache__/x.py"):
        (project / name).parent.mkdir(parents=True)
        (project / name).write_text("")
    (project / "venv/pyvenv.cfg").write_text("")
    (project / "notes.txt").write_bytes(bytes(3_000_000))
    submission = read_path(project, Intake(max_total=1_000_000, max_entries=6))
    assert contents(submission) == FILES
    assert [row.path for row in submission.dropped] == [
        ".git/",
        "notes.txt",
        "pkg/__pycache__/",
        "venv/lib/",
        "venv/pyvenv.cfg",
    ]


def test_limits_hold_for_folders(project: Path) -> None:
    for limits, code in (
        (Intake(max_entries=2), "too-many-entries"),
        (Intake(max_file=100), "file-too-large"),
        (Intake(max_total=100), "total-too-large"),
    ):
        with pytest.raises(TooLarge) as caught:
            read_path(project, limits)
        assert caught.value.code == code
    (project / "a/b/c").mkdir(parents=True)
    with pytest.raises(BadArchive) as deep:
        read_path(project, Intake(max_depth=1))
    assert deep.value.code == "name-too-deep"


def test_a_file_on_disk_over_the_upload_limit(tmp_path: Path) -> None:
    (tmp_path / "big.zip").write_bytes(bytes(2_000))
    with pytest.raises(TooLarge) as caught:
        read_path(tmp_path / "big.zip", Intake(max_upload=1_000))
    assert caught.value.code == "upload-too-large"


@pytest.mark.parametrize("name", ["work.zip", "Ada/work.RAR", "work.tar.gz"])
def test_an_archive_in_the_archive_is_named(tmp_path: Path, name: str) -> None:
    inner = tmp_path / "top" / name
    inner.parent.mkdir(parents=True)
    inner.write_bytes(b"packed")
    with pytest.raises(BadArchive) as caught:
        read_path(tmp_path / "top")
    assert caught.value.code == "no-python-files"
    assert f"{name}: unpack that first." in caught.value.detail


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(BadArchive) as caught:
        read_path(tmp_path)
    assert caught.value.code == "no-python-files"


@pytest.mark.parametrize(
    ("folder", "statement"),
    [
        ("__pycache__", "from __pycache__.real import run"),
        ("__pycache__", "from __pycache__ import (\n    real,\n)"),
        ("node_modules", "import node_modules.real as r"),
        ("env/lib", "from env.lib import real"),
        ("__pycache__", "if True:\n    import __pycache__.real"),
    ],
)
def test_artifacts_that_a_graded_file_imports_are_graded(
    folder: str, statement: str, tmp_path: Path
) -> None:
    files = {
        "main.py": f"{statement}\n",
        f"{folder}/real.py": "import bin.more\n",
        f"{folder}/other-one.py": "X = 1\n",
        f"{folder}/data.txt": "x",
        "env/pyvenv.cfg": "home = x",
        "env/bin/more.py": "Y = 1\n",
        "env/lib/python3.11/numpy.py": "Z = 1\n",
    }
    kept = ["env/bin/more.py", f"{folder}/real.py", "main.py"]
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    for submission in (read_upload(zipped(dict(files))), read_path(tmp_path)):
        assert [source.path for source in submission.files] == sorted(kept)
        assert f"{folder}/" in [row.path for row in submission.dropped]


def test_artifacts_that_nothing_imports_are_dropped() -> None:
    files = {"main.py": "LIB = 'lib'  # import __pycache__\n", "__pycache__/real.py": "X = 1\n"}
    assert [source.path for source in read_upload(zipped(dict(files))).files] == ["main.py"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("import a.lib\n", {"lib"}),
        ("    from bin import (\n    x,  # (\n)\n", {"bin"}),
        ("from x import (\n    lib,\n)\nbin = 1\n", {"lib"}),
        ("import (\nimport bin\n", {"bin"}),
        ("f()\nimport lib, (\n", {"lib"}),
        ("f(import_lib)\nimports = lib\n", set()),
        ("x = 1  # import lib\n", set()),
        ("import lib\n" + " " * 200_000, set()),
    ],
)
def test_words_of_import_statements(text: str, named: set[str]) -> None:
    assert imported_folders([text.encode()], ["lib", "bin", "share"]) == named
