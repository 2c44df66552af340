"""Find the constants of a module: names bound once, to a fixed value that nothing changes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from grader.analysis.syntax.dotted_names import base_name, last_name
from grader.analysis.syntax.framework_objects import is_read_by_framework
from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.module import Module, module_of
from grader.analysis.syntax.mutations import Uses, uses_of
from grader.analysis.syntax.names import snake_case
from grader.analysis.syntax.statements import DEFINITIONS, LOOPS, bodies
from grader.analysis.syntax.walk import children
from grader.domain.source import SourceFile

#: Literals whose value can change without the name being bound again.
_MUTABLE = (ast.List, ast.Set, ast.Dict)
#: Functions and classes whose result stays the same if their arguments do, e.g.
#: ``frozenset({1, 2})`` and ``Path("x")``; not ``re.compile("x")``, which many write in lower case,
#: and ``os.getenv("HOME")``.
_MAKING = frozenset("""
    dict frozenset list range set tuple
    datetime.date datetime.datetime datetime.time datetime.timedelta decimal.Decimal
    fractions.Fraction os.path.abspath os.path.dirname os.path.expanduser os.path.join
    os.path.realpath pathlib.Path pathlib.PurePath
    """.split())
#: The last names of those, and of the methods, that make a list, a set or a dict.
_MAKING_MUTABLE = frozenset({"dict", "list", "set", "split", "splitlines"})
#: Methods of texts and paths that do the same: ``"a b".split()``; not ``rows.pop()``.
_METHODS = frozenset(
    "absolute encode expanduser format joinpath lower resolve split splitlines strip upper"
    " with_name with_suffix".split()
)
#: Attributes of a path: ``Path(__file__).parent``.
_OF_PATHS = frozenset({"name", "parent", "parents", "stem"})
#: Constants of the library, which a module may give a name of its own: ``letters = string.digits``.
_OF_LIBRARY = frozenset("""
    math.e math.inf math.pi math.tau string.ascii_letters string.ascii_lowercase
    string.ascii_uppercase string.digits string.punctuation string.printable string.whitespace
    """.split())
#: Words for the kind of a value, as in ``set1 = {1, 2}``; chosen by hand.
_KINDS = frozenset(
    "arr array dict dictionary list lst num number set str string tuple val value".split()
)
#: Letters up to which a name says nothing, as in ``x = 3``.
_FEW_LETTERS = 2
#: Other nodes that stay the same if what is in them does.
_FIXED_NODES = (
    *(ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Starred, ast.UnaryOp, ast.BinOp),
    *(ast.JoinedStr, ast.FormattedValue, ast.Subscript),
)


@dataclass(frozen=True)
class Constant:
    """A constant of a module, in upper or lower case, as :func:`constants_of` finds them.

    It is a name bound once, to a fixed value that nothing changes. ``node`` is the name
    in the assignment. ``is_read``: some code of the file reads a name spelled like it, in any
    scope.
    """

    name: str
    node: ast.Name
    is_read: bool

    @property
    def is_upper(self) -> bool:
        """Whether the name is in UPPER_CASE."""
        return self.name == self.name.upper()

    @property
    def in_upper(self) -> str:
        """The name in UPPER_CASE: ``MAX_SPEED`` for ``max_speed`` and ``maxSpeed``."""
        return snake_case(self.name).upper()


def constants_of(source: SourceFile) -> list[Constant]:
    """Return the constants of ``source``, in upper or lower case, ordered by line.

    A constant is bound once, outside functions, classes, loops and ``if __name__ == "__main__":``,
    to literals, arithmetic on them, names of constants and calls that only make a value, e.g.
    ``24 * HOURS``, ``{"a": 1}``, ``Path("x")`` or ``f"{SITE}/prices"``. Left out: the values
    ``None`` and ``...``, mere other names, and values with an empty list, set or dict. A value with
    a list, set or dict is left out if some code may change it in place; any other, if its name is
    deleted or ``global``. Names with ``__`` at both ends, without a letter, annotated
    ``TypeAlias``, or known to a framework are left out too, and so are variables that only look
    like constants (see :func:`_is_forgotten` and :func:`_is_material`).
    """
    module = module_of(source)
    values = _Values(module)
    found: list[Constant] = []
    candidates = sorted(_candidates(source.tree), key=lambda pair: _place(pair[0]))
    for name, value in candidates:
        if values.stays(value) and not _is_given(name.id, module):
            # measured: 234 -> 149 ms for 81 submissions, because half of the files need no uses
            uses = source.once(_uses_in)
            changes = uses.changed if values.is_mutable(value) else uses.rebound
            once = uses.bound[name.id] == 1 and name.id not in changes
            if once and not _is_variable(name.id, value, module):
                values.known.add(name.id)
                found.append(Constant(name.id, name, name.id in uses.read))
    return found


def _uses_in(source: SourceFile) -> Uses:
    return uses_of(source.tree)


def _place(name: ast.Name) -> tuple[int, int]:
    return name.lineno, name.col_offset


def _is_given(name: str, module: Module) -> bool:
    """Return whether ``name`` is not the author's choice: a dunder, ``_``, or a framework's."""
    dunder = name.startswith("__") and name.endswith("__")
    if dunder or not any(letter.isalpha() for letter in name):
        return True
    packages = {dotted.partition(".")[0] for dotted in module.aliases.imported.values()}
    return is_read_by_framework(name, packages, module.bindings)


def _is_variable(name: str, value: ast.expr, module: Module) -> bool:
    """Return whether ``name``, in lower case, is no constant although nothing changes it."""
    if name.isupper():
        return False
    return _is_material(name, module) or _is_forgotten(name, value, module)


def _is_material(name: str, module: Module) -> bool:
    """Return whether ``name`` is a value that a short exercise tries something with.

    Such a file has no functions and classes, and the name says nothing or only the kind of value:
    ``set1 = {1, 2}``, ``numbers = [1, 2]``, ``x = 3``; not ``symbols = {"a": ".-"}``.
    """
    if module.functions or module.classes:
        return False
    word = name.lower().rstrip("0123456789_").removeprefix("my").strip("_")
    return len(word) <= _FEW_LETTERS or word in _KINDS or word.removesuffix("s") in _KINDS


def _is_forgotten(name: str, value: ast.expr, module: Module) -> bool:
    """Return whether ``name`` is a variable that the module forgot, not a constant.

    No code reads it as the module's, though there are functions; and a function has a variable of
    the same name, or ``value`` is one to start from. e.g. ``average = 0`` above a function that
    computes its own ``average``; not ``limit = 30``, which other modules may read.
    """
    if not module.functions:
        return False
    starts = isinstance(value, ast.Constant) and not value.value
    if not starts and not any(name in scope.bound for scope in module.scopes[1:]):
        return False
    return not any(
        use.name == name and scope.sees_module(name)
        for scope in module.scopes
        for use in scope.uses
    )


def _candidates(tree: ast.Module) -> Iterator[tuple[ast.Name, ast.expr]]:
    """Yield (name, value) of each assignment that may define a constant.

    Assignments annotated ``TypeAlias`` are left out.
    """
    for statement in _own_statements(tree):
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            if base_name(statement.annotation) != "TypeAlias":
                yield from _pairs(statement.target, statement.value)
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from _pairs(target, statement.value)


def _own_statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements outside functions, classes, loops and the ``__main__`` guard.

    The definitions, loops and guards themselves are yielded. The order is not that of the lines.
    """
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        statement = waiting.pop()
        yield statement
        if not (isinstance(statement, (*DEFINITIONS, *LOOPS)) or is_guard(statement)):
            for body in bodies(statement):
                waiting.extend(body)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.Name, ast.expr]]:
    """Yield (name, value) of ``a = 1``, and for each name of ``a, b = 1, 2``.

    Yield nothing if the two sides have no matching parts, e.g. ``a, b = f()``.
    """
    if isinstance(target, ast.Name):
        yield target, value
    elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        if len(target.elts) == len(value.elts):
            for name, each in zip(target.elts, value.elts, strict=True):
                if isinstance(name, ast.Name):
                    yield name, each


@dataclass(frozen=True)
class _Values:
    """Tells which values of a module stay the same, e.g. ``24 * HOURS`` and ``Path("x")``.

    ``known`` are the constants found so far, which later ones may be made of.
    """

    module: Module
    known: set[str] = field(default_factory=set)

    def is_mutable(self, value: ast.expr) -> bool:
        """Return whether ``value`` has a list, set or dict in it."""
        return any(
            isinstance(node, _MUTABLE)
            or isinstance(node, ast.Call)
            and last_name(node.func) in _MAKING_MUTABLE
            for node in ast.walk(value)
        )

    def stays(self, value: ast.expr) -> bool:
        """Return whether ``value`` is made of literals, arithmetic, constants and plain calls.

        Not ``None``, ``...`` and empty lists, sets and dicts, which are there to be filled later;
        not a mere other name, which is an alias.
        """
        waits = isinstance(value, ast.Constant) and value.value in (None, ...)
        if waits or isinstance(value, ast.Name):
            return False
        waiting = [value]
        while waiting:
            parts = self._parts(waiting.pop())
            if parts is None:
                return False
            waiting += parts
        return True

    def _parts(self, node: ast.expr) -> Sequence[ast.expr] | None:
        """Return the expressions in ``node`` that have to stay the same; ``None`` if it may vary.

        e.g. both sides of ``24 * HOURS``, and nothing for ``24``.
        """
        if isinstance(node, ast.Name):
            return () if node.id.isupper() or node.id in self.known | {"__file__"} else None
        if isinstance(node, ast.Call):
            return self._of_call(node)
        if isinstance(node, ast.Attribute):
            return self._of_attribute(node)
        return _members(node) if isinstance(node, _FIXED_NODES) else None

    def _of_attribute(self, node: ast.Attribute) -> Sequence[ast.expr] | None:
        """Return what has to stay the same for ``string.digits`` or ``Path(__file__).parent``."""
        if self.module.target(node).dotted in _OF_LIBRARY:
            return ()
        return (node.value,) if node.attr in _OF_PATHS else None

    def _of_call(self, call: ast.Call) -> Sequence[ast.expr] | None:
        """Return what has to stay the same for the result of ``call`` to do so."""
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if self.module.target(call.func).dotted in _MAKING and given:
            return given
        if isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS:
            return [call.func.value, *given]
        return None


def _members(node: ast.expr) -> Sequence[ast.expr] | None:
    """Return the expressions in `node`; ``None`` for an empty list, which is there to be filled."""
    parts = [each for each in children(node) if isinstance(each, ast.expr)]
    return parts if parts or not isinstance(node, _MUTABLE) else None
