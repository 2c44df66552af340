"""Shapes of statements: what is equal, and that each is read once."""

from __future__ import annotations

import ast

import pytest

from grader.analysis.project.functions import functions_of
from grader.analysis.syntax import shapes
from grader.analysis.syntax.shapes import fingerprint, shapes_of
from grader.checks.duplication.fingerprints import sketch_of
from grader.domain.source import SourceFile


def _texts(code: str) -> list[str]:
    """Return the text of the shape of each statement at the top level of `code`."""
    source = SourceFile("main.py", code.encode())
    return [shapes_of(source).of(statement).text for statement in source.tree.body]


@pytest.mark.parametrize(
    "one, other",
    [
        ("a = a + b", "total = total + price"),
        ("x: list[int] = load(2)", "rows = read('a')"),
        ("show([1, (2, 3)], key=-1)", "show('text', key=None)"),
        ("f(f'{a} of {b:>10}')", "f(f'{rows} rows, {n}')"),
    ],
)
def test_names_literals_and_types_make_no_difference(one: str, other: str) -> None:
    assert _texts(one) == _texts(other)


@pytest.mark.parametrize(
    "one, other",
    [
        ("a = a + b", "a = b + c"),
        ("a.load(b)", "a.save(b)"),
        ("f(key=a)", "f(name=a)"),
        ("load(a)", "save(a)"),
        ("self.total += a", "order.total += a"),
        ("x = max(a)", "x = min(a)"),
        ("x = max(a)", "x = most(a)"),
        ("raise ValueError", "raise KeyError"),
    ],
)
def test_what_is_done_makes_a_difference(one: str, other: str) -> None:
    assert _texts(one) != _texts(other)


def test_an_import_stands_for_its_full_name() -> None:
    aliased = _texts("from os.path import join as put\nx = put(a, b)")
    whole = _texts("from os.path import join\nrows = join(c, d)")
    assert aliased[1] == whole[1] != _texts("x = put(a, b)")[0]


def test_an_import_that_is_only_passed_on_is_marked() -> None:
    shop = "from shop import RATE, Rate\n"
    assert _texts(f"{shop}x = total * RATE")[1].split()[-1] == "=shop.RATE"
    assert "=" not in _texts(f"{shop}x = Rate(3) + RATE.cut")[1]


def test_a_name_of_a_builtin_is_a_variable_where_it_is_assigned() -> None:
    assert _texts("max = max + 1") == _texts("n = n + 1")
    assert _texts("from shop import max\nx = max(a)")[1] != _texts("x = max(a)")[0]


def test_the_same_text_has_the_same_fingerprint() -> None:
    assert fingerprint("Call2 f $0").digest() == fingerprint("Call2 f $0").digest()
    assert fingerprint("Call2 f $0").digest() != fingerprint("Call2 f $1").digest()


def test_checks_share_the_shapes_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[ast.stmt] = []
    original = shapes._shape_of

    def counting(statement: ast.stmt, imported: dict[str, str]) -> shapes.Shape:
        read.append(statement)
        return original(statement, imported)

    monkeypatch.setattr(shapes, "_shape_of", counting)
    body = "".join(f"    total += rows[{at}] * price\n" for at in range(5))
    source = SourceFile("main.py", f"def f(rows, price, total):\n{body}    return total\n".encode())
    functions_of(source)
    assert len(read) == 5
    sketch_of(source)
    assert len(set(read)) == len(read) == 6  # the `return` does nothing that counts
