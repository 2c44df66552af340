"""Advice on valid rubrics: patterns, levels, and ledgers that tell nothing apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from grader.checks.catalog import CATALOG
from grader.domain.errors import RubricProblem
from grader.domain.rubric import Rubric
from grader.domain.rubric.advice import (
    advice,
    advice_on_good_program,
    advice_on_idle_programs,
    advice_on_ledgers,
    advice_on_paths,
)
from grader.engine.rubric_text import (
    read_rubric_text,
    rubrics_folder,
    shipped_rubrics,
    starting_rubric,
)
from grader.engine.rubric_text.lint import lint_rubric
from tests.unit.domain_material import by_hand, complaints, criterion, file, judged, rubric_of

SCALE = {"measure": "violations_rate", "full_at": 0, "zero_at": 60}


def rubric(check: str = "style", scale: Mapping[str, Any] = SCALE, **more: Any) -> Rubric:
    return rubric_of({"it": criterion(check=check, scale=scale, **more)}, CATALOG)


def told(found: Rubric) -> list[tuple[tuple[str | int, ...], str]]:
    return [(one.path[2:], one.message) for one in advice(found, CATALOG)]


def test_prescribed_names_need_a_criterion_that_spares_them() -> None:
    scale = {"measure": "case_rate", "full_at": 0, "zero_at": 60}
    style, naming = criterion(check="style", scale=SCALE), criterion(check="naming", scale=scale)
    (found,) = advice(rubric_of({"it": style}, CATALOG, names=["runGame"]), CATALOG)
    assert (found.path, found.message) == (
        ("names",),
        "spares nothing without a criterion on naming",
    )
    both = {"it": style, "other": naming}
    assert [*advice(rubric_of(both, CATALOG, names=["runGame"]), CATALOG)] == []


@pytest.mark.parametrize(
    "pattern",
    [
        *("**", "*.py", "src/**", "src/*.py", "**/*.py", "main.py", "**/main.py", "a/**/b.py"),
        *("src/*", "?.py", "[ab].py", "[!a]b*.py", "task_*/**", "*/main.py", "*.pyi", "day 1/*.py"),
        *("**/solution_[0-9].py", "*_[a-z]*.py", "tests/**", "**/tests/**"),
    ],
)
def test_a_pattern_that_can_match_a_program_brings_no_advice(pattern: str) -> None:
    assert told(rubric(files=[pattern])) == []
    assert told(rubric(files=["**"], exclude=[pattern, "old/**"]))[1:] == []


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        *(("/src/*.py", "src/*.py"), ("./main.py", "main.py"), ("src", "src/**")),
        *(("src\\*.py", "src/*.py"), ("src/", "src/**"), ("*.txt", ""), ("../*.py", "*.py")),
        *(
            ("main.py/", "main.py"),
            ("**/*.ipynb.txt", ""),
            ("a//b.py", "a/b.py"),
            ("README.md", ""),
        ),
    ],
)
def test_a_pattern_that_can_match_nothing_brings_what_was_meant(pattern: str, meant: str) -> None:
    hint = f"; did you mean {meant}?" if meant else ""
    message = f"{pattern} matches no file that style reads{hint}"
    assert told(rubric(files=["**", pattern])) == [(("files", 1), message)]
    assert told(rubric(exclude=[pattern])) == [(("exclude", 0), message)]


def test_documents_are_files_for_the_checks_that_read_them() -> None:
    scale = {"measure": "missing", "full_at": 0, "zero_at": 3}
    assert (
        told(rubric("dependencies", scale, files=["pyproject.toml", "**/requirements*.txt"])) == []
    )
    assert told(rubric("dependencies", scale, files=["*.py"])) != []


def test_patterns_that_leave_nothing_are_named() -> None:
    everything = (("exclude",), "leaves out everything that files selects")
    assert told(rubric(files=["**"], exclude=["**"])) == [everything]
    assert told(rubric(files=["src/*.py"], exclude=["src/**"])) == [everything]
    scale = {"measure": "coverage", "full_at": 100, "zero_at": 0}
    message = "docstrings leaves tests out, unless the criterion has exclude: []"
    assert told(rubric("docstrings", scale, files=["tests/**"])) == [(("files",), message)]
    assert told(rubric("docstrings", scale, files=["tests/**"], exclude=[])) == []


def test_levels_and_ends_that_no_value_reaches_are_named() -> None:
    levels = [
        {"up_to": -1, "earns": 0, "label": "none"},
        {"up_to": 100, "earns": 5, "label": "some"},
        {"earns": 10, "label": "more"},
    ]
    assert told(rubric("tests_present", {"measure": "coverage", "levels": levels})) == [
        (("scale", "levels", 0), "no value of coverage is as low as -1: nobody reaches 'none'"),
        (("scale", "levels", 2), "no value of coverage is above 100: nobody reaches 'more'"),
    ]
    rising = [{"up_to": 99, "earns": 5, "label": "a"}, {"earns": 10, "label": "b"}]
    assert told(rubric("tests_present", {"measure": "coverage", "levels": rising})) == []
    ((path, message),) = told(rubric(scale=SCALE | {"zero_at": 101}))
    assert path == ("scale", "zero_at") and "it ends at 100" in message
    assert told(rubric(scale=SCALE | {"zero_at": 100})) == []
    coverage = {"measure": "coverage", "full_at": 60, "zero_at": -1}
    assert "it ends at 0" in told(rubric("tests_present", coverage))[0][1]


def test_a_count_comes_with_the_share_that_measures_the_same() -> None:
    count = {"measure": "violations", "full_at": 0, "zero_at": 10}
    assert told(rubric(scale=count)) == [
        (
            ("scale", "measure"),
            "violations depends on the size of a program; violations_rate measures the same as a"
            " share",
        )
    ]


def test_patterns_are_held_against_the_samples_with_and_without_a_folder_around() -> None:
    found = rubric(files=["main.py", "mian.py"], exclude=["old/*.py"])

    def paths(*names: str) -> list[tuple[str | int, ...]]:
        return [one.path[2:] for one in advice_on_paths(found, CATALOG, names)]

    assert paths() == []
    assert paths("main.py") == [("files", 1), ("exclude", 0)]
    assert paths("alice/main.py", "old/a.py") == [("files", 1)]


def ledgers(*counts: int) -> list[Any]:
    criteria = {"it": criterion(), "hand": by_hand(5)}
    return [judged(criteria, file("a.py", lint=complaints(count))) for count in counts]


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ((0, 0), "each of the 2 samples earns all points (10)"),
        ((10, 12, 30), "none of the 3 samples earns a point"),
        *(((0, 1), ""), ((9, 10), ""), ((0,), ""), ((), "")),
    ],
)
def test_a_criterion_that_tells_nobody_apart_is_named(
    counts: tuple[int, ...], message: str
) -> None:
    found = [*advice_on_ledgers(ledgers(*counts), "samples")]
    expected = [RubricProblem(message, ("criteria", "it"))] if message else []
    assert found == expected


def test_points_for_a_program_that_does_nothing_are_named() -> None:
    lazy, busy = ledgers(0, 10)
    (one,) = advice_on_idle_programs({"a one-line file": lazy, "an empty file": busy})
    assert one.path == ("total",)
    assert one.message == "gives 10 of 15 points for a one-line file: it 10"


def test_a_good_program_earns_much_and_more_than_a_script() -> None:
    full, half, few, none = ledgers(0, 4, 8, 10)
    (one,) = advice_on_good_program(few, none)
    assert one.message == "a good small program earns only 2 of 10 points: it 2 of 10"
    (one,) = advice_on_good_program(half, full)
    assert one.message == (
        "a plain script without a function earns 10 points, and a good small program 6"
    )
    assert [*advice_on_good_program(full, half)] == []


@pytest.mark.parametrize("name", [*shipped_rubrics(), "the start"])
def test_shipped_rubrics_need_no_advice_but_for_counts(name: str) -> None:
    found = read_rubric_text(shipped_rubrics().get(name, starting_rubric("a")), CATALOG)
    assert all("depends on the size" in message for _, message in told(found))


def test_advice_has_its_place_in_the_text_and_mistakes_leave_none() -> None:
    text = (rubrics_folder() / "numbers-refactor.yaml").read_text()
    wrong = text.replace("zero_at: 75}", 'zero_at: 101}\n    files: ["src"]')
    first, second = lint_rubric(wrong, CATALOG).advice
    assert first.path[-1] == "zero_at" and "zero_at: 101" in first.excerpt
    assert (second.line, second.path[-2:]) == (first.line + 1, ("files", 0))
    linted = lint_rubric(wrong.replace("check: style", "check: flake8"), CATALOG)
    assert linted.rubric is None and linted.advice == ()
    assert [one.suggestion for one in linted.mistakes] == ["style"]
