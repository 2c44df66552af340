"""The check ``complexity``."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks.complexity import CHECK
from grader.domain.inspection import Facts, State


def histogram(found: Any) -> dict[int, int]:
    return dict(found.facts.histograms["complexity"])


@pytest.mark.parametrize(
    ("body", "complexity"),
    [
        ("return 1", 1),
        ("if a and b or c:\n        pass", 4),
        ("return [x for x in a if x]", 3),
        ("assert a", 2),
        ("for x in a:\n        pass\n    else:\n        pass", 3),
        ("try:\n        pass\n    except A:\n        pass\n    except B:\n        pass", 3),
        ("return lambda x: 1 if x else 2", 2),
    ],
)
def test_numbers_are_radons(inspect: Any, body: str, complexity: int) -> None:
    found = inspect("complexity", f"def f(a, b, c):\n    {body}\n")
    assert histogram(found) == ({1: 1, complexity: 1} if complexity > 1 else {1: 2})


def test_inner_functions_and_methods_are_blocks_of_their_own(inspect: Any) -> None:
    text = (
        "def outer(a):\n    def inner(b):\n        if b:\n            return 1\n"
        "    return inner\n\n\n"
        "class A:\n    x = 1 if outer else 2\n    async def m(self):\n        while self:\n"
        "            pass\n"
    )
    # module 1, outer 1, inner 2, A's own code 2, m 2
    assert histogram(inspect("complexity", text)) == {1: 2, 2: 3}


def test_code_outside_functions_is_a_block(inspect: Any, measure: Any) -> None:
    script = "".join(f"if input() == '{at}':\n    print({at})\n" for at in range(7))
    found = inspect("complexity", script)
    (finding,) = found.findings
    assert (finding.code, finding.value, finding.line) == ("complexity", 8, 1)
    assert measure("complexity", "highest", found.facts) == 8


def test_limits_live_in_the_measure(inspect: Any, measure: Any) -> None:
    ifs = "\n    ".join("if a:\n        pass" for _ in range(9))
    first = inspect("complexity", f"def f(a):\n    {ifs}\n")
    facts = Facts.merge([first.facts, inspect("complexity", "def g():\n    return 1\n").facts])
    assert measure("complexity", "functions_over", facts, 9) == 1
    assert measure("complexity", "functions_over", facts, 10) == 0
    assert measure("complexity", "functions_over", facts, 0) == 4
    over = CHECK.measure("functions_over")
    assert over is not None and over.takes_limit
    share = CHECK.measure("share_in_simple_functions")
    assert share is not None and share.takes_limit
    for measured in (over, share):
        shown = [measured.evidence(each, at) for each in first.findings for at in (9, 10)]
        assert shown == [True, False]


def test_a_deep_chain_is_measured(inspect: Any) -> None:
    chain = "x = 1\nif x == 0:\n    pass\n" + "".join(
        f"elif x == {at}:\n    pass\n" for at in range(1, 900)
    )
    assert histogram(inspect("complexity", chain)) == {901: 1}


def test_nothing_to_judge(inspect: Any) -> None:
    assert inspect("complexity", '"""Doc."""\n').state is State.NOT_APPLICABLE
    assert CHECK.skips_tests
