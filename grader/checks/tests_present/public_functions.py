"""Find the public functions of a module, which its tests should cover, and its doctests.

The lists of decorators are chosen by hand.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import called_name
from grader.analysis.syntax.signatures import values_given
from grader.analysis.syntax.statements import (
    DEFINITIONS,
    FUNCTIONS,
    Function,
    bodies,
    is_stub,
    without_docstring,
)
from grader.analysis.syntax.walk import walk
from grader.checks.tests_present.calls_made import ModuleNames, Usage
from grader.checks.tests_present.clients import served_by
from grader.checks.tests_present.outcomes import Group
from grader.checks.tests_present.routines import Routine, cases_in, is_case
from grader.checks.tests_present.running import mentioned_names
from grader.checks.tests_present.tautologies import digest, is_constant

#: The beginnings of the first and of a further line of an example in a doctest.
_PROMPT, _MORE = ">>> ", "... "
#: Decorators that turn a method into an attribute, e.g. ``@property``.
_PROPERTIES = frozenset({"property", "cached_property"})
#: Decorators of what runs as such an attribute is assigned or deleted, e.g. ``@size.setter``.
_SETTERS = frozenset({"setter", "deleter"})
#: Decorators that do not change the arguments of a function; any other may, e.g. ``@retry(3)``.
_SAME_ARGUMENTS = _PROPERTIES | {
    "staticmethod",
    "classmethod",
    "abstractmethod",
    "override",
    "contextmanager",
}
#: The largest number of arguments if it is not limited: more than any call has. Chosen by hand.
_UNLIMITED = 10_000


class PublicFunction(NamedTuple):
    """A function or method that tests should cover, as :func:`public_functions` selects it.

    ``qualified_name`` has the class before the name: ``Circle.area``. ``line`` and ``column`` are
    1-based. ``min_arguments`` and ``max_arguments`` limit the number of arguments of a call, for a
    method with or without ``self``; with an unknown decorator it may have any number.
    ``is_property``: it is read as an attribute. ``is_setter``: it runs as an attribute is assigned.
    ``is_accessor``: it is either of these and only gives or sets an attribute.
    ``returns_value``: it returns or yields a value other than ``None``. ``serves``: the routes and
    commands by which a client of an application reaches it, see `clients`. ``is_spared``: no test
    can reasonably call it, see `spared`.
    """

    name: str
    qualified_name: str
    line: int
    column: int
    is_method: bool
    min_arguments: int
    max_arguments: int
    is_property: bool
    is_setter: bool
    is_accessor: bool
    returns_value: bool
    serves: tuple[str, ...]
    is_spared: bool


class Definition(NamedTuple):
    """A function, method or class outside every function.

    ``qualified_name`` begins with the classes around it: ``Circle.area``. ``is_method``: there is
    such a class. ``is_public``: neither its name nor that of a class around it begins with an
    underscore, and it is not inside a unittest class.
    """

    node: Function | ast.ClassDef
    qualified_name: str
    is_method: bool
    is_public: bool


def definitions(tree: ast.Module) -> list[Definition]:
    """Return the functions, classes and methods of `tree`, public or not, sorted by line.

    Those inside blocks such as ``if`` or ``try`` are included; those inside functions are not.
    """
    cases, found = cases_in(tree), list[Definition]()
    waiting: list[tuple[ast.AST, str, bool]] = [(tree, "", True)]
    while waiting:
        node, prefix, is_public = waiting.pop()
        for body in bodies(node):
            for item in body:
                if isinstance(item, DEFINITIONS):
                    visible = is_public and not item.name.startswith("_")
                    name = prefix + item.name
                    found.append(Definition(item, name, bool(prefix), visible))
                    if isinstance(item, ast.ClassDef):
                        is_test = name in cases or is_case(item)
                        waiting.append((item, f"{name}.", visible and not is_test))
                else:
                    waiting.append((item, prefix, is_public))
    return sorted(found, key=lambda one: one.node.lineno)


def public_functions(
    definitions: Sequence[Definition], spared: Collection[int] = ()
) -> Iterator[PublicFunction]:
    """Yield the public functions and methods among `definitions` that are worth a test.

    Left out are functions of trivial statements only (``pass``, ``return 3``, ``return name``,
    ``x = 60 * 60``, ``raise NotImplementedError``), names that begin with ``test``, qualified names
    that begin with ``Test``, and a function ``main``, which usually just calls the others. `spared`
    are the lines of those that no test can reasonably call.
    """
    for one in definitions:
        node = one.node
        is_test = node.name.startswith("test") or one.qualified_name.startswith("Test")
        if isinstance(node, FUNCTIONS) and one.is_public and not is_test:
            is_trivial = all(map(_is_trivial_statement, without_docstring(node.body)))
            if one.qualified_name != "main" and not is_trivial:
                yield _public_function(node, one, node.lineno in spared)


def _public_function(node: Function, one: Definition, is_spared: bool) -> PublicFunction:
    """Return the public function that `one` is; `node` is its node."""
    min_arguments, max_arguments = _argument_range(node, one.is_method)
    is_property = any(called_name(item) in _PROPERTIES for item in node.decorator_list)
    is_setter = any(called_name(item) in _SETTERS for item in node.decorator_list)
    return PublicFunction(
        name=node.name,
        qualified_name=one.qualified_name,
        line=node.lineno,
        column=node.col_offset + 1,
        is_method=one.is_method,
        min_arguments=min_arguments,
        max_arguments=max_arguments,
        is_property=is_property,
        is_setter=is_setter,
        is_accessor=(is_property or is_setter) and _only_passes_on(node),
        returns_value=next(values_given(node), None) is not None,
        serves=served_by(node.name, node.decorator_list),
        is_spared=is_spared,
    )


def _only_passes_on(node: Function) -> bool:
    """Return whether the property or setter `node` only gives or sets an attribute.

    e.g. ``return self._size`` and ``self._size = value``; not ``return self._size / 2``, nor an
    ``if`` above it.
    """
    for statement in without_docstring(node.body):
        if not isinstance(statement, ast.Return | ast.Assign | ast.AnnAssign | ast.Delete):
            return False
        value = getattr(statement, "value", None)
        if value is not None and not isinstance(value, ast.Name | ast.Attribute | ast.Constant):
            return False
    return True


def units_of(public: Sequence[PublicFunction]) -> list[list[int]]:
    """Return the indices of `public`, those of a file, that tests need to try out only together.

    Functions of one name are one: a property and its setter, or a function that is defined in both
    branches of an ``if``.
    """
    found: dict[str, list[int]] = {}
    for index, one in enumerate(public):
        found.setdefault(one.qualified_name, []).append(index)
    return list(found.values())


def untested_in(
    unit: Sequence[int], public: Sequence[PublicFunction], tested: Collection[int]
) -> int | None:
    """Return the index of the function of `unit` for which a test is missing, or ``None``.

    Each has to be among the `tested`, but of a property and its setter one that only gives or sets
    an attribute may be left out beside another: ``return self._size`` beside a setter that checks.
    """
    working = [index for index in unit if not public[index].is_accessor]
    if working:
        return next((index for index in working if index not in tested), None)
    return None if any(index in tested for index in unit) else unit[0]


def _argument_range(node: Function, is_method: bool) -> tuple[int, int]:
    """Return the smallest and the largest number of arguments of a call of `node`.

    For a method the range covers both ``box.volume()`` and ``Box.volume(box)``. With a decorator
    outside ``_SAME_ARGUMENTS`` every number is accepted.
    """
    if any(called_name(item) not in _SAME_ARGUMENTS for item in node.decorator_list):
        return 0, _UNLIMITED
    arguments = node.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    required = positional - len(arguments.defaults)
    required += sum(value is None for value in arguments.kw_defaults)
    is_open = arguments.vararg or arguments.kwarg
    most = _UNLIMITED if is_open else positional + len(arguments.kwonlyargs)
    return max(0, required - is_method), most


def _is_trivial_statement(statement: ast.stmt) -> bool:
    """Return whether `statement` needs no test.

    e.g. ``pass``, ``return 3``, ``return name``, ``x = 60 * 60``, ``raise NotImplementedError``;
    not ``return self.name``, ``return [x]`` and ``x = y``.
    """
    if isinstance(statement, ast.Return | ast.Assign | ast.AnnAssign):
        value = statement.value
        named = isinstance(statement, ast.Return) and isinstance(value, ast.Name)
        return value is None or named or is_constant(value)
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        return called_name(statement.exc) == "NotImplementedError"
    return is_stub([statement])


def doctests(
    tree: ast.Module, definitions: Sequence[Definition], module_names: ModuleNames
) -> Iterator[Routine]:
    """Yield a test for each docstring of `tree` or `definitions` with an example that can fail.

    Such an example calls something and shows the expected output. All examples of a docstring are
    one test; skipped ones and those that Python cannot parse are no part of it. `module_names` are
    those of the file.
    """
    documented = [(tree, "module"), *((one.node, one.qualified_name) for one in definitions)]
    for node, qualified_name in documented:
        first = node.body[0] if node.body else None
        if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
            continue
        text = first.value.value
        if isinstance(text, str) and _PROMPT in text:
            routine = _doctest(text, qualified_name, first, module_names)
            if routine is not None:
                yield routine


def _doctest(
    text: str, qualified_name: str, statement: ast.stmt, module_names: ModuleNames
) -> Routine | None:
    """Return the examples in the docstring `text` as one test, or ``None`` if none can fail.

    Skipped examples and those that Python cannot parse are left out. The number of assertions is
    that of different examples that can fail. `statement` is the docstring of the definition with
    the name `qualified_name`.
    """
    mentions: set[str] = set()
    asserting: set[str] = set()
    usage = Usage(module_names)
    for example, output in _examples(text):
        tree = _parsed(example)
        if tree is not None and "doctest: +SKIP" not in example:
            mentions.update(mentioned_names([tree]))
            usage.add(list(walk(tree)))
            if output and any(isinstance(node, ast.Call) for node in ast.walk(tree)):
                asserting.add(example)
    if not asserting:
        return None
    return Routine(
        name=f"{qualified_name} (doctest)",
        line=statement.lineno,
        column=statement.col_offset + 1,
        is_test=True,
        assertions=len(asserting),
        mentions=tuple(sorted(mentions)),
        groups=(
            Group(tuple(sorted(usage.calls)), tuple(sorted(mentions)), "asserted", False, False),
        ),
        digest=digest([statement]),
    )


def _examples(text: str) -> Iterator[tuple[str, str]]:
    """Yield the code of each example in the docstring `text`, and the first line of its output.

    The latter is "" without output.
    """
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
    """Return the tree of `example`, or ``None`` if Python cannot parse it."""
    try:
        return ast.parse(example)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
