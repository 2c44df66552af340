"""A rubric's text: YAML (or JSON, which is YAML) read strictly, with a place for every mistake.

Only a plain tree is taken: anchors, aliases, merge keys, tags, directives, repeated keys and
several documents are refused while the parser's events go by, so nothing that grows is ever
built. Numbers with a fraction become ``Decimal`` by their digits, never ``float``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

import grader
from grader.domain.check import Catalog
from grader.domain.errors import BadRequest, BadRubric, RubricProblem
from grader.domain.rubric import Rubric
from grader.domain.rubric.reading import read_rubric
from grader.engine.starter_text import refuse_unreadable_starter

#: Longest text in bytes, and deepest nesting: a rubric needs 6 levels.
MOST_BYTES = 65_536
MOST_DEPTH = 20
_MOST_DIGITS = 30

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FRACTION = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_A_NUMBER = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

KeyPath = tuple[str | int, ...]
Place = tuple[int, int]


def rubric_digest(text: str) -> str:
    """Hexadecimal SHA-256 of the text in UTF-8: names this very version of a rubric."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read_rubric_text(text: str | bytes, catalog: Catalog) -> Rubric:
    """A rubric from its text, which bytes give in UTF-8.

    Raises:
        BadRubric: every mistake found, with line and column (1-based) of the key it is about,
            or of the nearest one around it.
    """
    tree = _read_tree(_decoded(text))
    try:
        rubric = read_rubric(tree.data, catalog)
        refuse_unreadable_starter(rubric)
        return rubric
    except BadRubric as error:
        raise BadRubric([tree.placed(problem) for problem in error.problems]) from None


def read_plain(text: str | bytes) -> Any:
    """The plain data of a text in the same strict YAML: dicts, lists, text and numbers.

    Raises:
        BadRubric: it is no such text.
    """
    return _read_tree(_decoded(text)).data


def rubric_file_text(path: Path) -> str:
    """The text of a rubric file, of which no more is read than a rubric may have.

    Raises:
        BadRubric: it is longer, or no UTF-8. BadRequest: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadRequest(
            f"The rubric file {str(path)!r} cannot be read: {error.strerror}.",
            how_to_fix="Give a path to a YAML file.",
        ) from None
    _decoded(raw)
    return raw.decode("utf-8")


def shipped_rubric(name: str) -> str | None:
    """The text of a rubric that ships, by its name without ``.yaml``; ``None`` if there is none."""
    return shipped_rubrics().get(name)


def shipped_rubrics() -> dict[str, str]:
    """Name -> text of every rubric that ships, in the order of their names."""
    found = sorted(rubrics_folder().glob("*.yaml"))
    return {path.stem: path.read_text("utf-8") for path in found}


def rubrics_folder() -> Path:
    """Where the shipped rubrics are, in a checkout and where the package is installed."""
    package = Path(grader.__file__).parent
    installed = package / "shipped_rubrics"
    return installed if installed.is_dir() else package.parent / "rubrics"


def _decoded(text: str | bytes) -> str:
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > MOST_BYTES:
        raise BadRubric([RubricProblem(f"the text is longer than {MOST_BYTES // 1024} kB")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadRubric([RubricProblem("this is not UTF-8 text", (), line, 1)]) from None


@dataclass
class _Open:
    """A mapping or a sequence whose end has not come yet."""

    path: KeyPath
    value: dict[str, Any] | list[Any]
    key: str | None = None


@dataclass
class _Tree:
    """Plain data built from events, and where each of its keys and items stands."""

    data: Any = None
    places: dict[KeyPath, Place] = field(default_factory=dict)
    _open: list[_Open] = field(default_factory=list)
    _documents: int = 0

    def placed(self, problem: RubricProblem) -> RubricProblem:
        """The problem with the place of what it names, or of the nearest thing around that."""
        path = problem.path
        while path and path not in self.places:
            path = path[:-1]
        line, column = self.places.get(path, (1, 1))
        return RubricProblem(problem.message, problem.path, line, column, problem.suggestion)

    def take(self, event: Event) -> None:
        """Take the next event of the parser."""
        if isinstance(event, DocumentStartEvent):
            self._start_document(event)
        elif isinstance(event, NodeEvent):
            _refuse_cleverness(event)
            self._node(event)
        elif self._open and type(event).__name__ in ("MappingEndEvent", "SequenceEndEvent"):
            self._open.pop()

    def _start_document(self, event: DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _mistake(event, "a rubric is one document: take out the line ---")
        if event.version or event.tags:
            raise _mistake(event, "a rubric has no %-directives")

    def _node(self, event: NodeEvent) -> None:
        inside = self._open[-1] if self._open else None
        if inside and isinstance(inside.value, dict) and inside.key is None:
            inside.key = self._new_key(event, inside)
            return
        path = self._path_of_next(event, inside)
        value = _scalar(event, path) if isinstance(event, ScalarEvent) else self._begin(event, path)
        self._attach(value, inside)

    def _new_key(self, event: NodeEvent, inside: _Open) -> str:
        if not isinstance(event, ScalarEvent):
            raise _mistake(event, "a key is one word, not a list or a mapping", inside.path)
        key = _text(event, inside.path)
        if key == "<<" and not event.style:
            raise _mistake(event, "merge keys (<<) are not allowed: write it out", inside.path)
        if isinstance(inside.value, dict) and key in inside.value:
            raise _mistake(event, "this key is here twice", (*inside.path, key))
        self.places[(*inside.path, key)] = _place(event)
        return key

    def _path_of_next(self, event: NodeEvent, inside: _Open | None) -> KeyPath:
        if inside is None:
            self.places[()] = _place(event)
            return ()
        if isinstance(inside.value, dict):
            return (*inside.path, inside.key or "")
        path = (*inside.path, len(inside.value))
        self.places[path] = _place(event)
        return path

    def _begin(self, event: NodeEvent, path: KeyPath) -> dict[str, Any] | list[Any]:
        if len(self._open) >= MOST_DEPTH:
            raise _mistake(event, f"nested deeper than {MOST_DEPTH} levels", path[:4])
        value: dict[str, Any] | list[Any] = {} if isinstance(event, MappingStartEvent) else []
        self._open.append(_Open(path, value))
        return value

    def _attach(self, value: Any, inside: _Open | None) -> None:
        if inside is None:
            self.data = value
        elif isinstance(inside.value, dict):
            inside.value[inside.key or ""] = value
            inside.key = None
        else:
            inside.value.append(value)


def _read_tree(text: str) -> _Tree:
    tree = _Tree()
    try:
        for event in _events(text):
            tree.take(event)
    except ReaderError as error:
        place = _place_at(text, error.position)
        message = f"the character U+{error.character:04X} is not allowed"
        raise BadRubric([RubricProblem(message, (), *place)]) from None
    except MarkedYAMLError as error:
        raise BadRubric([_syntax_problem(error)]) from None
    except YAMLError as error:
        raise BadRubric([RubricProblem(f"not YAML: {error}", (), 1, 1)]) from None
    except (ValueError, OverflowError):  # The parser lets chr() raise on an escape like \UFFFFFFFF.
        place = max(tree.places.values(), default=(1, 1))
        raise BadRubric([RubricProblem("an escape that is no character", (), *place)]) from None
    return tree


def _events(text: str) -> Iterator[Event]:
    parser = YAML(typ="safe", pure=True)
    events: Iterator[Event] = parser.parse(text)
    return events


def _refuse_cleverness(event: NodeEvent) -> None:
    if isinstance(event, AliasEvent):
        raise _mistake(event, f"aliases (*{event.anchor:.40}) are not allowed: write it out")
    if event.anchor:
        raise _mistake(event, f"anchors (&{event.anchor:.40}) are not allowed: write it out")
    if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent) and event.tag:
        raise _mistake(event, "tags (!) are not allowed")


def _scalar(event: ScalarEvent, path: KeyPath) -> Any:
    text = _text(event, path)
    if event.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_A_NUMBER.match(text):
        raise _mistake(event, f"{text} is not a number one can count with", path)
    if not _FRACTION.match(text):
        return text
    number = Decimal(text) if len(text) <= _MOST_DIGITS else None
    if number is None or abs(number.adjusted()) > _MOST_DIGITS:
        raise _mistake(event, f"a number has at most {_MOST_DIGITS} digits", path)
    return int(text) if _INTEGER.match(text) else number


def _text(event: ScalarEvent, path: KeyPath) -> str:
    """A scalar's text; JSON writes characters beyond the first 65,536 as two escapes."""
    try:
        return str(event.value).encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise _mistake(event, "half of a character (a lone surrogate)", path) from None


def _place(event: Event) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _place_at(text: str, position: int) -> Place:
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")


def _mistake(event: Event, message: str, path: KeyPath = ()) -> BadRubric:
    return BadRubric([RubricProblem(message, path, *_place(event))])


def _syntax_problem(error: MarkedYAMLError) -> RubricProblem:
    mark = error.problem_mark or error.context_mark
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = ", ".join(part for part in (error.context, error.problem) if part)
    hint = " (indent with spaces, not with tabs)" if "'\\t'" in said else ""
    return RubricProblem(f"not YAML: {said}{hint}", (), *place)
