"""isort in this process, with the verdict of its command line run in the submission's root.

The command line finds out which modules are the submission's own by looking on the disk
(``--src``). Here the names are given instead, as patterns for isort's public settings, and two
traps are kept in mind: a name of the standard library stays the standard library's even when the
submission has a file of that name, and a folder without Python of its own (a namespace package)
owns only what lies inside it.
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
from grader.domain.check import Context, Outline

#: Marks a folder without Python of its own in a context.
NAMESPACE = "/"
_PYTHON = (".py", ".pyi")

#: A folder: name -> its folder, or ``None`` for a module.
Folder = Mapping[str, "Folder | None"]


def sorted_text(
    text: str, options: ImportOrderOptions, own: Context, *, is_stub: bool
) -> str | None:
    """What isort would write for a text with newlines as they stand; ``None``: it is content.

    Raises:
        isort.exceptions.FileSkipComment: a directive to skip the file is still in the text.
    """
    output = StringIO(newline="")
    changed = isort.stream(
        StringIO(text, newline=""),
        output,
        extension="pyi" if is_stub else "py",
        config=_config(options, own),
        disregard_skip=True,
    )
    return output.getvalue() if changed else None


def own_modules(path: str, outline: Outline) -> Context:
    """Names that a file can import from the root of its submission and from its own folder.

    Sorted. ``name``: a module or a package. ``name/``: a folder without Python of its own, whose
    members follow as ``name.member``. A folder's own name counts too, as it does for ``--src``.
    """
    root = _folders(other for other, _ in outline)
    beside: Folder | None = root
    parents = path.split("/")[:-1]
    for part in parents:
        beside = beside.get(part) if beside is not None else None
    own_name = dict.fromkeys(parents[-1:], None)
    # The root is asked first, so what it knows of a name hides what the file's folder knows.
    return tuple(sorted(_names({**own_name, **(beside or {}), **root}, "")))


def _folders(paths: Iterable[str]) -> Folder:
    root: dict[str, Folder | None] = {}
    for path in paths:
        *folders, name = path.split("/")
        here = root
        for folder in folders:
            inside = here.get(folder)
            if not isinstance(inside, dict):
                inside = here[folder] = {}
            here = inside
        if name.endswith(_PYTHON):
            # A stub alone is not found by isort, but it makes its folder a package.
            here.setdefault(name.removesuffix(".py"), None)
    return root


def _names(folder: Folder, prefix: str) -> Iterable[str]:
    for name, inside in folder.items():
        if not name.isidentifier():
            continue
        if inside and not any(member is None for member in inside.values()):
            yield prefix + name + NAMESPACE
            yield from _names(inside, f"{prefix}{name}.")
        else:
            yield prefix + name


@lru_cache(maxsize=16)
def _config(options: ImportOrderOptions, own: Context) -> isort.Config:
    first, third = _patterns(own)
    settings: dict[str, Any] = {"profile": options.profile, "line_length": options.line_length}
    if options.force_sort_within_sections:
        # Given only where asked for: a profile may have an opinion of its own.
        settings["force_sort_within_sections"] = True
    known: dict[str, Any] = {
        "known_first_party": frozenset(first),
        "known_third_party": frozenset(third),
    }
    return isort.Config(quiet=True, src_paths=(), **settings, **known)


def _patterns(own: Context) -> tuple[set[str], set[str]]:
    """Patterns of what is the submission's, and of what only looks as if it were."""
    first: set[str] = set()
    third: set[str] = set()
    for entry in own:
        name = entry.removesuffix(NAMESPACE)
        if _is_known(name.split(".")[0]):
            continue
        dotted = re.escape(name)
        first.add(dotted)
        if entry.endswith(NAMESPACE):
            third.add(rf"{dotted}\..+")
        elif "." in name:
            first.add(rf"{dotted}\..+")
    return first, third


def _is_known(name: str) -> bool:
    return any(pattern.match(name) for pattern, _ in DEFAULT_CONFIG.known_patterns)
