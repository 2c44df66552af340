"""What a module offers to others: its public functions, and the doctests that try them out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.checks.parts.assertions import mentioned
from grader.checks.parts.statements import FUNCTIONS, Function, bodies, is_stub, without_docstring
from grader.checks.parts.test_routines import Routine, is_case
from grader.checks.parts.truths import digest

_PROMPT, _MORE = ">>> ", "... "
_ABSTRACT = frozenset({"NotImplementedError"})


class Public(NamedTuple):
    """A function or method that a test can call; ``title`` has the class before it."""

    name: str
    title: str
    line: int
    column: int
    is_method: bool


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
                if isinstance(item, (*FUNCTIONS, ast.ClassDef)):
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
                yield Public(node.name, one.title, node.lineno, node.col_offset + 1, one.is_method)


def _is_trivial(body: Sequence[ast.stmt]) -> bool:
    """A stub, one that only says that it is missing, or one that only returns a constant."""
    rest = without_docstring(body)
    if is_stub(rest):
        return True
    only = rest[0] if len(rest) == 1 else None
    if isinstance(only, ast.Return):
        return only.value is None or isinstance(only.value, ast.Constant)
    if isinstance(only, ast.Raise) and only.exc is not None:
        raised = only.exc.func if isinstance(only.exc, ast.Call) else only.exc
        return isinstance(raised, ast.Name) and raised.id in _ABSTRACT
    return False


def doctests(tree: ast.Module, found: Sequence[Definition]) -> Iterator[Routine]:
    """Each docstring with examples that call something and say what comes out, as one test."""
    documented = [(tree, "module"), *((one.node, one.title) for one in found)]
    for node, title in documented:
        first = node.body[0] if node.body else None
        if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
            continue
        text = first.value.value
        if isinstance(text, str) and _PROMPT in text:
            routine = _doctest(text, title, first)
            if routine is not None:
                yield routine


def _doctest(text: str, title: str, statement: ast.stmt) -> Routine | None:
    mentions: set[str] = set()
    answered: set[str] = set()
    for example, wanted in _examples(text):
        tree = _parsed(example)
        if tree is not None and "doctest: +SKIP" not in example:
            mentions.update(mentioned([tree]))
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
