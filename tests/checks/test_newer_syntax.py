"""Syntax that an older Python cannot read is named, and advice only where the exercise's cannot."""

from __future__ import annotations

import sys

import pytest

from grader.checks.catalog import CATALOG
from grader.domain.inspection import Inspection, State
from grader.domain.source import SourceFile
from grader.engine.gate import gate
from tests.checks.conftest import Inspect, MeasureOf

ASSIGNS, POSITIONAL = "an assignment `:=` within an expression", "arguments that are positional"
F_STRING = "an f-string with its own quotes, `\\`, `#` or a line break in its braces"
#: (minor version that reads it, what the message names, its line, program)
NEWER = [
    (8, ASSIGNS, 2, "x = 1\nif (y := x): pass\n"),
    (8, POSITIONAL, 1, "def f(a, /, b): pass\n"),
    (8, POSITIONAL, 1, "f = lambda a, /: a\n"),
    (10, "a `match` statement", 3, "def f(x):\n\n    match x:\n        case 1: pass\n"),
    (11, "an `except*` clause", 1, "try: f()\nexcept* OSError: pass\n"),
    (11, "`*` in the brackets of an item", 1, "x = a[b[0], *c]\n"),
    (11, "`*` in the type of `*args`", 1, "def f(*args: *Ts): pass\n"),
    (12, "a `type` statement", 2, "x = 1\ntype Pair = tuple[int, int]\n"),
    (12, "parameters of types in brackets", 2, "x = 1\ndef f[T](x: T): pass\n"),
    (12, "parameters of types in brackets", 1, "class Box[T]: pass\n"),
    (12, F_STRING, 2, "x = 1\ny = f'{a['b']}'\n"),
    (12, F_STRING, 1, "y = f\"{'\\n'.join(a)}\"\n"),
    (12, F_STRING, 1, "y = f\"{f'{a}\\n'}\"\n"),
    (12, F_STRING, 1, "y = f'''{\n  a  # why\n}'''\n"),
    (12, F_STRING, 1, "y = f'{\n  a\n}'\n"),
    (12, F_STRING, 1, 'y = f"{f\'a"b\'}"\n'),
    (12, F_STRING, 1, "y = f'''{\"'''\"}'''\n"),
    (13, "a default of a type parameter", 1, "class Box[T = int]: pass\n"),
    (13, "a default of a type parameter", 1, "type Row[T = int] = list[T]\n"),
    (14, "`except` with several errors", 2, "try: f()\nexcept OSError, a.Late: pass\n"),
    (14, "`except` with several errors", 2, "try: f()\nexcept* (OSError), Late: pass\n"),
    (14, "a t-string", 1, "x = t'{a}'\n"),
]
#: Every Python 3 reads these.
OLD = [
    "x = f\"{a['b']} {c:>{d}} {e!r}\\n\" + f'''{\"a\"} {\n1}'''\n",
    "x = f'''{f\"{a}\"} {'b'}'''\nf'{{}}' '\\n'\n",
    "try: f()\nexcept (OSError, ValueError): pass\nexcept (A): pass\nexcept: pass\n",
    "f(a, *b); [*a, *b]; x = a[(*b,)]; y = a[b, c]; z = a[()]\n",
    "match = 1; type = 2; x = match[type]; print(type(x)); t = 'it'\n",
    "def f(*args: int, **more: int): return lambda *a: {**more}\n",
    "class Box(a[T]): pass\n",
    "x: int = 1; x = a / (b)\n",
]


@pytest.mark.parametrize(("minor", "name", "line", "text"), NEWER)
def test_each_construct_is_named_or_its_file_withheld(
    minor: int, name: str, line: int, text: str, inspect: Inspect, measure: MeasureOf
) -> None:
    passed = gate("a.py", text.encode())
    if sys.version_info < (3, minor):
        assert passed == Inspection(state=State.FAILED, reason="grammar")
        return
    assert isinstance(passed, SourceFile)
    found = inspect("newer_syntax", text)
    newest = max(found.findings, key=lambda one: one.value or 0)
    assert (newest.value, newest.line, newest.code) == (minor, line, "newer-syntax")
    assert newest.message.startswith(f"This needs Python 3.{minor}: {name}")
    assert measure("newer_syntax", "constructs_over", found.facts, minor - 1) == 1
    assert measure("newer_syntax", "constructs_over", found.facts, minor) == 0


@pytest.mark.parametrize("text", OLD)
def test_old_syntax_is_not_named(text: str, inspect: Inspect, measure: MeasureOf) -> None:
    found = inspect("newer_syntax", text)
    assert found.findings == ()
    assert measure("newer_syntax", "constructs_over", found.facts, 0) == 0


def test_a_construct_is_named_once_in_a_file_and_counted_each_time(
    inspect: Inspect, measure: MeasureOf
) -> None:
    text = "print(a := 1)\nprint(b := 2)\nmatch a:\n    case 1: pass\n"
    found = inspect("newer_syntax", text)
    assert [(one.line, one.column, one.value) for one in found.findings] == [(1, 7, 8), (3, 1, 10)]
    assert measure("newer_syntax", "constructs_over", found.facts, 7) == 3
    assert measure("newer_syntax", "constructs_over", found.facts, 8) == 1


def test_nothing_is_said_of_a_file_without_statements(inspect: Inspect) -> None:
    assert inspect("newer_syntax", "# x := 1\n").state is State.NOT_APPLICABLE
    assert CATALOG["newer_syntax"].always_runs
