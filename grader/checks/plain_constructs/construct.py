"""What a rule finds: a construct, with its place, its message and its rewrite; and shared parts."""

from __future__ import annotations

import ast
import keyword
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.analysis.fixes.rewriting import Edit, Layout, Rewrite, last_line
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.module import module_of
from grader.analysis.syntax.statements import DEFINITIONS, FUNCTIONS
from grader.analysis.syntax.walk import walk
from grader.domain.source import SourceFile


@dataclass(frozen=True)
class Construct:
    """A place that could be said more plainly.

    ``code`` is that of its finding, ``node`` where it begins, ``rewrite`` makes the plainer text.
    """

    code: str
    node: ast.stmt | ast.expr | ast.arg
    message: str
    rewrite: Rewrite


class File:
    """One file as the rules see it: its module, and what they ask about the whole of it."""

    def __init__(self, source: SourceFile) -> None:
        self.module = module_of(source)
        self.tree = source.tree
        self.is_notebook = source.kind == "notebook"

    @cached_property
    def elifs(self) -> frozenset[int]:
        """The ids of the ``if`` nodes that are written as ``elif``: as far left as the first."""
        return frozenset(
            id(inner)
            for node in self.module.statements
            if isinstance(node, ast.If) and len(node.orelse) == 1
            for inner in node.orelse
            if isinstance(inner, ast.If) and inner.col_offset == node.col_offset
        )

    @cached_property
    def bound(self) -> frozenset[str]:
        """Every name that the file binds, in any scope: no builtin can be meant by it for sure."""
        return frozenset(name for scope in self.module.scopes for name in scope.bound)

    @cached_property
    def read_in_functions(self) -> frozenset[str]:
        """The names that functions and classes of the file use."""
        scopes = (scope for scope in self.module.scopes if isinstance(scope.node, DEFINITIONS))
        return frozenset(use.name for scope in scopes for use in scope.uses)

    @cached_property
    def passed_on(self) -> frozenset[str]:
        """The names that are read other than to call them: functions that something else calls."""
        called = {id(call.func) for call in self.module.calls}
        return frozenset(
            use.node.attr if isinstance(use.node, ast.Attribute) else use.name
            for scope in self.module.scopes
            for use in scope.uses
            if use.how == "read" and id(use.node) not in called
        )

    @cached_property
    def definitions(self) -> Mapping[str, int]:
        """How often each name of a function is defined, by name."""
        return Counter(node.name for node in self.module.functions)

    @cached_property
    def called(self) -> frozenset[str]:
        """The last names of everything that the file calls."""
        return frozenset(last_name(call.func) for call in self.module.calls)

    @cached_property
    def gives_lines_a_meaning(self) -> bool:
        """Whether a value alone on a line may mean something: in a notebook, or to a framework.

        e.g. Streamlit shows it, and Airflow reads ``first >> second``.
        """
        return self.is_notebook or bool(self._packages & {"streamlit", "airflow"})

    @cached_property
    def has_arrays(self) -> bool:
        """Whether the file imports a package whose arrays add numbers with ``+=``."""
        return bool(self._packages & {"numpy", "pandas", "torch", "tensorflow"})

    @cached_property
    def _packages(self) -> frozenset[str]:
        """The packages that the file imports from."""
        return frozenset(name.split(".")[0] for name in self.module.aliases.imported.values())


@dataclass(frozen=True)
class Place:
    """A statement with what is around it.

    ``block`` is the list of statements that it is in, at ``index``; ``parent`` has that block.
    ``scope`` is the nearest function, class or module around it.
    """

    file: File
    block: Sequence[ast.stmt]
    index: int
    parent: ast.AST
    scope: ast.AST

    @property
    def after(self) -> Sequence[ast.stmt]:
        """The statements after it in its block."""
        return self.block[self.index + 1 :]

    @property
    def is_in_special_method(self) -> bool:
        """Whether the scope is a method such as ``__eq__``; an operator in it may call itself."""
        return is_special(self.scope)

    def is_builtin(self, function: ast.expr, name: str) -> bool:
        """Return whether ``function`` is the builtin ``name``, e.g. ``len``; not an own one."""
        return is_name(function, name) and name not in self.file.bound

    def call_of(self, node: ast.AST | None, name: str) -> ast.expr | None:
        """Return the only argument of ``node`` if it calls the builtin ``name`` with just that."""
        if not (isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords):
            return None
        if isinstance(node.args[0], ast.Starred) or not self.is_builtin(node.func, name):
            return None
        return node.args[0]

    def names(self) -> list[ast.Name]:
        """Return every name in the scope, in nested functions too."""
        return [node for node in walk(self.scope) if isinstance(node, ast.Name)]

    def values_of(self, name: str) -> list[ast.expr]:
        """Return what the scope assigns to ``name`` alone, e.g. ``0`` in ``total = 0``."""
        return [
            node.value
            for node in walk(self.scope)
            if isinstance(node, ast.Assign) and any(is_name(each, name) for each in node.targets)
        ]

    def is_used_outside(self, name: str, *inside: ast.AST) -> bool:
        """Return whether the scope has ``name`` elsewhere than in the nodes ``inside``.

        Of a module or class, functions may read it too.
        """
        if not isinstance(self.scope, FUNCTIONS) and name in self.file.read_in_functions:
            return True
        known = {id(node) for node in walk(*inside)}
        return any(each.id == name and id(each) not in known for each in self.names())


def is_special(function: ast.AST) -> bool:
    """Return whether ``function`` is a special method that an operator calls, e.g. ``__eq__``."""
    name = getattr(function, "name", "")
    return name.startswith("__") and name.endswith("__") and name != "__init__"


#: A rule: from a statement or expression and its place to the constructs that it finds there.
Rule = Callable[[ast.AST, Place], Iterator[Construct]]


def is_name(node: ast.AST | None, name: str) -> bool:
    """Return whether ``node`` is the plain name ``name``."""
    return isinstance(node, ast.Name) and node.id == name


def is_constant(node: ast.AST | None, value: object) -> bool:
    """Return whether ``node`` is the literal ``value``; 1 is not ``True``, and 1.0 not 1."""
    if not isinstance(node, ast.Constant) or type(node.value) is not type(value):
        return False
    return bool(node.value == value)


def same(one: ast.AST, other: ast.AST) -> bool:
    """Return whether two expressions or statements are equal but for layout and comments."""
    return type(one) is type(other) and ast.dump(one) == ast.dump(other)


def same_block(one: Sequence[ast.stmt], other: Sequence[ast.stmt]) -> bool:
    """Return whether two lists of statements are equal but for layout and comments."""
    return len(one) == len(other) and all(map(same, one, other))


#: Kinds of expressions that only look: evaluating them twice, or later, gives the same, as long as
#: nothing is assigned in between.
_LOOKING = (
    *(ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.UnaryOp, ast.BinOp),
    *(ast.Compare, ast.BoolOp, ast.Tuple),
)


def is_plain(node: ast.expr) -> bool:
    """Return whether ``node`` only reads and computes: no call except ``len``, nothing awaited.

    e.g. ``price``, ``rows[0].total`` and ``len(rows) - 1``; not ``next(rows)``.
    """
    for part in walk(node):
        if isinstance(part, ast.Call):
            if not (is_name(part.func, "len") and len(part.args) == 1):
                return False
        elif not isinstance(part, _LOOKING):
            return False
    return True


def names_in(*nodes: ast.AST) -> set[str]:
    """Return every plain name that ``nodes`` read, assign or delete."""
    return {node.id for node in walk(*nodes) if isinstance(node, ast.Name)}


def bound_in(*nodes: ast.AST) -> set[str]:
    """Return the plain names that ``nodes`` assign or delete, also in functions inside them."""
    return {
        node.id
        for node in walk(*nodes)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }


#: How tightly an expression binds: the kinds that need no brackets as an operand of ``not``.
_TIGHTER_THAN_NOT = (
    *(ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Call, ast.Compare, ast.BinOp),
    *(ast.List, ast.Tuple, ast.Dict, ast.Set, ast.JoinedStr, ast.UnaryOp),
)
#: The comparison that is true where the other is false. e.g. ``<`` and ``>=``.
OPPOSITES: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: ">=",
    ast.LtE: ">",
    ast.Gt: "<=",
    ast.GtE: "<",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}


def negated(test: ast.expr, text: Callable[[ast.AST], str]) -> str:
    """Return the text of the condition that is true where `test` is false.

    `text` returns the text of a node. e.g. ``a >= b`` for ``a < b``, ``found`` for ``not found``
    and ``not (a and b)`` for ``a and b``.
    """
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return text(test.operand)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        operator = OPPOSITES[type(test.ops[0])]
        return f"{bracketed(test.left, text)} {operator} {bracketed(test.comparators[0], text)}"
    if isinstance(test, _TIGHTER_THAN_NOT):
        return f"not {text(test)}"
    return f"not ({text(test)})"


#: Expressions that bind tighter than any operator.
_ATOMS = (
    *(ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Call, ast.List, ast.Dict, ast.Set),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Tuple, ast.JoinedStr),
)
#: Expressions that bind looser than ``==`` and so need brackets beside it.
_LOOSE = (ast.Compare, ast.BoolOp, ast.IfExp, ast.Lambda, ast.NamedExpr, ast.Yield, ast.YieldFrom)


def bracketed(node: ast.expr, text: Callable[[ast.AST], str]) -> str:
    """Return the text of ``node`` as one side of a comparison, in brackets where it needs them."""
    loose = isinstance(node, _LOOSE) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )
    return f"({text(node)})" if loose else text(node)


def atom(node: ast.expr, text: Callable[[ast.AST], str]) -> str:
    """Return the text of ``node`` as an operand, in brackets unless it binds tighter than all."""
    return text(node) if isinstance(node, _ATOMS) else f"({text(node)})"


#: Comparisons and calls whose value is ``True`` or ``False``.
_TRUE_OR_FALSE = frozenset(
    "all any bool callable hasattr isinstance issubclass endswith isalnum isalpha isascii isdecimal"
    " isdigit isdisjoint isfile isdir isidentifier islower isnumeric isspace issubset issuperset"
    " istitle isupper startswith".split()
)


def is_boolean(node: ast.expr) -> bool:
    """Return whether the value of ``node`` is ``True`` or ``False``, and not only counts as one.

    e.g. ``a < b``, ``not rows`` and ``text.isdigit()``; not ``rows`` and ``a or b``. Comparisons of
    arrays are no such values; a condition cannot be one of them.
    """
    if isinstance(node, ast.BoolOp):
        return all(map(is_boolean, node.values))
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    if isinstance(node, ast.Call):
        return last_name(node.func) in _TRUE_OR_FALSE
    return isinstance(node, ast.Compare) or is_constant(node, True) or is_constant(node, False)


#: What ends a name in the plural, and what the singular has instead. e.g. ``boxes`` to ``box``.
_PLURALS = (
    ("ies", "y"),
    ("sses", "ss"),
    ("xes", "x"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("s", ""),
)


def item_name(whole: ast.expr, taken: set[str]) -> str:
    """Return a name for one item of ``whole`` that is not in ``taken``.

    e.g. ``price`` for ``prices`` and ``self.prices``, ``item`` for ``stock``.
    """
    name = last_name(whole).strip("_").lower()
    for end, replacement in _PLURALS:
        if name.endswith(end) and len(name) > len(end) + 1 and not name.endswith("ss"):
            name = name[: -len(end)] + replacement
            break
    else:
        name = "item"
    choices = (name, "item", f"one_{name}", f"{name}_here")
    return next((each for each in choices if _is_free(each, taken)), "")


def _is_free(name: str, taken: set[str]) -> bool:
    """Return whether ``name`` can be given to a variable: no keyword, and not in ``taken``."""
    return name.isidentifier() and not keyword.iskeyword(name) and name not in taken


def replaced(node: ast.expr, text: str) -> Rewrite:
    """Return the rewrite that puts ``text`` in the place of ``node``."""
    return lambda layout: [layout.replace(node, text)]


def by(node: ast.expr, write: str, *parts: ast.expr) -> Rewrite:
    """Return the rewrite of ``node`` to the template ``write``, filled with the text of ``parts``.

    Each ``{}`` is a part as an operand, in brackets where it needs them. So is the result if an
    operator stands beside ``node``.
    """

    def rewrite(layout: Layout) -> list[Edit]:
        whole = write in ("{}", "{}[{}]") or write.endswith(")")
        text = write.format(*(atom(part, layout.of) for part in parts))
        return [layout.replace(node, text if whole or layout.stands_alone(node) else f"({text})")]

    return rewrite


def deletion(statement: ast.stmt) -> Rewrite:
    """Return the rewrite that deletes the lines of ``statement``."""
    return lambda layout: [layout.delete(statement.lineno, last_line(statement))]
