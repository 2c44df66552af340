"""Read the packages that ``pyproject.toml`` and ``requirements*.txt`` name.

The files are parsed as text. Nothing is installed, and no package index is queried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from grader.analysis.project.toml import parse_toml, table

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

    :func:`read_manifest` returns it for a ``pyproject.toml`` or a ``requirements*.txt``. Only the
    first `MOST_MISTAKES` malformed entries are kept.
    """

    names: frozenset[str]
    mistakes: tuple[Mistake, ...] = ()


def is_manifest(path: str) -> bool:
    """Return whether `path` names a ``pyproject.toml`` or ``requirements*.txt``, in any folder.

    Upper and lower case are the same. E.g. ``app/pyproject.toml`` and ``requirements-dev.txt``, but
    not ``dev-requirements.txt``.
    """
    name = PurePosixPath(path).name.lower()
    return name == "pyproject.toml" or (name.startswith("requirements") and name.endswith(".txt"))


def read_manifest(path: str, text: str) -> Manifest:
    """Return the packages and the bad entries in `text`, the content of the manifest `path`.

    In a file for pip, options (``-r base.txt``), addresses, and paths such as ``./lib`` are
    neither. In a ``pyproject.toml`` the dependencies of PEP 621, PEP 735 and Poetry are read, with
    all groups and extras; Poetry's ``python`` is no package.

    Raises:
        NotToml: `path` is a ``pyproject.toml``, and `text` is not TOML, is nested too deeply, or
            has a line with more than 32 dots outside strings and comments.
    """
    if path.lower().endswith(".txt"):
        return _manifest_of(_requirement_lines(text))
    data = parse_toml(text)
    return _manifest_of((_line_of(text, entry), entry) for entry in _entries(data))


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
    """Yield each requirement in the tables of PEP 621, PEP 735 and Poetry in `data`."""
    project, poetry = table(data, "project"), table(table(data, "tool"), "poetry")
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
