"""The import graph of a submission: its cycles, and the modules that one module runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.analysis.syntax.imports import (
    GUARDED,
    NOW,
    Import,
    Modules,
    depth_in,
    packages_around,
)

#: From importing module to imported module to the first such import statement.
Edges = Mapping[str, Mapping[str, Import]]


@dataclass(frozen=True)
class Graph:
    """Which modules of a submission import which; finds cycles, and what running a module imports.

    :meth:`of` builds it, without imports of modules outside the submission. ``edges[a][b]`` is the
    first import of the module ``b`` in the module ``a``, both by path. ``eager`` is the same for
    the imports that run while ``a`` is being imported: not in a function, and not below
    ``if __name__ == "__main__":``.
    """

    modules: Modules
    edges: Edges
    eager: Edges

    @staticmethod
    def of(modules: Modules, imports: Mapping[str, Iterable[Import]]) -> Graph:
        """Return the graph of `modules` with the `imports` of each path.

        The paths must be in `modules`.
        """
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

    def cycle_imports(self) -> dict[str, tuple[str, Import]]:
        """Return, by the path of each module in a cycle, its first import of one of that cycle.

        Each value is the path of the imported module, and the import. Modules in no cycle are left
        out. Only imports that run while their module is being imported make a cycle.
        """
        found: dict[str, tuple[str, Import]] = {}
        for cycle in cycles(self.eager):
            for path in cycle:
                inside = (item for item in self.eager[path].items() if item[0] in cycle)
                found[path] = min(inside, key=lambda item: item[1].line)
        return found

    def importers(self, starts: Iterable[str]) -> dict[str, str]:
        """Return each module that running the modules `starts` imports, with a module importing it.

        Directly or indirectly; `starts` themselves are left out. Imports in functions and the
        ``__init__.py`` of imported packages are included. Imports below the ``__main__`` guard of a
        module that is not among `starts` do not run. The result is empty if `starts` is.
        """
        run, found = frozenset(starts), dict[str, str]()
        seen, waiting = set(run), sorted(run, reverse=True)
        while waiting:
            path = waiting.pop()
            new = sorted({module for module in self._run_by(path, run) if module not in seen})
            found |= dict.fromkeys(new, path)
            seen.update(new)
            waiting += reversed(new)
        return found

    def _run_by(self, path: str, run: Collection[str]) -> Iterator[str]:
        """Yield each module that `path` imports if `run` are run, and the packages around it."""
        for target, one in self.edges.get(path, {}).items():
            if one.when != GUARDED or path in run:
                yield target
                yield from self.modules.packages_of(target)


def graph_of(imports: Mapping[str, Iterable[Import]]) -> Graph:
    """Return the graph of a submission from the `imports` of each of its Python files, by path."""
    digests = tuple((path, "") for path in imports)
    depths = {path: depth_in(packages_around(path, digests)) for path in imports}
    return Graph.of(Modules.of(depths, imports), imports)


def cycles(edges: Mapping[str, Iterable[str]]) -> Iterator[frozenset[str]]:
    """Yield the strongly connected components of more than one module in `edges`.

    Each module that another one leads to must itself be a key of `edges`.
    """
    search = _Search(edges)
    for root in edges:
        if root not in search.order:
            yield from (found for found in search.from_(root) if len(found) > 1)


@dataclass
class _Search:
    """Tarjan's algorithm for strongly connected components, with an explicit stack.

    Recursion would fail on a chain of a thousand imports. ``order``: the number under which a
    module was entered. ``lowest``: the lowest order among the open modules that it leads to.
    ``open``: modules whose component is not complete yet, oldest first.
    """

    edges: Mapping[str, Iterable[str]]
    order: dict[str, int] = field(default_factory=dict)
    lowest: dict[str, int] = field(default_factory=dict)
    open: dict[str, None] = field(default_factory=dict)

    def from_(self, root: str) -> Iterator[frozenset[str]]:
        """Yield the components that can be reached from `root` and were not yielded before."""
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
        """Number and open `node`; return it with an iterator over the modules it leads to."""
        self.order[node] = self.lowest[node] = len(self.order)
        self.open[node] = None
        return node, iter(self.edges[node])

    def _lower(self, node: str, order: int) -> None:
        """Note that `node` leads to an open module with the number `order`."""
        self.lowest[node] = min(self.lowest[node], order)

    def _close(self, node: str) -> frozenset[str]:
        """Remove the component of `node` from the open modules and return it.

        It consists of `node`, its first module, and every module that was entered later.
        """
        component = set()
        while node in self.open:
            component.add(self.open.popitem()[0])
        return frozenset(component)
