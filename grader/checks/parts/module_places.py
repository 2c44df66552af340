"""Where each module stands among the others: in a cycle, reached from ``main.py``, or unused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from grader.checks.parts.import_graph import Graph, ImportSketch
from grader.checks.parts.imports import Import, Modules, folder_of
from grader.domain.check import Finding, Inspection, Inspections, Options
from grader.domain.source import is_test_path

#: Files that a tool runs by their name, so that no module of the program imports them.
_RUN_BY_NAME = frozenset({"__main__.py", "conf.py", "noxfile.py", "setup.py"})


def combine(inspections: Inspections, options: Options) -> Inspections:
    """What each module is to the others: part of a cycle, reached from ``main.py``, or neither."""
    sketches = {
        path: ImportSketch.model_validate_json(one.sketch)
        for path, one in inspections.items()
        if path.endswith(".py")
    }
    started = (path for path, one in inspections.items() if one.facts.counts["main_modules"])
    modules = Modules({path: one.depth for path, one in sketches.items()}, next(started, ""))
    graph = Graph.of(modules, {path: one.imports for path, one in sketches.items()})
    places = _Places(graph, graph.closing(), graph.reached(modules.start))
    placed = {path: places.of(path, inspections[path]) for path in sketches}
    return {**inspections, **placed}


class _Places(NamedTuple):
    """The graph, the modules in a cycle (see :meth:`Graph.closing`) and those that run."""

    graph: Graph
    closing: Mapping[str, tuple[str, Import]]
    reached: set[str]

    def of(self, path: str, one: Inspection) -> Inspection:
        """The inspection of one module in the light of the others."""
        cycle, unreached = self.closing.get(path), self._is_unreached(path)
        defines = one.facts.counts["modules_with_functions"]
        counts = {
            "import_cycles": int(cycle is not None),
            "unreached_modules": int(unreached),
            "modules_main_reaches": defines if path in self.reached else 0,
        }
        maxima = {} if is_test_path(path) else {"fan_out": _fan_out(path, self.graph)}
        more = [_cycle(path, *cycle)] if cycle else []
        more += [_unreached(self.graph.modules.start)] if unreached else []
        return _with(one, counts, maxima, more)

    def _is_unreached(self, path: str) -> bool:
        start = self.graph.modules.start
        if not start or path == start or path in self.reached:
            return False
        return path.split("/")[-1] not in _RUN_BY_NAME and not is_test_path(path)


def _fan_out(path: str, graph: Graph) -> int:
    """How many own modules one imports; a package may show its own parts for free."""
    inside = f"{folder_of(path)}/" if path.endswith("/__init__.py") else None
    targets = graph.edges[path]
    return sum(not (inside and target.startswith(inside)) for target in targets)


def _with(
    one: Inspection, counts: Mapping[str, int], maxima: Mapping[str, int], more: list[Finding]
) -> Inspection:
    facts = one.facts.model_copy(
        update={
            "counts": {**one.facts.counts, **counts},
            "maxima": {**one.facts.maxima, **maxima},
        }
    )
    return one.model_copy(update={"facts": facts, "findings": (*one.findings, *more)})


def _cycle(path: str, target: str, one: Import) -> Finding:
    return Finding(
        code="import-cycle",
        line=one.line,
        column=one.column,
        message=(
            f"`{_name(path)}` imports `{_name(target)}`, which imports it again, directly or"
            " through others"
        ),
    )


def _name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").split("/")[-1]


def _unreached(start: str) -> Finding:
    return Finding(
        code="unreached-module",
        message=f"`{start}` never imports this file, directly or through others",
    )
