"""Find out which kind of value an expression has, e.g. a file, a table of data or a connection.

Kinds are those of :func:`~grader.analysis.syntax.stdlib_effects.kind_of`. They decide which effect
a method has: ``rows.plot()`` draws a chart if ``rows`` is a table of data.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.analysis.syntax.call_targets import Aliases, target_of
from grader.analysis.syntax.scopes import Scope
from grader.analysis.syntax.stdlib_effects import DERIVING, kind_of

#: What has no kind.
_NOTHING = ast.Constant(None)
#: Arguments that are a connection by their name, e.g. of ``insert(cur, row)``. Not ``conn``, which
#: may be one of the network.
_CURSORS = frozenset({"cur", "cursor"})
#: Names by which methods mean their own object, or its class.
_OWN = frozenset({"self", "cls"})


@dataclass
class ValueKinds:
    """The kinds of the values in one file, found when they are asked for and then kept.

    ``scopes`` are all scopes of the file, the module's first.
    """

    aliases: Aliases
    scopes: Sequence[Scope]
    #: Kinds by scope and name; "" also for a name whose kind is being looked for.
    _known: dict[tuple[Scope, str], str] = field(default_factory=dict)
    #: The values that each scope assigns, by name, and the file to attributes of ``self``.
    _values: dict[Scope, dict[str, list[ast.expr]]] = field(default_factory=dict)
    _of_attributes: dict[str, str] | None = None

    def kind(self, value: ast.expr, scope: Scope) -> str:
        """Return the kind of ``value``, an expression in ``scope``; "" if it is not known.

        Known are calls of functions in the table, names and attributes of ``self`` that are only
        set to values of one kind, arguments with an annotation, and, for the kinds in
        ``DERIVING``, all that begins with one of these: ``frame[frame.age > 3].groupby("town")``.
        """
        derived = False
        while (kind := self._plain(value, scope)) is None:
            derived = derived or isinstance(value, ast.Attribute | ast.Subscript)
            value = value.func if isinstance(value, ast.Call) else getattr(value, "value", _NOTHING)
        return kind if not derived or kind in DERIVING else ""

    def _plain(self, value: ast.expr, scope: Scope) -> str | None:
        """Return the kind of ``value`` if it is known by itself, "" if it has none.

        ``None``: it is derived from the value that it begins with, as ``rows.price`` from ``rows``.
        """
        if isinstance(value, ast.Name):
            return self._of_name(value.id, scope)
        if isinstance(value, ast.Call):
            dotted = target_of(value.func, self.aliases).dotted
            known = "" if dotted in self.aliases.own else kind_of(dotted)
            return known if dotted else None
        if isinstance(value, ast.Attribute) and getattr(value.value, "id", "") in _OWN:
            return self._of_attribute(value.attr)
        return None if isinstance(value, ast.Attribute | ast.Subscript | ast.Await) else ""

    def _of_name(self, name: str, scope: Scope) -> str:
        """Return the kind of the variable ``name`` that ``scope`` sees, "" if it is not known."""
        at = scope
        while at.parent is not None and not _is_own(name, at):
            at = at.parent
        if (at, name) not in self._known:
            # e.g. the right side of `rows = rows.dropna()` asks for the kind of `rows` again
            self._known[at, name] = ""
            self._known[at, name] = self._of_argument(at.bound.get(name)) or self._only(
                self._values_in(at).get(name, ()), at
            )
        return self._known[at, name]

    def _of_argument(self, node: ast.AST | None) -> str:
        """Return the kind that the annotation of the argument ``node`` names, e.g. a data frame.

        Without one, an argument such as ``cursor`` is a connection.
        """
        if not isinstance(node, ast.arg):
            return ""
        if node.annotation is None:
            return "connection" if node.arg in _CURSORS else ""
        return kind_of(target_of(node.annotation, self.aliases).dotted)

    def _values_in(self, scope: Scope) -> dict[str, list[ast.expr]]:
        """Return the values that the statements of ``scope`` give to each name."""
        if scope not in self._values:
            found: dict[str, list[ast.expr]] = {}
            for target, value in _given(scope):
                for part in _parts(target):
                    if isinstance(part, ast.Name):
                        found.setdefault(part.id, []).append(value)
            self._values[scope] = found
        return self._values[scope]

    def _of_attribute(self, name: str) -> str:
        """Return the kind of the attribute ``name`` of ``self`` in any class of the file."""
        if self._of_attributes is None:
            self._of_attributes = {}
            values: dict[str, list[tuple[ast.expr, Scope]]] = {}
            for scope in self.scopes:
                for target, value in _given(scope):
                    for part in _parts(target):
                        if isinstance(part, ast.Attribute):
                            values.setdefault(part.attr, []).append((value, scope))
            for attribute, given in values.items():
                kinds = {self.kind(value, scope) for value, scope in given} - {""}
                self._of_attributes[attribute] = kinds.pop() if len(kinds) == 1 else ""
        return self._of_attributes.get(name, "")

    def _only(self, values: Iterable[ast.expr], scope: Scope) -> str:
        """Return the one kind that ``values`` have; "" if some have another or none.

        Values without a known kind are ignored beside one in ``DERIVING``: after ``rows =
        read_csv(path)`` and ``rows = clean(rows)``, `rows` is most likely still a table.
        """
        kinds = {self.kind(value, scope) for value in values}
        known = kinds - {""}
        certain = len(known) == 1 and (known == kinds or known <= DERIVING)
        return known.pop() if certain else ""


def _given(scope: Scope) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield (target, value) of each assignment and ``with`` in ``scope``."""
    for block in scope.blocks:
        for statement in block.statements:
            if isinstance(statement, ast.Assign):
                for target in statement.targets:
                    yield target, statement.value
            elif isinstance(statement, ast.AnnAssign) and statement.value:
                yield statement.target, statement.value
            elif isinstance(statement, ast.With | ast.AsyncWith):
                for item in statement.items:
                    if item.optional_vars is not None:
                        yield item.optional_vars, item.context_expr


def _parts(target: ast.expr) -> list[ast.expr]:
    """Return the targets in ``target``: both of ``figure, axes = plt.subplots()``."""
    return target.elts if isinstance(target, ast.Tuple | ast.List) else [target]


def _is_own(name: str, scope: Scope) -> bool:
    """Return whether ``scope`` itself binds ``name``, and not for a scope around it."""
    return name in scope.bound and name not in scope.declared and name not in scope.outer
