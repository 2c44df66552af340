"""Find the code that a program runs from places where no check looks."""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.analysis.project.import_graph import Graph, graph_of
from grader.analysis.project.summary import FileSummary
from grader.analysis.syntax.imports import Import
from grader.analysis.syntax.starting import Kind, Start
from grader.domain.hidden import Hidden
from grader.domain.program import Part, Role
from grader.domain.source import is_among_tests, is_notebook, is_test_path

#: A word of code that may be the name of a file: ``program.txt`` in ``"data/program.txt"``.
FILE_WORD = re.compile(r"[\w.\-]+")
#: Suffixes of files that Python imports and nobody can read: ``shop.cpython-311-darwin.so``.
_MODULES = (".pyc", ".pyo", ".so", ".pyd")
#: Suffixes of archives from which Python imports once they are in ``sys.path``.
_ARCHIVES = (".zip", ".pyz", ".egg", ".whl")
#: Folders that tools fill, by name; a module that the program imports from there is hidden.
_OF_TOOLS = frozenset({"node_modules", "site-packages", "dist-packages", "__pycache__"})
#: Functions of tests, which a program that runs its own tests may import.
_OF_TESTS = ("test", "setup", "teardown", "setUp", "tearDown")
#: Names of files that nobody gives to a module of the program.
_ONLY_TESTS = frozenset({"conftest.py", "tests.py"})
#: Kinds of starts that run a file whose name they are given.
_RUNS_FILES = frozenset({Kind.TEXT, Kind.FILE, Kind.PROCESS})
#: Kinds that run what the file holds in another form.
_DECODES = frozenset({Kind.TEXT, Kind.FILE})
#: Why no check looks there.
_TEXT, _NOTEBOOK, _FOLDER = "a text", "a notebook", "in a folder of tools"
_TEST, _UNREADABLE, _STRING = "among the tests", "not readable", "strings in it"


#: Where the program names or starts a file: path and line.
Place = tuple[str, int]


@dataclass(frozen=True)
class Sources:
    """The submission as far as the search for hidden code needs it, all by path.

    ``files`` and ``parts``: the graded Python files. ``data``: their contents. ``aside``: the other
    files that may be code, ``None`` for one that cannot be read. ``of_tools``: those of them that a
    tool made.
    """

    files: Mapping[str, FileSummary]
    parts: Mapping[str, Part]
    data: Mapping[str, bytes]
    aside: Mapping[str, FileSummary | None]
    of_tools: Collection[str] = ()

    @cached_property
    def texts(self) -> dict[str, str]:
        """The texts of the files of the program."""
        return {path: self.data.get(path, b"").decode("utf-8", "replace") for path in self.program}

    def names_folder(self, by: str, path: str) -> bool:
        """Return whether the file ``by`` also names the folder of ``path``, if a tool made that."""
        folders = path.split("/")[:-1] if path in self.of_tools else []
        return all(folder in self.texts[by] for folder in folders[-1:])

    @cached_property
    def program(self) -> dict[str, FileSummary]:
        """The files of the program, tests aside."""
        parts = self.parts
        return {
            path: file
            for path, file in self.files.items()
            if path in parts and parts[path].is_measured and not is_test_path(path)
        }

    @cached_property
    def graph(self) -> Graph:
        """The imports among the graded files."""
        return graph_of({path: file.imports for path, file in self.files.items()})

    @cached_property
    def uninstalled(self) -> Mapping[str, Place]:
        """Where the program imports modules of its environment that no installer put there.

        It does so directly, or through another one of them: ``program.py`` imports ``core.py``.
        """
        modules = _by_top(path for path in self.aside if path not in self.of_tools)
        meant = self.graph.modules.meant
        waiting = deque(
            (one.module, (by, one.line)) for by, one in self.imports if not meant(by, one)
        )
        found: dict[str, Place] = {}
        while waiting:
            module, place = waiting.popleft()
            for path in modules.pop(module.partition(".")[0], ()):
                found[path] = place
                file = self.aside[path] or FileSummary()
                waiting += ((one.module, place) for one in file.imports if not one.level)
        return found

    @cached_property
    def importers(self) -> Mapping[str, str]:
        """Each file that the entries of the program import, with one that imports it."""
        entries = [path for path in self.program if self.parts[path].role is Role.ENTRY]
        return self.graph.importers(entries)

    @cached_property
    def starts(self) -> list[tuple[str, Start]]:
        """The places of the program that start code, with their paths."""
        return [(path, start) for path, file in self.program.items() for start in file.running]

    @cached_property
    def imports(self) -> list[tuple[str, Import]]:
        """What the program imports without leading dots, with the paths of the importing files."""
        every = ((path, one) for path, file in self.program.items() for one in file.imports)
        return [(path, one) for path, one in every if not one.level]


def _by_top(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return those ``paths`` that lie in ``site-packages``, by their module or package in there.

    One that is called as a module of the standard library is left out: Python finds that first.
    """
    found: dict[str, list[str]] = {}
    for path in paths:
        below = f"/{path}".partition("/site-packages/")[2]
        top = re.split(r"[/.]", below)[0]
        if below and top not in sys.stdlib_module_names:
            found.setdefault(top, []).append(path)
    return found


def hidden_in(sources: Sources) -> tuple[Hidden, ...]:
    """Return the code that the program runs where no check looks, sorted by path.

    That are a text or notebook that it names or may start, a module in a folder of tools or one
    that no installer put into an environment, what Python imports and nobody can read, a test that
    it imports for more than its tests, and a program in a string where it runs strings.
    """
    found = [*_aside(sources), *_graded(sources), *_in_strings(sources)]
    return tuple(sorted(found, key=lambda one: one.path))


def _aside(sources: Sources) -> Iterator[Hidden]:
    """Yield the hidden ones of the files that are not graded."""
    for path, file in sources.aside.items():
        where, place = _found(path, file, sources)
        if place is not None:
            statements = None if file is None or file.is_broken else _statements(file)
            yield Hidden(path=path, statements=statements, where=where, by=place[0], line=place[1])


def _found(path: str, file: FileSummary | None, sources: Sources) -> tuple[str, Place | None]:
    """Return why no check looks at ``path``, and where the program runs it, or ``None``."""
    if path in sources.uninstalled:
        is_readable = file is not None and not file.is_broken
        return (_FOLDER if is_readable else _UNREADABLE), sources.uninstalled[path]
    if path.endswith((*_MODULES, *_ARCHIVES)):
        return _UNREADABLE, _imported(path, sources) or _started(path, sources)
    if file is None:
        return _UNREADABLE, _started(path, sources)
    if file.is_broken:  # Python may run it decoded: exec(b64decode(open("a.txt").read()))
        return _UNREADABLE, _started(path, sources, _DECODES)
    return _readable(path, sources) if file.is_code else (_TEXT, None)


def _readable(path: str, sources: Sources) -> tuple[str, Place | None]:
    """Return why no check looks at ``path``, which is code, and where the program runs it."""
    if path.endswith(".py"):
        return _FOLDER, _imported(path, sources) or _started(path, sources)
    if is_notebook(path):
        return _NOTEBOOK, _notebook(path, sources)
    if path in sources.of_tools:
        return _FOLDER, _named(path, sources)
    return _TEXT, _named(path, sources) or _computed(sources)


def _named(path: str, sources: Sources) -> Place | None:
    """Return the first place of the program that names the file ``path``.

    A name without a suffix is a common word: it must be what a place starts. Of a file in a folder
    of tools, the folder must be named too: ``bin/black`` is no hidden code because of ``"black"``.
    """
    name = path.rpartition("/")[2]
    if "." not in name.strip("."):
        return _started(path, sources)
    pattern = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])")
    for by in sources.program:
        match = pattern.search(sources.texts[by])
        if match and sources.names_folder(by, path):
            return by, sources.texts[by].count("\n", 0, match.start()) + 1
    return None


def _computed(sources: Sources) -> Place | None:
    """Return the first place that starts a text, file or process which it does not name.

    Not so ``eval(line)``, which runs no statement.
    """
    for by, start in sources.starts:
        if start.kind in _RUNS_FILES and start.is_opaque and not start.exact:
            return by, start.line
    return None


def _started(path: str, sources: Sources, kinds: Collection[Kind] = _RUNS_FILES) -> Place | None:
    """Return the first place of ``kinds`` that starts the file ``path`` by its name."""
    name = path.rpartition("/")[2]
    for by, start in sources.starts:
        is_named = start.exact and start.target.replace("\\", "/").rpartition("/")[2] == name
        is_named = is_named and sources.names_folder(by, path)
        if is_named and start.kind in kinds and start.function != "eval":
            return by, start.line
    return None


def _notebook(path: str, sources: Sources) -> Place | None:
    """Return where the program runs the notebook ``path``: it names it and can run notebooks.

    It can with Jupyter, or with ``exec``, which runs the cells. Without a name in the program, a
    place that runs a notebook whose name is worked out may run any.
    """
    runs = [
        (by, start)
        for by, start in sources.starts
        if start.kind is Kind.NOTEBOOK or (start.kind is Kind.TEXT and start.is_opaque)
    ]
    if runs and (place := _named(path, sources)):
        return place
    every = ((by, one.line) for by, one in runs if one.kind is Kind.NOTEBOOK and not one.exact)
    return next(every, None)


def _imported(path: str, sources: Sources) -> Place | None:
    """Return where the program imports ``path``, a module that was not handed in as source.

    A module beside the program is found at once; one in another folder only if the program adds
    that folder, which it has to name, to those that are searched.
    """
    *folders, name = path.split("/")
    if name.endswith(_ARCHIVES):
        adds = any(start.kind is Kind.FOLDER for _, start in sources.starts)
        return _named(path, sources) if adds else None
    above = {folder: folders[:at] for at, folder in enumerate(folders)}
    above[name.partition(".")[0]] = folders
    for by, one in sources.imports:
        top = one.module.partition(".")[0]
        if top in above and not _is_source(top, sources):
            if _is_beside(by, above[top], name) or _adds(above[top], sources):
                return by, one.line
    return None


def _is_source(top: str, sources: Sources) -> bool:
    """Return whether ``top`` is a module or package that is graded."""
    return any(
        f"/{path}".endswith(f"/{top}.py") or f"/{top}/" in f"/{path}" for path in sources.files
    )


def _is_beside(by: str, above: Sequence[str], name: str) -> bool:
    """Return whether the compiled module ``name`` in the folder ``above`` lies beside ``by``."""
    return name.endswith(_MODULES) and "/".join(above) == by.rpartition("/")[0]


def _adds(above: Sequence[str], sources: Sources) -> bool:
    """Return whether the program adds the folder ``above`` to those that imports search."""
    return any(
        start.kind is Kind.FOLDER and above and above[-1] in sources.texts[by]
        for by, start in sources.starts
    )


def _graded(sources: Sources) -> Iterator[Hidden]:
    """Yield graded files that the program imports and that are spared most checks, or skipped."""
    suspects = {path: _spared(path, file) for path, file in sources.files.items()}
    for path, (where, statements) in suspects.items():
        part = sources.parts.get(path)
        if statements and part is not None and part.is_program:
            by = sources.importers.get(path)
            if by is not None:
                line = sources.graph.edges[by][path].line if path in sources.graph.edges[by] else 1
                yield Hidden(path=path, statements=statements, where=where, by=by, line=line)


def _in_strings(sources: Sources) -> Iterator[Hidden]:
    """Yield the files of the program with programs in their strings, if it runs strings."""
    starts = (each for each in sources.starts if each[1].kind is Kind.TEXT)
    for by, start in starts:
        if sources.program[by].executes:
            for path, file in sources.program.items():
                if file.in_texts:
                    inside = sum(one.statements for one in file.in_texts)
                    yield Hidden(
                        path=path, statements=inside, where=_STRING, by=by, line=start.line
                    )
            return


def _spared(path: str, file: FileSummary) -> tuple[str, int]:
    """Return why checks spare ``path``, and how many of its statements they should not."""
    if not _OF_TOOLS.isdisjoint(path.split("/")[:-1]):
        return _FOLDER, _statements(file)
    return _TEST, _beside_tests(path, file)


def _beside_tests(path: str, file: FileSummary) -> int:
    """Return how many statements of ``file`` are no test, if it is named as one; else 0.

    A module that is only called like a test may be one that is meant, such as ``speed_test.py``,
    ``statistical_tests.py`` or a ``test_model.py`` beside ``train_model.py``: of it, only what runs
    on import counts. Where nothing asserts, a function is no test whatever its name, e.g.
    ``test_all`` with the whole program in it.
    """
    if not is_test_path(path):
        return 0
    is_only_tests = path.rpartition("/")[2] in _ONLY_TESTS or is_among_tests(path)
    counted = (
        one
        for one in file.functions
        if one.line == 0 or (is_only_tests and not (file.tests and one.name.startswith(_OF_TESTS)))
    )
    return sum(len(one.prints) for one in counted)


def _statements(file: FileSummary) -> int:
    """Return how many statements of ``file`` do something."""
    return sum(len(one.prints) for one in file.functions)
