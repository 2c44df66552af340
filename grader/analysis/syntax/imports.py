"""Which module of a submission does an import mean? Decided as Python would, without a disk.

Nothing of a submission lies on a disk, and nobody knows from which folder it is run. So a module
answers to every name by which Python could find it: a script's neighbours, packages from their
top, a ``src`` folder, one folder around everything.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.statements import FUNCTIONS, bodies
from grader.domain.check import Context, FileDigests
from grader.domain.source import is_test_path

STAR = "*"
#: When an import runs: as its module is imported, in a function that is called some day, or below
#: ``if __name__ == "__main__":`` alone.
NOW, LATER, GUARDED = "now", "later", "guarded"

_AROUND = "packages around:"
_TYPES_ONLY = "TYPE_CHECKING"


class Import(NamedTuple):
    """One name that one import statement binds.

    ``import a.b`` is the module ``a.b`` without a ``name``; ``from .a import b as c`` has level 1,
    module ``a``, name ``b`` and binds ``c``. Places are 1-based.
    """

    level: int
    module: str
    name: str
    bound: str
    line: int
    column: int
    when: str


def imports_in(tree: ast.Module) -> tuple[Import, ...]:
    """Every import that can ever run, in the order of the lines."""
    found: list[Import] = []
    waiting: list[tuple[ast.AST, str]] = [(tree, NOW)]
    while waiting:
        node, when = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.extend(_bindings(node, when))
        for body, then in _alive(node, when):
            waiting.extend((statement, then) for statement in body)
    return tuple(sorted(found, key=lambda one: (one.line, one.column)))


def _bindings(node: ast.Import | ast.ImportFrom, when: str) -> Iterator[Import]:
    place = (node.lineno, node.col_offset + 1, when)
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            bound = alias.asname or alias.name
            yield Import(node.level, node.module or "", alias.name, bound, *place)
        else:
            bound = alias.asname or alias.name.split(".")[0]
            yield Import(0, alias.name, "", bound, *place)


def _alive(node: ast.AST, when: str) -> Iterator[tuple[list[ast.stmt], str]]:
    """The bodies of a statement that can run, each with when it does."""
    skips = isinstance(node, ast.If) and _never_runs(node.test)
    for body in bodies(node):
        if isinstance(node, ast.If) and body is node.body:
            if not skips:
                yield body, GUARDED if is_guard(node) and when == NOW else when
        else:
            yield body, LATER if isinstance(node, FUNCTIONS) else when


def _never_runs(test: ast.expr) -> bool:
    if isinstance(test, ast.Constant):
        return not test.value
    return _TYPES_ONLY in (getattr(test, "id", ""), getattr(test, "attr", ""))


def packages_around(path: str, files: FileDigests) -> Context:
    """How many folders above a file have an ``__init__.py``, from its own upwards, as context."""
    folder, depth = folder_of(path), 0
    while folder and f"{folder}/__init__.py" in _paths(files):
        folder, depth = folder_of(folder), depth + 1
    return (f"{_AROUND}{depth}",) if depth else ()


def depth_in(context: Context) -> int:
    """The number that :func:`packages_around` put into a context."""
    return sum(int(part[len(_AROUND) :]) for part in context if part.startswith(_AROUND))


@lru_cache(maxsize=4)
def _paths(files: FileDigests) -> frozenset[str]:
    return frozenset(path for path, _ in files)


def folder_of(path: str) -> str:
    """The folder of a file or folder; empty at the top."""
    return path.rpartition("/")[0]


def _up(path: str, levels: int) -> str | None:
    for _ in range(levels):
        if not path:
            return None
        path = folder_of(path)
    return path


@dataclass(frozen=True)
class Modules:
    """The modules of a submission: path -> how many packages lie around it.

    ``start`` is the path of the ``main.py`` that starts the program, or empty.
    """

    depths: Mapping[str, int]
    start: str = ""

    def meant(self, importer: str, one: Import) -> str | None:
        """The path of the module that an import means; ``None`` if it is none of the submission."""
        if one.level:
            folder = _up(folder_of(importer), one.level - 1)
            found = None if folder is None else self._in(folder, one)
        else:
            found = self._absolute(importer, one)
        return found if found != importer else None

    def packages_of(self, path: str) -> Iterator[str]:
        """The ``__init__.py`` that run before a module does."""
        folder = folder_of(path)
        for _ in range(self.depths.get(path, 0)):
            init = f"{folder}/__init__.py"
            if init in self.depths:
                yield init
            folder = folder_of(folder)

    def _absolute(self, importer: str, one: Import) -> str | None:
        top = one.module.split(".")[0]
        if top not in self._parts:
            return None
        standard = top in sys.stdlib_module_names
        for folder in self._searched(importer, standard):
            found = self._in(folder, one)
            if found:
                return found
        if standard:
            return None
        return self._by_name.get(f"{one.module}.{one.name}") or self._by_name.get(one.module)

    def _searched(self, importer: str, standard: bool) -> Iterator[str]:
        """Folders in which Python may look for a name, nearest first.

        A folder that is itself a package is searched only where ``main.py`` is run in it, or from
        a test. Names of the standard library mean it, unless a neighbour has taken the name.
        """
        start = folder_of(self.start)
        yield self._top(importer)
        if not standard or is_test_path(importer):
            yield from self._above(importer, standard)
        if self.start and (not standard or self._shadows(start, importer)):
            yield start

    def _above(self, importer: str, standard: bool) -> Iterator[str]:
        """The folders above a module from which its name for another may start."""
        beside_main = folder_of(self.start) if self.start else None
        for folder in _folders_above(importer):
            inside = not standard and (is_test_path(importer) or folder == beside_main)
            if inside or folder not in self._packages:
                yield folder

    def _shadows(self, start: str, importer: str) -> bool:
        """Whether the scripts beside ``main.py`` hide the standard library from a module."""
        return start not in self._packages and importer.startswith(f"{start}/" if start else "")

    def _top(self, path: str) -> str:
        """The folder above a module's outermost package."""
        return _up(folder_of(path), self.depths.get(path, 0)) or ""

    def _in(self, folder: str, one: Import) -> str | None:
        base = "/".join(filter(None, (folder, one.module.replace(".", "/"))))
        if one.name and one.name != STAR:
            return self._file(f"{base}/{one.name}" if base else one.name) or self._file(base)
        return self._file(base)

    def _file(self, stem: str) -> str | None:
        tried = (f"{stem}/__init__.py" if stem else "__init__.py", f"{stem}.py")
        return next((path for path in tried if path in self.depths), None)

    @cached_property
    def _parts(self) -> frozenset[str]:
        """Every name that a path has: an import of anything else leads out of the submission."""
        return frozenset(
            part.removesuffix(".py") for path in self.depths for part in path.split("/")
        )

    @cached_property
    def _packages(self) -> frozenset[str]:
        return frozenset(
            folder
            for path, depth in self.depths.items()
            for folder in list(_folders_above(path))[:depth]
        )

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        """Each name that starts outside every package, and the least deep module that has it."""
        found: dict[str, str] = {}
        for path in sorted(self.depths, key=lambda path: (path.count("/"), path)):
            parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
            outside = path.count("/") - self.depths[path]
            for at in range(outside + 1):
                found.setdefault(".".join(parts[at:]), path)
        return found


def _folders_above(path: str) -> Iterator[str]:
    while path:
        path = folder_of(path)
        yield path
