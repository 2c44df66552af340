"""The check ``naming``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from grader.analysis.syntax.names import scoped
from grader.analysis.tools.pep8_naming import case_violations
from grader.analysis.tools.recursion import room_for_recursion
from grader.checks.naming import CHECK
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.source import SourceFile

#: The number of real files that are compared with flake8's own command line.
COMPARED = 400


def look(text: str, *, path: str = "code.py", **options: object) -> Inspection:
    source = SourceFile(path, text.encode())
    return CHECK.inspect(source, CHECK.options.model_validate(options), ())


def value(measure_id: str, facts: Facts) -> object:
    measure = CHECK.measure(measure_id)
    assert measure is not None
    return measure.value(facts, None)


def codes(text: str) -> list[str]:
    return [each.code for each in look(text).findings]


def test_messages_name_the_thing() -> None:
    (finding,) = look("def load(stuff):\n    return stuff\n").findings
    assert finding.message == "The argument `stuff` does not say what it stands for"
    assert (finding.line, finding.column) == (1, 10)
    (finding,) = look("def load():\n    Total = 1\n").findings
    assert finding.message == "variable `Total` in function should be lowercase"
    assert (finding.line, finding.column) == (2, 5)


def test_names_may_be_allowed() -> None:
    text = "def visit_Name(node):\n    X = 1\n    return X\n"
    assert codes(text) == ["N802", "N806"]
    found = look(text, ignore_names=["visit_*", "X"])
    assert value("case_violations", found.facts) == 0
    assert value("case_violations", look(text).facts) == 2, "options never outlive their run"
    assert CHECK.command is not None
    assert "visit_*" in CHECK.command(
        CHECK.options.model_validate({"ignore_names": ["visit_*"]}), ()
    )
    assert "ignore" not in CHECK.command(CHECK.options(), ()).replace("extend-ignore", "")


def test_prescribed_names_are_allowed_to_the_command_too() -> None:
    assert CHECK.command is not None
    options = CHECK.options.model_validate({"names": ["calcTotal"], "ignore_names": ["visit_*"]})
    assert "visit_*,calcTotal'" in CHECK.command(options, ())


def test_nothing_to_judge() -> None:
    for text in ("", "# comment\n", "print(1)\n", "import os\n"):
        assert look(text).state is State.NOT_APPLICABLE
    assert value("case_violations", Facts()) is None


def test_evidence() -> None:
    found = look("def loadFile(s):\n    return s\n\n\ndef area(width):\n    return width\n")
    told = {
        measure.id: [each.code for each in found.findings if measure.evidence(each, None)]
        for measure in CHECK.measures
    }
    assert told == {
        "case_violations": ["N802"],
        "case_rate": ["N802"],
        "unclear_names": ["single-letter"],
        "unclear_rate": ["single-letter"],
        "functions_without_verb": ["no-verb"],
    }


TRICKS = {
    "more good names": "price = 1\ncount = 2\n\n\ndef load_rows():\n    return price\n",
    "binding the bad name again": "s = 3\n",
    "a loop over the bad name": "for s in []:\n    pass\n",
    "importing under the bad name": "import os as s\n",
    "a stub of the same name": "def my_func():\n    pass\n",
    "comments": "# s = students\n# foo\n\n",
}


@pytest.mark.parametrize("trick", sorted(TRICKS))
def test_padding_hides_no_bad_name(trick: str) -> None:
    bad = "s = input()\n\n\ndef my_func():\n    Total = 1\n    return Total\n"
    before, after = look(bad).facts, look(bad + TRICKS[trick]).facts
    for measure in ("case_violations", "unclear_names"):
        assert value(measure, before) == value(measure, after)


@pytest.mark.slow
def test_deep_trees() -> None:
    branches = "".join(f"elif x == {at}:\n    aB = {at}\n" for at in range(2_500))
    deep = f"if x:\n    pass\n{branches}total = {' + '.join(['x'] * 3_000)}\n"
    inside = "class A:\n" + "".join(f"    {line}\n" for line in deep.splitlines())
    with room_for_recursion():
        flat, nested = look(deep), look(inside)
    assert value("case_violations", flat.facts) == value("case_violations", nested.facts) == 2_500
    heirs = "".join(f"class C{at}(C{at - 1}):\n    pass\n\n\n" for at in range(2_000))
    assert value("case_violations", look(heirs).facts) == 0


def test_reports_are_those_of_the_command_line(corpus: Any, tmp_path: Path) -> None:
    """Compared are all codes of real files except N818, which is not about upper and lower case.

    Of these, the check turns some into advice and lets some go; it adds none.
    """
    reports: Counter[tuple[str, int, int, str]] = Counter()
    found: Counter[tuple[str, int, int, str]] = Counter()
    longest = sorted(corpus.files, key=lambda each: len(each.data))[-COMPARED:]
    for at, file in enumerate(longest):
        name = f"file_{at}.py"
        (tmp_path / name).write_bytes(file.text.encode())
        violations = case_violations(list(scoped(file.tree)))
        reports.update((name, one.line, one.column, one.code) for one in violations)
        for one in CHECK.inspect(file, CHECK.options(), ()).findings:
            if one.code == "class-name" or one.code[:2] == "N8":
                code = one.code.replace("class-name", "N806")
                found.update([(name, one.line, one.column, code)])
    assert len(longest) >= 200 and sum(reports.values()) > 50
    assert reports == said_by_flake8(tmp_path)
    assert found < reports


def said_by_flake8(folder: Path) -> Counter[tuple[str, int, int, str]]:
    """Return (file, line, column, code) of flake8's findings for the files in ``folder``.

    flake8 adds 1 to the library's column, which is 1-based already, so 1 is subtracted.
    """
    command = [sys.executable, "-m", "flake8", "--isolated", "--disable-noqa", "-j1"]
    chosen = ["--select=N", "--extend-ignore=N818", "--format=%(path)s|%(row)d|%(col)d|%(code)s"]
    done = subprocess.run(
        [*command, *chosen, "."], cwd=folder, env=dict(os.environ), capture_output=True, text=True
    )
    assert not done.stderr, done.stderr
    rows = (line.split("|") for line in done.stdout.splitlines())
    return Counter(
        (path.removeprefix("./"), int(row), int(column) - 1, code)
        for path, row, column, code in rows
    )
