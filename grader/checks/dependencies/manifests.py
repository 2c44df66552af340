"""Read the packages that ``pyproject.toml`` and ``requirements*.txt`` name.

The files are parsed as text. Nothing is installed, and no package index is queried.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

#: Largest number of bad entries of one manifest that are reported: the first 20, not the 21st.
#: Chosen by hand.
MOST_MISTAKES = 20
#: Characters of the longest entry that is parsed; e.g. ``black>=24`` has 9.
#: Longer entries count as bad. Chosen by hand.
_MAX_ENTRY_LENGTH = 500
#: Most dots outside strings in one line of TOML, since each may nest another table. E.g.
#: ``[tool.poetry.group.dev.dependencies]`` has 4; ``a.a.a. ... = 1`` with 33 dots is refused.
#: Chosen by hand.
_MAX_DOTS = 32

#: A string or comment of TOML, e.g. ``"a.b"``, ``'''a.b'''`` and ``# a.b``; not the key ``a.b``.
_TOML_STRINGS = re.compile(
    r'"""(?:[^\\]|\\[\s\S])*?"{3,5}'
    r"|'''[\s\S]*?'{3,5}"
    r'|"(?:[^"\\\n]|\\[^\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
)
#: The position at the end of a message of tomllib, e.g. `` (at line 3, column 7)`` with the line as
#: group 1, or ``(at end of document)``; not ``line 3`` elsewhere in the message.
_ERROR_POSITION = re.compile(r" \(at line (\d+), column \d+\)$|\(at end of document\)$")
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


class NotToml(Exception):
    """Raised for a ``pyproject.toml`` that is no TOML, is too deeply nested or has too many dots.

    Too many are more than 32 in one line, outside strings and comments: a key with so many parts
    would be slow to parse. ``line`` is the 1-based line of the error: the last one if the text ends
    too early, 1 if arrays or tables are nested too deeply. ``message`` is without position.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


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
    data = _parse_toml(text)
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


def _parse_toml(text: str) -> dict[str, Any]:
    """Return the tables of `text`; raise NotToml if it is invalid or nested too deeply."""
    _refuse_deep_keys(text)
    try:
        return tomllib.loads(text)
    except ValueError as error:
        position = _ERROR_POSITION.search(str(error))
        line = int(position[1]) if position and position[1] else text.count("\n") + 1
        raise NotToml(line, _ERROR_POSITION.sub("", str(error))) from None
    except RecursionError:
        raise NotToml(1, "Arrays or tables are nested too deeply") from None


def _refuse_deep_keys(text: str) -> None:
    """Raise NotToml if a line of `text` has too many dots outside strings.

    A dotted key costs tomllib time and memory quadratic in its number of parts.
    """
    without_strings = _TOML_STRINGS.sub(lambda found: '""' + "\n" * found[0].count("\n"), text)
    for number, line in enumerate(without_strings.split("\n"), start=1):
        if line.count(".") > _MAX_DOTS:
            raise NotToml(number, f"A key has more than {_MAX_DOTS} parts")


def _entries(data: dict[str, Any]) -> Iterator[str]:
    """Yield each requirement in the tables of PEP 621, PEP 735 and Poetry in `data`."""
    project, poetry = _table(data, "project"), _table(_table(data, "tool"), "poetry")
    yield from _strings(project.get("dependencies"))
    for group in _table(project, "optional-dependencies").values():
        yield from _strings(group)
    for group in _table(data, "dependency-groups").values():
        yield from _strings(group)
    yield from _poetry_names(poetry)
    yield from _poetry_names(poetry, "dev-dependencies")
    for group in _table(poetry, "group").values():
        yield from _poetry_names(group)


def _poetry_names(parent: object, key: str = "dependencies") -> Iterator[str]:
    """Return the packages in the Poetry table `key` of `parent`.

    ``python`` is left out: it is the version of the language, not a package.
    """
    return (name for name in _table(parent, key) if name != "python")


def _table(parent: object, key: str) -> dict[str, Any]:
    """Return the table `key` of `parent`, or an empty one if there is no such table."""
    found = parent.get(key) if isinstance(parent, dict) else None
    return found if isinstance(found, dict) else {}


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
