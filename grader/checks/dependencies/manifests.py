"""The packages that a project's own files name: ``pyproject.toml`` and ``requirements*.txt``.

The files are read as texts. Nothing is installed, looked up or asked of an index.
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

#: Entries that cannot be read are told one by one up to here.
MOST_MISTAKES = 20
#: Characters of one entry; a line with hashes or markers stays far below.
_LONGEST = 500
#: Dots outside strings in one line of TOML: every one is a table inside a table.
_MOST_DOTS = 32

_TOML_TEXTS = re.compile(
    r'"""(?:[^\\]|\\[\s\S])*?"{3,5}'
    r"|'''[\s\S]*?'{3,5}"
    r'|"(?:[^"\\\n]|\\[^\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
)
_PLACE = re.compile(r" \(at line (\d+), column \d+\)$|\(at end of document\)$")
_COMMENT = re.compile(r"(?:^|[ \t])#.*")
#: Options of pip behind a requirement, such as ``--hash=...``.
_PIP_OPTIONS = re.compile(r"[ \t]--?[a-z].*")


@dataclass(frozen=True)
class Mistake:
    """An entry that cannot be read, and where it stands."""

    line: int
    message: str


@dataclass(frozen=True)
class Manifest:
    """Names of packages as PyPI compares them, and the entries that name none."""

    names: frozenset[str]
    mistakes: tuple[Mistake, ...] = ()


class NotToml(Exception):
    """A ``pyproject.toml`` that cannot be read at all; ``line`` is 1-based."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


def is_manifest(path: str) -> bool:
    """Whether a file of this name says which packages a project needs."""
    name = PurePosixPath(path).name.lower()
    return name == "pyproject.toml" or (name.startswith("requirements") and name.endswith(".txt"))


def read_manifest(path: str, text: str) -> Manifest:
    """What such a file names.

    Raises:
        NotToml: it is a ``pyproject.toml`` and no TOML.
    """
    if path.lower().endswith(".txt"):
        return _read(_requirement_lines(text))
    data = _toml(text)
    return _read((_line_of(text, entry), entry) for entry in _entries(data))


def _read(entries: Iterator[tuple[int, str]]) -> Manifest:
    """The names in entries, each of which is a requirement behind the line where it stands."""
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
    """The canonical name in a requirement, or nothing where there is none."""
    try:
        return canonicalize_name(Requirement(entry).name) if len(entry) <= _LONGEST else ""
    except (InvalidRequirement, RecursionError):
        return ""


def _requirement_lines(text: str) -> Iterator[tuple[int, str]]:
    """The requirements of a file for pip, without comments, options, addresses and paths."""
    begun, parts = 1, [""]
    for number, line in enumerate(text.splitlines(), start=1):
        parts.append(line.removesuffix("\\"))
        if not line.endswith("\\"):
            entry = _PIP_OPTIONS.sub("", _COMMENT.sub("", "".join(parts))).strip()
            if entry and not entry.startswith(("-", ".", "/")) and not _is_address(entry):
                yield begun, entry
            begun, parts = number + 1, [""]


def _is_address(entry: str) -> bool:
    """Whether it says where a package lies and not what it is called."""
    return "://" in entry.split("@")[0]


def _toml(text: str) -> dict[str, Any]:
    _refuse_deep_keys(text)
    try:
        return tomllib.loads(text)
    except ValueError as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        raise NotToml(line, _PLACE.sub("", str(error))) from None
    except RecursionError:
        raise NotToml(1, "Arrays or tables are nested too deeply") from None


def _refuse_deep_keys(text: str) -> None:
    """A key of very many parts costs a parser of TOML time and memory by their square."""
    bare = _TOML_TEXTS.sub(lambda found: '""' + "\n" * found[0].count("\n"), text)
    for number, line in enumerate(bare.split("\n"), start=1):
        if line.count(".") > _MOST_DOTS:
            raise NotToml(number, f"A key has more than {_MOST_DOTS} parts")


def _entries(data: dict[str, Any]) -> Iterator[str]:
    """Every requirement in the tables of PEP 621, PEP 735 and Poetry."""
    project, poetry = _table(data, "project"), _table(_table(data, "tool"), "poetry")
    yield from _texts(project.get("dependencies"))
    for group in _table(project, "optional-dependencies").values():
        yield from _texts(group)
    for group in _table(data, "dependency-groups").values():
        yield from _texts(group)
    yield from _poetry_names(poetry)
    yield from _poetry_names(poetry, "dev-dependencies")
    for group in _table(poetry, "group").values():
        yield from _poetry_names(group)


def _poetry_names(parent: object, key: str = "dependencies") -> Iterator[str]:
    """The keys of a table of Poetry's; ``python`` is there the language itself."""
    return (name for name in _table(parent, key) if name != "python")


def _table(parent: object, key: str) -> dict[str, Any]:
    """A table inside another, empty where there is none."""
    found = parent.get(key) if isinstance(parent, dict) else None
    return found if isinstance(found, dict) else {}


def _texts(entries: object) -> Iterator[str]:
    """The texts of a list; a group of PEP 735 may also name other groups, which is no text."""
    if isinstance(entries, list):
        yield from (entry for entry in entries if isinstance(entry, str))


def _line_of(text: str, entry: str) -> int:
    at = text.find(entry)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
