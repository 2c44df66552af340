"""The check ``function_length``."""

from __future__ import annotations

from typing import Any

import pytest

from grader.analysis.tools.recursion import room_for_recursion
from grader.checks.function_length import CHECK
from grader.domain.inspection import Facts, State


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


def sizes(inspect: Any, text: str, name: str) -> dict[int, int]:
    return dict(inspect("function_length", text).facts.histograms[name])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("def f():\n    run()\n", 0),
        ("def f(a, b=1, /, c=2, *, d, e=3):\n    run()\n", 5),
        ("def f(*rest, **named):\n    run()\n", 0),
        ("class A:\n    def f(self, a):\n        run()\n", 1),
        ("class A:\n    @classmethod\n    def f(cls, a):\n        run()\n", 1),
        ("class A:\n    @staticmethod\n    def f(a, b):\n        run()\n", 2),
        ("class A:\n    if x:\n        def f(self, a):\n            run()\n", 1),
        ("class A:\n    def f():\n        run()\n", 0),
        ("def f(self, a):\n    run()\n", 2),
    ],
)
def test_arguments_but_for_self_and_cls(inspect: Any, text: str, count: int) -> None:
    assert sizes(inspect, text, "arguments") == {count: 1}


@pytest.mark.parametrize(
    ("body", "depth"),
    [
        ("run()", 0),
        ("if a:\n        run()", 1),
        ("if a:\n        run()\n    elif b:\n        run()\n    elif c:\n        run()", 1),
        ("if a:\n        run()\n    else:\n        if b:\n            run()", 2),
        ("if a:\n        run()\n    elif b:\n        for x in y:\n            run()", 2),
        ("if a: run()\n    if b: run()", 1),
        ("for x in y:\n        while z:\n            with a:\n                run()", 3),
        ("try:\n        run()\n    except E:\n        if a:\n            run()", 2),
        ("try:\n        run()\n    except* E:\n        run()", 1),
        ("match a:\n        case 1:\n            if b:\n                run()", 2),
        ("async with a:\n        async for x in y:\n            run()", 2),
        ("return [x for y in z for x in y if x]", 0),
    ],
)
def test_blocks_within_blocks(inspect: Any, body: str, depth: int) -> None:
    text = f"if top:\n    pass\n\n\nasync def f():\n    {body}\n"
    assert sizes(inspect, text, "nesting") == {depth: 1}


def test_inner_functions_and_classes_nest_and_return_on_their_own(inspect: Any) -> None:
    text = (
        "def outer():\n"
        "    for x in y:\n"
        "        def inner():\n"
        "            if x:\n"
        "                return 1\n"
        "            return 2\n"
        "        class A:\n"
        "            if x:\n"
        "                z = 1\n"
        "    return inner\n"
    )
    assert sizes(inspect, text, "nesting") == {1: 2}
    assert sizes(inspect, text, "returns") == {1: 1, 2: 1}


def test_each_measure_counts_its_own_findings(inspect: Any, measure: Any) -> None:
    text = (
        "def f(a, b, c, d):\n"
        "    for x in y:\n"
        "        if a:\n"
        "            if b:\n"
        "                return 1\n"
        "        if c:\n"
        "            return 2\n"
        "        if d:\n"
        "            return 3\n"
        "    run()\n"
        "    return 4\n"
    )
    found = inspect("function_length", text)
    codes = [(each.code, each.value) for each in found.findings]
    assert codes == [("many-arguments", 4), ("deep-nesting", 3), ("many-returns", 4)]
    shown = {
        each.id: [finding.code for finding in found.findings if each.evidence(finding, 3)]
        for each in CHECK.measures
    }
    assert shown == {
        "functions_over": [],
        "share_in_short_functions": [],
        "longest": [],
        "functions": [],
        "functions_with_many_arguments": ["many-arguments"],
        "functions_nested_deeper": [],
        "functions_with_many_returns": ["many-returns"],
    }
    for name, size in (("many_arguments", 4), ("many_returns", 4)):
        name = f"functions_with_{name}"
        values = [measure("function_length", name, found.facts, at) for at in (size - 1, size)]
        assert values == [1, 0]
    assert measure("function_length", "functions_nested_deeper", found.facts, 2) == 1
    assert measure("function_length", "functions_nested_deeper", Facts(), 2) is None


def test_every_kind_has_words_of_its_own() -> None:
    codes = ("function-length", "many-arguments", "deep-nesting", "many-returns")
    assert len({CHECK.guidance_for(code) for code in codes}) == 4


def test_a_long_elif_chain_nests_no_deeper_than_one(inspect: Any) -> None:
    chain = "def f(x):\n    if x == 0:\n        return 0\n" + "".join(
        f"    elif x == {at}:\n        return {at}\n" for at in range(1, 5_000)
    )
    with room_for_recursion():
        found = inspect("function_length", chain).facts.histograms
    assert (found["nesting"], found["returns"]) == ({1: 1}, {5_000: 1})
