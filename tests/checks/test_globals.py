"""The globals check: properties of its counts, and its scopes compared with Python's own."""

from __future__ import annotations

import symtable
from collections.abc import Iterator
from typing import Any

import pytest

from grader.analysis.syntax.module import module_of
from grader.analysis.syntax.scopes import Scope
from grader.analysis.syntax.statements import FUNCTIONS
from grader.checks.globals import CHECK, context
from grader.domain.inspection import Inspection, State
from grader.domain.source import SourceFile

#: The measures that count faults. Shares need the statements of a program: test_function_shares.py.
COUNTS = [measure for measure in CHECK.measures if measure.parts is None]


def inspect(text: str) -> Inspection:
    """Return what the check finds in a file of `text` without other files beside it."""
    return CHECK.inspect(SourceFile("code.py", text.encode()), CHECK.options(), ())


def test_the_context_of_a_file_is_the_names_of_the_other_modules() -> None:
    files = (("game/state.py", "1"), ("main.py", "2"))
    assert context("main.py", files) == ("state",)


def test_each_finding_has_its_place_and_its_own_fix() -> None:
    program = "total = 0\n\n\ndef add(price):\n    global total\n    total += price\n"
    program += "\n\ndef get_total():\n    return total\n"
    findings = inspect(program).findings
    assert [(each.code, each.line, each.column) for each in findings] == [
        ("global-statement", 5, 5),
        ("changes-global", 6, 5),
        ("reads-global", 10, 12),
    ]
    assert len({CHECK.guidance_for(each.code).how_to_fix for each in findings}) == 3


def test_each_measure_shows_the_findings_that_it_counts() -> None:
    program = "total = 0\n\ndef add(price):\n    global total\n    total += price\n"
    program += "\ndef get_total():\n    return total\n"
    shown = [
        [each.code for each in inspect(program).findings if measure.evidence(each, None)]
        for measure in CHECK.measures
    ]
    relies = ["changes-global", "reads-global"]
    assert shown == [relies, ["changes-global"], ["global-statement"], relies]


@pytest.mark.parametrize(
    "program",
    ["price = 1\nprint(price)\n", "def f():\n    ...\n", "def f():\n    'doc'\n    pass\n"],
)
def test_the_check_does_not_apply_without_a_function_that_has_code(program: str) -> None:
    assert inspect(program).state is State.NOT_APPLICABLE


def test_any_number_of_good_functions_changes_no_finding() -> None:
    program = "total = 0\n\ndef add(price):\n    global total\n    total += price\n"
    more = "".join(f"\ndef get_{number}():\n    return {number}\n" for number in range(50))
    plain, diluted = inspect(program), inspect(program + more)
    assert diluted.findings == plain.findings
    for measure in COUNTS:
        assert measure.value(diluted.facts, None) == measure.value(plain.facts, None) == 1


def test_deep_and_long_trees_are_inspected_to_the_end() -> None:
    branches = "def f(x):\n    if x == 0:\n        a()\n" + "".join(
        f"    elif x == {number}:\n        total.append(x)\n" for number in range(1, 900)
    )
    sums = "def g():\n    return " + " + ".join(["total"] * 1500) + "\n"
    attributes = "def h():\n    x" + ".y" * 1000 + " = total\n"
    facts = inspect("total = []\n\n" + branches + sums + attributes).facts
    assert [measure.value(facts, None) for measure in COUNTS] == [3, 1, 0]


def names_by_function(
    table: symtable.SymbolTable,
) -> Iterator[tuple[tuple[str, int], set[str], set[str]]]:
    """Yield (name and line of a function, its global names, its other names), as Python has it."""
    waiting = [table]
    while waiting:
        inner = waiting.pop()
        waiting.extend(inner.get_children())
        if inner.get_type() == "function":
            symbols = inner.get_symbols()
            global_names = {each.get_name() for each in symbols if each.is_global()}
            other_names = {each.get_name() for each in symbols if not each.is_global()}
            yield (inner.get_name(), inner.get_lineno()), global_names, other_names


def name_and_line(scope: Scope) -> tuple[str, int]:
    """Return the name of the function of `scope` and its line, that of the first decorator."""
    assert isinstance(scope.node, FUNCTIONS)
    lines = [scope.node.lineno, *(each.lineno for each in scope.node.decorator_list)]
    return scope.node.name, min(lines)


def test_names_are_global_where_python_says_so(corpus: Any) -> None:
    compared = 0
    for source in corpus.files[-90:]:
        of_python = {
            function: (global_names, other_names)
            for function, global_names, other_names in names_by_function(
                symtable.symtable(source.text, "x", "exec")
            )
        }
        for scope in module_of(source).scopes:
            if isinstance(scope.node, FUNCTIONS) and name_and_line(scope) in of_python:
                global_names, other_names = of_python[name_and_line(scope)]
                names = {use.name for use in scope.uses if use.name.isidentifier()}
                seen_as_global = {name for name in names if scope.sees_module(name)}
                mangled = {name for name in names if name.startswith("__")}
                assert not (seen_as_global - mangled) & other_names
                assert not (names - seen_as_global) & global_names
                compared += len(names)
    assert compared > 1000
