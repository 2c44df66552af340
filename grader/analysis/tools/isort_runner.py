"""Run isort inside this process, with the result of the command line that the report prints.

isort's command line searches the disk for modules that belong to the submission ("first party"):
in the folders of ``--src``, or by default in the folder in which it is run and the ``src`` below.
Here their names are passed as patterns of isort's public settings. Two rules of isort need care:

- A name of the standard library stays standard library even if the submission has such a file
  (``random.py``).
- A folder without Python files of its own (a namespace package) makes only its contents first
  party, not every name below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from io import StringIO
from typing import Any

import isort
from isort.settings import DEFAULT_CONFIG

from grader.analysis.tools.options import ImportOrderOptions
from grader.domain.check import Context, FileDigests
from grader.domain.source import is_python

#: Suffix of a context entry for a folder without Python files of its own.
NAMESPACE = "/"
_PYTHON = (".py", ".pyi")

#: A folder as a tree: from name to subfolder, or to ``None`` for a module.
Folder = Mapping[str, "Folder | None"]


def sorted_text(
    text: str, options: ImportOrderOptions, own_names: Context, *, is_stub: bool
) -> str | None:
    """Return what isort would write for `text`, or ``None`` if it would change nothing.

    Newlines are passed through as they are. `own_names` comes from :func:`own_modules`.

    Raises:
        isort.exceptions.FileSkipComment: `text` still has a directive to skip the file.
    """
    output = StringIO(newline="")
    changed = isort.stream(
        StringIO(text, newline=""),
        output,
        extension="pyi" if is_stub else "py",
        config=_config(options, own_names),
        disregard_skip=True,
    )
    return output.getvalue() if changed else None


def source_folders(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the folders in which the submission's own modules lie, as isort searches them.

    They are the outermost folder that holds all files in `paths`, e.g. ``hw`` of a zip with one
    folder around everything, or else the submission's root (``""``); and before it the folder
    ``src`` directly below, if a file lies in it. `paths` other than Python files do not count. e.g.
    ``("src", "")`` for ``src/shop.py`` and ``run.py``, ``("hw",)`` for ``hw/main.py`` alone.
    """
    python = [path for path in paths if is_python(path)]
    tops = {path.partition("/")[:2] for path in python}
    top, slash = tops.pop() if len(tops) == 1 else ("", "")
    root = top if slash else ""
    source = f"{root}/src" if root else "src"
    return (source, root) if any(path.startswith(f"{source}/") for path in python) else (root,)


def own_modules(path: str, files: FileDigests) -> Context:
    """Return the sorted names that can be imported from the `source_folders` of a submission.

    `files` lists the files of the submission. ``name`` is a module (a ``.py`` file), a package (a
    folder with ``.py`` or ``.pyi`` files) or a folder with neither Python nor folders. ``name/`` is
    a folder with folders and no Python of its own; its members follow as ``name.member``. A stub
    alone is no module, nor is a name that is no identifier. The name of the folder around all files
    is included, as isort does for ``--src``. Of equal names in both folders, that in ``src``
    counts. `path` is unused: isort asks where it is run, not where the file lies.
    """
    return _own_modules(tuple(name for name, _ in files))


# All files of a submission share the result; several submissions may be under way.
@lru_cache(maxsize=16)
def _own_modules(paths: tuple[str, ...]) -> Context:
    """Return :func:`own_modules` of the files `paths`."""
    root: Folder = _folders(paths)
    own: dict[str, Folder | None] = {}
    for folder in reversed(source_folders(paths)):
        content = root
        for part in folder.split("/") if folder else ():
            content = content[part] or {}
            own.setdefault(part, content)
        own |= content
    return tuple(sorted(_names(own, "")))


def _folders(paths: Iterable[str]) -> Folder:
    """Return `paths` as a tree of folders, with their Python files as leaves."""
    root: dict[str, Folder | None] = {}
    for path in paths:
        *folders, name = path.split("/")
        parent = root
        for folder in folders:
            child = parent.get(folder)
            if not isinstance(child, dict):
                child = parent[folder] = {}
            parent = child
        if name.endswith(_PYTHON):
            # isort does not find a stub alone (`shop.pyi` is no module `shop`), but the stub makes
            # its folder a package.
            parent.setdefault(name.removesuffix(".py"), None)
    return root


def _names(folder: Folder, prefix: str) -> Iterable[str]:
    """Yield the importable names of `folder`, each after `prefix`, in the form of `own_modules`."""
    for name, content in folder.items():
        if not name.isidentifier():
            continue
        if content and not any(member is None for member in content.values()):
            yield prefix + name + NAMESPACE
            # isort also takes `app.app` for a module of the namespace package `app`.
            yield from _names({name: None, **content}, f"{prefix}{name}.")
        else:
            yield prefix + name


@lru_cache(maxsize=16)
def _config(options: ImportOrderOptions, own_names: Context) -> isort.Config:
    """Return isort's configuration for `options`, which reads no file and searches no folder."""
    first_party, third_party = _patterns(own_names)
    settings: dict[str, Any] = {"profile": options.profile, "line_length": options.line_length}
    if options.force_sort_within_sections:
        # Passed only if the rubric asks for it: isort's profile may set it too.
        settings["force_sort_within_sections"] = True
    known: dict[str, Any] = {
        "known_first_party": frozenset(first_party),
        "known_third_party": frozenset(third_party),
    }
    return isort.Config(quiet=True, src_paths=(), **settings, **known)


def _patterns(own_names: Context) -> tuple[set[str], set[str]]:
    """Return isort's patterns of first-party and of third-party modules.

    e.g. for ``shop/`` and ``shop.cart``, the names ``shop``, ``shop.cart`` and everything below
    ``shop.cart`` are first party; all else in the namespace package ``shop`` is third party.
    """
    first_party: set[str] = set()
    third_party: set[str] = set()
    for entry in own_names:
        name = entry.removesuffix(NAMESPACE)
        top = name.split(".")[0]
        # isort's own table, e.g. the standard library, wins over a file of the same name.
        if any(pattern.match(top) for pattern, _ in DEFAULT_CONFIG.known_patterns):
            continue
        dotted = re.escape(name)
        first_party.add(dotted)
        if entry.endswith(NAMESPACE):
            third_party.add(rf"{dotted}\..+")
        elif "." in name:
            first_party.add(rf"{dotted}\..+")
    return first_party, third_party
