"""The check ``suppressions``: comments that silence a tool."""

from __future__ import annotations

from typing import Any

import pytest

from grader.domain.inspection import State


def test_each_is_a_finding_at_its_place(inspect: Any, measure: Any) -> None:
    text = "import os  # noqa: F401\n\n# fmt: off\nx = 1  # type: ignore\n"
    found = inspect("suppressions", text)
    assert [(each.line, each.column) for each in found.findings] == [(1, 12), (3, 3)]
    assert {each.code for each in found.findings} == {"suppression"}
    assert measure("suppressions", "suppression_comments", found.facts) == 2


@pytest.mark.parametrize(
    "text", ["x = '# noqa'\n", "# noqa is a word\n".replace("# noqa", "# the"), "x = 1\n"]
)
def test_what_only_looks_like_one(inspect: Any, measure: Any, text: str) -> None:
    assert inspect("suppressions", text).findings == ()


def test_a_file_of_comments_is_looked_at_and_earns_nothing(inspect: Any, measure: Any) -> None:
    found = inspect("suppressions", "# fmt: off\n")
    assert found.state is State.OK and len(found.findings) == 1
    assert measure("suppressions", "suppression_comments", found.facts) == 1
    empty = inspect("suppressions", "")
    assert empty.state is State.OK
    assert measure("suppressions", "suppression_comments", empty.facts) is None
    clean = inspect("suppressions", "x = 1\n")
    assert measure("suppressions", "suppression_comments", clean.facts) == 0
