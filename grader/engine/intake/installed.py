"""Find the modules in a folder ``site-packages`` that no installer put there.

Installers list every file that they install: pip, uv and Poetry in ``<name>.dist-info/RECORD``,
older ones in ``<name>.egg-info/installed-files.txt``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping

from grader.engine.intake.candidate import Candidate

#: Most bytes of lists that are read of one folder. Chosen by hand: those of pandas, SciPy,
#: Matplotlib, scikit-learn and Jupyter together have less, a GPU build of PyTorch alone has more.
MAX_LISTS = 2_000_000
_INSIDE = "/site-packages/"
#: Suffixes of the folders that describe a distribution -> the list of its files.
_LISTS = {".dist-info": "RECORD", ".egg-info": "installed-files.txt"}
#: Suffixes of files that Python imports.
_MODULES = (".py", ".pyc", ".pyo", ".so", ".pyd")


def uninstalled(candidates: Iterable[Candidate], words: Collection[str]) -> frozenset[str]:
    """Return the paths of those ``candidates`` that no installer put into their environment.

    These are the modules in a folder ``site-packages`` that no distribution there lists, if the
    code, which has ``words``, may import one of them; lists are read only then. In a package that
    is listed (``comtypes``, which writes ``comtypes/gen/x.py``) one of them must be named in full.
    A folder is skipped if a distribution in it has no list (Conda, Debian), or if the lists have
    more than :data:`MAX_LISTS` bytes. Without any distribution nothing in it was installed. Errors
    of reading pass through.
    """
    folders: dict[str, dict[str, Candidate]] = {}
    for one in candidates:
        above, inside, below = f"/{one.name}".partition(_INSIDE)
        if inside and one.is_artifact:
            folders.setdefault(above, {})[below] = one
    found = (_uninstalled(files, frozenset(words)) for files in folders.values())
    return frozenset(name for names in found for name in names)


def _uninstalled(files: Mapping[str, Candidate], words: frozenset[str]) -> Iterator[str]:
    """Yield the paths of the modules among ``files``, by their path in the folder, see above."""
    # Python writes __pycache__/a.pyc at the first import of a.py, and reads none without a.py.
    modules = {
        below: _dotted(below)
        for below in files
        if below.endswith(_MODULES) and "__pycache__" not in below
    }
    if words.isdisjoint(dotted[0] for dotted in modules.values()):
        return
    listed = _listed(files)
    if listed is not None:
        packages = {path.partition("/")[0] for path in listed}
        for below in _added(
            {new: modules[new] for new in modules.keys() - listed}, packages, words
        ):
            yield files[below].name


def _added(
    new: Mapping[str, tuple[str, ...]], packages: Collection[str], words: frozenset[str]
) -> Collection[str]:
    """Return those of ``new``, modules by path that no distribution lists, that ``words`` may mean.

    A module beside ``packages``, which are listed, is meant by the first part of its dotted name,
    one in them by every part, and then so is all that is new in that package. If any is meant, so
    are all beside the packages, because one may import the next.
    """
    inside = {below for below in new if below.partition("/")[0] in packages}
    named = {
        dotted[0]
        for below, dotted in new.items()
        if words.issuperset(dotted if below in inside else dotted[:1])
    }
    also = {below for below in inside if new[below][0] in named}
    return also | (new.keys() - inside) if named else also


def _dotted(below: str) -> tuple[str, ...]:
    """Return the parts of the dotted name of the module ``below``: ``a``, ``b`` for ``a/b.py``."""
    *folders, name = below.removesuffix("/__init__.py").split("/")
    return (*folders, name.partition(".")[0])


def _listed(files: Mapping[str, Candidate]) -> frozenset[str] | None:
    """Return the files that the distributions among ``files`` list.

    ``None`` if a list is missing, or the lists are too large.
    """
    described, lists = set[str](), dict[str, Candidate]()
    for below, one in files.items():
        folder, _, name = below.partition("/")
        suffix = posixpath.splitext(folder)[1]
        if suffix in _LISTS:
            described.add(folder)
            if name == _LISTS[suffix]:
                lists[folder] = one
    total = sum(one.stated for one in lists.values())
    if len(lists) < len(described) or total > MAX_LISTS:
        return None
    return frozenset(path for folder, one in lists.items() for path in _paths(folder, one))


def _paths(folder: str, one: Candidate) -> Iterator[str]:
    """Yield the paths in the list ``one`` of the distribution ``folder``.

    A line is ``yaml/__init__.py,sha256=...,12311``, or ``../yaml/__init__.py`` in a list of an
    older installer, which is relative to ``folder``.
    """
    is_older = folder.endswith(".egg-info")
    for line in b"".join(one.pieces()).decode("utf-8", "replace").splitlines():
        path = line.partition(",")[0].strip('"').replace("\\", "/")
        yield posixpath.normpath(f"{folder}/{path}") if is_older else path
