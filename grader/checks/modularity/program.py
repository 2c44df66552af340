"""Where each module stands among the others: in a cycle, reached from ``main.py``, or unused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from grader.analysis.syntax.imports import Import, Modules, folder_of
from grader.checks.modularity.import_graph import Graph
from grader.checks.modularity.work import Unit, Work, used
from grader.domain.check import Inspections, Options
from grader.domain.inspection import Finding, Inspection
from grader.domain.source import is_test_path

#: Files that a tool runs by their name, so that no module of the program imports them.
_RUN_BY_NAME = frozenset({"__main__.py", "conf.py", "noxfile.py", "setup.py"})


#: One in so many of a program's statements must be reached from its ``main.py``, or it is no
#: start of that program. A script that was left beside its successor is as long as that again.
STARTED_SHARE = 3


class ModuleSketch(BaseModel):
    """What one module tells of itself: how many packages lie around it, imports and work."""

    model_config = ConfigDict(frozen=True)

    depth: int
    imports: tuple[Import, ...]
    work: Work


def combine(inspections: Inspections, options: Options) -> Inspections:
    """What each module is to the others: part of a cycle, reached from ``main.py``, or neither."""
    sketches = {
        path: ModuleSketch.model_validate_json(one.sketch)
        for path, one in inspections.items()
        if not path.endswith(".pyi")
    }
    started = (path for path, one in inspections.items() if one.facts.counts["main_modules"])
    modules = Modules({path: one.depth for path, one in sketches.items()}, next(started, ""))
    graph = Graph.of(modules, {path: one.imports for path, one in sketches.items()})
    reached = graph.reached(modules.start)
    works = {path: one.work for path, one in sketches.items()}
    amount = sum(one.facts.counts["work"] for one in inspections.values())
    places = _Places(
        graph, graph.closing(), reached, _Uses.of(works, modules.start, reached), amount
    )
    placed = {path: places.of(path, inspections[path]) for path in sketches}
    return {**inspections, **placed}


class _Uses(NamedTuple):
    """What is used of a program, as (path, index) of its functions and classes: by anything, by
    ``main.py``, and by what stands below the guard of ``main.py``."""

    works: Mapping[str, Work]
    anywhere: set[tuple[str, int]]
    by_main: set[tuple[str, int]]
    by_guard: set[tuple[str, int]]

    @staticmethod
    def of(works: Mapping[str, Work], start: str, reached: set[str]) -> _Uses:
        """What the names lead to that stand in every module, in those that run because of
        ``start``, and below its guard."""
        every = (name for work in works.values() for name in (*work.used_on_import, *work.started))
        begun = [*works[start].started] if start else []
        for path in sorted({*reached, start} & set(works)):
            begun += works[path].registered
        main = works[start].mentions if start else ()
        return _Uses(works, used(works, every), used(works, [*begun, *main]), used(works, begun))

    def amount(self, found: set[tuple[str, int]], path: str | None = None) -> int:
        """How many statements of some units work, in one module or in all."""
        inside = (unit for unit in found if path in (None, unit[0]))
        return sum(self.works[path].units[at].work for path, at in inside)

    def idle(self, path: str) -> Iterator[Unit]:
        """The units of a module that work and that nothing uses."""
        for at, unit in enumerate(self.works[path].units):
            if unit.work and (path, at) not in self.anywhere:
                yield unit


class _Places(NamedTuple):
    """The graph, the modules in a cycle (see :meth:`Graph.closing`) and those that run, what is
    used of them, and how many statements the whole program has."""

    graph: Graph
    closing: Mapping[str, tuple[str, Import]]
    reached: set[str]
    uses: _Uses
    amount: int

    def of(self, path: str, one: Inspection) -> Inspection:
        """The inspection of one module in the light of the others."""
        cycle, unreached = self.closing.get(path), self._is_unreached(path)
        guarded = one.facts.counts["guarded_main"]
        counts = {
            "import_cycles": int(cycle is not None),
            "unreached_modules": int(unreached),
            "modules_main_reaches": int(self._is_part(path)),
            "guarded_main": int(guarded and self._most(self.uses.by_guard)),
            "work_used": self.uses.amount(self.uses.anywhere, path),
        }
        maxima = {} if is_test_path(path) else {"fan_out": _fan_out(path, self.graph)}
        more = [_cycle(path, *cycle)] if cycle else []
        more += [_unreached(self.graph.modules.start)] if unreached else []
        more += [self._starts_little()] if guarded and not counts["guarded_main"] else []
        more += map(_unused, self.uses.idle(path))
        return _with(one, counts, maxima, more)

    def _most(self, found: set[tuple[str, int]]) -> bool:
        """Whether some units are the program and not just a small part of it."""
        amount = self.uses.amount(found)
        return amount > 0 and STARTED_SHARE * amount >= self.amount

    def _is_part(self, path: str) -> bool:
        """Whether a module is one that ``main.py`` puts together with others."""
        if path not in self.reached or not self._most(self.uses.by_main):
            return False
        return self.uses.amount(self.uses.by_main, path) > 0

    def _starts_little(self) -> Finding:
        started = self.uses.amount(self.uses.by_guard)
        return Finding(
            code="main-starts-little",
            message=(
                f"What this file starts leads to {started} of the program's {self.amount}"
                " statements"
            ),
        )

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


def _unused(unit: Unit) -> Finding:
    return Finding(
        code="unused-definition",
        line=unit.line,
        message=f"Nothing in the program mentions `{unit.name}`",
    )


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
