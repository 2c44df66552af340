"""Which names each function uses, and which of them are names of the module.

A walk of our own and not :mod:`symtable`, which parses the text a second time, gives up on deep
trees, and has scopes for annotations and comprehensions that differ between versions of Python.
Annotations are left out, since they are for readers.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from grader.analysis.syntax.dotted_names import root_of
from grader.analysis.syntax.statements import FUNCTIONS, Function
from grader.analysis.syntax.walk import EVALUATED, children

#: Methods that change a list, a dictionary or a set in place.
MUTATORS = frozenset(
    "append appendleft extend extendleft insert remove pop popleft popitem clear sort reverse"
    " rotate add discard update setdefault difference_update intersection_update subtract".split()
)

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Use(NamedTuple):
    """A name, with the first attribute taken of it or nothing, and what is done with it.

    ``how`` is ``read``, ``change`` (an item or attribute is set or deleted) or ``mutate`` (a
    method is called that changes containers). ``direct`` uses go by ``globals()``.
    """

    name: str
    attribute: str
    how: str
    node: ast.expr
    direct: bool = False


@dataclass
class Scope:
    """One scope; ``owner`` is the function whose code it is, ``None`` for the module's own."""

    node: ast.AST
    parent: Scope | None = None
    owner: Scope | None = None
    bound: dict[str, ast.AST] = field(default_factory=dict)
    outer: set[str] = field(default_factory=set)
    declared: dict[str, ast.Global] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    #: What has been looked up already; asked only once the walk is over.
    answers: dict[str, bool] = field(default_factory=dict)

    @property
    def is_class(self) -> bool:
        """Whether functions inside do not see the names of this scope."""
        return isinstance(self.node, ast.ClassDef)

    def sees_module(self, name: str) -> bool:
        """Whether a name that is used here is one of the module (or a builtin)."""
        if name not in self.answers:
            self.answers[name] = self._looked_up(name)
        return self.answers[name]

    def _looked_up(self, name: str) -> bool:
        at = self
        while at.parent is not None:
            if name in at.declared:
                return True
            visible = at is self or not at.is_class
            if visible and name in at.bound and name not in at.outer:
                return False
            at = at.parent
        return True

    def is_inside(self, name: str) -> bool:
        """Whether this is code of a class of that name."""
        at: Scope | None = self
        while at is not None and not (isinstance(at.node, ast.ClassDef) and at.node.name == name):
            at = at.parent
        return at is not None


def scopes_of(tree: ast.Module) -> list[Scope]:
    """Every scope of a module, the module's own first, without recursion."""
    scopes = [Scope(tree)]
    waiting: list[tuple[ast.AST, Scope]] = [(tree, scopes[0])]
    while waiting:
        node, scope = waiting.pop()
        visit = _VISITS.get(type(node))
        inside = (
            visit(node, scope, scopes)
            if visit
            else [(it, scope) for it in children(node, EVALUATED)]
        )
        inside.reverse()
        waiting.extend(inside)
    return scopes


_Inside = list[tuple[ast.AST, Scope]]


def _function(node: Function, scope: Scope, scopes: list[Scope]) -> _Inside:
    scope.bound.setdefault(node.name, node)
    inner = _new(node, scope, scopes)
    inner.owner = inner
    return _with_arguments(node.args, inner, [*node.decorator_list], node.body)


def _lambda(node: ast.Lambda, scope: Scope, scopes: list[Scope]) -> _Inside:
    inner = _new(node, scope, scopes)
    inner.owner = scope.owner or inner
    return _with_arguments(node.args, inner, [], [node.body])


def _with_arguments(
    arguments: ast.arguments, inner: Scope, outside: Sequence[ast.AST], body: Sequence[ast.AST]
) -> _Inside:
    """Defaults and decorators belong to the scope around; the body to the new one."""
    assert inner.parent is not None
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    stars = [each for each in (arguments.vararg, arguments.kwarg) if each]
    inner.bound.update({each.arg: each for each in (*named, *stars)})
    defaults = [each for each in (*arguments.defaults, *arguments.kw_defaults) if each]
    return [(each, inner.parent) for each in (*outside, *defaults)] + [(it, inner) for it in body]


def _class(node: ast.ClassDef, scope: Scope, scopes: list[Scope]) -> _Inside:
    scope.bound.setdefault(node.name, node)
    inner = _new(node, scope, scopes)
    outside = (*node.decorator_list, *node.bases, *node.keywords)
    return [(each, scope) for each in outside] + [(each, inner) for each in node.body]


def _comprehension(node: ast.ListComp, scope: Scope, scopes: list[Scope]) -> _Inside:
    inner, first = _new(node, scope, scopes), node.generators[0]
    parts = [part for part in children(node, EVALUATED) if part is not first]
    own = [each for each in children(first, EVALUATED) if each is not first.iter]
    return [(first.iter, scope)] + [(each, inner) for each in (*own, *parts)]


def _new(node: ast.AST, scope: Scope, scopes: list[Scope]) -> Scope:
    inner = Scope(node, scope, scope.owner)
    scopes.append(inner)
    return inner


def _name(node: ast.Name, scope: Scope, scopes: list[Scope]) -> _Inside:
    if isinstance(node.ctx, ast.Load):
        scope.uses.append(Use(node.id, "", "read", node))
    else:
        scope.bound.setdefault(node.id, node)
    return []


def _walrus(node: ast.NamedExpr, scope: Scope, scopes: list[Scope]) -> _Inside:
    """It binds in the function around, not in a comprehension."""
    host = scope
    while isinstance(host.node, _COMPREHENSIONS) and host.parent is not None:
        host = host.parent
    host.bound.setdefault(node.target.id, node.target)
    return [(node.value, scope)]


def _part(node: ast.Attribute | ast.Subscript, scope: Scope, scopes: list[Scope]) -> _Inside:
    if not isinstance(node.ctx, ast.Load):
        name, attribute = root_of(node)
        scope.uses.append(_by_globals(node, "change") or Use(name, attribute, "change", node))
        if isinstance(node.value, ast.Name):
            return [(each, scope) for each in children(node, EVALUATED) if each is not node.value]
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        scope.uses.append(Use(node.value.id, node.attr, "read", node))
        return []
    elif by_globals := _by_globals(node, "read"):
        scope.uses.append(by_globals)
    return [(each, scope) for each in children(node, EVALUATED)]


def _by_globals(node: ast.Attribute | ast.Subscript, how: str) -> Use | None:
    """``globals()["total"]``: a name of the module, whatever is local."""
    called = node.value.func if isinstance(node.value, ast.Call) else None
    if not (isinstance(called, ast.Name) and called.id == "globals"):
        return None
    key = node.slice if isinstance(node, ast.Subscript) else None
    name = str(key.value) if isinstance(key, ast.Constant) else "globals()"
    return Use(name, "", how, node, direct=True)


def _call(node: ast.Call, scope: Scope, scopes: list[Scope]) -> _Inside:
    called = node.func
    if isinstance(called, ast.Attribute) and called.attr in MUTATORS:
        name, attribute = root_of(called.value)
        use = _by_globals(called, "change") or Use(name, attribute, "mutate", called)
        scope.uses.append(use)
    return [(each, scope) for each in children(node, EVALUATED)]


def _global(node: ast.Global, scope: Scope, scopes: list[Scope]) -> _Inside:
    scope.declared.update({name: node for name in node.names if name not in scope.declared})
    return []


def _nonlocal(node: ast.Nonlocal, scope: Scope, scopes: list[Scope]) -> _Inside:
    scope.outer.update(node.names)
    return []


def _import(node: ast.Import | ast.ImportFrom, scope: Scope, scopes: list[Scope]) -> _Inside:
    for each in node.names:
        scope.bound.setdefault(each.asname or each.name.split(".")[0], node)
    return []


def _binder(node: ast.AST, scope: Scope, scopes: list[Scope]) -> _Inside:
    """What binds a name that it holds as text: handlers, patterns, type parameters."""
    name = getattr(node, "name", None) or getattr(node, "rest", None)
    if isinstance(name, str):
        scope.bound.setdefault(name, node)
    return [(each, scope) for each in children(node, EVALUATED)]


_BINDERS = (ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping)
#: Each kind of node that means something here, with what is to be visited inside it.
_VISITS: dict[type[ast.AST], Callable[..., _Inside]] = {
    **dict.fromkeys(FUNCTIONS, _function),
    **dict.fromkeys(_COMPREHENSIONS, _comprehension),
    **dict.fromkeys(_BINDERS, _binder),
    ast.Lambda: _lambda,
    ast.ClassDef: _class,
    ast.Name: _name,
    ast.NamedExpr: _walrus,
    ast.Attribute: _part,
    ast.Subscript: _part,
    ast.Call: _call,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Import: _import,
    ast.ImportFrom: _import,
}
