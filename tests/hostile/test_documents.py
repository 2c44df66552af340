"""Tricks with the documents of a submission: none earns a point, and none breaks the grader."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.checks.catalog import CATALOG
from grader.domain.errors import TooLarge
from grader.domain.report import Report
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.engine.intake import read_upload
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.engine.rubric_text import read_rubric_text, shipped_rubric
from tests.in_process import InProcess

GOLDEN = Path(__file__).parents[2] / "rubrics" / "golden" / "numbers-linting"
RUBRIC = read_rubric_text(shipped_rubric("numbers-linting") or "", CATALOG)
ENGINE = Engine(CATALOG, InProcess(CATALOG), MemoryFacts())

Files = Mapping[str, bytes]


def sample(name: str) -> dict[str, bytes]:
    folder = GOLDEN / name
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def graded(files: Files) -> Report:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    facts = ENGINE.measure(read_upload(buffer.getvalue()), RUBRIC)
    return build_report(CompiledRubric.of(RUBRIC, CATALOG), facts, digest="")


def points(files: Files) -> dict[str, float]:
    """Return the points of every criterion and the total; assert that none is withheld."""
    report = graded(files)
    assert report.total.points is not None
    return {"total": report.total.points, **{one.id: one.points or 0 for one in report.criteria}}


FULL, HALF, BAD = map(sample, ("full", "half", "bad"))
BEFORE = "before/numbers.py"
SCRIPT = HALF[BEFORE]
EVERY_CODE = " ".join(f"{letter}{number:03}" for letter in "EWFC" for number in range(1_000))
CODES = b"E401 F401 E302 E203 E225 E111 E305 E231 E501 E711 E701"
TOML = "pyproject.toml"
TABLES = b'[build-system]\nrequires = ["black", "flake8", "isort"]\n[tool.isort]\n[tool.flake8]\n'
WORDS = b'[project]\ndescription = "black flake8 isort"\nkeywords = ["black", "flake8", "isort"]\n'
BOMBS = {
    "deep arrays": b"x = " + b"[" * 100_000,
    "deep tables": b"x = " + b"{a = " * 40_000,
    "deep keys": b"[" + b".".join([b"a"] * 90_000) + b"]\n",
    "deep keys behind a string": b'x = {y = """a"""", ' + b".".join([b"a"] * 90_000) + b" = 1}",
    "a huge number": b"x = " + b"9" * 150_000,
    "many tables": b"".join(b"[a.b.c.d%d]\n" % at for at in range(12_000)),
    "many entries": b"[project]\ndependencies = [" + b'"!",' * 40_000 + b"]\n",
    "300 kB": b"# black\n" * 40_000,
    "no UTF-8": b'[project]\ndependencies = ["black\xff"]\n',
    "a control character": b'[project]\ndependencies = ["black"]\n\x00',
    "no TOML": b'[project]\ndependencies = ["black", "flake8", "isort"\n',
}
TRICKS: Mapping[str, Files] = {
    "names in a comment": {TOML: b"# black, flake8, isort\n"},
    "names in other tables": {TOML: TABLES},
    "names in other texts": {TOML: WORDS},
    "names in a comment for pip": {"requirements.txt": b"# flake8\n# isort\n-r isort\n./isort\n"},
    "names in a file of another kind": {"README.md": b"black flake8 isort", "needs.txt": b"isort"},
    **{f"a pyproject of {what}": {TOML: data} for what, data in BOMBS.items()},
    "every code": {"answers.md": EVERY_CODE.encode()},
    "codes in addresses": {"answers.md": b"https://example.org/" + CODES.replace(b" ", b"/")},
    "codes in other files": {"answers.md": b"", "README.md": CODES, "before/notes.txt": CODES},
    "codes in the code": {"answers.md": b"", "notes.py": b'"""' + CODES + b'"""\n'},
    "an empty script": {BEFORE: b""},
    "a script with nothing to find": {BEFORE: b"x = 1\n"},
    "a script with one thing to find": {BEFORE: b"x = 1", "answers.md": b"W292"},
    "a script that silences flake8": {BEFORE: b"# flake8: noqa\n" + SCRIPT},
    "a script that is no Python": {BEFORE: SCRIPT + b"(\n"},
    "one more that is no Python": {"before/more.py": b"x = (\n"},
    "answers of 300 kB": {"answers.md": CODES * 6_000},
    "answers that are no UTF-8": {"answers.md": CODES + b"\xff"},
    "more answers that are no UTF-8": {"more/answers.md": CODES + b"\xff"},
    "all of it under before": {f"before/{path}": data for path, data in HALF.items()},
}


@pytest.mark.parametrize("trick", TRICKS)
def test_the_trick_earns_no_points(trick: str) -> None:
    before, after = points(HALF), points({**HALF, **TRICKS[trick]})
    kept = ("total", "packages", "answers")
    assert not {one: after[one] for one in kept if after[one] > before[one]}


@pytest.mark.parametrize("what", BOMBS)
def test_an_unreadable_document_costs_only_its_own_criteria(what: str) -> None:
    before, after = points(FULL), points({**FULL, TOML: BOMBS[what]})
    assert after == {**before, "packages": 0, "total": before["total"] - before["packages"]}


@pytest.mark.parametrize("path", [TOML, "answers.md", "requirements.txt"])
def test_a_document_over_the_limit_of_a_file_is_refused(path: str) -> None:
    with pytest.raises(TooLarge, match="larger than 2 MB"):
        graded({**FULL, path: b"#" * 2_100_000})


def test_leaving_a_document_out_earns_nothing() -> None:
    whole = points(FULL)
    for path, criterion in ((TOML, "packages"), ("answers.md", "answers"), (BEFORE, "answers")):
        rest = points({other: data for other, data in FULL.items() if other != path})
        assert rest[criterion] == 0
        assert rest["total"] < whole["total"]


def test_settings_of_a_tool_change_no_verdict() -> None:
    lax = b"[tool.black]\nline-length = 300\n[tool.isort]\nskip_glob = ['*']\n[tool.flake8]\n"
    without = {path: data for path, data in BAD.items() if path != TOML}
    kept = ("import_order", "formatting", "style")
    before, after = points(without), points({**without, TOML: lax, "answers.md": b"# noqa\n"})
    assert {one: before[one] for one in kept} == {one: after[one] for one in kept}


def test_missing_answers_are_not_named_by_their_code() -> None:
    report = graded({**HALF, "answers.md": b"no idea"})
    missed = [one for one in report.findings if one.code == "missed-code"]
    assert missed
    assert not any(code.decode() in one.message for one in missed for code in CODES.split())


@pytest.mark.parametrize(
    "trifle", ["pass\n", "LIMIT = 3\n", 'print("done")\n', f"exec({SCRIPT!r})\n"]
)
def test_a_trivial_file_earns_no_points_for_the_program(trifle: str) -> None:
    left = {path: data for path, data in HALF.items() if not path.endswith(".py")}
    hidden = {**left, BEFORE: SCRIPT, "numbers.py": trifle.encode()}
    assert points(hidden)["total"] <= min(20, points(HALF)["total"])
