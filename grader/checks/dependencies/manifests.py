"""Read the packages that manifests name: ``pyproject.toml``, ``requirements*.txt`` and others.

Others are ``Pipfile``, ``environment.yml``, ``setup.cfg`` and ``setup.py``. They are parsed, and
nothing is installed or run; no package index is queried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from grader.analysis.project.toml import NotToml, parse_toml, table
from grader.checks.dependencies.forms import (
    Broken,
    cfg_entries,
    computed_in,
    conda_entries,
    setup_entries,
)
from grader.domain.source import SourceFile

#: Largest number of bad entries of one manifest that are reported: the first 20, not the 21st.
#: Chosen by hand.
MOST_MISTAKES = 20
#: Characters of the longest entry that is parsed; e.g. ``black>=24`` has 9.
#: Longer entries count as bad. Chosen by hand.
_MAX_ENTRY_LENGTH = 500

#: A comment in a file for pip, e.g. of ``black  # formatter``; not the fragment in ``a.zip#egg=a``.
_COMMENT = re.compile(r"(?:^|[ \t])#.*")
#: Options of pip behind a requirement, e.g. `` --hash=sha256:00``; not the ``-`` in ``my-package``.
_PIP_OPTIONS = re.compile(r"[ \t]--?[a-z].*")


@dataclass(frozen=True)
class Mistake:
    """A malformed entry of a manifest, which names no package: its 1-based line and a message."""

    line: int
    message: str


@dataclass(frozen=True)
class Manifest:
    """The packages that a manifest names, by canonical name, and its malformed entries.

    Only the first `MOST_MISTAKES` malformed entries are kept. ``computed`` is the line of packages
    that a ``setup.py`` computes, 0 if it does not.
    """

    names: frozenset[str]
    mistakes: tuple[Mistake, ...] = ()
    computed: int = 0


def is_manifest(path: str) -> bool:
    """Return whether `path` names a file that names packages, in any folder.

    Upper and lower case are the same. E.g. ``app/pyproject.toml``, ``requirements-dev.txt``,
    ``Pipfile``, ``environment.yml``, ``setup.cfg`` and ``setup.py``; not ``dev-requirements.txt``.
    """
    name = PurePosixPath(path).name.lower()
    if name.startswith("environment"):
        return name.endswith((".yml", ".yaml"))
    if name.startswith("requirements"):
        return name.endswith(".txt")
    return name in ("pyproject.toml", "pipfile", "setup.cfg", "setup.py")


def read_manifest(source: SourceFile) -> Manifest:
    """Return the packages and the bad entries in the manifest `source`.

    In a file for pip, options (``-r base.txt``), addresses, and paths such as ``./lib`` are
    neither. In a ``pyproject.toml`` the dependencies of PEP 621, PEP 735, Poetry, uv and PDM are
    read, with all groups and extras; Poetry's ``python`` is no package. In a ``setup.py`` the
    literals that ``setup()`` takes are read.

    Raises:
        Broken: `source` is not in the format that its name says, or is nested too deeply.
    """
    name = PurePosixPath(source.path).name.lower()
    if name.endswith(".py"):
        found = _in_text(source.original, setup_entries(source.tree))
        return replace(found, computed=computed_in(source.tree))
    text = source.original
    if name.endswith(".txt"):
        return _manifest_of(_requirement_lines(text))
    if name.endswith((".yml", ".yaml")):
        return _in_text(text, conda_entries(text))
    if name.endswith(".cfg"):
        return _in_text(text, cfg_entries(text))
    try:
        data = parse_toml(text)
    except NotToml as error:
        raise Broken(error.line, error.message) from None
    return _in_text(text, _pipfile_names(data) if name == "pipfile" else _entries(data))


def _in_text(text: str, entries: Iterable[str]) -> Manifest:
    """Return the manifest of `entries`, which are in `text`."""
    return _manifest_of((_line_of(text, entry), entry) for entry in entries)


def _pipfile_names(data: dict[str, Any]) -> Iterator[str]:
    """Yield the packages in `data`, a ``Pipfile``."""
    yield from table(data, "packages")
    yield from table(data, "dev-packages")


def _manifest_of(entries: Iterator[tuple[int, str]]) -> Manifest:
    """Return the manifest of `entries`: pairs of a 1-based line and a requirement.

    Only the first `MOST_MISTAKES` bad entries are kept.
    """
    names: set[str] = set()
    mistakes: list[Mistake] = []
    for line, entry in entries:
        name = _name_in(entry)
        if name:
            names.add(name)
        elif len(mistakes) < MOST_MISTAKES:
            mistakes.append(Mistake(line, f"`{entry[:60]}` names no package"))
    return Manifest(frozenset(names), tuple(mistakes))


def _name_in(entry: str) -> str:
    """Return the canonical package name of the requirement `entry`, or "" if it is malformed.

    E.g. ``black`` for ``Black>=24``, and "" for ``black 24`` or an entry that is too long.
    """
    try:
        return canonicalize_name(Requirement(entry).name) if len(entry) <= _MAX_ENTRY_LENGTH else ""
    except (InvalidRequirement, RecursionError):
        return ""


def _requirement_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the 1-based line and the text of each requirement in `text`, a file for pip.

    Comments, options (``-r base.txt``), addresses and paths (``./lib``) are left out. Lines that
    end in a backslash continue on the next one; the number is that of the first.
    """
    start, parts = 1, [""]
    for number, line in enumerate(text.splitlines(), start=1):
        parts.append(line.removesuffix("\\"))
        if not line.endswith("\\"):
            entry = _PIP_OPTIONS.sub("", _COMMENT.sub("", "".join(parts))).strip()
            if entry and not entry.startswith(("-", ".", "/")) and not _is_address(entry):
                yield start, entry
            start, parts = number + 1, [""]


def _is_address(entry: str) -> bool:
    """Return whether `entry` is an address without a name.

    E.g. ``https://host/a.zip``, but not ``a @ https://host/a.zip``.
    """
    return "://" in entry.split("@")[0]


def _entries(data: dict[str, Any]) -> Iterator[str]:
    """Yield each requirement in the tables of PEP 621, PEP 735, Poetry, uv and PDM in `data`."""
    tool = table(data, "tool")
    project, poetry = table(data, "project"), table(tool, "poetry")
    yield from _strings(table(tool, "uv").get("dev-dependencies"))
    for group in table(table(tool, "pdm"), "dev-dependencies").values():
        yield from _strings(group)
    yield from _strings(project.get("dependencies"))
    for group in table(project, "optional-dependencies").values():
        yield from _strings(group)
    for group in table(data, "dependency-groups").values():
        yield from _strings(group)
    yield from _poetry_names(poetry)
    yield from _poetry_names(poetry, "dev-dependencies")
    for group in table(poetry, "group").values():
        yield from _poetry_names(group)


def _poetry_names(parent: object, key: str = "dependencies") -> Iterator[str]:
    """Return the packages in the Poetry table `key` of `parent`.

    ``python`` is left out: it is the version of the language, not a package.
    """
    return (name for name in table(parent, key) if name != "python")


def _strings(entries: object) -> Iterator[str]:
    """Yield the strings of the list `entries`.

    A group of PEP 735 may also include other groups, as tables: ``{include-group = "test"}``.
    """
    if isinstance(entries, list):
        yield from (entry for entry in entries if isinstance(entry, str))


def _line_of(text: str, entry: str) -> int:
    """Return the 1-based line where `entry` first occurs in `text`, or 1 (e.g. if escaped)."""
    at = text.find(entry)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
