"""Resolve the imports of a submission to its own modules, as Python would, without a disk.

A submission is never written to a disk, and the folder from which it is run is unknown. So an
import may refer to a module by every name under which Python could find it: beside the script, from
the top of a package, from a ``src`` folder, or from the one folder around everything.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import NamedTuple

from grader.analysis.syntax.frameworks import AIRFLOW_FOLDERS
from grader.analysis.syntax.import_time import is_guard
from grader.analysis.syntax.known_values import truth_of
from grader.analysis.syntax.statements import FUNCTIONS, bodies
from grader.domain.check import Context, FileDigests
from grader.domain.source import is_test_path

#: The ``name`` of ``from module import *``.
STAR = "*"
#: When an import runs: when its module is imported, when the function around it is called, or only
#: if the module is run as a script (below ``if __name__ == "__main__":``).
NOW, LATER, GUARDED = "now", "later", "guarded"

#: The most frequent statements without blocks.
_SIMPLE = frozenset({ast.Assign, ast.AugAssign, ast.Expr, ast.Raise, ast.Return})
#: Beginning of a context entry; the number of packages around the file follows.
_AROUND = "packages around:"


class Import(NamedTuple):
    """One name that an import statement binds.

    ``from .a import b as c`` has level 1, module ``a`` (empty for ``from . import b``), name ``b``
    and binds ``c``. ``import a.b`` has level 0, module ``a.b``, an empty name and binds ``a``;
    ``from a import *`` has the name and binds :data:`STAR`. ``line`` and ``column``, of the
    statement, are 1-based. ``when`` is ``NOW`` (it runs when its file is imported), ``LATER`` (when
    the function around it is called) or ``GUARDED`` (only below ``if __name__ == "__main__":``).
    """

    level: int
    module: str
    name: str
    bound: str
    line: int
    column: int
    when: str


def imports_in(tree: ast.Module) -> tuple[Import, ...]:
    """Return each name that an import of ``tree``, at any depth, binds, ordered by line.

    Imports below ``if TYPE_CHECKING:`` or a condition that is never true (``if False:``) never run
    and are left out; those in its ``else`` are kept.
    """
    found: list[Import] = []
    waiting: list[tuple[ast.AST, str]] = [(tree, NOW)]
    while waiting:
        node, when = waiting.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.extend(_bindings(node, when))
        elif type(node) not in _SIMPLE:
            for body, then in _alive(node, when):
                waiting.extend((statement, then) for statement in body)
    return tuple(sorted(found, key=lambda one: (one.line, one.column)))


def _bindings(node: ast.Import | ast.ImportFrom, when: str) -> Iterator[Import]:
    """Yield one :class:`Import` for each name that ``node`` binds."""
    place = (node.lineno, node.col_offset + 1, when)
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            bound = alias.asname or alias.name
            yield Import(node.level, node.module or "", alias.name, bound, *place)
        else:
            bound = alias.asname or alias.name.split(".")[0]
            yield Import(0, alias.name, "", bound, *place)


def _alive(node: ast.AST, when: str) -> Iterator[tuple[list[ast.stmt], str]]:
    """Yield (body, when it runs) for each list of statements in ``node`` that can run.

    ``when`` is the time at which ``node`` itself runs.
    """
    skips = isinstance(node, ast.If) and truth_of(node.test) is False
    for body in bodies(node):
        if isinstance(node, ast.If) and body is node.body:
            if not skips:
                yield body, GUARDED if is_guard(node) and when == NOW else when
        else:
            yield body, LATER if isinstance(node, FUNCTIONS) else when


def packages_around(path: str, files: FileDigests) -> Context:
    """Return how many packages the file ``path`` is in, as a context: one string; empty if in none.

    A context is a tuple of strings; :func:`depth_in` reads the number in it. Counted are the
    folders from the file's own upwards, before the first one without an ``__init__.py`` in
    ``files``. The top of the submission is not counted, even with an ``__init__.py``.
    """
    folder, depth = folder_of(path), 0
    while folder and f"{folder}/__init__.py" in _paths(files):
        folder, depth = folder_of(folder), depth + 1
    return (f"{_AROUND}{depth}",) if depth else ()


def depth_in(context: Context) -> int:
    """Return the number of packages in a context of :func:`packages_around`; 0 if it is empty."""
    return sum(int(part[len(_AROUND) :]) for part in context if part.startswith(_AROUND))


def main_among(paths: Iterable[str]) -> str:
    """Return that ``main.py`` of ``paths`` that starts the program, or "" without any.

    It is the one in the fewest folders, tests aside; among several, the first by path.
    """
    mains = (path for path in paths if path.split("/")[-1] == "main.py" and not is_test_path(path))
    return min(mains, key=lambda path: (path.count("/"), path), default="")


@lru_cache(maxsize=4)
def _paths(files: FileDigests) -> frozenset[str]:
    """Return the paths of ``files``. Cached, because every file of a submission asks for them."""
    return frozenset(path for path, _ in files)


def folder_of(path: str) -> str:
    """Return the folder around ``path``, a file or folder; empty for one at the top."""
    return path.rpartition("/")[0]


def _up(path: str, levels: int) -> str | None:
    """Return the folder ``levels`` above ``path``, or ``None`` if there are fewer folders."""
    for _ in range(levels):
        if not path:
            return None
        path = folder_of(path)
    return path


@dataclass(frozen=True)
class Modules:
    """Finds the module of a submission that an import refers to, as Python would: :meth:`meant`.

    ``depths`` has, for the path of each module (``__init__.py`` included), the number of packages
    that it is in. ``start`` is the path of the ``main.py`` that starts the program, or empty; its
    folder is searched too. ``around`` are the folders around the submission, e.g. ``course.day_3``
    if ``from course.day_3.game import play`` means the ``game.py`` at the top.
    """

    depths: Mapping[str, int]
    start: str = ""
    around: frozenset[str] = frozenset()

    @staticmethod
    def of(depths: Mapping[str, int], imports: Mapping[str, Iterable[Import]]) -> Modules:
        """Return the modules of `depths`, of which each path has `imports`.

        The program starts where :func:`main_among` says. Students often hand in the files of a
        folder without the folder, which their imports name: ``day_3.game`` for ``game.py``. It is
        one if each import of a module in it leads to a module here.
        """
        modules = Modules(depths, main_among(depths))
        foreign = defaultdict[str, set[Import]](set)
        for one in chain.from_iterable(imports.values()):
            top = one.module.partition(".")[0]
            if not one.level and modules._is_foreign(top):
                foreign[top].add(one)
        around = (modules._folder_around(found) for found in foreign.values())
        return replace(modules, around=frozenset(filter(None, around)))

    def _folder_around(self, imports: Collection[Import]) -> str:
        """Return the dotted folder around the submission that all `imports` begin with, or "".

        There is none if they name no module below it, unless the submission is a package itself:
        ``from setuptools import setup`` beside a ``setup.py`` shows nothing.
        """
        parts = min((one.module for one in imports), key=len).split(".")
        folders = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
        folder = next((one for one in folders if self._all_below(imports, one)), "")
        goes_on = any(one.module != folder for one in imports)
        return folder if goes_on or "__init__.py" in self.depths else ""

    def _all_below(self, imports: Iterable[Import], folder: str) -> bool:
        """Return whether each of `imports` names a module here, below `folder`."""
        below = (_below(one, folder) for one in imports)
        return all(one is not None and self._named(one) for one in below)

    def meant(self, importer: str, one: Import) -> str | None:
        """Return the path of the module that the import ``one`` in ``importer`` refers to.

        If ``one.name`` is itself a module, it is that one, otherwise the one that it is imported
        from; a package is the path of its ``__init__.py``. Without leading dots, it is searched
        around the outermost package of ``importer``, in its folder and those above it (not in
        packages, except for a test or beside ``start``), beside ``start``, then anywhere by its
        dotted name, and last, if it is a package, beside ``importer``. A name of the standard
        library is searched only where a file would hide that library. A name ``around`` the
        submission is left out. ``None`` if it is not found, or is ``importer`` itself.
        """
        if one.level:
            folder = _up(folder_of(importer), one.level - 1)
            found = None if folder is None else self._in(folder, one)
        else:
            found = self._absolute(importer, one)
        return found if found != importer else None

    def packages_of(self, path: str) -> Iterator[str]:
        """Yield the ``__init__.py`` of each package around ``path``, the innermost first.

        These are paths of files that Python runs before the module. If ``path`` is the
        ``__init__.py`` of a package, it is yielded too; one at the top of the submission is none.
        ``path`` must be in ``depths``: otherwise nothing is yielded.
        """
        folder = folder_of(path)
        for _ in range(self.depths.get(path, 0)):
            init = f"{folder}/__init__.py"
            if init in self.depths:
                yield init
            folder = folder_of(folder)

    def _absolute(self, importer: str, one: Import) -> str | None:
        """Return the path that the import ``one`` without leading dots refers to, or ``None``.

        The folders of :meth:`_searched` come first, then any module of that dotted name. The
        latter does not hold for names of the standard library.
        """
        top = one.module.split(".")[0]
        if top not in self._parts:
            below = (_below(one, folder) for folder in self.around)
            return next((self._named(inner) for inner in below if inner is not None), None)
        standard = top in sys.stdlib_module_names
        for folder in self._searched(importer, standard):
            found = self._in(folder, one)
            if found:
                return found
        if standard:
            return None
        known = self._named(one, by_test=is_test_path(importer))
        if known or f"{folder_of(importer)}/{top}" not in self._packages:
            return known
        # Python searches the folder of a file that is run, also inside a package: `churn/` beside
        # `src/run.py`. A single module may just be named like a library: `shop/celery.py`.
        return self._in(folder_of(importer), one)

    def _named(self, one: Import, *, by_test: bool = False) -> str | None:
        """Return the path of the module with the dotted name of `one`, wherever it is.

        Without a module it is the package that the top of the submission may be. The name begins
        outside all packages, or, `by_test`, inside one, since tests add folders to ``sys.path``:
        ``data.load`` for ``src/data/load.py`` beside ``src/__init__.py``.
        """
        paths = self._by_end if by_test else self._by_name
        dotted = f"{one.module}.{one.name}".removeprefix(".")
        return paths.get(dotted) or paths.get(one.module or "__init__")

    def _is_foreign(self, top: str) -> bool:
        """Return whether nothing here, and nothing in the standard library, is called `top`."""
        return top not in self._parts and top not in sys.stdlib_module_names

    def _searched(self, importer: str, standard: bool) -> Iterator[str]:
        """Yield the folders in which to look for an import of ``importer``, in order.

        First the folder around the outermost package of ``importer``, then its own folder and those
        above it, then that of ``main.py``. A folder that is a package is searched only if
        ``main.py`` is in it, or for a test. With ``standard`` (the name is one of the standard
        library), only folders are yielded whose files would hide the standard library.
        """
        start = folder_of(self.start)
        yield self._top(importer)
        if not standard or is_test_path(importer):
            yield from self._above(importer, standard)
        if self.start and (not standard or self._shadows(start, importer)):
            yield start

    def _above(self, importer: str, standard: bool) -> Iterator[str]:
        """Yield the folders above ``importer`` that may be searched, the nearest first.

        Those of Airflow come with it: ``plugins`` for a file in ``dags`` beside it.
        """
        beside_main = folder_of(self.start) if self.start else None
        for folder in _folders_above(importer):
            inside = not standard and (is_test_path(importer) or folder == beside_main)
            if inside or folder not in self._packages:
                yield folder
            if not standard:
                yield from _airflow_folders(folder)

    def _shadows(self, start: str, importer: str) -> bool:
        """Return whether files in ``start``, the folder of ``main.py``, hide the standard library.

        They do for every ``importer`` in or below that folder, unless the folder is a package.
        """
        return start not in self._packages and importer.startswith(f"{start}/" if start else "")

    def _top(self, path: str) -> str:
        """Return the folder around the outermost package of ``path``; its own if it is in none."""
        return _up(folder_of(path), self.depths.get(path, 0)) or ""

    def _in(self, folder: str, one: Import) -> str | None:
        """Return the path that ``one`` refers to if Python searches ``folder``, or ``None``."""
        base = "/".join(filter(None, (folder, one.module.replace(".", "/"))))
        if one.name and one.name != STAR:
            return self._file(f"{base}/{one.name}" if base else one.name) or self._file(base)
        return self._file(base)

    def _file(self, stem: str) -> str | None:
        """Return the path of the package or module ``stem``, a path without its suffix."""
        tried = (f"{stem}/__init__.py" if stem else "__init__.py", f"{stem}.py")
        return next((path for path in tried if path in self.depths), None)

    @cached_property
    def _parts(self) -> frozenset[str]:
        """The names of all folders and modules.

        An import whose first part is not among them cannot refer to the submission. This saves the
        search for most imports.
        """
        return frozenset(
            part.removesuffix(".py") for path in self.depths for part in path.split("/")
        )

    @cached_property
    def _packages(self) -> frozenset[str]:
        """The folders that are packages, with each parent package up to the outermost."""
        return frozenset(
            folder
            for path, depth in self.depths.items()
            for folder in list(_folders_above(path))[:depth]
        )

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        """The path of the module with each dotted name, where that begins outside all packages.

        e.g. ``app.shop.cart`` and ``shop.cart`` for ``app/shop/cart.py`` if ``shop`` is a package
        and ``app`` is not. If several modules have a name, it is the one with the fewest folders.
        """
        return self._names({path: path.count("/") - depth for path, depth in self.depths.items()})

    @cached_property
    def _by_end(self) -> Mapping[str, str]:
        """The path of the module with each dotted name, wherever that begins.

        e.g. also ``cart`` for ``app/shop/cart.py`` if ``shop`` is a package.
        """
        return self._names({path: path.count("/") for path in self.depths})

    @staticmethod
    def _names(last: Mapping[str, int]) -> Mapping[str, str]:
        """Return the path for each dotted name of the paths in ``last``.

        Names begin at a folder, from the first up to the number in ``last``.
        """
        found: dict[str, str] = {}
        for path in sorted(last, key=lambda path: (path.count("/"), path)):
            parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
            for at in range(min(last[path] + 1, len(parts))):
                found.setdefault(".".join(parts[at:]), path)
        return found


def _below(one: Import, folder: str) -> Import | None:
    """Return `one` without the `folder` that its module begins with, ``None`` for another one.

    e.g. the module ``game`` for ``course.day_3.game`` below ``course.day_3``.
    """
    if one.module == folder:
        return one._replace(module="")
    prefix = f"{folder}."
    return one._replace(module=one.module[len(prefix) :]) if one.module.startswith(prefix) else None


def _airflow_folders(folder: str) -> Iterator[str]:
    """Yield where Airflow finds imports in ``folder``: ``a/dags``, ``a/plugins`` for ``a/dags``."""
    around, _, name = folder.rpartition("/")
    if name in AIRFLOW_FOLDERS:
        yield from (f"{around}/{one}" if around else one for one in AIRFLOW_FOLDERS)


def _folders_above(path: str) -> Iterator[str]:
    """Yield the folders around ``path``, the nearest first; the last one is the top, empty."""
    while path:
        path = folder_of(path)
        yield path
