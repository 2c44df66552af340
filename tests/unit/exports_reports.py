"""Reports for the tests of the renderings, one for each kind of result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.domain.facts import DroppedFile, EngineIdentity
from grader.domain.history import FixedLine, History
from grader.domain.inspection import State
from grader.domain.report import (
    Command,
    CriterionLine,
    Fault,
    FileLine,
    FindingLine,
    Receipt,
    Report,
    RubricLine,
    SubmissionLine,
    TotalLine,
)
from grader.domain.report.next_step import NextStep
from grader.domain.rubric.policies import Tone
from tests.hostile_texts import NAMES

HUNK = "@@ -1,3 +1,4 @@\n import os\n-x=1\n+x = 1\n+\n def main():\n"
PATCH = f"diff --git a/main.py b/main.py\n--- a/main.py\n+++ b/main.py\n{HUNK}"


def criterion(name: str, points: float | None, most: float, **more: Any) -> CriterionLine:
    """Return the line of a scored criterion; ``more`` replaces fields."""
    told: dict[str, Any] = {
        "title": f"Title of {name}",
        "outcome": "scored",
        "check": "style",
        "measure": "violations",
        "value": 3,
        "unit": "violations",
        "label": None,
        "why": f"Violations: 3 in {name}. {most} × (6 − 3) / (6 − 0) = {points}.",
    }
    return CriterionLine(id=name, points=points, max_points=most, **told | more)


def finding(code: str, path: str, line: int, **more: Any) -> FindingLine:
    """Return a finding of flake8; ``more`` replaces fields."""
    told: dict[str, Any] = {
        "check": "style",
        "column": 80,
        "message": f"{code} was found here",
        "explanation": f"Why {code} matters.",
        "how_to_fix": f"How to mend {code}.",
        "url": f"https://example.org/{code}",
    }
    return FindingLine(code=code, path=path, line=line, **told | more)


def report(**more: Any) -> Report:
    """Return a small report with full marks; ``more`` replaces fields."""
    told: dict[str, Any] = {
        "status": "graded",
        "total": TotalLine(points=100, at_least=100, max_points=100),
        "next_step": None,
        "criteria": (criterion("layout", 100, 100, why="Files to reformat: 0 files."),),
        "files": (FileLine(path="main.py", checks={"style": State.OK}),),
        "findings": (),
        "faults": (),
        "patch": None,
        "patch_disagreements": (),
        "commands": (Command(check="style", command="flake8 --isolated --max-line-length 88"),),
        "notes": (),
        "dropped": (),
        "rubric": RubricLine(
            exercise="numbers-refactor", title="Refactor numbers.py", version=3, digest="d" * 64
        ),
        "engine": EngineIdentity(
            grader="0.1.0",
            python="3.11.7",
            grammar="3.11",
            tools={"black": "26.10.1", "flake8": "7.5.0"},
            checks={"style": 1},
        ),
        "submission": SubmissionLine(digest="a" * 64, archive_sha256="b" * 64),
    }
    return Report(**told | more)


def typical() -> Report:
    """Return the report of a good submission: repeated findings, hunks, a patch, points by hand."""
    long_lines = [
        finding("E501", "main.py", n, message=f"line too long ({80 + n} > 88 characters)")
        for n in range(9, 90, 3)
    ]
    return report(
        total=TotalLine(points=71.5, at_least=71.5, max_points=100, awaiting=5),
        next_step=NextStep(
            gains=10.5,
            text="Functions are short: Give each step of this function a function of its own. "
            "Start at numbers/report.py, line 12: summarise has 41 logical lines.",
            criterion="short",
            path="numbers/report.py",
            line=12,
        ),
        criteria=(
            criterion(
                "formatting",
                6.7,
                10,
                title="Formatted with Black",
                why="Files to reformat: 1 file. All 10 points at 0, none at 3: "
                "10 × (3 − 1) / (3 − 0) = 6.7.",
            ),
            criterion("imports", 10, 10, title="Imports are sorted", why="Files to sort: 0 files."),
            criterion(
                "short",
                19.5,
                30,
                title="Functions are short and focused",
                why="Functions over a limit of 20: 1 functions. Level “good” (up to 2) earns 19.5.",
            ),
            criterion("modules", 30, 30, title="Split into modules", why="Modules: 4 modules."),
            criterion("style", 5.3, 15, title="Follows PEP 8", why="Violations: 28 violations."),
            criterion(
                "words",
                None,
                5,
                title="Explains what was mended",
                outcome="manual",
                check="manual",
                measure=None,
                value=None,
                unit=None,
                why="Given by hand.",
            ),
        ),
        files=tuple(
            FileLine(path=path, checks={"formatting": State.OK, "style": State.OK})
            for path in ("main.py", "numbers/report.py", "tests/test_report.py")
        ),
        findings=(
            finding(
                "black",
                "main.py",
                1,
                check="formatting",
                message="Black would change this file",
                hunk=HUNK,
                criteria=("formatting",),
            ),
            *(one.model_copy(update={"criteria": ("style",)}) for one in long_lines),
            finding(
                "function-length",
                "numbers/report.py",
                12,
                check="function_length",
                message="summarise has 41 logical lines",
                value=41,
                criteria=("short",),
            ),
            finding("E501", "numbers/report.py", 80, criteria=("style",)),
            finding("noqa", "numbers/report.py", 81, check="suppressions", url=""),
        ),
        patch=PATCH,
        notes=("Comments that silence a tool were found in 1 place(s) and had no effect.",),
        dropped=(DroppedFile(path="__MACOSX/._main.py", reason="macOS metadata"),),
        receipt=Receipt(
            submission="01J9Z",
            student="s123",
            attempt=2,
            received_at="2026-11-23T01:02:03Z",
            graded_at="2026-11-23T01:02:04Z",
        ),
    )


def changed() -> Report:
    """Return :func:`typical` with a comparison to the last attempt."""
    fixed = tuple(
        FixedLine(check="style", code=code, path="main.py", message=f"{code} was found here")
        for code in ("F401", "E302")
    )
    before = typical()
    findings = tuple(
        one.model_copy(update={"since": "new" if one.line in (12, 15) else "still_there"})
        for one in before.findings
    )
    history = History(
        previous_attempt=1,
        points_before=62,
        fixed=5,
        new=3,
        still_there=29,
        fixed_findings=fixed,
    )
    return before.model_copy(update={"history": history, "findings": findings})


def taught(tone: Tone = "standard") -> Report:
    """Return :func:`typical` in ``tone``, with findings that show a line before and after."""
    typed = {"code": "missing-hints-all", "check": "type_hints"}
    own = (
        _own("E711", 4, "if total == None:", "if total is None:"),
        _own("F401", 1, "import os", ""),
        _own("E731", 7, "add = lambda a: a", "def add(a):\n    return a"),
        _own("W291", 9, "total = 3  ", "total = 3"),
        _own("hints", 11, "def f(a):", "def f(a: ...) -> None:").model_copy(update=typed),
        finding("E711", "numbers/report.py", 8, criteria=("style",)),
    )
    before = typical()
    return before.model_copy(update={"findings": (*before.findings, *own), "tone": tone})


def _own(code: str, line: int, before: str, after: str) -> FindingLine:
    return finding(code, "main.py", line, before=before, after=after, criteria=("style",))


def withheld() -> Report:
    """Return a report without a total, because a check failed on our side."""
    return report(
        status="needs_attention",
        total=TotalLine(points=None, at_least=71, max_points=100),
        criteria=(
            criterion("layout", 71, 80),
            criterion(
                "complexity",
                None,
                20,
                outcome="withheld",
                why="Our checks failed on main.py: the points are withheld, not lost.",
            ),
        ),
        files=(FileLine(path="main.py", checks={"style": State.OK, "complexity": State.FAILED}),),
        faults=(Fault(path="main.py", check="complexity", reason="timeout"),),
        notes=("Some checks broke on our side.",),
    )


def unreadable() -> Report:
    """Return a report with an unreadable file, a cap, and an optional criterion left out."""
    return report(
        total=TotalLine(
            points=40, at_least=40, max_points=90, capped_at=40, capped_by="runs", awaiting=0
        ),
        next_step=NextStep(
            gains=50, text="Mend broken.py, line 3: never closed.", path="broken.py"
        ),
        criteria=(
            criterion("layout", 60, 60),
            criterion(
                "runs",
                0,
                30,
                outcome="unreadable",
                why="broken.py cannot be read as Python: nothing is earned until it can.",
            ),
            criterion(
                "tests",
                None,
                10,
                outcome="not_applicable",
                why="There is nothing to measure here: it leaves the total.",
            ),
        ),
        files=(
            FileLine(path="a.py", checks={"style": State.OK, "size": State.NOT_APPLICABLE}),
            FileLine(path="broken.py", checks={"style": State.UNREADABLE}),
        ),
        findings=(
            finding("E501", "a.py", 1),
            finding("syntax", "broken.py", 3, check="readable", message="'(' was never closed"),
        ),
    )


def hostile() -> Report:
    """Return a report with hostile text in every field that a student can influence."""
    names = NAMES
    blocks = tuple(
        finding(
            "F401",
            name,
            1,
            message=f"'{name}' is unused {chr(0x1B)}[2J",
            before=name,
            after=f"{name}\n    {name}" if at % 3 else "",
            hunk=f"@@ -1 +1 @@\n-x = '{name.splitlines()[0]}'\n+y```````\t\x1b[0m\n",
            url="https://ok.example/x" if at % 2 else "javascript:alert(1)",
            criteria=("style",),
        )
        for at, name in enumerate(names)
    )
    return report(
        status="needs_attention",
        total=TotalLine(points=None, at_least=1, max_points=2),
        next_step=NextStep(gains=1, text=f"Mend {' '.join(names)}.", path=names[0], line=1),
        criteria=tuple(
            criterion("style" if at == 0 else f"style-{at}", 0.5, 1, title=f"Rule {at}", why=name)
            for at, name in enumerate(names)
        ),
        files=tuple(FileLine(path=name, checks={"style": State.OK}) for name in names),
        history=History(
            previous_attempt=1,
            points_before=1,
            fixed=len(names),
            new=0,
            still_there=0,
            fixed_findings=tuple(
                FixedLine(check="style", code="F401", path=name, message=name) for name in names
            ),
        ),
        findings=blocks,
        faults=tuple(Fault(path=name, check="style", reason="crash") for name in names),
        patch="".join(f"--- {name}\n+++ {name}\n@@ -1 +1 @@\n-x\n+y\n" for name in names),
        notes=tuple(f"Black and isort disagree for ever on {name}." for name in names),
        dropped=tuple(DroppedFile(path=name, reason="why not") for name in names),
        signals=tuple(
            finding("twin-file", name, 1, check="signals", message=f"The same as `{name}`")
            for name in names
        ),
    )


ALL: dict[str, Callable[[], Report]] = {
    "full marks": report,
    "typical": typical,
    "changed": changed,
    "taught": taught,
    "for beginners": lambda: taught("beginner"),
    "strict": lambda: taught("strict"),
    "withheld": withheld,
    "unreadable": unreadable,
    "hostile": hostile,
}
