"""What a module offers to others: its public functions, and the doctests that try them out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.analysis.syntax.signatures import values_given
from grader.analysis.syntax.statements import (
    DEFINITIONS,
    FUNCTIONS,
    Function,
    bodies,
    is_stub,
    without_docstring,
)
from grader.checks.tests_present.calls_made import Hubs, Said, nodes_in
from grader.checks.tests_present.outcomes import Group
from grader.checks.tests_present.routines import Routine, is_case
from grader.checks.tests_present.running import mentioned
from grader.checks.tests_present.tautologies import digest, is_fixed, last_name

_PROMPT, _MORE = ">>> ", "... "
_ABSTRACT = frozenset({"NotImplementedError"})
_READ = frozenset({"property", "cached_property"})
#: Decorators that leave the arguments of a function as they are.
_KEEPING = _READ | {"staticmethod", "classmethod", "abstractmethod", "override", "contextmanager"}
_MANY = 10_000


class Public(NamedTuple):
    """A function or method that a test can call; ``title`` has the class before it.

    It takes from ``least`` to ``most`` arguments. ``is_read``: as an attribute, it is not called.
    ``gives``: it gives its caller a value.
    """

    name: str
    title: str
    line: int
    column: int
    is_method: bool
    least: int
    most: int
    is_read: bool
    gives: bool


class Definition(NamedTuple):
    """A function or class. ``title`` has the classes around it before its name."""

    node: Function | ast.ClassDef
    title: str
    is_method: bool
    is_public: bool


def definitions(tree: ast.Module) -> list[Definition]:
    """Functions and classes of a module and the methods of its classes; no inner functions."""
    found: list[Definition] = []
    waiting: list[tuple[ast.AST, str, bool]] = [(tree, "", True)]
    while waiting:
        node, prefix, is_public = waiting.pop()
        for body in bodies(node):
            for item in body:
                if isinstance(item, DEFINITIONS):
                    shown = is_public and not item.name.startswith("_")
                    one = Definition(item, prefix + item.name, bool(prefix), shown)
                    found.append(one)
                    if isinstance(item, ast.ClassDef):
                        waiting.append((item, f"{one.title}.", shown and not is_case(item)))
                else:
                    waiting.append((item, prefix, is_public))
    return sorted(found, key=lambda one: one.node.lineno)


def public_functions(found: Sequence[Definition]) -> Iterator[Public]:
    """Those that do something worth a test, ``main`` aside, which only puts the rest together."""
    for one in found:
        node = one.node
        is_test = node.name.startswith("test") or one.title.startswith("Test")
        if isinstance(node, FUNCTIONS) and one.is_public and not is_test:
            if one.title != "main" and not _is_trivial(node.body):
                yield _public(node, one)


def _public(node: Function, one: Definition) -> Public:
    least, most = _arguments_of(node, one.is_method)
    return Public(
        name=node.name,
        title=one.title,
        line=node.lineno,
        column=node.col_offset + 1,
        is_method=one.is_method,
        least=least,
        most=most,
        is_read=any(last_name(item) in _READ for item in node.decorator_list),
        gives=next(values_given(node), None) is not None,
    )


def _arguments_of(node: Function, is_method: bool) -> tuple[int, int]:
    """How many arguments a call gives, at least and at most.

    A decorator may take or add some. Whether ``self`` is among them depends on how it is called.
    """
    if any(last_name(item) not in _KEEPING for item in node.decorator_list):
        return 0, _MANY
    given = node.args
    least = len(given.posonlyargs) + len(given.args) - len(given.defaults)
    least += sum(value is None for value in given.kw_defaults)
    most = len(given.posonlyargs) + len(given.args) + len(given.kwonlyargs)
    return max(0, least - is_method), _MANY if given.vararg or given.kwarg else most


def _is_trivial(body: Sequence[ast.stmt]) -> bool:
    """One that holds a place, or does no more than to give a constant or a name as it is."""
    return all(_does_nothing(statement) for statement in without_docstring(body))


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Return | ast.Assign | ast.AnnAssign):
        value = statement.value
        named = isinstance(statement, ast.Return) and isinstance(value, ast.Name)
        return value is None or named or is_fixed(value)
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        return last_name(statement.exc) in _ABSTRACT
    return is_stub([statement])


def doctests(tree: ast.Module, found: Sequence[Definition], hubs: Hubs) -> Iterator[Routine]:
    """Each docstring with examples that call something and say what comes out, as one test."""
    documented = [(tree, "module"), *((one.node, one.title) for one in found)]
    for node, title in documented:
        first = node.body[0] if node.body else None
        if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
            continue
        text = first.value.value
        if isinstance(text, str) and _PROMPT in text:
            routine = _doctest(text, title, first, hubs)
            if routine is not None:
                yield routine


def _doctest(text: str, title: str, statement: ast.stmt, hubs: Hubs) -> Routine | None:
    mentions: set[str] = set()
    answered: set[str] = set()
    said = Said(hubs)
    for example, wanted in _examples(text):
        tree = _parsed(example)
        if tree is not None and "doctest: +SKIP" not in example:
            mentions.update(mentioned([tree]))
            said.take(nodes_in([tree]))
            if wanted and any(isinstance(node, ast.Call) for node in ast.walk(tree)):
                answered.add(example)
    if not answered:
        return None
    return Routine(
        name=f"{title} (doctest)",
        line=statement.lineno,
        column=statement.col_offset + 1,
        is_test=True,
        assertions=len(answered),
        mentions=tuple(sorted(mentions)),
        groups=(
            Group(tuple(sorted(said.calls)), tuple(sorted(mentions)), "asserted", False, False),
        ),
        digest=digest([statement]),
    )


def _examples(text: str) -> Iterator[tuple[str, str]]:
    """Each example of a docstring as its code and the first line of what it should print."""
    code: list[str] = []
    for line in (*text.splitlines(), _PROMPT):
        plain = f"{line.strip()} "
        if code and plain.startswith(_MORE):
            code.append(line.strip()[len(_MORE) :])
        elif plain.startswith(_PROMPT):
            if code:
                yield "\n".join(code), ""
            code = [plain[len(_PROMPT) :].rstrip()]
        elif code:
            yield "\n".join(code), line.strip()
            code = []


def _parsed(example: str) -> ast.Module | None:
    try:
        return ast.parse(example)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
