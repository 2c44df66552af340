"""Decide which files of a submission are its program, and which are left over.

The program is what its entries and its tests import, directly or through other modules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from grader.analysis.project.declared import declares_entries
from grader.analysis.project.functions import OUTSIDE
from grader.analysis.project.import_graph import Graph, graph_of
from grader.analysis.project.summary import FileSummary
from grader.analysis.syntax.frameworks import is_django, settings_of
from grader.analysis.syntax.imports import Import
from grader.domain.program import Part, Role
from grader.domain.source import is_conftest, is_notebook, is_python, is_test_path

#: Files that a tool runs by name, with the packages of which they import one: so no module of the
#: program needs to import them. A ``tasks.py`` that does not import invoke is none.
_TOOLS = {
    "setup.py": {"setuptools", "distutils"},
    "noxfile.py": {"nox"},
    "tasks.py": {"invoke"},
    "fabfile.py": {"fabric", "fabric2"},
    "env.py": {"alembic"},
}
#: Files that a tool makes for every project and that may stay unused, with the same packages.
_MADE = {
    "items.py": {"scrapy"},
    "middlewares.py": {"scrapy"},
    "pipelines.py": {"itemadapter"},
}
#: Files in which a framework looks for tasks, with the same packages.
_SEARCHED = {"tasks.py": {"celery"}}
#: Folders whose ``conf.py`` is that of Sphinx.
_DOCS = frozenset({"doc", "docs", "source"})


@dataclass(frozen=True)
class _Project:
    """The modules of a submission with their summaries, by path, and the imports among them."""

    files: Mapping[str, FileSummary]
    graph: Graph
    named: Collection[str]

    @cached_property
    def imported(self) -> set[str]:
        """The files that another one imports."""
        return {target for targets in self.graph.edges.values() for target in targets}

    def needs(self, path: str) -> bool:
        """Return whether the file `path` is needed although nothing says what the program is.

        It is if it is the only file, if another one imports it, or if the rubric names it.
        """
        return len(self.files) == 1 or path in self.named or path in self.imported

    def candidates(self) -> dict[str, str]:
        """Return the files that start when somebody runs them, with the reason in words."""
        imported = self.imported
        started = {path: self._start_of(path, path in imported) for path in self.files}
        return {path: why for path, why in started.items() if why and _may_run(path)}

    def _start_of(self, path: str, is_imported: bool) -> str:
        """Return why `path` starts when somebody runs it, in words; "" if it only defines."""
        file = self.files[path]
        if path.split("/")[-1] == "main.py" and not _only_defines(file):
            return "its name is main.py"
        if file.guarded:
            return 'it starts below `if __name__ == "__main__":`'
        if not self._imports_own(path):
            return ""
        if is_notebook(path):
            return "it is a notebook that imports modules"
        return "it runs code, and nothing imports it" if file.runs and not is_imported else ""

    def declared(self, documents: Mapping[str, FileSummary]) -> dict[str, str]:
        """Return the files that something outside Python code starts, with the reason in words.

        These are ``__main__.py``, console scripts and applications of frameworks.
        """
        started = {path: self._started(path) for path in self.files}
        found = {path: why for path, why in started.items() if why}
        return found | dict(self._console_scripts(documents))

    def _started(self, path: str) -> str:
        """Return why Python or a framework starts `path` as a program, in words; or ""."""
        file = self.files[path]
        if path.split("/")[-1] == "__main__.py":
            return "`python -m` runs it"
        if "django" in self._packages and is_django(path):
            return "Django finds it by its name"
        is_whole = file.contract.is_whole and not is_test_path(path)
        return f"it is {file.contract.words}" if is_whole else ""

    def plugged_in(self) -> dict[str, str]:
        """Return the files that a framework finds beside a program, with the reason in words.

        e.g. spiders of Scrapy, extensions of a bot, and settings.
        """
        found = {}
        for path, file in self.files.items():
            if framework := settings_of(path, self._packages):
                found[path] = f"it has the settings of {framework}"
            elif not file.packages.isdisjoint(_SEARCHED.get(path.split("/")[-1], ())):
                found[path] = "Celery finds it by its name"
            elif file.contract.names and not is_test_path(path):
                found[path] = f"it is {file.contract.words}"
        return found

    @cached_property
    def _packages(self) -> set[str]:
        """The first parts of all modules that a file imports."""
        return {package for file in self.files.values() for package in file.packages}

    def _console_scripts(self, documents: Mapping[str, FileSummary]) -> Iterator[tuple[str, str]]:
        """Yield the file of each declared console script, with the reason in words."""
        declaring = {**self.files, **documents}
        for path in filter(declares_entries, declaring):
            for declared in declaring[path].declares:
                module = declared.partition(":")[0].strip()
                target = self.graph.modules.meant(path, Import(0, module, "", "", 1, 1, ""))
                if target is not None:
                    yield target, f"declared as a console script in {path}"

    def entries(self, documents: Mapping[str, FileSummary]) -> dict[str, str]:
        """Return the entries with their reasons in words.

        Of the files that somebody runs, those count that import a module of the submission. If
        none does and nothing is declared, all of them count: each is a program of its own. Files
        that a framework finds, or that the rubric names, join them.
        """
        declared, candidates = self.declared(documents), self.candidates()
        joined = {path: why for path, why in candidates.items() if self._imports_own(path)}
        found = {**self.plugged_in(), **({**joined, **declared} or candidates)}
        if not found:
            return {}
        named = {path: "the exercise names it" for path in self.named if path in self.files}
        return {**named, **found}

    def program(self, documents: Mapping[str, FileSummary]) -> dict[str, tuple[Role, str]]:
        """Return role and reason of each file of the program: its entries and what they import.

        What tests and their ``conftest.py`` import is part of the program too. Of test files, only
        those are that the program itself imports. If the program runs code that cannot be followed,
        each file is that may hold this code and is no test.
        """
        entries = self.entries(documents)
        found = {path: (Role.REACHED, f"{by} imports it") for path, by in self._imported(entries)}
        found |= {path: (Role.ENTRY, why) for path, why in entries.items()}
        new: Collection[str] = found
        while new:
            started = self._started_by(new)
            reached = self.graph.importers(started)
            more = {path: (Role.REACHED, f"{by} imports it") for path, by in reached.items()}
            more |= {path: (Role.MEMBER, why) for path, why in started.items()}
            new = more.keys() - found.keys()
            found |= {path: more[path] for path in new if not is_test_path(path)}
        return found

    def _started_by(self, paths: Iterable[str]) -> dict[str, str]:
        """Return the files that code in `paths` may start and that cannot be followed, with why."""
        found = dict[str, str]()
        for path in paths:
            starts = [one for one in self.files[path].running if one.is_opaque]
            why = f"{path} runs code that cannot be followed, which may be in this file"
            meant = (other for other in self.files if any(one.may_run(other) for one in starts))
            found |= {other: why for other in meant if _may_run(other)}
        return found

    def _imported(self, entries: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield each module that `entries` and tests import, with a module that imports it."""
        by_entries = self.graph.importers(entries)
        yield from by_entries.items()
        tests = [path for path, one in self.files.items() if one.tests and is_test_path(path)]
        if tests:
            tests += filter(is_conftest, self.files)
        for path, by in self.graph.importers([*entries, *by_entries, *tests]).items():
            if not is_test_path(path):
                yield path, by

    def _imports_own(self, path: str) -> bool:
        return any(not is_test_path(target) for target in self.graph.edges[path])


def _may_run(path: str) -> bool:
    """Return whether `path` may run as a part of the program; tests and stubs do not."""
    return not is_test_path(path) and not path.endswith(".pyi")


def _only_defines(file: FileSummary) -> bool:
    """Return whether nothing happens when somebody runs `file`: it is empty, or has functions."""
    has_functions = any(one.line != OUTSIDE for one in file.functions)
    return not file.runs and not file.guarded and (file.trivial or has_functions)


def parts_of(summaries: Mapping[str, FileSummary], named: Collection[str] = ()) -> dict[str, Part]:
    """Return the part of each file of a submission, from the `summaries` of its files by path.

    Documents have none; they only declare entry points. The paths `named` by the rubric are
    entries.
    """
    files = {path: one for path, one in summaries.items() if is_python(path)}
    documents = {path: one for path, one in summaries.items() if path not in files}
    graph = graph_of({path: one.imports for path, one in files.items()})
    project = _Project(files, graph, named)
    program = project.program(documents)
    parts = {}
    for path, file in files.items():
        role, why = program.get(path) or _outside(path, file, is_known=bool(program))
        if file.is_table:
            role, why = Role.NEUTRAL, "it only holds data, more than is read"
        needed = role is not Role.MEMBER or project.needs(path)
        parts[path] = Part(role=role, why=why, lines=file.lines, needed=needed)
    return parts


def _is_run_by_a_tool(path: str, file: FileSummary) -> bool:
    """Return whether a tool runs the file `path` by its name, e.g. a ``setup.py``."""
    *folders, name = path.split("/")
    if name == "conf.py":
        return not _DOCS.isdisjoint(folders)
    return not file.packages.isdisjoint(_TOOLS.get(name, ()))


def _outside(path: str, file: FileSummary, *, is_known: bool) -> tuple[Role, str]:
    """Return role and reason of a file that the program does not reach.

    Without `is_known`, nothing says what the program is.
    """
    if is_test_path(path):
        return Role.TEST, "it is a test"
    is_tool = _is_run_by_a_tool(path, file)
    # A `setup.py` may be all that was handed in, the `conf.py` of Sphinx is never the program.
    if not is_known and not (is_tool and path.endswith("/conf.py")):
        return Role.MEMBER, "nothing says where the program starts"
    if is_tool:
        return Role.NEUTRAL, "a tool runs it by its name"
    if not file.packages.isdisjoint(_MADE.get(path.split("/")[-1], ())):
        return Role.NEUTRAL, "a tool makes it for every project"
    if path.endswith(".pyi"):
        return Role.NEUTRAL, "it is a stub"
    if file.trivial:
        return Role.NEUTRAL, "nothing in it runs"
    return Role.LEFTOVER, "the program does not use it"
