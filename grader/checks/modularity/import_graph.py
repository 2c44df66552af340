"""Who imports whom: cycles, what is reached from a module, how many others one leans on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.analysis.syntax.imports import GUARDED, NOW, Import, Modules

#: Importer -> imported -> the first import statement that says so.
Edges = Mapping[str, Mapping[str, Import]]


@dataclass(frozen=True)
class Graph:
    """The import graph of a submission. ``edges`` has every import, ``eager`` those that run at
    once while their module is being imported."""

    modules: Modules
    edges: Edges
    eager: Edges

    @staticmethod
    def of(modules: Modules, imports: Mapping[str, Iterable[Import]]) -> Graph:
        """The graph of what each module imports."""
        edges: dict[str, dict[str, Import]] = {path: {} for path in modules.depths}
        eager: dict[str, dict[str, Import]] = {path: {} for path in modules.depths}
        for path, found in imports.items():
            for one in found:
                target = modules.meant(path, one)
                if target is not None:
                    edges[path].setdefault(target, one)
                    if one.when == NOW:
                        eager[path].setdefault(target, one)
        return Graph(modules, edges, eager)

    def closing(self) -> dict[str, tuple[str, Import]]:
        """Each module in a cycle, with a module of that cycle that it imports, and where."""
        found: dict[str, tuple[str, Import]] = {}
        for together in cycles(self.eager):
            for path in together:
                inside = (item for item in self.eager[path].items() if item[0] in together)
                found[path] = min(inside, key=lambda item: item[1].line)
        return found

    def reached(self, start: str) -> set[str]:
        """The modules that run because of ``start``, directly or through others, itself aside.

        What stands below the guard of another module runs only when that one is started itself.
        """
        seen, waiting = {start}, [start]
        while waiting:
            new = {module for module in self._run_by(waiting.pop(), start) if module not in seen}
            seen |= new
            waiting += sorted(new)
        return seen - {start}

    def _run_by(self, path: str, start: str) -> Iterator[str]:
        for target, one in self.edges.get(path, {}).items():
            if one.when != GUARDED or path == start:
                yield target
                yield from self.modules.packages_of(target)


def cycles(edges: Mapping[str, Iterable[str]]) -> Iterator[frozenset[str]]:
    """Sets of modules that all reach each other: strongly connected, more than one."""
    search = _Search(edges)
    for root in edges:
        if root not in search.order:
            yield from (found for found in search.from_(root) if len(found) > 1)


@dataclass
class _Search:
    """Tarjan's algorithm with a stack of its own: a long chain of imports needs no recursion.

    ``order`` says when a module was entered, ``lowest`` which of the open ones it leads back to.
    """

    edges: Mapping[str, Iterable[str]]
    order: dict[str, int] = field(default_factory=dict)
    lowest: dict[str, int] = field(default_factory=dict)
    open: dict[str, None] = field(default_factory=dict)

    def from_(self, root: str) -> Iterator[frozenset[str]]:
        """The components that can be reached from a module and have not been met before."""
        path = [self._enter(root)]
        while path:
            node, following = path[-1]
            target = next(following, None)
            if target is None:
                path.pop()
                if path:
                    self._lower(path[-1][0], self.lowest[node])
                if self.lowest[node] == self.order[node]:
                    yield self._close(node)
            elif target not in self.order:
                path.append(self._enter(target))
            elif target in self.open:
                self._lower(node, self.order[target])

    def _enter(self, node: str) -> tuple[str, Iterator[str]]:
        self.order[node] = self.lowest[node] = len(self.order)
        self.open[node] = None
        return node, iter(self.edges[node])

    def _lower(self, node: str, order: int) -> None:
        self.lowest[node] = min(self.lowest[node], order)

    def _close(self, node: str) -> frozenset[str]:
        """Take a component off the open modules: everything entered since its first."""
        component = set()
        while node in self.open:
            component.add(self.open.popitem()[0])
        return frozenset(component)
