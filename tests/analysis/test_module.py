"""The model of one file: scopes, blocks, bindings, imports, calls."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from grader.analysis.syntax.module import Module, module_of
from grader.analysis.syntax.scopes import Block, Scope
from grader.analysis.syntax.stdlib_effects import Effect
from grader.analysis.syntax.walk import walk
from grader.analysis.tools.recursion import room_for_recursion
from grader.domain.source import SourceFile

PROGRAM = '''
import json
from math import sqrt as root

names = []


@cache(1)
def load(path, *more, mode=default()):
    """Load."""
    for line in open(path):
        while line:
            names.append([sort(part) for part in split(line)])
        else:
            line = strip(line)
    try:
        count = check(line)
    except failing(line) as error:
        report(error)
    finally:
        close()

    def inner():
        return count

    return inner


class Store(Base):
    size = measure()

    async def save(self):
        async with self.lock as held:
            key = lambda row: weigh(row)


if __name__ == "__main__":
    load("x")
else:
    quiet()
'''


def module(text: str) -> Module:
    return module_of(SourceFile("code.py", dedent(text).encode()))


def function(read: Module, name: str) -> Scope:
    return next(scope for node, scope in read.functions.items() if node.name == name)


def called(block: Block) -> list[str]:
    return [ast.unparse(call.func) for call in block.calls]


def test_a_file_is_read_once() -> None:
    source = SourceFile("code.py", b"x = 1\n")
    assert module_of(source) is module_of(source)
    assert module_of(source) is not module_of(SourceFile("code.py", b"x = 1\n"))


def test_functions_and_methods_in_the_order_of_the_text() -> None:
    assert [node.name for node in module(PROGRAM).functions] == ["load", "inner", "save"]


def test_every_statement_and_every_call_is_met_once() -> None:
    read = module(PROGRAM)
    everything = list(walk(ast.parse(PROGRAM)))
    assert len(list(read.statements)) == sum(isinstance(each, ast.stmt) for each in everything)
    assert len(list(read.calls)) == sum(isinstance(each, ast.Call) for each in everything)
    assert len({id(each) for each in read.statements}) == len(list(read.statements))


def test_calls_belong_to_the_block_whose_statement_makes_them() -> None:
    blocks = [(called(block), block.in_loop) for block in function(module(PROGRAM), "load").blocks]
    assert sorted(blocks) == [
        ([], True),
        (["check"], False),
        (["close"], False),
        (["names.append", "split", "sort"], True),
        (["open", "failing"], False),
        (["report"], False),
        (["strip"], True),
    ]


def test_decorators_defaults_and_base_classes_belong_to_the_block_around() -> None:
    top = module(PROGRAM).top
    assert called(top[0]) == ["cache", "default"]
    assert [called(block) for block in top[1:]] == [["load"], ["quiet"]]


def test_a_lambda_makes_its_calls_in_the_block_that_it_is_written_in() -> None:
    save = function(module(PROGRAM), "save")
    assert [called(block) for block in save.blocks] == [[], ["weigh"]]


def test_which_blocks_are_below_the_guard() -> None:
    assert [block.in_guard for block in module(PROGRAM).top] == [False, True, False]


def test_branches_handlers_and_cases_are_blocks_of_their_own() -> None:
    read = module("""
        if a: b()
        elif c: d()
        else: e()
        match f():
            case g() if h(): i()
            case _: j()
        try: k()
        except* l: m()
        else: n()
        """)
    calls = sorted(called(block) for block in read.top)
    assert calls == [[], ["b"], ["d"], ["e"], ["f", "h"], ["i"], ["j"], ["k"], ["m"], ["n"]]


@pytest.mark.parametrize("head", ["for x in y", "while y", "async for x in y"])
def test_the_else_of_a_loop_runs_after_it(head: str) -> None:
    text = f"async def f():\n    {head}:\n        a()\n    else:\n        b()\n"
    blocks = function(module(text), "f").blocks
    assert [(called(block), block.in_loop) for block in blocks] == [
        ([], False),
        (["a"], True),
        (["b"], False),
    ]


def test_names_are_bound_where_python_binds_them() -> None:
    load = function(module(PROGRAM), "load")
    assert set(load.bound) == {"path", "more", "mode", "line", "count", "error", "inner"}
    assert load.sees_module("names") and not load.sees_module("count")
    assert not function(module(PROGRAM), "inner").sees_module("count")


def test_what_the_top_of_a_module_binds() -> None:
    bound = module("""
        import os.path
        total = 0
        for total in range(3):
            total += 1
        first, *rest = names
        def show(): ...
        """).bindings
    assert {name: [each.kind for each in found] for name, found in bound.items()} == {
        "os": ["import"],
        "total": ["value", "again", "again"],
        "first": ["value"],
        "rest": ["value"],
        "show": ["own"],
    }
    assert [each.block.in_loop for each in bound["total"]] == [False, False, True]


def test_what_names_stand_for() -> None:
    read = module(PROGRAM)
    assert read.aliases.imported == {"json": "json", "root": "math.sqrt"}
    assert read.aliases.own == {"load", "inner", "save", "Store"}
    assert read.target(ast.Name("root")).dotted == "math.sqrt"


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("print(1)", Effect.PRINTS),
        ("import pandas as pd\npd.read_csv('a')", Effect.READS),
        ("from pandas import read_csv as get\nget('a')", Effect.READS),
        ("import matplotlib.pyplot as plt\nplt.plot([1])", Effect.CHARTS),
        ("path.write_text('a')", Effect.WRITES),
        ("import sqlite3\nbase = sqlite3.connect('a')\nbase.commit()", Effect.DATABASE),
        # The value of these is unknown.
        ("pd.read_csv('a')", None),
        ("base.commit()", None),
        ("f()(1)", None),
        # The name may have another value by then.
        ("file = open('a')\nfile = None\nfile.read()", None),
        ("import sqlite3\nbase = sqlite3.connect('a')\ndef f(base):\n    base.commit()", None),
        # What a local name, an attribute of an object or an argument is, and what comes of a table.
        (
            "import sqlite3\ndef f():\n    base = sqlite3.connect('a')\n"
            "    rows = base.cursor()\n    rows.execute('b')",
            Effect.DATABASE,
        ),
        (
            "import sqlite3\nclass A:\n    def __init__(self):\n"
            "        self.base = sqlite3.connect('a')\n    def f(self):\n"
            "        self.base.commit()",
            Effect.DATABASE,
        ),
        ("import pandas as pd\ndef f(rows: pd.DataFrame):\n    rows.plot()", Effect.CHARTS),
        (
            "import pandas as pd\nrows = pd.read_csv('a')\nrows = rows.dropna()\n"
            "rows['a'][rows.b > 1].plot()",
            Effect.CHARTS,
        ),
        ("import matplotlib.pyplot as p\n_, (a, b) = p.subplots(1, 2)\na.bar(1, 2)", None),
        ("import matplotlib.pyplot as p\n_, a = p.subplots()\na.bar(1, 2)", Effect.CHARTS),
        ("with open('a', 'w') as file:\n    file.write('b')", Effect.WRITES),
        ("import json\nfile = open('a')\ntext = file.read()\ntext.write('b')", None),
        ("rows.dropna()", Effect.TRANSFORMS),
        ("rows.merge(others)", None),
        # Which mode a file has.
        ("open('a', mode='w')", Effect.WRITES),
        ("open('a', 'rb')", Effect.READS),
        ("from sklearn.svm import SVC\nmodel = SVC()\nmodel.score(a, b)", Effect.SCORES),
        # The file has a function of that name.
        ("def print(text): ...\nprint(1)", None),
    ],
)
def test_what_the_last_call_of_a_file_does(text: str, effect: Effect | None) -> None:
    read = module(text)
    *_, (scope, call) = (
        (scope, call) for scope in read.scopes for block in scope.blocks for call in block.calls
    )
    assert read.effect_of(call, scope) == effect


def test_deep_trees_are_read_without_recursion() -> None:
    text = "if x:\n    a()\n" + "elif x:\n    a()\n" * 900 + "x" + ".y" * 900 + "\n"
    source = SourceFile("code.py", text.encode())
    with room_for_recursion():  # for the parser alone
        assert source.tree
    assert len(list(module_of(source).calls)) == 901
