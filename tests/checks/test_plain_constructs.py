"""The rewrites of `plain_constructs` do what the code of the student does."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from grader.analysis.fixes.rewriting import Layout
from grader.checks.plain_constructs import ADVICE, CHECK
from grader.checks.plain_constructs.construct import Construct
from grader.checks.plain_constructs.finding import constructs_in
from grader.domain.source import SourceFile
from tests.checks.sample_programs import SAMPLES

#: Mistakes, which are rewritten to what was meant; all other rewrites do the same as before.
MISTAKES = {"always-true", "changes-its-loop"}
NUMBERS = ("a", "b", "0", "1", "2", "-1", "a + 1", "b - a", "a * 2", "len(xs)", "+a")
TESTS = st.sampled_from(
    [
        "a < b",
        "a == b",
        "not a == b",
        "not a <= b",
        "a > 0 and a < 3",
        "0 < b and b <= a",
        "xs",
    ]
    + ["not xs", "a == 1 or a == 2", "a != 1 and a != 2", "a in d.keys()", "len(xs) == 0", "a"]
    + ["not not a", "a < b or a == 3 or a == 4", "len(xs) > 0", "ord(t) > 97", "a.__lt__(b)"]
)
VALUES = st.sampled_from(
    [*NUMBERS, "a * 1", "b + 0", "--a", "int(len(xs))", "xs.__len__()", "a.__add__(b) * 2"]
    + ["ord(t) - 97", "sum([x for x in xs])", "len(xs[0:2])", "len(xs[0 : len(xs) : 1])"]
    + ["len(str(str(a)))", "a + a + a", "int(len(xs) / 2) + 1", "a * a * a", "-len(str(f'{b}'))"]
)


@st.composite
def simple(draw: st.DrawFn) -> list[str]:
    """Return the lines of a statement without a block."""
    value = draw(VALUES)
    return [
        draw(
            st.sampled_from(
                [f"n = {value}", f"n = n + {value}", "n = n - 1", f"print({value})", "n = n"]
                + [f"ys += [{value}]", f"ys.extend([{value}])", "pass", f"print(str({value}))"]
                + [f"d[{value}] = n", f"{value}"]
            )
        )
    ]


def indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


@st.composite
def block(draw: st.DrawFn, depth: int = 2) -> list[str]:
    """Return the lines of one to three statements."""
    parts = draw(st.lists(statement(depth), min_size=1, max_size=3))
    return [line for part in parts for line in part]


def statement(depth: int) -> st.SearchStrategy[list[str]]:
    """Return a strategy for the lines of a statement with blocks up to `depth` levels deep."""
    if not depth:
        return simple()
    return st.one_of(simple(), branches(depth - 1), loop(depth - 1), result())


@st.composite
def result(draw: st.DrawFn) -> list[str]:
    """Return a ``return``, alone or by the truth of a condition."""
    test, value = draw(TESTS), draw(VALUES)
    return draw(
        st.sampled_from(
            [
                [f"if {test}:", f"    return {value}"],
                [f"if {test}:", "    return True", "return False"],
                [f"if {test}:", "    return False", "else:", "    return True"],
                [f"if {test}:", "    flag = True", "else:", "    flag = False", "print(flag)"],
                [f"if {test}:", "    return", "print(n)"],
                [f"return {value}", "print(a)"],
            ]
        )
    )


@st.composite
def branches(draw: st.DrawFn, depth: int) -> list[str]:
    """Return an ``if`` with ``elif`` and ``else``, whose branches may have lines in common."""
    common = draw(st.one_of(st.just([]), simple()))
    at_end = draw(st.booleans())

    def branch() -> list[str]:
        own = draw(st.one_of(block(depth), st.just(["pass"])))
        return indented([*own, *common] if at_end else [*common, *own])

    lines = [f"if {draw(TESTS)}:", *branch()]
    for _ in range(draw(st.integers(0, 2))):
        lines += [f"elif {draw(TESTS)}:", *branch()]
    if draw(st.booleans()):
        lines += ["else:", *branch()]
    if draw(st.booleans()):
        return lines
    low, high = draw(st.permutations(["n", "a"]))
    extreme = [f"if {low} < {high}:", f"    {low} = {high}"]
    nested = [f"if {draw(TESTS)}:", *indented(extreme)]
    opposite = ["if a < b:", *branch(), "elif a >= b:", *branch()]
    return draw(st.sampled_from([extreme, nested, opposite]))


@st.composite
def loop(draw: st.DrawFn, depth: int) -> list[str]:
    """Return a loop: over items, indices, keys or rounds, or a counting ``while``."""
    body = indented(draw(block(depth)))
    pick = draw(st.sampled_from(["print(xs[i])", "n = n + xs[i]", "print(i, xs[i])", "print(n)"]))
    c = f"c{depth}"  # a loop inside must not set back the counter of this one
    step = draw(st.sampled_from([f"{c} += 1", f"{c} = {c} + 2"]))
    limit = draw(st.sampled_from([f"{c} < 3", f"{c} <= 3", f"{c} < len(xs)"]))
    after = draw(st.sampled_from([[], ["else:", "    print('all')"], ["print('end')"]]))
    return draw(
        st.sampled_from(
            [
                ["for i in range(len(xs)):", f"    {pick}", *after],
                ["for i in range(3):", *body, *after],
                ["for x in xs:", *body, *after],
                ["for k in d.keys():", "    print(k)", *after],
                ["for k in d:", "    print(k, d[k])", *body],
                [f"{c} = a", f"while {c} < b:", f"    print({c})", f"    {step}"],
                [f"{c} = 0", f"while {limit}:", *body, f"    {step}", *after],
            ]
        )
    )


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Return the text of a program with a function ``run``."""
    lines = ["ys = []", "n = 0", *draw(block()), *draw(st.sampled_from([[], ["return n, ys"]]))]
    return "\n".join(["def run(a, b, xs, d, t):", *indented(lines), ""])


#: Calls of ``run``: numbers, a list, a dictionary and a letter.
CALLS: list[tuple[Any, ...]] = [
    (0, 0, [], {}, "a"),
    (1, 2, [1, 2, 3], {1: 2, 3: 4}, "b"),
    (2, 1, [3, 1], {0: 1}, "z"),
    (-1, 3, [2, 0, 2, 1], {2: -1}, "A"),
]


def outcome(text: str, call: tuple[Any, ...]) -> tuple[object, str]:
    """Return what ``run`` of the program `text` returns or raises, and what it prints."""
    names: dict[str, Any] = {}
    exec(compile(text, "program.py", "exec"), names)  # noqa: S102
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            result: object = names["run"](*map(copied, call))
        except Exception as error:
            result = type(error)
    return result, out.getvalue()


def copied(value: Any) -> Any:
    """Return a copy of a list or dictionary, and any other value itself."""
    return value.copy() if isinstance(value, list | dict) else value


def rewrites(text: str) -> Iterator[tuple[Construct, str]]:
    """Yield each construct of the program `text` with the whole text after its rewrite."""
    source = SourceFile("program.py", text.encode())
    layout = Layout(source)
    for construct in constructs_in(source):
        edits = construct.rewrite(layout)
        changed = layout.rewritten(edits) if edits else None
        if changed is not None:
            first, old, new = changed
            lines = list(source.lines)
            lines[first - 1 : first - 1 + len(old)] = new
            yield construct, "".join(lines)


def test_every_finding_is_either_counted_or_advice() -> None:
    samples = (SAMPLES / "plain_constructs").glob("*.py")
    sources = [SourceFile(each.name, each.read_bytes()) for each in samples]
    codes = {construct.code for source in sources for construct in constructs_in(source)}
    assert codes <= ADVICE | set(CHECK.guidance_by_code)
    assert set(CHECK.guidance_by_code) <= codes, "each kind has a sample"
    assert not ADVICE & set(CHECK.guidance_by_code)


@given(programs())
def test_a_rewrite_does_the_same(text: str) -> None:
    found = [each for each in rewrites(text) if each[0].code not in MISTAKES]
    before = [outcome(text, call) for call in CALLS] if found else []
    for construct, after in found:
        shown = f"{construct.code}\n{text}\n-->\n{after}"
        assert [outcome(after, call) for call in CALLS] == before, shown


def test_a_function_inside_another_is_rewritten_too() -> None:
    text = "def outer(n):\n    def inner():\n        nonlocal n\n        n = n + 1\n\n    inner()\n"
    ((construct, after),) = rewrites(text)
    assert construct.code == "long-assignment" and "        n += 1\n" in after
