"""The tests of a file, and everything that may help them: fixtures, helpers, ``setUp``."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from grader.analysis.syntax.imports import Import
from grader.analysis.syntax.statements import FUNCTIONS, Function, bodies, without_docstring
from grader.checks.tests_present.assertions import Look
from grader.checks.tests_present.calls_made import Hubs
from grader.checks.tests_present.outcomes import Group, given, group_of_value, groups_of
from grader.checks.tests_present.running import mentioned, steps_of
from grader.checks.tests_present.tautologies import Truths, digest, last_name

#: Methods that run around every test of their class.
SETUPS = frozenset({"setUp", "setUpClass", "asyncSetUp", "setup_method", "setup_class", "tearDown"})
#: Marks of tests whose failure nobody hears of.
_SILENT = frozenset({"skip", "xfail", "expectedFailure"})
_SILENT_IF = frozenset({"skipif", "skipIf"})


class Routine(BaseModel):
    """A test, or something that a test may lean on, and what it names.

    ``silent`` says why a test is not one that can fail: ``skipped``, ``replaced`` or nothing.
    ``digest`` is equal for tests that are copies of each other.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    line: int
    column: int
    is_test: bool
    assertions: int
    mentions: tuple[str, ...]
    groups: tuple[Group, ...]
    digest: str = ""
    silent: str = ""


class Found(NamedTuple):
    """A routine with those of its assertions that cannot fail."""

    routine: Routine
    idle: Sequence[ast.AST]


class _Words(NamedTuple):
    """Names that mean something in a whole file."""

    imported: frozenset[str]
    hubs: Hubs


class _Around(NamedTuple):
    """What a class says of the functions inside it. Outside every class, the module is it."""

    collected: bool
    silent: bool
    setups: tuple[str, ...]
    prepares: bool
    name: str


def has_test_case(tree: ast.Module) -> bool:
    """Whether a module has a class of unittest tests at its top."""
    return any(isinstance(item, ast.ClassDef) and is_case(item) for item in tree.body)


def is_case(definition: ast.ClassDef) -> bool:
    """Whether a class is one of unittest's, by the name of its base."""
    return any(last_name(base).endswith("TestCase") for base in definition.bases)


def routines(
    tree: ast.Module, imports: tuple[Import, ...], defined: Iterable[str], is_test_path: bool
) -> list[Found]:
    """Tests and helpers in the order of their lines.

    A file that is no test by its name has those of its unittest classes alone.
    """
    words = _Words(frozenset(one.bound for one in imports), Hubs.of(imports, defined))
    found: list[tuple[str, Found]] = []
    top = _Around(is_test_path, _marked_silent(tree.body), (), False, "")
    waiting: list[tuple[ast.AST, _Around]] = [(tree, top)]
    while waiting:
        node, around = waiting.pop()
        for statement in _members(node):
            if isinstance(statement, ast.ClassDef):
                waiting.append((statement, _class(statement, around, is_test_path)))
            elif is_test_path or around.name:
                found += [(around.name, one) for one in _routine(statement, around, words)]
    found.sort(key=lambda item: item[1].routine.line)
    return _without_replaced(found)


def _members(node: ast.AST) -> Iterator[ast.stmt]:
    """Functions, classes and assignments of a body; those below an ``if`` or ``try`` too."""
    waiting = [body for body in bodies(node)]
    while waiting:
        for statement in waiting.pop():
            if isinstance(statement, (*FUNCTIONS, ast.ClassDef, ast.Assign, ast.AnnAssign)):
                yield statement
            elif not (isinstance(statement, ast.If) and isinstance(statement.test, ast.Constant)):
                waiting.extend(bodies(statement))


def _class(definition: ast.ClassDef, around: _Around, is_test_path: bool) -> _Around:
    functions = {item.name for item in definition.body if isinstance(item, FUNCTIONS)}
    marked = _is_silent(definition.decorator_list) or _marked_silent(definition.body)
    return _Around(
        collected=is_case(definition) or (is_test_path and _reads_as_tests(definition, functions)),
        silent=around.silent or marked,
        setups=tuple(sorted(SETUPS & functions)),
        prepares=any(not _is_test_or_doc(item) for item in definition.body),
        name=f"{around.name}.{definition.name}",
    )


def _reads_as_tests(definition: ast.ClassDef, functions: set[str]) -> bool:
    """Whether a class of a test file has tests by its own name or that of its base."""
    by_base = any("Test" in last_name(base) for base in definition.bases)
    return by_base or (definition.name.startswith("Test") and "__init__" not in functions)


def _is_test_or_doc(statement: ast.stmt) -> bool:
    if isinstance(statement, FUNCTIONS):
        return statement.name.startswith("test")
    return isinstance(statement, ast.Expr | ast.Pass)


def _routine(statement: ast.stmt, around: _Around, words: _Words) -> Iterator[Found]:
    if isinstance(statement, FUNCTIONS):
        yield _function(statement, around, words)
    elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
        groups = (group_of_value(statement.value, words.hubs),)
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for name in (item.id for item in targets if isinstance(item, ast.Name)):
            yield Found(_helper(name, statement, set(mentioned([statement.value])), groups), ())


def _function(function: Function, around: _Around, words: _Words) -> Found:
    steps = steps_of(function)
    look = Look.at(steps, Truths(function, words.imported))
    names = {*look.mentions, *mentioned(given(function)), *_arguments(function)}
    groups = groups_of(function, steps, look.asserting, words.hubs)
    if around.collected and function.name.startswith("test"):
        return Found(_test(function, around, len(look.real), names, groups), look.idle)
    return Found(_helper(function.name, function, names, groups, len(look.real)), ())


def _test(
    function: Function,
    around: _Around,
    assertions: int,
    names: set[str],
    groups: tuple[Group, ...],
) -> Routine:
    silent = around.silent or _is_silent(function.decorator_list)
    return Routine(
        name=function.name,
        line=function.lineno,
        column=function.col_offset + 1,
        is_test=True,
        assertions=assertions,
        mentions=tuple(sorted(names.union(around.setups))),
        groups=groups,
        digest=_digest(function, around),
        silent="skipped" if silent else "",
    )


def _helper(
    name: str,
    statement: ast.stmt,
    names: set[str],
    groups: tuple[Group, ...],
    assertions: int = 0,
) -> Routine:
    return Routine(
        name=name,
        line=statement.lineno,
        column=statement.col_offset + 1,
        is_test=False,
        assertions=assertions,
        mentions=tuple(sorted(names)),
        groups=groups,
        digest=digest([statement]),
    )


def _arguments(function: Function) -> Iterator[str]:
    """The names of arguments: in a test of pytest, each names a fixture."""
    for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
        yield one.arg


def _digest(function: Function, around: _Around) -> str:
    """Equal for copies. What a class prepares for its tests makes them tests of its own."""
    prepared = around.name if around.prepares else ""
    return prepared + digest([*given(function), *without_docstring(function.body)])


def _is_silent(decorators: Iterable[ast.expr]) -> bool:
    for item in decorators:
        name = last_name(item)
        always = isinstance(item, ast.Call) and item.args[:1] and _is_true(item.args[0])
        if (name in _SILENT_IF and always) or (name in _SILENT and not _has_condition(item)):
            return True
    return False


def _has_condition(mark: ast.expr) -> bool:
    """``xfail(condition, reason=…)``; a text alone is the reason."""
    if not isinstance(mark, ast.Call) or last_name(mark) != "xfail":
        return False
    return any(not isinstance(value, ast.Constant) for value in mark.args)


def _is_true(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and bool(value.value)


def _marked_silent(body: Iterable[ast.stmt]) -> bool:
    """``pytestmark = pytest.mark.skip`` or ``__test__ = False``."""
    for item in body:
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            name, value = item.targets[0].id, item.value
            marks = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
            off = isinstance(value, ast.Constant) and not value.value
            if (name == "pytestmark" and _is_silent(marks)) or (name == "__test__" and off):
                return True
    return False


def _without_replaced(found: list[tuple[str, Found]]) -> list[Found]:
    """Mark each test that a later one of the same name in the same place takes the place of."""
    last = {(place, one.routine.name): at for at, (place, one) in enumerate(found)}
    marked = []
    for at, (place, one) in enumerate(found):
        routine = one.routine
        if routine.is_test and last[(place, routine.name)] != at:
            routine = routine.model_copy(update={"silent": routine.silent or "replaced"})
        marked.append(Found(routine, one.idle))
    return marked
