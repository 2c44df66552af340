"""Read strict YAML (or JSON, a subset of YAML) into plain data with positions of keys.

Only a plain tree is accepted: anchors, aliases, merge keys, tags, directives, repeated keys and
several documents are refused while the parser emits its events, so that no small text can build a
huge tree. Numbers with a fraction become ``Decimal`` by their digits, never ``float``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
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

from grader.domain.errors import BadRubric, RubricProblem

#: Most bytes of a text, and deepest nesting; a rubric needs 6 levels (both chosen by hand).
MAX_BYTES = 65_536
MAX_DEPTH = 20
#: Most digits of a number, and largest exponent of ten (chosen by hand).
_MAX_DIGITS = 30

#: e.g. ``7``, ``-007``; not ``7.0``, ``0x7``.
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
#: A number in decimal notation, e.g. ``7``, ``.5``, ``1e3``; not ``1_000``, ``1,5``.
_FRACTION = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
#: YAML's infinity and not-a-number, e.g. ``.inf``; not ``inf``.
_NOT_A_NUMBER = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
#: Plain scalars with a meaning (YAML 1.2 core schema); ``yes`` and ``no`` stay text.
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

#: Keys and 0-based indices from the root to a value.
KeyPath = tuple[str | int, ...]
#: Line and column, both 1-based.
Position = tuple[int, int]


def decode_text(text: str | bytes) -> str:
    """Return ``text`` (bytes: decoded from UTF-8) without a byte order mark.

    Raises:
        BadRubric: it has more than :data:`MAX_BYTES` bytes, or is not UTF-8.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > MAX_BYTES:
        raise BadRubric([RubricProblem(f"the text is longer than {MAX_BYTES // 1024} kB")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadRubric([RubricProblem("this is not UTF-8 text", (), line, 1)]) from None


@dataclass
class _Container:
    """A mapping or sequence that is being read; ``key`` is the key whose value is read next."""

    path: KeyPath
    value: dict[str, Any] | list[Any]
    key: str | None = None


@dataclass
class Tree:
    """Builds plain data from the events of a YAML parser, which :meth:`add` takes one by one.

    ``data`` is the result: dicts, lists and scalars. ``positions`` maps the path of each key and
    list item, e.g. ``("criteria", 0)``, to its 1-based (line, column), and ``()`` to that of the
    whole. For an empty text they are ``None`` and ``{}``.
    """

    data: Any = None
    positions: dict[KeyPath, Position] = field(default_factory=dict)
    _open: list[_Container] = field(default_factory=list)
    _documents: int = 0

    def located(self, problem: RubricProblem) -> RubricProblem:
        """Return ``problem`` with the line and column of its path, 1-based, in place of its own.

        If the path is not in the data, they are those of the nearest enclosing key or list item.
        If there is none, they are where the data begins, for an empty text line 1, column 1.
        """
        path = problem.path
        while path and path not in self.positions:
            path = path[:-1]
        line, column = self.positions.get(path, (1, 1))
        return RubricProblem(problem.message, problem.path, line, column, problem.suggestion)

    def add(self, event: Event) -> None:
        """Process the next event of the parser.

        Raises:
            BadRubric: the event is a feature of YAML that is not accepted, a repeated key, nested
                too deeply, or a number or text that cannot be used.
        """
        if isinstance(event, DocumentStartEvent):
            self._start_document(event)
        elif isinstance(event, NodeEvent):
            _refuse_references_and_tags(event)
            self._node(event)
        elif self._open and type(event).__name__ in ("MappingEndEvent", "SequenceEndEvent"):
            self._open.pop()

    def _start_document(self, event: DocumentStartEvent) -> None:
        """Raise BadRubric for a second document, or for one with directives."""
        self._documents += 1
        if self._documents > 1:
            raise _mistake(event, "a rubric is one document: take out the line ---")
        if event.version or event.tags:
            raise _mistake(event, "a rubric has no %-directives")

    def _node(self, event: NodeEvent) -> None:
        """Add a key, a scalar, or a container that is then filled, to the open container."""
        inside = self._open[-1] if self._open else None
        if inside and isinstance(inside.value, dict) and inside.key is None:
            inside.key = self._new_key(event, inside)
            return
        path = self._path_of_next(event, inside)
        value = (
            _scalar(event, path)
            if isinstance(event, ScalarEvent)
            else self._open_container(event, path)
        )
        self._attach(value, inside)

    def _new_key(self, event: NodeEvent, inside: _Container) -> str:
        """Return the key that ``event`` adds to the mapping ``inside``, and note its position."""
        if not isinstance(event, ScalarEvent):
            raise _mistake(event, "a key is one word, not a list or a mapping", inside.path)
        key = _text(event, inside.path)
        if key == "<<" and not event.style:
            raise _mistake(event, "merge keys (<<) are not allowed: write it out", inside.path)
        if isinstance(inside.value, dict) and key in inside.value:
            raise _mistake(event, "this key is here twice", (*inside.path, key))
        self.positions[(*inside.path, key)] = _position(event)
        return key

    def _path_of_next(self, event: NodeEvent, inside: _Container | None) -> KeyPath:
        """Return the path of the value ``event`` in ``inside`` (``None``: the root)."""
        if inside is None:
            self.positions[()] = _position(event)
            return ()
        if isinstance(inside.value, dict):
            return (*inside.path, inside.key or "")
        path = (*inside.path, len(inside.value))
        self.positions[path] = _position(event)
        return path

    def _open_container(self, event: NodeEvent, path: KeyPath) -> dict[str, Any] | list[Any]:
        """Return a new dict or list, which the next events fill; raise if nested too deeply."""
        if len(self._open) >= MAX_DEPTH:
            raise _mistake(event, f"nested deeper than {MAX_DEPTH} levels", path[:4])
        value: dict[str, Any] | list[Any] = {} if isinstance(event, MappingStartEvent) else []
        self._open.append(_Container(path, value))
        return value

    def _attach(self, value: Any, inside: _Container | None) -> None:
        """Store ``value`` under the key of ``inside``, or append it; ``None`` is the root."""
        if inside is None:
            self.data = value
        elif isinstance(inside.value, dict):
            inside.value[inside.key or ""] = value
            inside.key = None
        else:
            inside.value.append(value)


def read_tree(text: str) -> Tree:
    """Parse ``text``, of any length, and return its data with the positions of keys and items.

    Raises:
        BadRubric: ``text`` is not strict YAML (see the head of this module); the error has the
            first problem, with its position.
    """
    tree = Tree()
    try:
        for event in _events(text):
            tree.add(event)
    except ReaderError as error:
        position = _position_at(text, error.position)
        message = f"the character U+{error.character:04X} is not allowed"
        raise BadRubric([RubricProblem(message, (), *position)]) from None
    except MarkedYAMLError as error:
        raise BadRubric([_syntax_problem(error)]) from None
    except YAMLError as error:
        raise BadRubric([RubricProblem(f"not YAML: {error}", (), 1, 1)]) from None
    except (ValueError, OverflowError):  # chr() raises on an escape like \UFFFFFFFF.
        position = max(tree.positions.values(), default=(1, 1))
        raise BadRubric([RubricProblem("an escape that is no character", (), *position)]) from None
    return tree


def _events(text: str) -> Iterator[Event]:
    parser = YAML(typ="safe", pure=True)
    events: Iterator[Event] = parser.parse(text)
    return events


def _refuse_references_and_tags(event: NodeEvent) -> None:
    """Raise BadRubric for an alias, an anchor or a tag."""
    if isinstance(event, AliasEvent):
        raise _mistake(event, f"aliases (*{event.anchor:.40}) are not allowed: write it out")
    if event.anchor:
        raise _mistake(event, f"anchors (&{event.anchor:.40}) are not allowed: write it out")
    if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent) and event.tag:
        raise _mistake(event, "tags (!) are not allowed")


def _scalar(event: ScalarEvent, path: KeyPath) -> Any:
    """Return the value of a scalar: text if it is quoted, else a constant, a number or text.

    Raises:
        BadRubric: it is infinity, not-a-number, or a number of too many digits.
    """
    text = _text(event, path)
    if event.style:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _NOT_A_NUMBER.match(text):
        raise _mistake(event, f"{text} is not a number one can count with", path)
    if not _FRACTION.match(text):
        return text
    number = Decimal(text) if len(text) <= _MAX_DIGITS else None
    if number is None or abs(number.adjusted()) > _MAX_DIGITS:
        raise _mistake(event, f"a number has at most {_MAX_DIGITS} digits", path)
    return int(text) if _INTEGER.match(text) else number


def _text(event: ScalarEvent, path: KeyPath) -> str:
    """Return the text of a scalar, with pairs of surrogates (JSON's escapes) joined.

    Raises:
        BadRubric: it has a lone surrogate.
    """
    try:
        return str(event.value).encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise _mistake(event, "half of a character (a lone surrogate)", path) from None


def _position(event: Event) -> Position:
    """Return the position at which ``event`` begins."""
    return event.start_mark.line + 1, event.start_mark.column + 1


def _position_at(text: str, offset: int) -> Position:
    """Return the position of the character at ``offset`` in ``text``."""
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def _mistake(event: Event, message: str, path: KeyPath = ()) -> BadRubric:
    """Return the error with ``message`` at the position of ``event``."""
    return BadRubric([RubricProblem(message, path, *_position(event))])


def _syntax_problem(error: MarkedYAMLError) -> RubricProblem:
    """Return the parser's ``error`` as a problem with a position, and a hint about tabs."""
    mark = error.problem_mark or error.context_mark
    position = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message = ", ".join(part for part in (error.context, error.problem) if part)
    hint = " (indent with spaces, not with tabs)" if "'\\t'" in message else ""
    return RubricProblem(f"not YAML: {message}{hint}", (), *position)
