"""The walker of syntax trees that all checks share."""

from __future__ import annotations

import ast

from grader.analysis.syntax.dotted_names import base_name, called_name, last_name, root_of
from grader.analysis.syntax.walk import EVALUATED, OWN, children, expressions, walk, worked_out
from grader.analysis.tools.recursion import room_for_recursion

MARKS = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)

PROGRAM = '''
import os.path as paths
from json import *

@cache
async def total(first: int, /, *more: float, key=lambda x: -x, **others) -> float:
    """Add."""
    global count
    async with lock as held, other:
        [each async for each in more if not each < first]
    try:
        return sum(more, start=first) + {**others, "a": 1}["a"]
    except (OSError, ValueError) as error:
        raise SystemExit(f"{error!r:>{width}}") from error
    else:
        del more[0], held.x
    match first:
        case {"x": int(real=0) | None, **rest} if rest:
            count: int = 3
        case [_, *tail]:
            print(*tail)
'''


def names(nodes: list[ast.AST]) -> list[str]:
    return sorted(node.id for node in nodes if isinstance(node, ast.Name))


def statement(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def test_the_children_are_those_that_python_names_but_for_marks() -> None:
    for node in ast.walk(ast.parse(PROGRAM)):
        theirs = [each for each in ast.iter_child_nodes(node) if not isinstance(each, MARKS)]
        assert children(node) == theirs


def test_a_walk_meets_every_node_once_and_parents_first() -> None:
    tree = ast.parse(PROGRAM)
    found = list(walk(tree))
    place = {id(node): at for at, node in enumerate(found)}
    assert len(place) == len(found)
    assert all(place[id(node)] < place[id(each)] for node in found for each in children(node))
    assert set(place) == {id(node) for node in ast.walk(tree) if not isinstance(node, MARKS)}


def test_annotations_are_not_evaluated() -> None:
    tree = ast.parse("def f(x: Hint = a) -> Hint:\n    y: Hint = b\n    return c\n")
    assert names(list(walk(tree, fields=EVALUATED))) == ["a", "b", "c", "y"]


def test_the_expressions_of_a_statement_are_not_those_of_the_statements_in_it() -> None:
    loop = statement("for x in a:\n    b\nelse:\n    c\n")
    assert names(list(expressions(loop))) == ["a", "x"]
    assert names(list(expressions(statement("f(lambda: a)")))) == ["a", "f"]
    assert children(loop, OWN) == children(loop)[:2]


def test_a_walk_stops_where_it_is_told_to() -> None:
    tree = ast.parse("a\ndef f():\n    b\n")
    assert names(list(walk(tree, stop_at={ast.FunctionDef}))) == ["a"]


def test_what_a_statement_evaluates() -> None:
    assert names(list(worked_out(statement("x = f(lambda: later)")))) == ["f", "x"]
    assert names(list(worked_out(statement("with a as b:\n    later\n")))) == ["a", "b"]
    assert names(list(worked_out(statement("@a\ndef f(x=b): later\n")))) == ["a"]


def test_parts_of_a_dotted_name() -> None:
    assert [last_name(expression(text)) for text in ("sub", "re.sub", "re.sub()", "x[0]")] == [
        "sub",
        "sub",
        "",
        "",
    ]
    assert last_name(None) == ""
    assert called_name(expression("pytest.raises(E)")) == called_name(expression("raises"))
    assert called_name(expression("make()()")) == "" and base_name(expression("make()()")) == "make"
    assert base_name(expression("typing.List[int]")) == "List"
    assert root_of(expression("x[0][1]")) == ("x", "")
    assert root_of(expression("x.y[0].z")) == ("x", "y")
    assert root_of(expression("f().x")) == ("", "")


def test_deep_trees_are_walked_without_recursion() -> None:
    with room_for_recursion():  # for the parser alone
        tree = ast.parse("if x:\n    a\n" + "elif x:\n    a\n" * 900 + "x" + ".y" * 900)
    assert sum(isinstance(node, ast.If) for node in walk(tree)) == 901
