"""Shares of statements in good functions: complexity, one purpose, globals, docstrings, hints."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.analysis.syntax.statements import functions_in
from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.domain.facts import SubmissionFacts
from grader.domain.inspection import Facts, by_statement
from grader.domain.report.located import located_findings
from grader.domain.rubric import CompiledRubric
from grader.domain.scoring import Row, judge
from grader.domain.source import SourceFile, Submission
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from tests.checks.test_check_laws import padded
from tests.in_process import InProcess

ENGINE = Engine(CATALOG, InProcess(CATALOG), MemoryFacts())


class Share(NamedTuple):
    """A share, and two functions ``work`` of 5 statements: one it praises, one it does not.

    ``again`` does what ``good`` does, with other names and constants. ``credit`` is the part of
    the statements of ``bad`` that is good.
    """

    check: str
    measure: str
    good: str
    again: str
    bad: str
    limit: int | None = None
    credit: Fraction = Fraction(0)


GOOD = '''def work(prices: list[int]) -> int:
    """Return the sum of the prices above ten, doubled."""
    total = sum(prices)
    for price in prices:
        if price > 10:
            total += price * 2
    return round(total)
'''
AGAIN = '''def more(sizes: list[int]) -> int:
    """Return the total of all that is large, three times."""
    space = sum(sizes)
    for size in sizes:
        if size > 70:
            space += size * 3
    return round(space)
'''
BRANCHES = '''def work(prices: list[int]) -> int:
    """Return the sum of the prices above ten, doubled."""
    total = sum(prices)
    for price in prices:
        if price > 10 and price > 11 and price > 12 or price > 13 or price > 14 or price > 15:
            total += price * 2
    return round(total) if total or prices else 0
'''
SHARES = [
    # A `for`, an `if`, five `and` and `or`, an `if` in a line, another `or`, and 1: 10 ways.
    Share("complexity", "share_in_simple_functions", GOOD, AGAIN, BRANCHES, 5, Fraction(1, 2)),
    Share(
        "single_purpose",
        "share_in_focused_functions",
        GOOD,
        AGAIN,
        GOOD.replace("return round(total)", "print(total * 2)"),
    ),
    Share(
        "globals",
        "share_without_globals",
        GOOD,
        AGAIN,
        "seen = []\n\n\n" + GOOD.replace("total = sum(prices)", "seen.append(sum(prices))"),
    ),
    Share(
        "docstrings",
        "share_documented",
        GOOD,
        AGAIN,
        GOOD.replace('    """Return the sum of the prices above ten, doubled."""\n', ""),
    ),
    Share(
        "type_hints",
        "share_with_hints",
        GOOD,
        AGAIN,
        GOOD.replace("prices: list[int]) -> int", "prices)"),
    ),
]
each_share = pytest.mark.parametrize("share", SHARES, ids=lambda share: share.measure)

#: The end of a program with one statement in ``main``; the guard does not count.
MAIN = '''

def main() -> None:
    """Show what the prices of today come to."""
    {}


if __name__ == "__main__":
    main()
'''


def judged(share: Share, files: Mapping[str, str]) -> tuple[CompiledRubric, SubmissionFacts]:
    """Return a rubric of one criterion, with `share`, and the facts of `files`, text by path."""
    limit = "" if share.limit is None else f", limit: {share.limit}"
    full, zero = (0, 100) if share.measure.startswith("rate") else (100, 0)
    rubric = read_rubric(
        "exercise: shares\ncourse: shares\ntitle: Shares\ntotal: 10\n"
        "criteria:\n  share:\n    title: A share\n    points: 10\n"
        f"    check: {share.check}\n"
        f"    scale: {{measure: {share.measure}, full_at: {full}, zero_at: {zero}{limit}}}\n"
    )
    compiled = CompiledRubric.of(rubric, CATALOG)
    sources = tuple(SourceFile(path, text.encode()) for path, text in sorted(files.items()))
    return compiled, ENGINE.measure(Submission(sources), rubric)


def row(share: Share, files: Mapping[str, str]) -> Row:
    """Return the row of a criterion with `share` for a submission of `files`, text by path."""
    return judge(*judged(share, files)).rows[0]


def value(share: Share, text: str, **more: str) -> Fraction | None:
    """Return the value of `share` for a program of main.py with `text`, and files named `more`."""
    return row(share, {"main.py": text, **{f"{name}.py": one for name, one in more.items()}}).value


def program(functions: str, calls: str = "print(work([1, 20]))") -> str:
    """Return the text of a program with `functions`, whose ``main`` has the statement `calls`."""
    return f'"""Add up the prices of a shop."""\n\n\n{functions}{MAIN.format(calls)}'


def of(good: Fraction | int, whole: int) -> Fraction:
    """Return `good` statements of `whole` in percent."""
    return Fraction(100 * good) / whole


@each_share
def test_good_functions_earn_everything(share: Share) -> None:
    found = row(share, {"main.py": program(share.good)})
    assert found.value == 100 and found.points == 10
    assert "100 % (6 of 6 statements)" in found.why


@each_share
def test_a_bad_function_is_weighed_by_its_statements(share: Share) -> None:
    assert value(share, program(share.bad)) == of(1 + 5 * share.credit, 6)


@each_share
def test_code_outside_functions_is_never_good(share: Share) -> None:
    top = "print(work([1]))\nprint(work([2]) + 1)\n"
    assert value(share, program(f"{share.good}\n\n{top}")) == of(6, 8)
    assert value(share, "prices = input()\nprint(prices + prices)\n") == 0


LENGTH = Share("function_length", "share_in_short_functions", GOOD, AGAIN, GOOD, 15)


@pytest.mark.parametrize("share", [*SHARES, LENGTH], ids=lambda share: share.measure)
def test_a_share_names_the_statements_outside_functions(share: Share) -> None:
    top = "".join(f"print(open('{at}.txt'), {at} + work([{at}]))\n" for at in range(10))
    text = f'"""A script."""\n\nLIMIT = 3\n\n\n{share.good}\n\n{top}'
    compiled, facts = judged(share, {"main.py": text, "other.py": "import main\n"})
    (one,) = (one for one in located_findings(compiled, facts) if one.code == "outside-code")
    first = text[: text.index("print(")].count("\n") + 1
    assert (one.path, one.line, one.criteria) == ("main.py", first, ("share",))
    assert one.message == "10 of the 15 statements in this file are outside functions"


@each_share
def test_nothing_is_measured_without_a_statement_that_does_something(share: Share) -> None:
    assert value(share, "LIMIT = 3\n") is None
    assert value(share, "def later():\n    pass\n") is None


@each_share
def test_an_unused_function_is_never_good(share: Share) -> None:
    unused = share.good.replace("work", "other").replace("* 2", "// 2").replace("sum", "max")
    assert value(share, program(f"{share.bad}\n\n{unused}")) == of(1 + 5 * share.credit, 11)


@each_share
def test_a_copy_is_never_good(share: Share) -> None:
    calls = "print(work([1]), more([2]))"
    again = share.again.replace("def ", '"""Add up."""\n\n\ndef ', 1)
    text = program(share.good, calls).replace('shop."""\n', 'shop."""\nfrom again import more\n')
    assert value(share, text, again=again) == of(6, 11)


@each_share
def test_a_good_function_beside_a_bad_one_is_between_both(share: Share) -> None:
    calls = "print(work([1]), other([2]))"
    other = share.good.replace("work", "other").replace("* 2", "// 2").replace("sum", "max")
    # they share a `for` and an `if`, but no run of three statements, so that nothing is a copy
    assert value(share, program(f"{share.bad}\n\n{other}", calls)) == of(6 + 5 * share.credit, 11)


@each_share
def test_methods_are_functions(share: Share) -> None:
    def in_class(text: str) -> str:
        head, found, body = text.partition("def ")
        method = (found + body).replace("(prices", "(self, prices").splitlines(keepends=True)
        return f'{head}class Shop:\n    """A shop."""\n\n' + "".join(f"    {one}" for one in method)

    calls = "print(Shop().work([1]))"
    assert value(share, program(in_class(share.good), calls)) == 100
    assert value(share, program(in_class(share.bad), calls)) == of(1 + 5 * share.credit, 6)


def test_no_cliff_where_a_function_gets_too_complex() -> None:
    share = SHARES[0]
    values = [value(share._replace(limit=limit), program(BRANCHES)) for limit in range(11)]
    # `main` has a complexity of 1, and so nothing at the limit 0
    assert values[0] == 0
    assert values[1:] == [of(1 + 5 * Fraction(limit, 10), 6) for limit in range(1, 11)]


@given(st.integers(1, 60), st.integers(0, 60))
def test_simpler_functions_and_higher_limits_never_earn_less(ways: int, limit: int) -> None:
    measure = CATALOG["complexity"].measure("share_in_simple_functions")
    assert measure is not None

    def of_function(complexity: int, limit: int) -> Fraction:
        facts = Facts(histograms={by_statement("function_complexity"): {complexity: 4}})
        earned = measure.value(facts, limit)
        assert earned is not None and 0 <= earned <= 100
        return earned

    assert of_function(ways, limit) >= of_function(ways + 1, limit)
    assert of_function(ways, limit) <= of_function(ways, limit + 1)


NESTED = """def outer(prices{hint}):{doc}
    def inner(price):
        return price * 2

    return [inner(price) for price in prices]
"""
DOC = '\n    """Return each price twice, for the customers of a shop."""'


@pytest.mark.parametrize(
    ("share", "doc", "hint", "good"),
    [
        (SHARES[3], DOC, "", 2),
        (SHARES[3], "", "", 0),
        (SHARES[4], "", ": list[int]", 1),
        (SHARES[4], "", "", 0),
    ],
)
def test_an_inner_function_is_as_good_as_the_one_around_it(
    share: Share, doc: str, hint: str, good: int
) -> None:
    text = program(NESTED.format(doc=doc, hint=hint), "print(outer([1]))")
    assert value(share, text) == of(1 + good, 3)


@pytest.mark.parametrize(
    ("function", "good"),
    [
        ("def _work(prices):\n    return prices[0]\n", 1),
        ("def work(prices):\n    return prices[0]\n", 0),
        ('def work(prices):\n    """Work."""\n    return prices[0]\n', 0),
        ("class Shop:\n    def __init__(self):\n        self.rows = load()\n", 1),
        ("class Shop:\n    def sell(self):\n        return self.rows[0]\n", 0),
    ],
)
def test_what_needs_no_docstring_is_documented(function: str, good: int) -> None:
    name = "_work" if "_work" in function else "Shop" if "Shop" in function else "work"
    assert value(SHARES[3], program(function, f"print({name}())")) == of(1 + good, 2)


@pytest.mark.parametrize(
    ("function", "percent"),
    [
        ("def work(a: int, b: int) -> int:\n    return a + b\n", 100),
        ("def work(a: int, b) -> int:\n    return a + b\n", 66),
        ("def work(a: int, b: Any):\n    return a + b\n", 33),
        ("def work(a, b):\n    return a + b\n", 0),
        ("def work(a: int) -> None:\n    return a + 1\n", 50),
        ("class Work:\n    def __init__(self):\n        self.rows = load()\n", 100),
        ("class Work:\n    def __init__(self, rows):\n        self.rows = rows[0]\n", 0),
        # A stub promises no result, so no hint is missing.
        ("def work():\n    raise NotImplementedError\n", 100),
    ],
)
def test_a_function_counts_by_its_hinted_places(function: str, percent: int) -> None:
    name = "Work" if "Work" in function else "work"
    text = program(function, f"print({name}())")
    assert value(SHARES[4], text) == of(1 + Fraction(percent, 100), 2)


def test_a_file_whose_functions_need_no_hint_counts() -> None:
    shop = "class Shop:\n    def __init__(self):\n        self.rows = load()\n"
    text = "from shop import Shop\n" + program("", "print(Shop().rows)")
    assert value(SHARES[4], text, shop=shop) == 100


def test_each_function_is_judged_by_its_own_use_of_globals() -> None:
    text = (
        "total = 0\n\n\n"
        "def add(price):\n    global total\n    total += price\n\n\n"
        "def show(price):\n    print(price, LIMIT)\n\n\n"
        "LIMIT = 3\n"
    )
    calls = "show(add(1))"
    assert value(SHARES[2], program(text, calls)) == of(2, 3)


def test_missing_docstrings_are_counted_among_the_statements() -> None:
    rate = Share("docstrings", "rate_undocumented", "", "", "")
    assert value(rate, program(GOOD)) == 0
    assert value(rate, program(SHARES[3].bad)) == of(1, 7)
    bare = program(SHARES[3].bad).replace('"""Add up the prices of a shop."""\n', "")
    assert value(rate, bare) == of(2, 8)
    unused = AGAIN.replace("* 3", "// 3").replace("sum", "max")
    assert value(rate, program(f"{SHARES[3].bad}\n\n{unused}")) == of(1, 7)


#: Checks whose inspections have values by function.
WITH_VALUES = ("function_length", *(share.check for share in SHARES))


@pytest.mark.parametrize("check_id", WITH_VALUES)
def test_every_function_has_a_value(check_id: str, corpus: Any) -> None:
    check, seen = CATALOG[check_id], 0
    for source in corpus.files[-120:]:
        lines = {one.lineno for one in functions_in(source.tree)}
        for values in check.inspect(source, check.options(), ()).by_function.values():
            assert values.keys() == lines
            seen += len(values)
    assert seen > 500


@settings(max_examples=60)
@given(padded())
def test_comments_and_blank_lines_change_no_value(pair: tuple[str, str]) -> None:
    plain, more = (SourceFile("main.py", text.encode()) for text in pair)
    for check_id in WITH_VALUES:
        check = CATALOG[check_id]
        before, after = (
            check.inspect(one, check.options(), ()).by_function for one in (plain, more)
        )
        assert (check_id, {name: in_order(values) for name, values in before.items()}) == (
            check_id,
            {name: in_order(values) for name, values in after.items()},
        )


def in_order(values: Mapping[int, int]) -> list[int]:
    """Return `values` of functions, by line, in the order of the lines."""
    return [value for _, value in sorted(values.items())]
