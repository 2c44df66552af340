"""What of a program is used: by the program itself, and by the tests beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from grader.analysis.project.declared import declares_entries
from grader.analysis.project.functions import OUTSIDE, FunctionCode
from grader.analysis.project.import_graph import Graph, graph_of
from grader.analysis.project.mentions import ANYWHERE
from grader.analysis.project.names import Mention, Names, Used
from grader.analysis.project.summary import FileSummary
from grader.analysis.project.unreached import Unreached
from grader.analysis.syntax.disjoint_sets import Groups
from grader.analysis.syntax.frameworks import is_django, methods_called
from grader.analysis.syntax.imports import Modules
from grader.domain.program import Part, Role
from grader.domain.source import is_conftest

#: The largest part of the statements of a library's file that run on import, e.g. 2 of 12. Chosen
#: by hand.
MOST_OUTSIDE = Fraction(1, 5)
#: Prefixes of functions that pytest and Python itself call by their names, e.g. ``__getattr__``.
_CALLED_BY_NAME = ("pytest_", "__")


@dataclass(frozen=True)
class Uses:
    """What the program uses: definitions by (path, number), and names that its used code reads.

    ``beginnings`` are the beginnings of such names, from ``getattr(self, f"do_{name}")``. In the
    files ``open_to_all`` everything with a public name is used. ``unreached`` says what uses the
    other definitions.
    """

    definitions: Collection[tuple[str, int]]
    names: Collection[str]
    beginnings: Collection[str]
    open_to_all: Collection[str]
    unreached: Unreached

    @staticmethod
    def of_each(
        summaries: Mapping[str, FileSummary],
        parts: Mapping[str, Part],
        libraries: Collection[str],
        called: Iterable[str],
    ) -> tuple[Uses, Uses]:
        """Return what the program uses, also by names that are `called`, and what tests use apart.

        `libraries` are the files of :func:`libraries_in`.

        Without an entry, tests show how the program is used. Beside one, a function that only tests
        use does none of the program's work: it is unused. It stands apart, and is in no share, in a
        file that no entry leads to, and in a package that others install: they may use it.
        """
        tests = {path: summaries[path] for path, part in parts.items() if part.role is Role.TEST}
        program = {path: summaries[path] for path, part in parts.items() if part.is_measured}
        graph = graph_of({path: summaries[path].imports for path in parts})
        names = _names(program, tests, graph.modules)
        open_to_all = _open_to_all(program, tests.values(), libraries)
        roots = [("", ANYWHERE + name) for name in called]
        roots += _roots(names, program, open_to_all)
        tested = names.used([*roots, *_test_roots(tests, graph)])
        entries = _entries(parts)
        used = names.used(roots) if entries else tested
        reached = set[str]() if _publishes(summaries) else {*entries, *graph.importers(entries)}
        apart = tested.outside(reached)
        return Uses.of(names, used, open_to_all), Uses.of(names, apart, open_to_all)

    @staticmethod
    def of(every: Names, used: Used, open_to_all: Collection[str]) -> Uses:
        """Return what of `every` is `used`, and in files `open_to_all` everything public."""
        names = used.names
        beginnings = {name[:-1] for name in names if name.endswith("*")}
        return Uses(used.units, names, beginnings, open_to_all, Unreached(every, used.units))

    def has(self, path: str, function: FunctionCode) -> bool:
        """Return whether the program uses `function` of the file `path`; also code outside any."""
        if function.unit < 0:
            return True
        if (path, function.unit) not in self.definitions:
            return False
        return not function.by_name or self._reads(path, function.name)

    def users_of(self, path: str, function: FunctionCode) -> str:
        """Return what does use the unused `function`, see :meth:`Unreached.explanation`.

        "" if it is a method or a nested function, and what is around it is used.
        """
        key = (path, function.unit)
        return "" if key in self.definitions else self.unreached.explanation(key)

    def _reads(self, path: str, name: str) -> bool:
        """Return whether something reads `name`, of a method or nested function in `path`."""
        if name in self.names:
            return True
        if any(name[:end] in self.beginnings for end in range(len(name) + 1)):
            return True
        return path in self.open_to_all and not name.startswith("_")


def _names(
    program: Mapping[str, FileSummary], tests: Mapping[str, FileSummary], modules: Modules
) -> Names:
    """Return the names of the `program`, which its `tests` read too."""
    works = {path: one.work for path, one in program.items()}
    return Names(works, modules, {path: one.imports for path, one in {**program, **tests}.items()})


def _entries(parts: Mapping[str, Part]) -> list[str]:
    return [path for path, part in parts.items() if part.role is Role.ENTRY]


def _publishes(summaries: Mapping[str, FileSummary]) -> bool:
    """Return whether a file of `summaries` declares a package that others install."""
    return any(one.publishes for path, one in summaries.items() if declares_entries(path))


def _roots(
    names: Names, program: Mapping[str, FileSummary], open_to_all: Collection[str]
) -> Iterator[Mention]:
    """Yield what is used without a function of the program around the use.

    It is read by code outside functions or by a decorator, or called by a framework. Of a library
    all public names are used.
    """
    yield from names.registered(program)
    packages = {package for file in program.values() for package in file.packages}
    yield from (("", f".{name}") for name in methods_called(sorted(packages)))
    for path, file in program.items():
        yield from ((path, name) for name in file.contract.names)
        work, is_open = file.work, path in open_to_all
        yield from ((path, mention) for mention in (*work.mentions, *work.started))
        yield from ((path, one.name) for one in work.units if _is_called(one.name, is_open))


def _test_roots(tests: Mapping[str, FileSummary], graph: Graph) -> Iterator[Mention]:
    """Yield what tests that assert something use, and what the `tests` beside them use for them.

    The latter are each ``conftest.py``, and what tests import: helpers, and base classes of tests.
    """
    asserting = {path for path, file in tests.items() if file.tests or is_conftest(path)}
    for path in sorted(tests.keys() & asserting.union(graph.importers(asserting))):
        work = tests[path].work
        yield from ((path, mention) for mention in work.mentions)
        yield from ((path, name) for unit in work.units for name in unit.mentions)


def _is_called(name: str, is_open: bool) -> bool:
    """Return whether something outside the program may call `name`, of a file that `is_open`."""
    return (is_open and not name.startswith("_")) or name.startswith(_CALLED_BY_NAME)


def _open_to_all(
    program: Mapping[str, FileSummary], tests: Collection[FileSummary], libraries: Collection[str]
) -> set[str]:
    """Return the files of which something outside the program may use each public name.

    A framework uses them, code that looks for names at run time, or, of `libraries`, anybody,
    unless tests show what is used.
    """
    found = set(_started_by_frameworks(program, tests))
    if not any(file.tests for file in tests):
        found |= set(libraries)
    looked = {name for file in program.values() for name in file.looks_into}
    for path, file in program.items():
        if "" in file.looks_into or not looked.isdisjoint(_names_of(path)):
            found.add(path)
    return found


def _started_by_frameworks(
    program: Mapping[str, FileSummary], tests: Collection[FileSummary]
) -> Iterator[str]:
    """Yield the files of `program` whose functions a framework calls, e.g. Django's `views.py`."""
    uses_django = any("django" in file.packages for file in (*program.values(), *tests))
    for path, file in program.items():
        if file.contract.is_whole or (uses_django and is_django(path)):
            yield path


def _names_of(path: str) -> set[str]:
    """Return the names by which code may know the module `path`: ``b`` for ``a/b.py``."""
    *folders, name = path.removesuffix(".py").split("/")
    return {folders[-1]} if name == "__init__" and folders else {name}


def libraries_in(program: Mapping[str, FileSummary], parts: Mapping[str, Part]) -> set[str]:
    """Return the files of `program` that nothing starts, so that others import them.

    Nothing may say where the program starts. Of files that import one another, none may be run, see
    :func:`is_run`. A script beside them, which has nothing to do with them, makes them no script.
    """
    if any(parts[path].role is Role.ENTRY for path in program):
        return set()
    groups = _connected(program)
    running = {groups[path] for path, one in program.items() if is_run(path, one)}
    return {path for path, group in groups.items() if group not in running}


def _connected(program: Mapping[str, FileSummary]) -> dict[str, int]:
    """Return a number for each file, equal for those that import one another, also indirectly."""
    paths = {path: at for at, path in enumerate(program)}
    groups = Groups(len(paths))
    graph = graph_of({path: one.imports for path, one in program.items()})
    for path, targets in graph.edges.items():
        for target in targets:
            groups.join(paths[path], paths[target])
    return {path: groups.first(at) for path, at in paths.items()}


def is_run(path: str, file: FileSummary) -> bool:
    """Return whether somebody seems to run the `file` at `path`, which no entry says.

    Most of it are functions, and its import starts nothing, in a module that others import:
    ``random.seed(1)`` beside functions may be there; not ``main()``. Nobody runs an
    ``__init__.py``.
    """
    if path.rpartition("/")[2] == "__init__.py":
        return False
    outside = sum(len(one.prints) for one in file.functions if one.line == OUTSIDE)
    every = sum(len(one.prints) for one in file.functions)
    return file.is_script or outside > MOST_OUTSIDE * every
