"""The single_purpose check: properties of its counts, deep and long functions, empty files."""

from __future__ import annotations

import pytest

from grader.analysis.tools.recursion import room_for_recursion
from grader.checks.single_purpose import CHECK
from grader.domain.inspection import Facts, Inspection, State, by_statement
from grader.domain.source import SourceFile


def inspect(text: str) -> Inspection:
    """Return what the check finds in a file of `text`."""
    source = SourceFile("code.py", text.encode())
    with room_for_recursion():  # for the parser; the check itself gets by without
        assert source.tree
    return CHECK.inspect(source, CHECK.options(), ())


def codes(text: str) -> list[str]:
    """Return the codes of the findings in `text`."""
    return [finding.code for finding in inspect(text).findings]


def function_of(*lines: str) -> str:
    """Return the text of a function whose body is `lines`."""
    return "def work(x):\n" + "".join(f"    {line}\n" for line in lines)


def phase(name: str) -> tuple[str, ...]:
    """Return three statements that use `name` and no other variable."""
    return (f"{name} = []", f"for item in x:\n        {name}.append(item)", f"show({name})")


@pytest.mark.parametrize(
    ("set_up", "computed", "is_arithmetic"),
    [
        ("pass", "x % 2", True),
        ("pass", "len(x) % 7", True),
        ("number = int(x)", "number % x", True),
        ("pass", "'%s' % x", False),
        ("pass", "'%d' % 3", False),
        ("pass", "f'{x} %s' % 3", False),
        ("pass", "x % name", False),
    ],
)
def test_a_remainder_is_arithmetic_and_a_text_that_is_filled_in_is_none(
    set_up: str, computed: str, is_arithmetic: bool
) -> None:
    found = codes(function_of(set_up, f"result = {computed}", "print(x)", "return result"))
    assert found == (["mixes-io-and-computing"] if is_arithmetic else [])
    in_place = function_of("rest = 100", "for item in x:\n        rest %= item", "input(rest)")
    assert codes(in_place) == ["mixes-io-and-computing"]
    assert codes(in_place.replace("100", "text")) == []


def test_the_else_of_a_loop_is_not_in_the_loop() -> None:
    loop = "for item in x:\n        {}\n    else:\n        {}"
    computes, shows = "total = item * 2", "print(x)"
    # Printing in the loop may show progress; printing after it shows what was computed.
    assert codes(function_of(loop.format(f"{computes}; {shows}", "pass"))) == []
    assert codes(function_of(loop.format(computes, shows))) == ["mixes-io-and-computing"]
    assert codes(function_of(loop.format("pass", f"{computes}; {shows}"))) == []


def test_statements_without_effect_make_no_phase() -> None:
    padding = tuple(f"'{number}'" for number in range(30)) + ("pass",) * 30
    assert codes(function_of(*phase("a"), *phase("b"), *padding)) == []


def test_comments_in_a_function_change_no_fact() -> None:
    text = function_of(*phase("a"), *phase("b"), *phase("c"))
    assert codes(text) == ["several-phases"]
    assert inspect(text).facts == inspect(text.replace("\n", "\n\n# part\n")).facts


def test_deep_trees_are_inspected_to_the_end() -> None:
    branches = "    if x:\n        a(x)\n" + "    elif x:\n        print(x)\n" * 5_000
    assert codes(f"def f(x):\n{branches}") == ["long-for-one-purpose"]
    total = " + ".join(["x * 2"] * 2_000)
    text = function_of(f"a = {total}", "print(a)", "return a")
    assert codes(text) == ["mixes-io-and-computing"]


def test_many_statements_take_linear_time() -> None:
    lines = [f"a{number} = a{number - 1} * 2" for number in range(1, 5_000)]
    assert codes(function_of("a0 = 1", *lines)) == ["long-for-one-purpose"]


@pytest.mark.parametrize("text", ["price = 1\n", "def f():\n    pass\n"])
def test_the_check_does_not_apply_without_a_function_that_has_code(text: str) -> None:
    assert inspect(text).state is State.NOT_APPLICABLE


def test_files_of_tests_are_left_out() -> None:
    assert CHECK.skips_tests


def main_of(statements: int) -> str:
    """Return the text of a ``main`` that reads, computes and shows in so many statements."""
    lines = (f"row_{at} = read(f'{{row_{at - 1}}}.txt')" for at in range(1, statements + 1))
    return "def main(row_0):\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("statements", "percent"), [(1, 100), (40, 100), (41, 97), (80, 50), (110, 36)]
)
def test_no_single_purpose_takes_a_hundred_statements(statements: int, percent: int) -> None:
    measure = CHECK.measure("share_in_focused_functions")
    assert measure is not None
    found = inspect(main_of(statements))
    (value,) = found.by_function["focused"].values()
    facts = Facts(histograms={by_statement("focused"): {value: statements}})
    share = measure.value(facts, None)
    assert share is not None and int(share) == percent
    assert [one.code for one in found.findings] == ["long-for-one-purpose"] * (statements > 40)
    assert found.facts.counts["unfocused"] == 0


def test_a_long_function_with_another_finding_is_named_once() -> None:
    text = function_of(*(line for name in "abcdefghijklmnop" for line in phase(name)))
    assert codes(text) == ["several-phases"]


def test_texts_and_nested_functions_make_no_function_long() -> None:
    fields = "".join(f"    field_{at} = {at}\n" for at in range(60))
    inner = "".join(f"        row.append(field_{at} * 2)\n" for at in range(30))
    text = f"def main(row):\n{fields}    def inner():\n{inner}    return inner() or row[0]\n"
    assert codes(text) == []
