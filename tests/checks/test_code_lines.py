"""Lines of code by fingerprint: what is code, and what makes two lines the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.checks.code_lines import CHECK
from grader.domain.inspection import Inspection, State

Inspect = Callable[..., Inspection]

TEXT = """\
import sys

def total(prices, vat):
    result = sum(prices)
    result = sum(prices)
    return result * (1 + vat)
"""


def lines(inspect: Inspect, text: str) -> dict[int, int]:
    return inspect("code_lines", text).facts.histograms["code_lines"]


def test_every_logical_line_counts_as_often_as_it_stands(inspect: Inspect) -> None:
    assert sorted(lines(inspect, TEXT).values()) == [1, 1, 1, 2]


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("\n", "\r\n"),
        "\ufeff" + TEXT,
        TEXT.replace("import sys\n", "import sys   # the system\n\n\n"),
        TEXT.replace("sum(prices)", "sum(\n        prices  # all of them\n    )"),
        TEXT.replace("vat):\n", 'vat):\n    """Return the total."""\n'),
        TEXT.replace("vat):\n", "vat):\n    pass\n    ...\n"),
        TEXT.replace("    ", "\t"),
    ],
)
def test_layout_comments_docstrings_and_idle_lines_are_no_code(
    inspect: Inspect, other: str
) -> None:
    assert lines(inspect, other) == lines(inspect, TEXT)


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("1 + vat", "1 - vat"),
        TEXT.replace("result", "outcome"),
        TEXT + "print(total([1], 0.1))\n",
        TEXT.replace("import sys\n", ""),
    ],
)
def test_other_code_is_other_lines(inspect: Inspect, other: str) -> None:
    assert lines(inspect, other) != lines(inspect, TEXT)


def test_nothing_to_say_of_a_file_without_code(inspect: Inspect) -> None:
    assert inspect("code_lines", "# nothing\n").state is State.NOT_APPLICABLE


def test_it_is_for_the_engine_alone() -> None:
    assert not CHECK.gradable and CHECK.measures == ()
