"""What lies between modules: import cycles, what ``main.py`` reaches, and what nothing uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from grader.analysis.project.import_graph import Graph
from grader.analysis.project.names import Key, Names
from grader.analysis.project.unreached import Unreached
from grader.analysis.project.usage import Work
from grader.analysis.syntax.frameworks import Contract
from grader.analysis.syntax.imports import Import, Modules, folder_of
from grader.domain.check import Inspections, Options
from grader.domain.inspection import Finding, Inspection
from grader.domain.source import is_test_path

#: Files that a tool runs by name, so that no module of the program needs to import them; e.g.
#: ``docs/conf.py``, not ``config.py``. Chosen by hand.
_RUN_BY_NAME = frozenset({"__main__.py", "conf.py", "noxfile.py", "setup.py"})

#: Code of the finding on a ``main.py`` without a guard.
NO_GUARD = "no-main-guard"
#: A ``main.py`` starts the program if it leads to at least 1 / STARTED_SHARE of its working
#: statements. Half would be too strict: an old script, left beside the modules that replaced it,
#: can be longer than they are. e.g. 30 of 90 statements are enough, 29 are not.
STARTED_SHARE = 3


class ModuleSummary(BaseModel):
    """What ``combine`` needs to know of one module. Its JSON text is the sketch of ``inspect``.

    ``depth``: the number of packages around it. ``imports``: its imports, also of modules outside
    the submission. ``work``: its functions, classes and variables and the names that it uses, see
    `Work`; empty for a test file. ``contract``: that of a framework that calls some of them.
    ``guarded``: it has a guard with more than ``pass`` below it.
    """

    model_config = ConfigDict(frozen=True)

    depth: int
    imports: tuple[Import, ...]
    work: Work
    contract: Contract = Contract()
    guarded: bool = False

    @property
    def called(self) -> Iterator[str]:
        """The names that the framework calls: those of its contract, or all that are public."""
        yield from self.contract.names
        if self.contract.is_whole:
            yield from (one.name for one in self.work.units if not one.name.startswith("_"))


def combine(inspections: Inspections, options: Options) -> Inspections:
    """Return `inspections` with facts and findings about the modules together.

    These have a finding: each module in an import cycle; each that ``main.py`` does not import,
    directly or indirectly, except tests and files that tools run (none without a ``main.py``; for
    an old one, see `_start_of`); each
    top-level function or class with working statements that no module uses when it is imported or
    run, directly or through others (use in tests does not count); and a ``main.py`` whose guard
    leads to less than 1 / `STARTED_SHARE` of all working statements. The count ``guarded_main`` of
    the last becomes 0. Modules of the first two kinds, modules that ``main.py`` imports and uses
    (none if ``main.py`` as a whole leads to less than that share), and used working statements are
    counted; a maximum has how many modules each one imports, tests aside. Stub files (``.pyi``)
    stay as they are. All `inspections` must come from `inspect`, and none may be
    ``NOTHING_TO_SAY``. `options` is unused.
    """
    summaries = {
        path: ModuleSummary.model_validate_json(one.sketch)
        for path, one in inspections.items()
        if not path.endswith(".pyi")
    }
    imports = {path: one.imports for path, one in summaries.items()}
    modules = Modules.of({path: one.depth for path, one in summaries.items()}, imports)
    graph = Graph.of(modules, imports)
    start = _start_of(graph, summaries)
    reached = set(graph.importers([start]))
    works = {path: one.work for path, one in summaries.items()}
    names = Names(works, modules, imports)
    called = [(path, name) for path, one in summaries.items() for name in one.called]
    usage = _Usage.of(names, start, reached, called)
    amount = sum(one.facts.counts["work"] for one in inspections.values())
    project = _Project(graph, start, graph.cycle_imports(), reached, usage, amount)
    combined = {path: project.combined(path, inspections[path]) for path in summaries}
    return {**inspections, **combined}


def _start_of(graph: Graph, summaries: Mapping[str, ModuleSummary]) -> str:
    """Return the path of the module where the program starts, or "" without one.

    It is the ``main.py``, unless that is an old script: it imports no module of the submission, and
    another file that does is a ``__main__.py``, has a guard, or is an application of a framework.
    """
    main = graph.modules.start
    if not main or _imports_own(graph, main):
        return main
    living = [path for path in summaries if path != main and _starts(path, summaries[path])]
    joined = [path for path in living if _imports_own(graph, path) and not is_test_path(path)]
    return min(joined, key=lambda path: (not _is_run_as_package(path), path), default=main)


def _starts(path: str, one: ModuleSummary) -> bool:
    """Return whether the module `one` at `path` starts a program without being a ``main.py``."""
    return one.guarded or one.contract.is_whole or _is_run_as_package(path)


def _is_run_as_package(path: str) -> bool:
    return path.split("/")[-1] == "__main__.py"


def _imports_own(graph: Graph, path: str) -> bool:
    return any(not is_test_path(target) for target in graph.edges[path])


class _Usage(NamedTuple):
    """Which units of a program are used, each as its path and its index in ``works[path].units``.

    ``anywhere``: by any module on import or below its guard. ``by_guard``: by what is below the
    guard of ``main.py``, or registered by a decorator in ``main.py`` or a module that it imports.
    ``by_main``: by these, or by the other statements of ``main.py`` outside functions. In each
    case directly or through other units. ``unreached`` says what does use those that are not used
    ``anywhere``.
    """

    works: Mapping[str, Work]
    anywhere: set[Key]
    by_main: set[Key]
    by_guard: set[Key]
    unreached: Unreached

    @staticmethod
    def of(names: Names, main: str, reached: set[str], called: Sequence[tuple[str, str]]) -> _Usage:
        """Return the usage of the units of `names`.

        `main` is the path of the ``main.py``, or empty; `reached` are the modules that it imports,
        directly or indirectly. `called` are names that a framework calls, each with its file.
        """
        works = names.works
        every = [
            (path, mention)
            for path, work in works.items()
            for mention in (*work.mentions, *work.started)
        ]
        guarded = [*names.registered(sorted({*reached, main} & set(works)))]
        if main:
            guarded += ((main, mention) for mention in works[main].started)
            if _is_run_as_package(main):
                guarded += ((main, mention) for mention in works[main].mentions)
        top_level = [(main, mention) for mention in works[main].mentions] if main else []
        anywhere = names.used([*every, *called, *names.registered(works)]).units
        by_main = names.used([*guarded, *top_level]).units
        unreached = Unreached(names, anywhere)
        return _Usage(works, anywhere, by_main, names.used(guarded).units, unreached)

    def amount(self, units: set[Key], path: str | None = None) -> int:
        """Return the number of working statements in `units`, or in those of the module `path`."""
        inside = (unit for unit in units if path in (None, unit[0]))
        return sum(self.works[module].units[index].work for module, index in inside)

    def unused(self, path: str) -> Iterator[Finding]:
        """Yield a finding for each unit of `path` that has working statements and is not used."""
        for index, unit in enumerate(self.works[path].units):
            if unit.work and (path, index) not in self.anywhere:
                why = self.unreached.explanation((path, index))
                yield Finding(
                    code="unused-definition",
                    line=unit.line,
                    message=f"Nothing that runs uses `{unit.name}`{why}",
                )


class _Project(NamedTuple):
    """The facts about all modules together.

    ``start``: the module where the program starts. ``cycle_imports``: see
    :meth:`Graph.cycle_imports`. ``reached``: the modules that ``start`` imports, directly or
    indirectly. ``amount``: the number of working statements in all modules.
    """

    graph: Graph
    start: str
    cycle_imports: Mapping[str, tuple[str, Import]]
    reached: set[str]
    usage: _Usage
    amount: int

    def combined(self, path: str, one: Inspection) -> Inspection:
        """Return `one`, the inspection of the module `path`, with what depends on other modules.

        ``guarded_main`` becomes 0 if the guard leads to too small a part of the program.
        """
        cycle = self.cycle_imports.get(path)
        is_main = path == self.graph.modules.start == self.start
        guarded = int(self._is_other_start(path)) or one.facts.counts["guarded_main"] * is_main
        counts = {
            "import_cycles": int(cycle is not None),
            "unreached_modules": int(self._is_unreached(path)),
            "modules_main_reaches": int(self._is_part(path)),
            "main_modules": int(path == self.start),
            "guarded_main": int(guarded and self._is_main_part(self.usage.by_guard)),
            "work_used": self.usage.amount(self.usage.anywhere, path),
        }
        maxima = {} if is_test_path(path) else {"fan_out": _fan_out(path, self.graph)}
        more = [_cycle(path, *cycle)] if cycle else []
        more += [_unreached(self.start)] * counts["unreached_modules"]
        more += [self._starts_little()] * (guarded > counts["guarded_main"])
        more += self.usage.unused(path)
        if not is_main:
            findings = tuple(each for each in one.findings if each.code != NO_GUARD)
            one = one.model_copy(update={"findings": findings})
        return _with(one, counts, maxima, more)

    def _is_other_start(self, path: str) -> bool:
        """Return whether the program starts in `path`, which is no ``main.py``."""
        return path == self.start != self.graph.modules.start

    def _is_main_part(self, units: set[Key]) -> bool:
        """Return whether `units` have at least 1 / STARTED_SHARE of the working statements."""
        amount = self.usage.amount(units)
        return amount > 0 and STARTED_SHARE * amount >= self.amount

    def _is_part(self, path: str) -> bool:
        """Return whether ``main.py`` imports the module `path` and uses working statements of it.

        False for every module if ``main.py`` leads to too small a part of the program.
        """
        if path not in self.reached or not self._is_main_part(self.usage.by_main):
            return False
        return self.usage.amount(self.usage.by_main, path) > 0

    def _starts_little(self) -> Finding:
        """Return the finding for a guard that leads to too small a part of the program."""
        started = self.usage.amount(self.usage.by_guard)
        return Finding(
            code="main-starts-little",
            message=(
                f"What this file starts leads to {started} of the program's {self.amount}"
                " statements"
            ),
        )

    def _is_unreached(self, path: str) -> bool:
        """Return whether the program starts somewhere and never imports the module `path`.

        False for the start itself, tests, and files that a tool runs by name.
        """
        start = self.start
        if not start or path == start or path in self.reached:
            return False
        return path.split("/")[-1] not in _RUN_BY_NAME and not is_test_path(path)


def _fan_out(path: str, graph: Graph) -> int:
    """Return how many modules of the submission `path` imports, itself aside.

    What a package's ``__init__.py`` imports from the package itself does not count.
    """
    inside = f"{folder_of(path)}/" if path.endswith("/__init__.py") else None
    targets = graph.edges[path]
    return sum(not (inside and target.startswith(inside)) for target in targets)


def _with(
    one: Inspection, counts: Mapping[str, int], maxima: Mapping[str, int], more: list[Finding]
) -> Inspection:
    """Return `one` with `counts` and `maxima` added or replaced, and the findings `more` added."""
    facts = one.facts.model_copy(
        update={
            "counts": {**one.facts.counts, **counts},
            "maxima": {**one.facts.maxima, **maxima},
        }
    )
    return one.model_copy(update={"facts": facts, "findings": (*one.findings, *more)})


def _cycle(path: str, target: str, one: Import) -> Finding:
    """Return the finding for the import `one` of `target` in `path`, both in one cycle."""
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
    """Return the last part of the module name: ``b`` for ``a/b.py`` and ``a/b/__init__.py``."""
    return path.removesuffix(".py").removesuffix("/__init__").split("/")[-1]


def _unreached(start: str) -> Finding:
    """Return the finding for a file that `start`, where the program starts, never imports."""
    return Finding(
        code="unreached-module",
        message=f"`{start}` never imports this file, directly or through others",
    )
