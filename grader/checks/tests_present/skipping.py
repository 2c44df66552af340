"""Find the tests that a runner leaves out: skipped ones, generators, and those without cases."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.imports import Import
from grader.analysis.syntax.known_values import truth_of
from grader.analysis.syntax.statements import FUNCTIONS, Function
from grader.analysis.syntax.walk import walk
from grader.checks.tests_present.conditions import truth_in_test
from grader.checks.tests_present.running import EXITS, is_skip

#: Marks under which a failure of the test goes unnoticed, e.g. ``@pytest.mark.skip``; not
#: ``@pytest.mark.slow``.
_SKIP_MARKS = frozenset({"skip", "xfail", "expectedFailure"})
#: Marks that skip a test on a condition. Only a constant condition counts: ``skipif(True)`` does,
#: ``skipif(sys.platform == "win32")`` does not.
_CONDITIONAL_SKIP_MARKS = frozenset({"skipif", "skipIf"})


def names_of_skips(imports: Iterable[Import]) -> frozenset[str]:
    """Return the names under which `imports` bind what ends a test.

    e.g. ``halt`` for ``from pytest import skip as halt``.
    """
    return frozenset(one.bound for one in imports if one.module == "pytest" and one.name in EXITS)


def is_marked_skipped(marks: Iterable[ast.expr]) -> bool:
    """Return whether one of the decorators `marks` always skips a test or accepts its failure.

    e.g. ``skip("later")``, ``xfail``, ``skipif(1 == 1)`` and ``parametrize("x", [])``; not
    ``skipif(x)`` and ``xfail(x)``.
    """
    return any(map(_skips, marks))


def _skips(mark: ast.expr) -> bool:
    """Return whether the decorator `mark` always skips a test or accepts its failure."""
    name = called_name(mark)
    if name in _SKIP_MARKS:
        return not _has_condition(mark)
    arguments = mark.args if isinstance(mark, ast.Call) else []
    if name in _CONDITIONAL_SKIP_MARKS:
        return any(truth_in_test(one) is True for one in arguments[:1])
    return name == "parametrize" and any(truth_of(one) is False for one in arguments[1:2])


def _has_condition(mark: ast.expr) -> bool:
    """Return whether `mark` is ``xfail(condition)``; in ``xfail("later")`` the text is a reason."""
    if not isinstance(mark, ast.Call) or called_name(mark) != "xfail":
        return False
    return any(not isinstance(value, ast.Constant) for value in mark.args)


def is_body_marked_skipped(body: Iterable[ast.stmt]) -> bool:
    """Return whether `body` has ``pytestmark = pytest.mark.skip`` or ``__test__ = False``."""
    for item in body:
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            name, value = item.targets[0].id, item.value
            marks = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
            is_false = isinstance(value, ast.Constant) and not value.value
            if (name == "pytestmark" and is_marked_skipped(marks)) or (
                name == "__test__" and is_false
            ):
                return True
    return False


def skips_all(body: Sequence[ast.stmt], skips: Collection[str]) -> bool:
    """Return whether `body`, of a module, skips every test in it.

    e.g. by a mark (see :func:`is_body_marked_skipped`), by ``pytest.skip("later",
    allow_module_level=True)``, also under a name of `skips`, or in a fixture with
    ``autouse=True``; not in a fixture that a test has to name.
    """
    if is_body_marked_skipped(body):
        return True
    for_all = (one for one in body if isinstance(one, FUNCTIONS) and _is_for_all(one))
    every = chain(body, *(one.body for one in for_all))
    return any(is_skip(one, skips) for one in every)


def _is_for_all(function: Function) -> bool:
    """Return whether `function` is a fixture that runs for each test: ``autouse=True``."""
    return any(
        called_name(mark) == "fixture"
        and isinstance(mark, ast.Call)
        and any(item.arg == "autouse" and truth_of(item.value) is True for item in mark.keywords)
        for mark in function.decorator_list
    )


def asked_for(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the module of each ``pytest.importorskip("numpy")`` in `nodes`, at any depth.

    Without it the test is skipped.
    """
    for node in chain.from_iterable(map(walk, nodes)):
        if isinstance(node, ast.Call) and called_name(node) == "importorskip" and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield name.value


def is_generator(function: Function) -> bool:
    """Return whether `function` is a generator; a nested function that yields does not make it."""
    own = walk(*function.body, stop_at={*FUNCTIONS, ast.ClassDef, ast.Lambda})
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own)
