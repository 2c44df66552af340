"""No trick makes a good program of a bad script, and no good program suffers for looking like one.

A promise is the most that a trick may earn, out of 100, by either rubric. It is far below what the
honest way earns, and leaves room for what Black, isort and a docstring do for any script.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.domain.rubric import Rubric
from tests.hostile.grading import CHAPTER, RUBRICS, Files, grade, report_on
from tests.hostile.neighbours import NEIGHBOURS
from tests.hostile.starting_neighbours import STARTING_NEIGHBOURS
from tests.hostile.tricks import (
    BEHIND_ONE_DEFINITION,
    DECOYS,
    EQUAL_JUNK,
    HIDDEN,
    PIECES_OF_A_BOX,
    SCRIPTS,
    VARIED_JUNK,
    Trick,
    formatted,
)

#: The most for a monolith in one definition: a sixth of it is in the part of good length.
ONE_DEFINITION = 40
#: The most for a short script in one definition. Half of its 27 statements are within the limit of
#: 15 for one function, so no cap tells it from a good program; the other criteria do.
SHORT_SCRIPT = 90
#: The most where most of the good part is of no use, or most of the program is hidden.
DECOY = 60
#: The most for functions of a good length that share all their variables.
BOX = 80
#: The least for a good program that looks like a trick.
HONEST = 95

ALL_TRICKS = {
    **BEHIND_ONE_DEFINITION,
    **EQUAL_JUNK,
    **VARIED_JUNK,
    **DECOYS,
    **PIECES_OF_A_BOX,
    **HIDDEN,
}
GOOD_PROGRAMS = {**NEIGHBOURS, **STARTING_NEIGHBOURS}
#: Python alone does not run notebooks.
RUN_BY_PYTHON = {name: trick for name, trick in ALL_TRICKS.items() if name != "a notebook"}


def each_of(tricks: Mapping[str, Trick]) -> pytest.MarkDecorator:
    """Return a decorator that runs a test with each of ``tricks``."""
    return pytest.mark.parametrize("trick", [pytest.param(tricks[it], id=it) for it in tricks])


def totals(files: Files) -> Mapping[str, float]:
    """Return what ``files`` earn, by the name of the rubric."""
    return {name: grade(files, rubric).total for name, rubric in RUBRICS.items()}


def above(most: float, files: Files) -> Mapping[str, float]:
    """Return the totals of ``files`` that are higher than ``most``, by the name of the rubric."""
    return {name: total for name, total in totals(files).items() if total > most}


each_script = pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)


@each_of(BEHIND_ONE_DEFINITION)
@pytest.mark.parametrize("change", [dict, formatted], ids=["raw", "formatted"])
def test_a_monolith_in_one_definition_stays_low(
    change: Callable[[Files], Files], trick: Trick
) -> None:
    assert not above(ONE_DEFINITION, change(trick(SCRIPTS["monolith"])))


@each_of(BEHIND_ONE_DEFINITION)
def test_a_short_script_in_one_definition_is_no_good_program(trick: Trick) -> None:
    assert not above(SHORT_SCRIPT, formatted(trick(SCRIPTS["script"])))


@each_of(EQUAL_JUNK)
@each_script
def test_equal_statements_of_junk_do_not_pay(script: str, trick: Trick) -> None:
    assert not above(DECOY, formatted(trick(script)))


@each_of(VARIED_JUNK)
@each_script
def test_varied_statements_of_junk_do_not_pay(script: str, trick: Trick) -> None:
    assert not above(DECOY, formatted(trick(script)))


@each_of(DECOYS)
@each_script
def test_junk_that_is_named_and_never_called_does_not_pay(script: str, trick: Trick) -> None:
    assert not above(DECOY, formatted(trick(script)))


@each_of({name: trick for name, trick in VARIED_JUNK.items() if "untouched" in name})
def test_functions_beside_a_monolith_are_a_signal_at_its_place(trick: Trick) -> None:
    files = formatted(trick(SCRIPTS["monolith"]))
    signals = report_on(files, CHAPTER).signals
    (signal,) = (one for one in signals if one.code == "script-beside-functions")
    assert signal.path in files and "in no function" in signal.message


def test_a_script_without_functions_is_no_signal() -> None:
    assert not report_on({"numbers.py": SCRIPTS["monolith"]}, CHAPTER).signals


@each_of(PIECES_OF_A_BOX)
@each_script
def test_pieces_of_a_box_are_worth_less_than_functions(script: str, trick: Trick) -> None:
    assert not above(BOX, formatted(trick(script)))


@each_of(HIDDEN)
@each_script
@pytest.mark.parametrize("rubric", RUBRICS.values(), ids=RUBRICS)
def test_a_hidden_program_does_not_pay_and_is_shown(
    rubric: Rubric, script: str, trick: Trick
) -> None:
    files = formatted(trick(script))
    report = report_on(files, rubric)
    assert report.total.points is not None and report.total.points <= DECOY
    (signal,) = (one for one in report.signals if one.code == "hidden-program")
    (path,) = (path for path, text in files.items() if path in signal.message)
    shown = files[signal.path].splitlines()[signal.line - 1]
    assert Path(path).stem in shown or "exec(" in shown
    assert path in report.total.limited
    assert report.next_step is not None and path in report.next_step.text
    assert report.next_step.gains > 0


@pytest.mark.parametrize("build", GOOD_PROGRAMS.values(), ids=GOOD_PROGRAMS)
@pytest.mark.parametrize("rubric", RUBRICS.values(), ids=RUBRICS)
def test_a_good_program_that_looks_like_a_trick_does_not_suffer(
    rubric: Rubric, build: Callable[[], Files]
) -> None:
    graded = grade(build(), rubric)
    assert graded.total >= HONEST
    assert graded.signals == ()


def output_of(files: Files, folder: Path) -> str:
    """Return what the only file, or else the main.py, of ``files`` prints when it runs."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    start = "main.py" if "main.py" in files else next(iter(files))
    done = subprocess.run(
        [sys.executable, "-B", start], cwd=folder, capture_output=True, text=True, timeout=60
    )
    return done.stdout


@pytest.mark.slow
@each_of(RUN_BY_PYTHON)
@each_script
def test_a_trick_still_prints_what_the_script_prints(
    script: str, trick: Trick, tmp_path: Path
) -> None:
    expected = output_of({"whole.py": script}, tmp_path / "script")
    assert expected
    assert expected in output_of(formatted(trick(script)), tmp_path / "trick")
