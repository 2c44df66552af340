"""Short functions."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks.function_length import CHECK
from grader.domain.check import Facts, State


def lengths(found: Any) -> dict[int, int]:
    return dict(found.facts.histograms["lengths"])


@pytest.mark.parametrize(
    ("body", "length"),
    [
        ("return 1", 1),
        ('"""Doc."""', 0),
        ('"""Doc."""\n    return 1', 1),
        ("pass", 1),
        ("a = 1; b = 2", 2),
        ("for x in y:\n        print(x)\n    else:\n        print(y)", 3),
        ("try:\n        a()\n    except A:\n        b()\n    finally:\n        c()", 4),
        ("match a:\n        case 1:\n            b()\n        case _:\n            c()", 3),
        ("x = [\n        1,\n        2,\n    ]\n\n    # why\n    return x", 2),
        ("with a:\n        if b:\n            return c", 3),
    ],
)
def test_statements_are_counted_at_every_depth(inspect: Any, body: str, length: int) -> None:
    assert lengths(inspect("function_length", f"def f():\n    {body}\n")) == {length: 1}


def test_inner_functions_count_in_both(inspect: Any) -> None:
    text = (
        "def outer():\n"
        "    def inner():\n"
        '        """Doc."""\n'
        "        return 1\n"
        "    return inner\n"
    )
    assert lengths(inspect("function_length", text)) == {1: 1, 3: 1}


def test_methods_and_async_functions(inspect: Any, measure: Any) -> None:
    text = "class A:\n    def m(self):\n        pass\n    async def n(self):\n        pass\n"
    found = inspect("function_length", text)
    assert measure("function_length", "functions", found.facts) == 2


def test_a_long_function_is_reported(inspect: Any, measure: Any) -> None:
    text = "def short():\n    return 1\n\n\ndef long():\n" + "    x = 1\n" * 11
    found = inspect("function_length", text)
    (finding,) = found.findings
    assert (finding.code, finding.line, finding.value) == ("function-length", 5, 11)
    assert measure("function_length", "longest", found.facts) == 11
    values = [
        measure("function_length", "functions_over", found.facts, at) for at in (0, 1, 10, 11)
    ]
    assert values == [2, 1, 1, 0]


def test_thousands_of_branches(inspect: Any, measure: Any) -> None:
    chain = "def f(x):\n    if x == 0:\n        pass\n" + "".join(
        f"    elif x == {at}:\n        pass\n" for at in range(1, 900)
    )
    assert measure("function_length", "longest", inspect("function_length", chain).facts) == 1800


def test_nothing_to_judge(inspect: Any, measure: Any) -> None:
    assert inspect("function_length", "x = 1\n").state is State.NOT_APPLICABLE
    assert measure("function_length", "functions_over", Facts(), 10) is None
    assert measure("function_length", "longest", Facts()) is None
    assert CHECK.skips_tests
