"""What the functions of a program call: always, or only for a word of the command line.

A test that runs the program as its user does tries out what the run leads to. In ::

    rows = load(arguments.path)
    if arguments.command == "add":
        add(rows)

the call of ``load`` always happens, that of ``add`` only in a run with the word "add".
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.statements import FUNCTIONS
from grader.analysis.syntax.walk import walk
from grader.checks.tests_present.calls_made import ANY, Call, ModuleNames, Usage
from grader.checks.tests_present.clients import served_by
from grader.checks.tests_present.outcomes import header_expressions
from grader.checks.tests_present.public_functions import Definition
from grader.checks.tests_present.running import expressions

#: In place of a word: the calls always happen.
ALWAYS = ""
#: The most words and calls of one function that are kept. Chosen by hand, more than people write.
_MOST = 200


class Body(NamedTuple):
    """What the function ``name`` of a file calls; with an empty name, its code outside functions.

    ``name`` has the class before the name: ``Circle.area``. ``calls`` are pairs of a word, or
    `ALWAYS`, and a call. ``serves``: the routes and commands by which a client of an application
    reaches it, see `clients`.
    """

    name: str
    calls: tuple[tuple[str, Call], ...]
    serves: tuple[str, ...] = ()


def bodies_of(
    tree: ast.Module, definitions: Sequence[Definition], module_names: ModuleNames
) -> Iterator[Body]:
    """Yield the body of each function among `definitions`, and that of `tree` outside them."""
    yield _Reader(tree.body, module_names).body("", [])
    for one in definitions:
        if isinstance(one.node, FUNCTIONS):
            # e.g. `callback=show_version` in the default of an option
            header = list(header_expressions(one.node))
            body = _Reader(one.node.body, module_names).body(one.qualified_name, header)
            yield body._replace(serves=served_by(one.node.name, one.node.decorator_list))


class _Reader:
    """Reads the calls of ``statements``, which are those of one function or module."""

    def __init__(self, statements: Sequence[ast.stmt], module_names: ModuleNames) -> None:
        self._statements, self._module_names = statements, module_names
        self._parsers = _parsers_in(statements)

    def body(self, name: str, header: Sequence[ast.expr]) -> Body:
        """Return the body `name`; the expressions of `header` are evaluated, too."""
        found = {(ALWAYS, call) for call in self._calls_in(header)}
        waiting: list[tuple[Sequence[ast.stmt], tuple[str, ...]]] = [(self._statements, (ALWAYS,))]
        while waiting and len(found) < _MOST:
            block, words = waiting.pop()
            for statement in block:
                nodes = list(expressions(statement))
                found.update(self._dispatched(nodes))
                found.update((word, call) for call in self._calls_in(nodes) for word in words)
                waiting += _blocks(statement, words)
        return Body(name, tuple(sorted(found)))

    def _calls_in(self, values: Iterable[ast.expr]) -> set[Call]:
        nodes = [node for value in values for node in walk(value)]
        found = Usage(self._module_names).add(nodes).calls
        return {one for one in found if one.arguments >= ANY}

    def _dispatched(self, values: Iterable[ast.expr]) -> Iterator[tuple[str, Call]]:
        """Yield each function that a table or a parser has for a word.

        e.g. ``add`` for "add" of ``{"add": add}``, and of ``parser.set_defaults(func=add)`` after
        ``parser = commands.add_parser("add")``.
        """
        for node in walk(*values):
            for word, value in self._words_with_values(node):
                is_own = isinstance(value, ast.Name) and value.id in self._module_names.outer
                if word and isinstance(value, ast.Name) and is_own:
                    yield word, Call(value.id, ANY)

    def _words_with_values(self, node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
        """Yield the words of a table or parser that `node` is, each with what it has for it."""
        if isinstance(node, ast.Dict):
            yield from zip(map(_text, node.keys), node.values, strict=True)
        elif isinstance(node, ast.Call) and called_name(node) == "set_defaults":
            owner = getattr(node.func, "value", None)
            word = self._parsers.get(getattr(owner, "id", ""), "") or _parser_of(owner)
            yield from ((word, one.value) for one in node.keywords)


def _blocks(
    statement: ast.stmt, words: tuple[str, ...]
) -> Iterator[tuple[Sequence[ast.stmt], tuple[str, ...]]]:
    """Yield the blocks of `statement` that run, with the words that make them run.

    What depends on anything but a word may not run, and handlers of exceptions seldom do.
    """
    if isinstance(statement, ast.If):
        yield statement.body, words if is_guard(statement) else _words_in([statement.test])
        if len(statement.orelse) == 1 and isinstance(statement.orelse[0], ast.If):
            yield statement.orelse, ()
    elif isinstance(statement, ast.Match):
        for case in statement.cases:
            yield case.body, _words_in([case.pattern])
    elif isinstance(statement, ast.Try | ast.TryStar):
        yield from ((part, words) for part in (statement.body, statement.orelse))
        yield statement.finalbody, words
    elif isinstance(statement, ast.For | ast.AsyncFor | ast.While | ast.With | ast.AsyncWith):
        yield statement.body, words


def _words_in(nodes: Iterable[ast.AST]) -> tuple[str, ...]:
    """Return the texts in `nodes` that may be words of a command line: "add"."""
    texts = (_text(node) for one in nodes for node in ast.walk(one))
    return tuple(sorted(set(filter(None, texts))))


def _text(node: ast.AST | None) -> str:
    value = getattr(node, "value", None)
    return value if isinstance(node, ast.Constant) and isinstance(value, str) else ""


def _parsers_in(statements: Sequence[ast.stmt]) -> Mapping[str, str]:
    """Return the words of the parsers that `statements` assign: ``p = x.add_parser("add")``."""
    return {
        target.id: word
        for item in statements
        if isinstance(item, ast.Assign) and (word := _parser_of(item.value))
        for target in item.targets
        if isinstance(target, ast.Name)
    }


def _parser_of(value: ast.AST | None) -> str:
    """Return the word of the parser that `value` makes: "add" of ``commands.add_parser("add")``."""
    if isinstance(value, ast.Call) and called_name(value) == "add_parser" and value.args:
        return _text(value.args[0])
    return ""
