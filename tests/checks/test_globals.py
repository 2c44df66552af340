"""The check ``globals``."""

from __future__ import annotations

import symtable
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings

from grader.analysis.syntax.module import module_of
from grader.analysis.syntax.scopes import Scope
from grader.analysis.syntax.statements import FUNCTIONS
from grader.checks.globals import CHECK, context
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.source import SourceFile
from tests.checks.test_check_laws import padded


def look(text: str, siblings: tuple[str, ...] = ()) -> Inspection:
    return CHECK.inspect(SourceFile("code.py", text.encode()), CHECK.options(), siblings)


def counted(text: str, siblings: tuple[str, ...] = ()) -> tuple[int, int, int]:
    """Return how many functions use globals, how many change them, and the names declared."""
    values = [measure.value(look(text, siblings).facts, None) for measure in CHECK.measures]
    using, changing, declared = (int(value) for value in values if value is not None)
    return using, changing, declared


USES = "\n\ndef f():\n    return total\n"


@pytest.mark.parametrize(
    "text",
    [
        "LIMIT = 3\nNAMES = ['a']\n\ndef f(a):\n    return a + LIMIT + len(NAMES)\n",
        "import os\nfrom re import sub\n\ndef f():\n    return os.sep, sub, g, A\n\n"
        "def g():\n    return 1\n\nclass A:\n    x = 1\n",
        "import logging\nlog = logging.getLogger(__name__)\n\ndef f():\n    log.info('x')\n",
        "import re\npattern = re.compile('x')\nVector = list[float]\n\n"
        "def f(a: Vector) -> Vector:\n    return pattern.match(a)\n",
        "total = 3" + USES,
        "if LINUX:\n    total = 1\nelse:\n    total = 2" + USES,
        "try:\n    total = 1\nexcept E:\n    total = 2" + USES,
        "TABLE = {}\nfor x in range(9):\n    TABLE[x] = x * x\n\ndef f(x):\n    return TABLE[x]\n",
        "total = compute()" + USES,
        "from flask import Flask\napp = Flask('x')\n\ndef f():\n    return app.name\n",
        "items = []\n\ndef f(items):\n    items.append(1)\n    items[0] = 2\n    return items\n",
        "items = []\n\ndef f():\n    items = []\n    items += [1]\n    items.append(2)\n"
        "    def g():\n        items.pop()\n        return items\n    return g\n",
        "total = 0\n\ndef f(xs):\n    return [total for total in xs], {total: 1 for total in xs}\n",
        "total = 0\n\ndef f(xs):\n    for total in xs:\n        total += 1\n",
        "total = 0\n\ndef f(xs):\n    with xs as total:\n        total += 1\n"
        "    try:\n        x()\n    except E as total:\n        total.x = 1\n"
        "    match xs:\n        case [total, *rest]:\n            total.x = 1\n",
        "class Dog:\n    count = 0\n    def __init__(self):\n        Dog.count += 1\n"
        "        self.tricks = []\n        self.tricks.append(Dog.count)\n",
        "def f():\n    total = 0\n    def g():\n        nonlocal total\n        total += 1\n"
        "    return g\n",
        "db = Database()\n\ndef f(user):\n    db.session.add(user)\n    db.add(user)\n",
        "if __name__ == '__main__':\n    import sys\n\ndef f():\n    return sys\n",
        "import sys\nimport plt\n\ndef f():\n    sys.path[0] = 'x'\n    plt.params['a'] = 1\n",
        "__all__ = ['f']\n__all__ += ['g']\nprint(1)\n\ndef f():\n    return __all__\n",
    ],
)
def test_good_functions(text: str) -> None:
    assert counted(text) == (0, 0, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("total = 0\n\ndef f(x):\n    global total\n    total += x\n", (1, 1, 1)),
        ("total = 0\n\ndef f(x):\n    global total, other\n    total = x" + USES, (2, 1, 2)),
        ("items = []\n\ndef f(x):\n    items.append(x)\n\ndef g():\n    return items\n", (2, 1, 0)),
        ("scores = {}\n\ndef f(x):\n    scores[x] = 1\n", (1, 1, 0)),
        ("scores = dict()\n\ndef f(x):\n    del scores[x]\n", (1, 1, 0)),
        ("grid = [[0] * 3] * 3\n\ndef f(x):\n    grid[x][0] += 1\n", (1, 1, 0)),
        ("graph = {}\n\ndef f(x):\n    graph[x].append(1)\n", (1, 1, 0)),
        ("class A:\n    def m(self, x):\n        seen.add(x)\n\nseen = set()\n", (1, 1, 0)),
        ("name = input()\n\ndef f():\n    return name\n", (1, 0, 0)),
        ("total = sum(xs)\nprint(total)" + USES, (1, 0, 0)),
        ("while go:\n    total = 1" + USES, (1, 0, 0)),
        ("for total in xs:\n    print(total)" + USES, (1, 0, 0)),
        ("total = 0\nprint(1)\ntotal = 1" + USES, (1, 0, 0)),
        ("numbers = []\nprint(1)\nnumbers.append(2)\n\ndef f():\n    return numbers\n", (1, 0, 0)),
        ("def f():\n    return data\n\nif __name__ == '__main__':\n    data = 1\n", (1, 0, 0)),
        ("def f():\n    return [total for x in y]\n\ntotal = input()\n", (1, 0, 0)),
        (
            "total = 0\n\ndef f():\n    def g():\n        global total\n        total = 1\n",
            (1, 1, 1),
        ),
        (
            "total = int(input())\n\ndef f(x):\n    return sorted(x, key=lambda a: total)\n",
            (1, 0, 0),
        ),
    ],
)
def test_functions_that_lean_on_globals(text: str, expected: tuple[int, int, int]) -> None:
    assert counted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A variable in capital letters is no constant if a function changes it.
        ("TOTAL = 0\n\ndef f(x):\n    global TOTAL\n    TOTAL += x\n", (1, 1, 1)),
        ("ITEMS = []\n\ndef f(x):\n    ITEMS.append(x)\n", (1, 1, 0)),
        ("NAME = input()\n\ndef f():\n    return NAME\n", (1, 0, 0)),
        (
            "TOTAL = 0\nfor x in y:\n    TOTAL += x\nprint(1)\n\ndef f():\n    return TOTAL\n",
            (1, 0, 0),
        ),
        # Other ways to change a global.
        ("total = 0\n\ndef f(x):\n    globals()['total'] += x" + USES, (2, 1, 0)),
        ("def f(x):\n    globals().update(total=x)\n", (1, 1, 0)),
        # Attributes of a class, a function or an object, used like globals.
        ("class S:\n    n = 0\n\ndef f():\n    S.n += 1\n\ndef g():\n    return S.n\n", (2, 1, 0)),
        ("def f():\n    f.calls += 1\n\nf.calls = 0\n", (1, 1, 0)),
        (
            "s = SimpleNamespace(n=0)\n\ndef f():\n    s.n += 1\n\ndef g():\n    return s\n",
            (1, 1, 0),
        ),
        # A lambda with a name is a function.
        ("items = []\nadd = lambda x: items.append(x)\n", (1, 1, 0)),
    ],
)
def test_tricks_do_not_hide_a_global(text: str, expected: tuple[int, int, int]) -> None:
    assert counted(text) == expected


def test_a_drawer_in_another_module_of_the_submission() -> None:
    text = "import state\nimport numpy\n\ndef f():\n    state.n += 1\n    numpy.x = 1\n"
    assert counted(text, ("other", "state")) == (1, 1, 0)
    assert counted(text) == (0, 0, 0)
    outline = (("a/state.py", "1"), ("main.py", "2"))
    assert context("main.py", outline) == ("state",)


def test_what_a_student_reads() -> None:
    found = look("total = 0\n\n\ndef add(x):\n    global total\n    total += x\n" + USES)
    assert [(each.code, each.line, each.column) for each in found.findings] == [
        ("global-statement", 5, 5),
        ("changes-global", 6, 5),
        ("reads-global", 10, 12),
    ]
    assert found.findings[1].message == "`add` changes `total`, which it was not given"
    assert found.findings[2].message == "`f` reads `total`, which it was not given"
    fixes = {CHECK.guidance_for(each.code).how_to_fix for each in found.findings}
    assert len(fixes) == 3
    shown = [
        [each.code for each in found.findings if measure.evidence(each, None)]
        for measure in CHECK.measures
    ]
    assert shown == [["changes-global", "reads-global"], ["changes-global"], ["global-statement"]]


@pytest.mark.parametrize(
    "text",
    ["", "# x\n", "x = 1\nprint(x)\n", "def f():\n    ...\n", "def f():\n    'x'\n    pass\n"],
)
def test_without_a_function_that_does_something_there_is_nothing_to_judge(text: str) -> None:
    assert look(text).state is State.NOT_APPLICABLE
    assert [measure.value(Facts(), None) for measure in CHECK.measures] == [None] * 3


def test_harmless_functions_do_not_dilute() -> None:
    text = "total = 0\n\ndef f(x):\n    global total\n    total += x\n"
    more = "".join(f"\ndef g{at}():\n    return 1\n" for at in range(50))
    assert counted(text + more) == counted(text)


def test_deep_and_long_trees() -> None:
    chain = "def f(x):\n    if x == 0:\n        a()\n" + "".join(
        f"    elif x == {at}:\n        total.append(x)\n" for at in range(1, 900)
    )
    sums = "def g():\n    return " + " + ".join(["total"] * 1500) + "\n"
    dots = "def h():\n    x" + ".y" * 1000 + " = total\n"
    assert counted("total = []\n\n" + chain + sums + dots) == (3, 1, 0)


def names_of(table: symtable.SymbolTable) -> Iterator[tuple[tuple[str, int], set[str], set[str]]]:
    """Yield ((function, line), its global names, its other names) as Python's symtable has them."""
    waiting = [table]
    while waiting:
        at = waiting.pop()
        waiting.extend(at.get_children())
        if at.get_type() == "function":
            symbols = at.get_symbols()
            outer = {each.get_name() for each in symbols if each.is_global()}
            inner = {each.get_name() for each in symbols if not each.is_global()}
            yield (at.get_name(), at.get_lineno()), outer, inner


def place_of(scope: Scope) -> tuple[str, int]:
    assert isinstance(scope.node, FUNCTIONS)
    lines = [scope.node.lineno, *(each.lineno for each in scope.node.decorator_list)]
    return scope.node.name, min(lines)


def test_names_belong_where_python_says(corpus: Any) -> None:
    compared = 0
    for source in corpus.files[-90:]:
        theirs = {
            place: (outer, inner)
            for place, outer, inner in names_of(symtable.symtable(source.text, "x", "exec"))
        }
        for scope in module_of(source).scopes:
            if isinstance(scope.node, FUNCTIONS) and place_of(scope) in theirs:
                outer, inner = theirs[place_of(scope)]
                names = {use.name for use in scope.uses if use.name.isidentifier()}
                ours = {name for name in names if scope.sees_module(name)}
                mangled = {name for name in names if name.startswith("__")}
                assert not (ours - mangled) & inner and not (names - ours) & outer
                compared += len(names)
    assert compared > 1000


@settings(max_examples=150)
@given(padded())
def test_padding_changes_no_measure(pair: tuple[str, str]) -> None:
    plain, more = (look(text) for text in pair)
    assert plain.state is more.state and plain.facts == more.facts
