"""Laws that hold for every check, for any source."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.catalog import CATALOG
from grader.domain.inspection import Facts, State
from grader.domain.source import SourceFile

NAMES = st.sampled_from(["a", "b", "c"])
NUMBERS = st.integers(0, 9)
FACTS = st.builds(
    Facts,
    counts=st.dictionaries(NAMES, NUMBERS),
    maxima=st.dictionaries(NAMES, NUMBERS),
    minima=st.dictionaries(NAMES, NUMBERS),
    histograms=st.dictionaries(NAMES, st.dictionaries(NUMBERS, NUMBERS)),
)


@given(st.lists(FACTS, max_size=5), st.randoms(use_true_random=False))
def test_merging_is_the_same_in_any_order_and_grouping(parts: list[Facts], random: Any) -> None:
    shuffled = random.sample(parts, len(parts))
    at = random.randint(0, len(parts))
    grouped = [Facts.merge(shuffled[:at]), Facts.merge(shuffled[at:])]
    assert Facts.merge(parts) == Facts.merge(shuffled) == Facts.merge(grouped)


#: Statements to build programs from; ``{}`` is replaced by a nested block.
LEAVES = ["x = 1", "print(x)", "LIMIT = {1: 2}", "y = a and b or c", "import os", "pass", '"doc"']
NESTS = [
    "def f(a):",
    "async def g():",
    "class A:",
    "if x > 1:",
    "for x in y:",
    "while x:",
    'if __name__ == "__main__":',
    "with a:",
]


def indented(block: list[str]) -> list[str]:
    return ["    " + line for line in block]


BLOCKS: st.SearchStrategy[list[str]] = st.recursive(
    st.lists(st.sampled_from(LEAVES), min_size=1, max_size=3),
    lambda inner: st.lists(
        st.one_of(
            st.sampled_from(LEAVES).map(lambda leaf: [leaf]),
            st.tuples(st.sampled_from(NESTS), inner).map(
                lambda made: [made[0], *indented(made[1])]
            ),
        ),
        min_size=1,
        max_size=4,
    ).map(lambda parts: [line for part in parts for line in part]),
    max_leaves=12,
)
PADDING = st.sampled_from(["", "   ", "# a comment", "        # indented", "\x0c", "# x: y; z"])


@st.composite
def padded(draw: Any) -> tuple[str, str]:
    """Draw a program, and the same program with comment and blank lines inserted anywhere."""
    lines = draw(BLOCKS)
    more = []
    for line in lines:
        more += [*draw(st.lists(PADDING, max_size=2)), line]
    more += draw(st.lists(PADDING, max_size=2))
    return "\n".join(lines) + "\n", "\n".join(more) + "\n"


#: Checks that depend on the tree alone. Findings of tools may change with comments and lines.
OF_CODE = sorted(name for name, check in CATALOG.items() if check.reads("main.py"))
OUR_OWN = set(OF_CODE) - {"formatting", "import_order", "style", "size", "suppressions", "mend"}


@given(padded())
def test_padding_changes_no_fact(pair: tuple[str, str]) -> None:
    """All checks read the same example, because drawing it costs more than inspecting it."""
    plain, more = (SourceFile("main.py", text.encode()) for text in pair)
    for check_id in sorted(OUR_OWN):
        check = CATALOG[check_id]
        before, after = (check.inspect(one, check.options(), ("main",)) for one in (plain, more))
        assert (check_id, before.state) == (check_id, after.state)
        assert (check_id, before.facts) == (check_id, after.facts)


@settings(max_examples=60)
@given(BLOCKS, st.sampled_from(OF_CODE))
def test_the_same_source_gives_the_same_inspection(lines: list[str], check_id: str) -> None:
    check, text = CATALOG[check_id], "\n".join(lines) + "\n"
    first, second = (
        check.inspect(SourceFile("a.py", text.encode()), check.options(), ()) for _ in range(2)
    )
    assert first.model_dump_json() == second.model_dump_json()


@pytest.mark.parametrize("check_id", OF_CODE)
@pytest.mark.parametrize("text", ["", "# comment\n", '"""Doc."""\n'])
def test_a_file_without_statements_earns_nothing(check_id: str, text: str) -> None:
    check = CATALOG[check_id]
    found = check.inspect(SourceFile("main.py", text.encode()), check.options(), ("main",))
    if check_id in ("size", "suppressions", "hidden_characters"):
        values = [measure.value(found.facts, 5) for measure in check.measures]
        assert values == [None] * len(values)
    else:
        assert found.state is State.NOT_APPLICABLE


@pytest.mark.parametrize("check_id", sorted(CATALOG))
def test_every_check_is_complete(check_id: str) -> None:
    check = CATALOG[check_id]
    assert check.id == check_id and check.version >= 1 and check.title
    for words in (check.guidance, *check.guidance_by_code.values()):
        assert words.explanation and words.how_to_fix and words.url.startswith("https://")
    assert bool(check.measures) == check.gradable
    ids = [measure.id for measure in check.measures]
    assert len(ids) == len(set(ids))
    for measure in check.measures:
        value = measure.value(Facts(), 1)
        assert value is None or isinstance(value, Fraction)
