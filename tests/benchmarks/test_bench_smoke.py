"""The benchmarks of the engine run on a tiny corpus; their figures are not judged here."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from tests.benchmarks.bars import BARS, Bar, missed, table
from tests.benchmarks.containment import crash_delay, statement_growth
from tests.benchmarks.corpus import FEWEST_LINES, MOST_LINES, Case, cases
from tests.benchmarks.engine_figures import run_engine
from tests.benchmarks.isolation import isolation, isolation_figures, isolation_lines
from tests.benchmarks.previewing import preview_figures
from tests.benchmarks.regrading import regrade_seconds, stored_class
from tests.benchmarks.sampling import percentile

ENGINE = {
    "lines_over_p",
    "p_over_a",
    "lines_over_patch",
    "patch_over_a",
    "every_over_p",
    "p_over_in_process",
    "known_over_p",
    "parity",
}


@pytest.fixture(scope="module")
def tiny() -> list[Case]:
    return cases(2)


def test_the_corpus_is_the_same_every_time_and_of_the_right_size(tiny: list[Case]) -> None:
    assert cases(2) == tiny
    for case in tiny:
        assert 2 <= len(case.files) <= 6
        assert FEWEST_LINES <= case.lines <= MOST_LINES


def test_a_fresh_submission_shares_no_file_with_another(tiny: list[Case]) -> None:
    contents = [data for number in (1, 2) for _, data in tiny[0].fresh(number).files]
    assert len(set(contents)) == len(contents)


def test_the_engine_is_measured_beside_the_tools_and_agrees_with_them(
    tiny: list[Case], tmp_path: Path
) -> None:
    figures = run_engine(tiny, tmp_path, 1).figures()
    assert set(figures) == ENGINE
    assert figures.pop("parity") == 0
    assert all(value > 0 for value in figures.values())


def test_crash_and_long_statement_are_measured(tiny: list[Case]) -> None:
    assert crash_delay(tiny, 1) >= 0
    assert statement_growth(1) > 0


def test_the_cost_of_isolation_is_measured(tiny: list[Case]) -> None:
    timings = isolation(tiny, 1)
    assert set(isolation_figures(timings)) == {"sandbox"}
    assert len([*isolation_lines(timings)]) == 5


def test_a_regrade_is_measured(tiny: list[Case], tmp_path: Path) -> None:
    with stored_class(tiny, tmp_path, 4) as site:
        assert all(seconds > 0 for seconds in regrade_seconds(site, 4, 2))
        figures = preview_figures(site.settings, 4, 1)
    assert set(figures) == {"preview", "large_preview", "preview_memory"}


def test_the_table_has_a_line_for_every_bar() -> None:
    assert len({bar.id for bar in BARS}) == len(BARS)
    lines = table({"parity": 1, "uploads": 600})
    assert len(lines) == 2 + len(BARS)
    assert [line for line in lines if "MISSED" in line][0].startswith("verdicts that differ")
    assert missed({"parity": 1, "uploads": 600}) == ["parity"]


@pytest.mark.parametrize(("sign", "value", "holds"), [(">=", 2, True), ("<=", 2, False)])
def test_a_bar_has_a_side(sign: Literal[">=", "<="], value: float, holds: bool) -> None:
    assert Bar("x", "x", sign, 1).holds(value) is holds


def test_percentiles_are_values_that_were_seen() -> None:
    values = [float(number) for number in range(1, 101)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1.0)] == [50, 99, 100]
