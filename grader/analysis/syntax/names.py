"""Every name that a module binds, with its scope and what it is: without recursion, in one pass."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum, auto

from grader.analysis.syntax.dotted_names import base_name
from grader.analysis.syntax.statements import FUNCTIONS, Function
from grader.analysis.syntax.walk import children

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
#: Calls that make a type variable, whose name is one letter by custom.
_TYPE_MAKERS = frozenset({"NewType", "ParamSpec", "TypeVar", "TypeVarTuple"})

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z_\d]+")


class Kind(StrEnum):
    """What a bound name is."""

    FUNCTION = auto()
    METHOD = auto()
    CLASS = auto()
    ARGUMENT = auto()
    VARIABLE = auto()
    #: Of a loop, a comprehension, a lambda or a pattern: read a line later, and gone.
    LOOP = auto()
    #: What ``with`` or a call of ``open`` gives.
    OPENED = auto()
    ERROR = auto()
    TYPE = auto()
    IMPORT = auto()


#: Where a reader is sent.
Place = ast.stmt | ast.expr | ast.arg | ast.ExceptHandler | ast.pattern


@dataclass(frozen=True)
class Binding:
    """A name, what it is, the scope that holds it and the node that a reader is sent to."""

    name: str
    kind: Kind
    scope: Scope
    node: Place


def scoped(tree: ast.Module) -> Iterator[tuple[ast.AST, Scope]]:
    """Every node that binds, with the function, class or module around it; parents come first."""
    waiting: list[tuple[ast.AST, Scope]] = [(tree, tree)]
    while waiting:
        node, scope = waiting.pop()
        if type(node) in _BINDING:
            yield node, scope
        inner = node if isinstance(node, _SCOPES) else scope
        waiting.extend([(child, inner) for child in children(node) if type(child) not in _LEAVES])


def bindings(tree: ast.Module, found: list[tuple[ast.AST, Scope]]) -> list[Binding]:
    """The bindings of what :func:`scoped` found, in the order of their lines.

    A name that a function declares ``global`` is the module's.
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
    """The words of a name in lower case: ``loadHTMLFile_2`` is load, html, file."""
    return [word.lower() for word in _WORD.findall(name)]


def decorators(function: Function) -> set[str]:
    """The last part of the name of each decorator, called or not."""
    return {base_name(each) for each in function.decorator_list}


def arguments_of(arguments: ast.arguments) -> list[ast.arg]:
    """All arguments of a function, ``*args`` and ``**kwargs`` too."""
    plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return plain + [each for each in (arguments.vararg, arguments.kwarg) if each is not None]


def _bound_by(node: ast.AST, scope: Scope) -> Iterator[Binding]:
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
        kind = _kind_of_variable(node)
        for target in _targets(node):
            for name in names_in(target):
                yield Binding(name.id, kind, scope, name)


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    if isinstance(node, _WITHS):
        return [item.optional_vars for item in node.items if item.optional_vars is not None]
    if isinstance(node, _COMPREHENSIONS):
        return [each.target for each in node.generators]
    if isinstance(node, ast.AnnAssign | ast.NamedExpr | ast.For | ast.AsyncFor):
        return [node.target]
    return []


def names_in(target: ast.expr) -> Iterator[ast.Name]:
    """The plain names that a target binds; what is inside tuples, lists and stars too."""
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
    if isinstance(node, (*_LOOPS, *_COMPREHENSIONS)):
        return Kind.LOOP
    if isinstance(node, _WITHS):
        return Kind.OPENED
    value = getattr(node, "value", None)
    made_by = base_name(value) if isinstance(value, ast.Call) else ""
    if made_by in _TYPE_MAKERS:
        return Kind.TYPE
    return Kind.OPENED if "open" in made_by.lower() else Kind.VARIABLE


#: Where a word begins inside ``totalPrice`` and ``HTTPServer``.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """Return ``name`` in snake_case: ``total_price`` for ``totalPrice`` and ``TotalPrice``."""
    return re.sub("__+", "_", _HUMP.sub("_", name).lower()) if name.strip("_") else name


def cap_words(name: str) -> str:
    """Return ``name`` in CapWords: ``ShoppingCart`` for ``shopping_cart`` and ``shoppingCart``.

    A name with digits on both sides of an underscore (``v1_2``) is returned unchanged.
    """
    if re.search(r"\d_\d", name):
        return name
    lead = len(name) - len(name.lstrip("_"))
    return name[:lead] + "".join(part[:1].upper() + part[1:] for part in name.split("_"))
