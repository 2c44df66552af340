"""Find the entries in ``environment.yml``, ``setup.cfg`` and ``setup.py``.

Each function yields entries in the form of a requirement, e.g. ``black>=24``. Nothing is run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser
from configparser import Error as ConfigurationError
from configparser import MissingSectionHeaderError, ParsingError

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent

from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.walk import walk

#: Characters of the largest ``environment.yml`` that is parsed, as its parser is slow: about a
#: second for so many. One of 60 packages has 1,500. Chosen by hand.
MOST_YAML = 50_000
#: A package of conda, behind its channel. E.g. ``black`` in ``conda-forge::black=24.1=py311``.
_CONDA = re.compile(r"(?:[^:\s]+::)?\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)")
#: What conda installs beside packages.
_NO_PACKAGES = frozenset({"python", "pip"})
#: The options of a ``setup.cfg`` or arguments of ``setup()`` that name packages, e.g.
#: ``install_requires=["black"]``.
_LISTS = ("install_requires", "setup_requires", "tests_require")
_EXTRAS = "extras_require"


class Broken(Exception):
    """Raised for a manifest that cannot be read.

    ``line`` is the 1-based line of the error, ``message`` says what is wrong, without the line.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


def conda_entries(text: str) -> Iterator[str]:
    """Yield the packages in `text`, an ``environment.yml``, also those below its ``pip:``.

    Raises:
        Broken: `text` is no YAML, has an alias, or has more than `MOST_YAML` characters.
    """
    data = _yaml(text)
    entries = data.get("dependencies") if isinstance(data, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            yield from _below_pip(entry.get("pip"))
        elif isinstance(entry, str):
            found = _CONDA.match(entry)
            name = found["name"] if found else entry
            if name.lower() not in _NO_PACKAGES:
                yield name


def _below_pip(entries: object) -> Iterator[str]:
    """Yield the packages in `entries`, less options of pip and paths, e.g. ``-r more.txt``."""
    for entry in map(str, entries if isinstance(entries, list) else ()):
        if not entry.startswith(("-", ".", "/")):
            yield entry


def _yaml(text: str) -> object:
    """Return the data of `text`; raise `Broken` if it is not, or is too slow to read."""
    if len(text) > MOST_YAML:
        raise Broken(1, f"it has more than {MOST_YAML:,} characters")
    parser = YAML(typ="safe", pure=True)
    try:
        for event in parser.parse(text):
            if isinstance(event, AliasEvent):
                raise Broken(event.start_mark.line + 1, "aliases such as `*name` are not read here")
        return parser.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Broken(mark.line + 1 if mark else 1, error.problem or "it is no YAML") from None
    except (YAMLError, ValueError, OverflowError, RecursionError):
        raise Broken(1, "it is no YAML") from None


def cfg_entries(text: str) -> Iterator[str]:
    """Yield the packages in `text`, a ``setup.cfg``; raise `Broken` if it is none."""
    parser = _configuration(text)
    values = [parser.get("options", option, fallback="") for option in _LISTS]
    if parser.has_section(f"options.{_EXTRAS}"):
        values += [value for _, value in parser.items(f"options.{_EXTRAS}")]
    for value in values:
        for line in value.split("\n" if "\n" in value else ";"):
            entry = line.strip()
            if entry and not entry.startswith("#"):
                yield entry


def _configuration(text: str) -> ConfigParser:
    """Return the sections of `text`, a ``setup.cfg``; raise `Broken` if it is none."""
    parser = ConfigParser(strict=False, interpolation=None)
    try:
        parser.read_string(text)
    except MissingSectionHeaderError as error:
        raise Broken(error.lineno, "a line before the first [section]") from None
    except ParsingError as error:
        raise Broken(error.errors[0][0], "neither a [section] nor `name = value`") from None
    except ConfigurationError as error:
        raise Broken(1, str(error)) from None
    return parser


def setup_entries(tree: ast.Module) -> Iterator[str]:
    """Yield the packages that ``setup()`` in `tree`, a ``setup.py``, names as literals."""
    for value in _given_to_setup(tree):
        if isinstance(value, ast.Dict):
            lists = value.values
        else:
            lists = [value]
        for one in lists:
            for item in getattr(one, "elts", [one]):
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield item.value


def computed_in(tree: ast.Module) -> int:
    """Return the line of what ``setup()`` in `tree` takes as packages and computes; 0 if nothing.

    E.g. that of ``install_requires=read("requirements.txt")``.
    """
    literals = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Constant)
    lines = (one.lineno for one in _given_to_setup(tree) if not isinstance(one, literals))
    return min(lines, default=0)


def _given_to_setup(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield what ``setup()`` in `tree` takes as packages.

    A name stands for what the module assigns to it last, e.g. ``NEEDED = ["black"]``.
    """
    known = dict(_assigned(tree))
    for node in walk(tree):
        if isinstance(node, ast.Call) and last_name(node.func) == "setup":
            given = (one.value for one in node.keywords if one.arg in (*_LISTS, _EXTRAS))
            for value in given:
                yield known.get(value.id, value) if isinstance(value, ast.Name) else value


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name that `tree` assigns at its top level, with its value."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            for target in filter(_is_name, statement.targets):
                yield last_name(target), statement.value


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name)
