"""Tests that run nothing, or that no mistake can break, earn nothing; their neighbours do.

Each case is written for every function of the good sample of ``chapter-practices``, without the
tests that came with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pytest

from tests.hostile.grading import CHAPTER, GOLDEN, grade

PROGRAM = {
    path.name: path.read_text(encoding="utf-8")
    for path in (GOLDEN / "chapter-practices" / "practised").glob("*.py")
}
HEAD = """import os
from datetime import date
from decimal import Decimal
from unittest.mock import MagicMock, patch

import pytest

import prices
import purchases
import receipts
"""
#: Calls of functions of the program, each with what it returns.
CALLS = {
    'prices.add_vat(Decimal("10"))': 'Decimal("12.10")',
    'prices.compute_discount(Decimal("60"))': 'Decimal("6.00")',
    "prices.sum_purchases([])": "0",
    'receipts.format_totals(Decimal("10.00"))': '["Total 10.00", "With VAT 12.10"]',
    "receipts.format_receipt([], date(2024, 2, 29))": '"Receipt of 2024-02-29"',
    'purchases.parse_purchase({"name": "tea", "amount": 1, "price": 2})': "tea",
}
#: All points for unit tests.
FULL = CHAPTER.criteria["unit_tests"].points
ASSERT = "assert {call} == {result}"


class Case(NamedTuple):
    """How a test of each function is written.

    ``body`` has ``{call}``, ``{result}`` and ``{function}`` in it. ``mark`` stands above each test,
    ``head`` above all of them, and ``arguments`` are those of each test.
    """

    body: str = ASSERT
    mark: str = ""
    head: str = ""
    arguments: str = ""


EMPTY: Mapping[str, Case] = {
    "no case": Case(mark='@pytest.mark.parametrize("x", [])', arguments="x"),
    "no case in a range": Case(mark='@pytest.mark.parametrize("x", range(0))', arguments="x"),
    "no case for a module": Case(
        head='pytestmark = pytest.mark.parametrize("x", ())', arguments="x"
    ),
    "skipped on what holds": Case(mark='@pytest.mark.skipif(len("a") == 1, reason="x")'),
    "skipped by the environment": Case(
        mark='@pytest.mark.skipif("SLOW" not in os.environ, reason="x")'
    ),
    "a fixture that skips": Case(
        head='@pytest.fixture(autouse=True)\ndef ready():\n    pytest.skip("later")'
    ),
    "skip under another name": Case(
        head="from pytest import skip as halt", body='halt("later")\n' + ASSERT
    ),
    "a module that skips": Case(head='pytest.skip("later", allow_module_level=True)'),
    "a loop over nothing": Case(body="for _ in range(0):\n    " + ASSERT),
    "a condition that is false": Case(body="if not True:\n    " + ASSERT),
    "a comparison that is false": Case(body="if 0 > 1:\n    " + ASSERT),
    "a function that is None": Case(body="if {function} is None:\n    " + ASSERT),
    "a library that is not there": Case(body='pytest.importorskip("nothing_here")\n' + ASSERT),
    "a library for all that is not there": Case(head='pytest.importorskip("nothing_here")\n'),
    "an unset variable": Case(body='if os.environ.get("SLOW"):\n    ' + ASSERT),
    "a return without a variable": Case(body='if not os.getenv("CI"):\n    return\n' + ASSERT),
    "a return": Case(body="return\n" + ASSERT),
    "a return below what holds": Case(body="if True:\n    return\n" + ASSERT),
    "a generator": Case(body="yield\n" + ASSERT),
    "itself": Case(body="assert {call} == {call}"),
    "itself in three lines": Case(body="x = {call}\ny = {call}\nassert x == y"),
    "not NotImplemented": Case(body="assert {call} is not NotImplemented"),
    "a mock": Case(body="{function} = MagicMock(return_value=1)\nassert {call} == 1"),
    "a lambda": Case(body="{function} = lambda *given: 1\nassert {call} == 1"),
    "a patch": Case(
        body='monkeypatch.setattr({module}, "{name}", lambda *given: 1)\nassert {call} == 1',
        arguments="monkeypatch",
    ),
    "a division by zero": Case(
        body="with pytest.raises(ZeroDivisionError):\n    {function}(1 / 0)"
    ),
    "a name that is not there": Case(
        body="with pytest.raises(NameError):\n    {function}(undefined)"
    ),
    "a key that is not there": Case(
        body='with pytest.raises(KeyError):\n    {function}({{}}["x"])'
    ),
    "an item that is not there": Case(
        body="with pytest.raises(IndexError):\n    {function}([][0])"
    ),
    "any slip": Case(
        body="with pytest.raises((TypeError, AttributeError, KeyError)):\n    {function}(None)"
    ),
    "a forced failure for any error": Case(
        body="try:\n    {call}\nexcept Exception:\n    pytest.fail()"
    ),
    "a failed assert for any error": Case(
        body="try:\n    {call}\nexcept Exception as error:\n    assert False, error"
    ),
    "a raise for any error": Case(
        body='try:\n    {call}\nexcept:\n    raise AssertionError("it broke")'
    ),
    "a forced failure beside None": Case(
        body="try:\n    {call}\nexcept Exception:\n    pytest.fail()\nassert True"
    ),
    "the same text": Case(body="assert str({call}) == str({call})"),
    "the opposite of itself": Case(body="assert not {call} != {call}"),
    "among itself": Case(body="assert {call} in [{call}]"),
    "a patch of a text": Case(
        mark='@patch("{module}.{name}", return_value=1)',
        body="assert {call} == 1",
        arguments="fake",
    ),
    "a patch in a block": Case(
        body='with patch.object({module}, "{name}", return_value=1):\n    assert {call} == 1'
    ),
    "a method of a mock": Case(
        body="{module} = MagicMock()\n{function}.return_value = 1\nassert {call} == 1"
    ),
    "a method of another mock": Case(
        body="fake = MagicMock()\nfake.{name}.return_value = 1\nassert fake.{name}(2, 3) == 1"
    ),
    "any type": Case(body="assert type({call})"),
    "what is or is not": Case(body="assert {call} is None or {call} is not None"),
    "what is or is not, by a name": Case(body="x = {call}\nassert x is None or x is not None"),
    "true or false": Case(body="x = {call}\nassert x or not x"),
    "any message": Case(body='with pytest.raises(Exception, match=""):\n    {function}(None)'),
}

HONEST: Mapping[str, Case] = {
    "plain": Case(),
    "cases": Case(mark='@pytest.mark.parametrize("x", [1, 2])', arguments="x"),
    "a library that is there": Case(body='pytest.importorskip("decimal")\n' + ASSERT),
    "a module of its own": Case(head='prices = pytest.importorskip("prices")\n'),
    "skipped on Windows": Case(mark='@pytest.mark.skipif(os.name == "nt", reason="x")'),
    "a fixture for all": Case(
        head='@pytest.fixture(autouse=True)\ndef ready(tmp_path):\n    """Return it."""\n'
        "    return tmp_path"
    ),
    "a fixture that may skip": Case(
        head="@pytest.fixture(autouse=True)\ndef ready():\n"
        '    if os.name == "nt":\n        pytest.skip("later")'
    ),
    "a fixture that yields": Case(
        head="@pytest.fixture\ndef ready():\n    yield 1", arguments="ready"
    ),
    "a loop": Case(body="for _ in range(3):\n    " + ASSERT),
    "an else": Case(body="for _ in (1, 2):\n    pass\nelse:\n    " + ASSERT),
    "a variable with a default": Case(
        body='if os.getenv("FAST", "1") == "1":\n    ' + ASSERT + "\nelse:\n    " + ASSERT
    ),
    "a name of the result": Case(body="got = {call}\nexpected = {result}\nassert got == expected"),
    "another function replaced": Case(
        body='monkeypatch.setattr(os, "getcwd", lambda: "x")\n' + ASSERT, arguments="monkeypatch"
    ),
    "a division by zero in the program": Case(
        body="with pytest.raises(ZeroDivisionError):\n    {function}(1, 0)\n" + ASSERT
    ),
    "a failure where nothing is raised": Case(
        body="try:\n    prices.add_vat(None)\n    pytest.fail()\nexcept TypeError:\n    pass\n"
        + ASSERT
    ),
    "a failure for one error": Case(body="try:\n    {call}\nexcept ValueError:\n    pytest.fail()"),
    "an assert in a try": Case(
        body="try:\n    assert {call} == {result}\nexcept Exception:\n    pytest.fail()"
    ),
    "two equal objects": Case(
        body='assert purchases.Purchase("tea", 1, 2) == purchases.Purchase("tea", 1, 2)\n' + ASSERT
    ),
    "another function patched": Case(
        body='with patch("os.getcwd", return_value="x"):\n    ' + ASSERT
    ),
    "a nested generator": Case(body="def rows():\n    yield 1\nassert list(rows())\n" + ASSERT),
}


def unit_tests(case: Case) -> float:
    """Return the points for unit tests of the program with a test like ``case`` per function."""
    tests = [HEAD, case.head]
    for call, result in CALLS.items():
        function = call.partition("(")[0]
        module, name = function.split(".")
        body = case.body.format(
            call=call, result=result, function=function, module=module, name=name
        )
        mark = case.mark.format(module=module, name=name)
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        tests.append(f"{mark}\ndef test_{name}({case.arguments}):\n{lines}")
    return grade({**PROGRAM, "tests/test_all.py": "\n\n".join(tests)}, CHAPTER).points["unit_tests"]


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in EMPTY.items()])
def test_an_empty_test_earns_nothing(case: Case) -> None:
    assert unit_tests(case) == 0


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in HONEST.items()])
def test_a_test_that_looks_like_an_empty_one_counts(case: Case) -> None:
    assert unit_tests(case) == FULL
