"""A good program is graded as good in every honest layout."""

from __future__ import annotations

import pytest

from grader.domain.rubric import Rubric
from tests.hostile.framework_layouts import FOUND
from tests.hostile.grading import CHAPTER, RUBRICS, Files, grade
from tests.hostile.layouts import (
    CALLED_BY_NAME,
    LIBRARIES,
    SAMPLES,
    STARTED,
    Layout,
    old_script_left,
)

#: The least that a layout earns: it may lack the main.py that both rubrics ask for.
LEAST = 75
#: The least with the old script beside the program: files that nothing uses cost points.
LEAST_WITH_LEFTOVERS = 70


def check_promise(files: Files, rubric: Rubric, least: float = LEAST) -> None:
    """Assert that ``files`` earn ``least`` or more, and that no teacher has to look at them."""
    graded = grade(files, rubric)
    assert graded.total >= least
    assert graded.signals == ()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_golden_sample_itself_earns_everything(name: str) -> None:
    check_promise(SAMPLES[name], RUBRICS[name], 100)


@pytest.mark.parametrize("layout", STARTED.values(), ids=STARTED)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_program_may_start_in_many_ways(name: str, layout: Layout) -> None:
    check_promise(layout(SAMPLES[name]), RUBRICS[name])


# numbers-refactor asks for a program that starts from a main.py: a library, or what a framework
# calls, would not do that exercise.


@pytest.mark.parametrize("layout", LIBRARIES.values(), ids=LIBRARIES)
def test_a_library_needs_no_start(layout: Layout) -> None:
    check_promise(layout(SAMPLES["practices"]), CHAPTER)


@pytest.mark.parametrize(
    "layout", [*CALLED_BY_NAME.values(), *FOUND.values()], ids=[*CALLED_BY_NAME, *FOUND]
)
def test_a_framework_may_start_a_program(layout: Layout) -> None:
    check_promise(layout(SAMPLES["practices"]), CHAPTER)


@pytest.mark.parametrize("name", SAMPLES)
def test_an_old_script_beside_the_modules_costs_little(name: str) -> None:
    graded = grade(old_script_left(SAMPLES[name], name), RUBRICS[name])
    assert graded.total >= LEAST_WITH_LEFTOVERS
    # It may be an old version, or a program that starts in a way that nobody sees.
    assert graded.signals == ("large-leftovers",)
