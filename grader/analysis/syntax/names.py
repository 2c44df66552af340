"""Every name that a module binds, with its scope and its kind; and names in another case."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum, auto

from grader.analysis.syntax.dotted_names import base_name
from grader.analysis.syntax.statements import FUNCTIONS, Function
from grader.analysis.syntax.walk import children

#: A node to which names belong. Comprehensions and lambdas count as part of the scope around them.
Scope = ast.Module | Function | ast.ClassDef
_SCOPES = (ast.Module, *FUNCTIONS, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LOOPS = (ast.For, ast.AsyncFor)
_WITHS = (ast.With, ast.AsyncWith)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.NamedExpr)
_CAPTURES = (ast.MatchAs, ast.MatchStar, ast.MatchMapping)
_IMPORTS = (ast.Import, ast.ImportFrom)
#: Every kind of node that binds a name or begins a scope.
_BINDING: frozenset[type[ast.AST]] = frozenset(
    {
        *_SCOPES,
        *_COMPREHENSIONS,
        *_LOOPS,
        *_WITHS,
        *_ASSIGNMENTS,
        *_CAPTURES,
        *_IMPORTS,
        ast.ExceptHandler,
        ast.Global,
        ast.Lambda,
    }
)
#: The most frequent kinds of node below which nothing can bind.
_LEAVES: frozenset[type[ast.AST]] = frozenset({ast.Name, ast.Constant, ast.alias})
#: Functions that create a type variable or a type, e.g. ``T = TypeVar("T")``.
_TYPE_MAKERS = frozenset({"NewType", "ParamSpec", "TypeVar", "TypeVarTuple"})

#: A word of a name: a run of capitals that no small letter follows, or small letters with at most
#: one capital before them. e.g. ``load``, ``HTML`` and ``File`` in ``loadHTMLFile_2``; not ``2``.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z_\d]+")


class Kind(StrEnum):
    """What kind of thing a bound name is, by the node that binds it.

    ``LOOP``: a variable of a loop or comprehension, an argument of a lambda, a captured part of a
    pattern. ``OPENED``: a variable of ``with``, or the result of a call with "open" in its name.
    ``ERROR``: the variable of ``except``. ``TYPE``: a type variable, or the result of ``NewType``.
    ``IMPORT``: the name after ``as``; imports without ``as`` are no bindings. ``METHOD``: a
    function whose nearest scope is a class; any other is a ``FUNCTION``. ``ARGUMENT``: one of a
    function or method. ``VARIABLE``: any other name that is assigned.
    """

    FUNCTION = auto()
    METHOD = auto()
    CLASS = auto()
    ARGUMENT = auto()
    VARIABLE = auto()
    #: A variable of a loop or comprehension, an argument of a lambda or a captured part of a
    #: pattern: names that are used only in the next few lines.
    LOOP = auto()
    #: A variable of ``with``, or one assigned from a call with "open" in its name (in any case),
    #: e.g. ``page = urlopen(url)``; not ``page = read(url)``.
    OPENED = auto()
    #: The variable of ``except ... as error``.
    ERROR = auto()
    #: A type variable, or the result of ``NewType``.
    TYPE = auto()
    #: The name after ``as`` in an import. Imports without ``as`` are not bindings here.
    IMPORT = auto()


#: A node with the line and column at which a finding about a name is reported.
Place = ast.stmt | ast.expr | ast.arg | ast.ExceptHandler | ast.pattern


@dataclass(frozen=True)
class Binding:
    """One place that binds a name; a name may have several, see :func:`bindings`.

    ``scope`` is the module, class or function that the name belongs to. ``node`` binds it, and is
    where a finding about the name is reported. ``made_by`` is the last name of the value that is
    assigned, without its calls and subscripts: ``subplots`` for ``a, b = plt.subplots(1, 2)``,
    ``shape`` for ``h, w = frame.shape[:2]``; empty for ``x = 1``, and where nothing is assigned.
    """

    name: str
    kind: Kind
    scope: Scope
    node: Place
    made_by: str = ""


def scoped(tree: ast.Module) -> Iterator[tuple[ast.AST, Scope]]:
    """Yield (node, scope) for every node that may bind a name and for every scope.

    ``global`` statements are among the nodes. The scope is the nearest function, class or module
    around the node (for ``tree`` itself, the tree); lambdas and comprehensions are nodes that bind,
    not scopes. Nodes come after their parents, but not in the order of their lines.
    """
    waiting: list[tuple[ast.AST, Scope]] = [(tree, tree)]
    while waiting:
        node, scope = waiting.pop()
        if type(node) in _BINDING:
            yield node, scope
        inner = node if isinstance(node, _SCOPES) else scope
        waiting.extend([(child, inner) for child in children(node) if type(child) not in _LEAVES])


def bindings(tree: ast.Module, found: list[tuple[ast.AST, Scope]]) -> list[Binding]:
    """Return the bindings of the nodes in ``found``, ordered by line and column.

    ``found`` is the result of :func:`scoped` for ``tree``. The scope of a name that a function
    declares ``global`` is the module; ``nonlocal`` is ignored. A name has one binding for each
    place that binds it, an annotation without a value (``x: int``) included. Imports without
    ``as``, ``+=`` and ``del`` are no such places.
    """
    shared = {
        (scope, name)
        for node, scope in found
        if isinstance(node, ast.Global)
        for name in node.names
    }
    bound = [
        replace(each, scope=tree) if (each.scope, each.name) in shared else each
        for node, scope in found
        for each in _bound_by(node, scope)
    ]
    return sorted(bound, key=lambda each: (each.node.lineno, each.node.col_offset))


def words_of(name: str) -> list[str]:
    """Return the words of ``name`` in lower case: load, html, file for ``loadHTMLFile_2``.

    Digits are dropped and separate words: x, y for ``x2y``.
    """
    return [word.lower() for word in _WORD.findall(name)]


def decorators(function: Function) -> set[str]:
    """Return the last part of each decorator's name, as a set.

    ``wraps`` for ``@functools.wraps(f)``; an empty string stands for a decorator that is no name,
    e.g. a lambda.
    """
    return {base_name(each) for each in function.decorator_list}


def arguments_of(arguments: ast.arguments) -> list[ast.arg]:
    """Return all arguments, also ``self``: positional, keyword-only, ``*args``, ``**kwargs``."""
    plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return plain + [each for each in (arguments.vararg, arguments.kwarg) if each is not None]


def _bound_by(node: ast.AST, scope: Scope) -> Iterator[Binding]:
    """Yield what ``node``, which lies in ``scope``, binds; a function also its arguments."""
    if isinstance(node, ast.ClassDef):
        yield Binding(node.name, Kind.CLASS, scope, node)
    elif isinstance(node, FUNCTIONS):
        kind = Kind.METHOD if isinstance(scope, ast.ClassDef) else Kind.FUNCTION
        yield Binding(node.name, kind, scope, node)
        for each in arguments_of(node.args):
            yield Binding(each.arg, Kind.ARGUMENT, node, each)
    elif isinstance(node, _IMPORTS):
        for alias in node.names:
            if alias.asname:
                yield Binding(alias.asname, Kind.IMPORT, scope, node)
    else:
        yield from _variables(node, scope)


def _variables(node: ast.AST, scope: Scope) -> Iterator[Binding]:
    """Yield what ``node`` binds if it is no definition and no import."""
    if isinstance(node, ast.Lambda):
        for each in arguments_of(node.args):
            yield Binding(each.arg, Kind.LOOP, scope, each)
    elif isinstance(node, ast.ExceptHandler):
        if node.name:
            yield Binding(node.name, Kind.ERROR, scope, node)
    elif isinstance(node, _CAPTURES):
        captured = node.rest if isinstance(node, ast.MatchMapping) else node.name
        if captured:
            yield Binding(captured, Kind.LOOP, scope, node)
    else:
        yield from _assigned(node, scope)


def _assigned(node: ast.AST, scope: Scope) -> Iterator[Binding]:
    """Yield the variables that ``node`` assigns, if it is an assignment, a loop or a ``with``."""
    kind = _kind_of_variable(node)
    for target, value in _targets(node):
        made_by = base_name(value) if value else ""
        for name in names_in(target):
            yield Binding(name.id, kind, scope, name, made_by)


def _targets(node: ast.AST) -> list[tuple[ast.expr, ast.expr | None]]:
    """Return the expressions that ``node`` assigns to, which may be tuples or attributes.

    Each comes with the value that is assigned; ``None`` for the items of a loop.
    """
    if isinstance(node, ast.Assign):
        return [(target, node.value) for target in node.targets]
    if isinstance(node, _WITHS):
        return [(one.optional_vars, one.context_expr) for one in node.items if one.optional_vars]
    if isinstance(node, _COMPREHENSIONS):
        return [(each.target, None) for each in node.generators]
    if isinstance(node, _LOOPS):
        return [(node.target, None)]
    if isinstance(node, ast.AnnAssign | ast.NamedExpr):
        return [(node.target, node.value)]
    return []


def names_in(target: ast.expr) -> Iterator[ast.Name]:
    """Yield the names that assigning to ``target`` binds: a and b for ``(a, [*b], c.d, e[0])``.

    Their order is not that of the text.
    """
    waiting = [target]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Name):
            yield each
        elif isinstance(each, ast.Tuple | ast.List):
            waiting.extend(each.elts)
        elif isinstance(each, ast.Starred):
            waiting.append(each.value)


def _kind_of_variable(node: ast.AST) -> Kind:
    """Return the kind of the variables that ``node`` binds, by its statement and its value."""
    if isinstance(node, (*_LOOPS, *_COMPREHENSIONS)):
        return Kind.LOOP
    if isinstance(node, _WITHS):
        return Kind.OPENED
    value = getattr(node, "value", None)
    made_by = base_name(value) if isinstance(value, ast.Call) else ""
    if made_by in _TYPE_MAKERS:
        return Kind.TYPE
    return Kind.OPENED if "open" in made_by.lower() else Kind.VARIABLE


#: The position before a new word, e.g. before the "P" of ``totalPrice`` and the "S" of
#: ``HTTPServer``; none in ``HTTP``.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """Return ``name`` in snake_case: ``total_price`` for ``totalPrice`` and ``TotalPrice``.

    Repeated underscores become one, also at the ends. A name of underscores only stays.
    """
    return re.sub("__+", "_", _HUMP.sub("_", name).lower()) if name.strip("_") else name


def cap_words(name: str) -> str:
    """Return ``name`` in CapWords: ``ShoppingCart`` for ``shopping_cart`` and ``shoppingCart``.

    Leading underscores are kept, the others dropped; only the first letter of each part changes
    (``HTTPUrl`` for ``HTTP_url``). A name with digits on both sides of an underscore (``v1_2``) is
    returned unchanged.
    """
    if re.search(r"\d_\d", name):
        return name
    lead = len(name) - len(name.lstrip("_"))
    return name[:lead] + "".join(part[:1].upper() + part[1:] for part in name.split("_"))
