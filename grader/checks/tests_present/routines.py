"""Find the tests of a file, and what may help them: fixtures, helpers, ``setUp``.

The lists of names are chosen by hand from pytest and unittest.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.imports import Import
from grader.analysis.syntax.statements import (
    DEFINITIONS,
    FUNCTIONS,
    Function,
    bodies,
    without_docstring,
)
from grader.checks.tests_present.assertions import Assertions
from grader.checks.tests_present.calls_made import ModuleNames
from grader.checks.tests_present.outcomes import (
    Group,
    group_of_value,
    groups_of,
    header_expressions,
)
from grader.checks.tests_present.running import mentioned_names, steps_of
from grader.checks.tests_present.skipping import (
    asked_for,
    is_body_marked_skipped,
    is_generator,
    is_marked_skipped,
    names_of_skips,
    skips_all,
)
from grader.checks.tests_present.tautologies import Tautologies, digest

#: Methods that the test runner calls before or after the tests of a class, e.g. ``setUp``; not a
#: method ``prepare``, which a test has to call itself.
SETUPS = frozenset({"setUp", "setUpClass", "asyncSetUp", "setup_method", "setup_class", "tearDown"})


class Routine(BaseModel):
    """A test (a function or a doctest), or a helper: another function or variable beside tests.

    ``line`` and ``column`` are 1-based. ``assertions`` is the number of its own different
    assertions that can fail. ``mentions`` are the names in it that may be helpers, fixtures or
    parts of the program, sorted; attributes begin with a dot. ``groups``: its related statements,
    see `Group`. ``digest`` is equal for tests with the same code, whatever their names, unless
    they are in classes that prepare something, e.g. in ``setUp``; `Suite` decides whether they are
    copies. ``silent`` is "skipped" if a failure of the test goes unnoticed
    (``skip``, ``xfail``), "replaced" if a later definition in its class or module has the same
    name, else empty. ``needs`` are the modules without which it is skipped.
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
    needs: tuple[str, ...] = ()


class FoundRoutine(NamedTuple):
    """A test with the nodes of its assertions that cannot fail, or a helper with no nodes."""

    routine: Routine
    ineffective: Sequence[ast.AST]


class _FileNames(NamedTuple):
    """Names with one meaning in the whole file.

    ``imported`` are those that imports bind, ``cases`` its unittest classes, ``skips`` other names
    of functions that skip a test: ``halt`` after ``from pytest import skip as halt``. ``needs`` are
    the modules without which all tests of the file are skipped.
    """

    imported: frozenset[str]
    module_names: ModuleNames
    cases: frozenset[str]
    skips: frozenset[str]
    needs: frozenset[str]


class _Container(NamedTuple):
    """A class or module whose functions may be tests.

    ``collected``: the test runner looks for tests in it. ``silent``: it, or a class or the module
    around it, is marked as skipped. ``setups``: its methods in ``SETUPS``. ``prepares``: it is a
    class with anything besides tests and a docstring. ``name``: a dot and its name, after those of
    the classes around it (".TestArea"); empty for the module.
    """

    collected: bool
    silent: bool
    setups: tuple[str, ...]
    prepares: bool
    name: str


def has_test_case(tree: ast.Module) -> bool:
    """Return whether a class at the top of `tree`, not below an ``if``, is a unittest test case."""
    return bool(cases_in(tree))


def cases_in(tree: ast.Module) -> frozenset[str]:
    """Return the unittest classes at the top of `tree`, not below an ``if``, by name.

    They derive from ``TestCase``, or from a class before them that does.
    """
    found: set[str] = set()
    for item in tree.body:
        if isinstance(item, ast.ClassDef):
            derives = any(isinstance(base, ast.Name) and base.id in found for base in item.bases)
            if derives or is_case(item):
                found.add(item.name)
    return frozenset(found)


def is_case(definition: ast.ClassDef) -> bool:
    """Return whether the name of a base of `definition` ends in ``TestCase``, as in unittest.

    e.g. ``unittest.TestCase`` and ``AsyncTestCase``; not ``BaseTest``.
    """
    return any(called_name(base).endswith("TestCase") for base in definition.bases)


def routines(
    tree: ast.Module, imports: tuple[Import, ...], defined: Iterable[str], is_test_path: bool
) -> list[FoundRoutine]:
    """Return the tests and helpers of `tree`, sorted by line, without doctests.

    Tests are functions ``test...`` of the module and of the classes that pytest or unittest
    collects; helpers are the other functions, and variables with a value, of module and classes.
    `imports` are those of the file, `defined` the functions and classes at its top level. If the
    file is not named like a test file (`is_test_path`), only the content of classes is returned,
    and only unittest classes have tests.
    """
    names = _names_in(tree, imports, defined)
    found = [("", one) for one in _given(tree, names)] if is_test_path else []
    module = _Container(is_test_path, skips_all(tree.body, names.skips), (), False, "")
    waiting: list[tuple[ast.AST, _Container]] = [(tree, module)]
    while waiting:
        node, container = waiting.pop()
        for statement in _members(node):
            if isinstance(statement, ast.ClassDef):
                inner = _class(statement, container, is_test_path, names.cases)
                waiting.append((statement, inner))
            elif is_test_path or container.name:
                inside = _routines_of(statement, container, names)
                found += [(container.name, one) for one in inside]
    found.sort(key=lambda item: item[1].routine.line)
    return _mark_replaced(found)


def _names_in(tree: ast.Module, imports: tuple[Import, ...], defined: Iterable[str]) -> _FileNames:
    """Return the names of the file `tree`, see :func:`routines`."""
    outside = (item for item in tree.body if not isinstance(item, DEFINITIONS))
    return _FileNames(
        frozenset(one.bound for one in imports),
        ModuleNames.of(imports, defined),
        cases_in(tree),
        names_of_skips(imports),
        frozenset(asked_for(outside)),
    )


def _members(node: ast.AST) -> Iterator[ast.stmt]:
    """Yield functions, classes and assignments in the body of `node`, also under ``if`` or ``try``.

    An ``if`` with a constant condition is left out whole: ``if False:`` never runs. The order is
    not that of the lines.
    """
    waiting = [body for body in bodies(node)]
    while waiting:
        for statement in waiting.pop():
            if isinstance(statement, (*FUNCTIONS, ast.ClassDef, ast.Assign, ast.AnnAssign)):
                yield statement
            elif not (isinstance(statement, ast.If) and isinstance(statement.test, ast.Constant)):
                waiting.extend(bodies(statement))


def _class(
    definition: ast.ClassDef, container: _Container, is_test_path: bool, cases: Collection[str]
) -> _Container:
    """Return the class `definition` as a container; `container` is the one around it.

    `cases` are the unittest classes of the file.
    """
    functions = {item.name for item in definition.body if isinstance(item, FUNCTIONS)}
    is_skipped = is_marked_skipped(definition.decorator_list) or is_body_marked_skipped(
        definition.body
    )
    return _Container(
        collected=is_case(definition)
        or (definition.name in cases and not container.name)
        or (is_test_path and _is_collected_class(definition, functions)),
        silent=container.silent or is_skipped,
        setups=tuple(sorted(SETUPS & functions)),
        prepares=any(not _is_test_or_docstring(item) for item in definition.body),
        name=f"{container.name}.{definition.name}",
    )


def _is_collected_class(definition: ast.ClassDef, functions: set[str]) -> bool:
    """Return whether pytest finds tests in the class `definition` of a test file.

    e.g. in ``class TestArea:`` without ``__init__``, and in ``class Area(BaseTest):``; not in
    ``class Area:``. `functions` are the names of its methods.
    """
    by_base = any("Test" in called_name(base) for base in definition.bases)
    return by_base or (definition.name.startswith("Test") and "__init__" not in functions)


def _is_test_or_docstring(statement: ast.stmt) -> bool:
    """Return whether `statement` is a function ``test...``, a lone expression, or ``pass``."""
    if isinstance(statement, FUNCTIONS):
        return statement.name.startswith("test")
    return isinstance(statement, ast.Expr | ast.Pass)


def _routines_of(
    statement: ast.stmt, container: _Container, names: _FileNames
) -> Iterator[FoundRoutine]:
    """Yield the routines of `statement`: one for a function or for each name of an assignment.

    Nothing for other targets, e.g. ``a, b = 1, 2``, and for ``x: int`` without a value.
    """
    if isinstance(statement, FUNCTIONS):
        yield _function(statement, container, names)
    elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
        groups = (group_of_value(statement.value, names.module_names),)
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        mentions = set(mentioned_names([statement.value]))
        for name in (item.id for item in targets if isinstance(item, ast.Name)):
            yield FoundRoutine(_helper(name, statement, mentions, groups), ())


def _function(function: Function, container: _Container, names: _FileNames) -> FoundRoutine:
    """Return `function` as a test if it is named like one in a collected container.

    Otherwise it is a helper, whose ineffective assertions are not reported.
    """
    steps = steps_of(function, names.skips, names.imported)
    tautologies = Tautologies(function, names.imported)
    assertions = Assertions.of(steps, tautologies)
    mentions = {
        *assertions.mentions,
        *mentioned_names(header_expressions(function)),
        *_fixtures(function),
    }
    groups = groups_of(tautologies, steps, assertions.asserting_steps, names.module_names)
    effective = len(assertions.effective)
    if container.collected and _is_named_like_a_test(function):
        test = _test(function, container, effective, mentions, groups)
        needs = tuple(sorted(names.needs.union(asked_for([function]))))
        return FoundRoutine(test.model_copy(update={"needs": needs}), assertions.ineffective)
    return FoundRoutine(_helper(function.name, function, mentions, groups, effective), ())


def _is_named_like_a_test(function: Function) -> bool:
    """Return whether `function` is called ``test...`` and is no fixture: ``def test_user():``."""
    is_fixture = any(called_name(mark) == "fixture" for mark in function.decorator_list)
    return function.name.startswith("test") and not is_fixture


def _test(
    function: Function,
    container: _Container,
    assertions: int,
    mentions: set[str],
    groups: tuple[Group, ...],
) -> Routine:
    """Return the test that `function` is. It mentions the setups of its class as well."""
    # pytest and unittest run nothing of a generator
    is_skipped = (
        container.silent or is_marked_skipped(function.decorator_list) or is_generator(function)
    )
    return Routine(
        name=function.name,
        line=function.lineno,
        column=function.col_offset + 1,
        is_test=True,
        assertions=assertions,
        mentions=tuple(sorted(mentions.union(container.setups))),
        groups=groups,
        digest=_digest(function, container),
        silent="skipped" if is_skipped else "",
    )


def _helper(
    name: str,
    statement: ast.stmt | ast.expr,
    mentions: set[str],
    groups: tuple[Group, ...],
    assertions: int = 0,
) -> Routine:
    """Return the helper `name` that `statement` defines: a function, an assignment or a value."""
    return Routine(
        name=name,
        line=statement.lineno,
        column=statement.col_offset + 1,
        is_test=False,
        assertions=assertions,
        mentions=tuple(sorted(mentions)),
        groups=groups,
        digest=digest([statement]),
    )


def _given(tree: ast.Module, names: _FileNames) -> Iterator[FoundRoutine]:
    """Yield a helper for each argument with which `tree` calls a test below its guard.

    It has the name of the parameter, as a fixture has: ``test_import(churn.import_data)`` below
    ``if __name__ == "__main__":`` gives ``import_data`` to ``def test_import(import_data):``.
    """
    tests = {item.name: item for item in tree.body if isinstance(item, FUNCTIONS)}
    guards = filter(is_guard, tree.body)
    for call in (node for guard in guards for node in ast.walk(guard)):
        if isinstance(call, ast.Call) and called_name(call) in tests:
            for name, value in _arguments_of(call, tests[called_name(call)]):
                groups = (group_of_value(value, names.module_names),)
                yield FoundRoutine(_helper(name, value, set(mentioned_names([value])), groups), ())


def _arguments_of(call: ast.Call, function: Function) -> Iterator[tuple[str, ast.expr]]:
    """Yield the parameters to which `call` of `function` gives a value, with the value."""
    parameters = (*function.args.posonlyargs, *function.args.args)
    for one, value in zip(parameters, call.args, strict=False):
        yield one.arg, value
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword.value


def _fixtures(function: Function) -> Iterator[str]:
    """Yield the names of the arguments of `function`: for pytest, each names a fixture."""
    for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
        yield one.arg


def _digest(function: Function, container: _Container) -> str:
    """Return a digest that is equal for copies of a test, whatever their names.

    It covers decorators, defaults and body. Tests of two classes that prepare something, e.g. in
    ``setUp``, are never copies.
    """
    prepared = container.name if container.prepares else ""
    return prepared + digest([*header_expressions(function), *without_docstring(function.body)])


def _mark_replaced(found: list[tuple[str, FoundRoutine]]) -> list[FoundRoutine]:
    """Return the routines of `found`, with a test marked as "replaced" if its name comes again.

    That is, if a later routine in the same container has the same name. `found` has each routine
    with the name of its container, sorted by line. A test that is "skipped" stays so.
    """
    last = {(container, one.routine.name): at for at, (container, one) in enumerate(found)}
    marked = []
    for at, (container, one) in enumerate(found):
        routine = one.routine
        if routine.is_test and last[(container, routine.name)] != at:
            routine = routine.model_copy(update={"silent": routine.silent or "replaced"})
        marked.append(FoundRoutine(routine, one.ineffective))
    return marked
