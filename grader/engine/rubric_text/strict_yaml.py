"""Read strict YAML (or JSON, a subset of YAML) into plain data with positions of keys.

Only a plain tree is accepted: anchors, aliases, merge keys, tags, directives, repeated keys and
several documents are refused while the parser emits its events, so that no small text can build a
huge tree. Reading goes on behind what is refused, so that all of it can be named at once. Numbers
with a fraction become ``Decimal`` by their digits, never ``float``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.reader import ReaderError

from grader.domain.errors import BadRubric, RubricProblem
from grader.engine.rubric_text.syntax_messages import syntax_message

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

#: Most characters of a line in an excerpt (chosen by hand), and what carets are put below there.
_WIDTH = 100
#: e.g. ``check: flake8`` of ``{check: flake8, points: 3} # later``.
_KEY_AND_VALUE = re.compile(r"[^,{}\[\]#]+")
_HALF_CHARACTER = "half of a character (a lone surrogate)"

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


#: Stands for a value that cannot be used. No type of a rubric accepts it.
_UNUSABLE = object()
#: The key of a value that is left out, because its own key cannot be used.
_LEFT_OUT = object()


class _Stop(Exception):
    """Nothing behind this mistake, which is noted, can be read."""


@dataclass
class _Container:
    """A mapping or sequence that is being read; ``key`` is the key whose value is read next.

    ``times`` has how often each repeated key was there.
    """

    path: KeyPath
    value: dict[str, Any] | list[Any]
    key: Any = None
    times: dict[str, int] = field(default_factory=dict)


@dataclass
class Tree:
    """Builds plain data from the events of a YAML parser, which :meth:`add` takes one by one.

    ``data`` is the result: dicts, lists and scalars. ``positions`` maps the path of each key and
    list item, e.g. ``("criteria", 0)``, to its 1-based (line, column), and ``()`` to that of the
    whole. For an empty text they are ``None`` and ``{}``.

    ``problems`` are the mistakes of YAML; reading goes on behind most of them. ``doubtful`` has the
    paths of values that are unusable or repeated, and of mappings that may lack a key for that
    reason. The second value of a repeated key ``a`` is stored as ``a (2)``. After a mistake of
    syntax, ``complete`` is false and the data are useless.
    """

    lines: Sequence[str] = ()
    data: Any = None
    positions: dict[KeyPath, Position] = field(default_factory=dict)
    problems: list[RubricProblem] = field(default_factory=list)
    doubtful: set[KeyPath] = field(default_factory=set)
    complete: bool = True
    _open: list[_Container] = field(default_factory=list)
    _documents: int = 0
    #: How many containers are open of a key or value that is left out.
    _skipped: int = 0

    def located(self, problem: RubricProblem) -> RubricProblem:
        """Return ``problem`` with the line and column of its path, 1-based, and an excerpt.

        If the path is not in the data, they are those of the nearest enclosing key or list item.
        If there is none, they are where the data begins, for an empty text line 1, column 1.
        """
        path = problem.path
        while path and path not in self.positions:
            path = path[:-1]
        return self._at(problem, *self.positions.get(path, (1, 1)))

    def note(self, message: str, path: KeyPath, position: Position) -> None:
        """Note the mistake ``message`` at ``position``, in the value at ``path``."""
        self.problems.append(self._at(RubricProblem(message, path), *position))

    def _at(self, problem: RubricProblem, line: int, column: int) -> RubricProblem:
        """Return ``problem`` with this position, and the excerpt there."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return replace(problem, line=line, column=column, excerpt=_excerpt(text, column))

    def add(self, event: Event) -> None:
        """Process the next event of the parser, and note features that are not accepted.

        Raises:
            _Stop: the event is one behind which nothing can be read, which is noted.
        """
        is_end = isinstance(event, CollectionEndEvent)
        if self._skipped:
            self._skip(event)
        elif isinstance(event, DocumentStartEvent):
            self._start_document(event)
        elif isinstance(event, NodeEvent):
            self._refuse_references_and_tags(event)
            self._node(event)
        elif self._open and is_end:
            self._open.pop()

    def _skip(self, event: Event) -> None:
        """Count the open containers of the part that is left out."""
        if isinstance(event, CollectionEndEvent):
            self._skipped -= 1
        elif isinstance(event, CollectionStartEvent):
            self._skipped += 1
            self._refuse_depth(event, len(self._open) + self._skipped)

    def _mistake(self, event: Event, message: str, path: KeyPath = ()) -> None:
        """Note the mistake ``message`` at the position of ``event``."""
        self.note(message, path, _position(event))

    def _start_document(self, event: DocumentStartEvent) -> None:
        """Note a second document, which is not read, and directives."""
        self._documents += 1
        if self._documents > 1:
            self._mistake(event, "a rubric is one document: take out the line ---")
            raise _Stop
        if event.version or event.tags:
            self._mistake(event, "a rubric has no %-directives")

    def _refuse_references_and_tags(self, event: NodeEvent) -> None:
        """Note an alias, an anchor or a tag; the value of the last two is read as if without."""
        path = self._open[-1].path if self._open else ()
        if isinstance(event, AliasEvent):
            name = f"*{event.anchor:.40}"
            message = f"aliases ({name}) are not allowed: text that begins with * needs quotes"
            self._mistake(event, message, path)
        elif event.anchor:
            name = f"&{event.anchor:.40}"
            message = f"anchors ({name}) are not allowed: text that begins with & needs quotes"
            self._mistake(event, message, path)
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag:
            self._mistake(
                event, "tags (!) are not allowed: text that begins with ! needs quotes", path
            )

    def _node(self, event: NodeEvent) -> None:
        """Add a key, a scalar, or a container that is then filled, to the open container."""
        inside = self._open[-1] if self._open else None
        if inside and inside.key is _LEFT_OUT:
            inside.key = None
            self._leave_out(event)
            return
        if inside and isinstance(inside.value, dict) and inside.key is None:
            self._key(event, inside)
            return
        path = self._path_of_next(event, inside)
        value = (
            self._open_container(event, path)
            if isinstance(event, CollectionStartEvent)
            else self._scalar(event, path)
        )
        if value is _UNUSABLE:
            self.doubtful.add(path)
        self._attach(value, inside)

    def _leave_out(self, event: NodeEvent) -> None:
        """Leave out the node that begins with ``event``."""
        self._skipped = int(isinstance(event, CollectionStartEvent))

    def _key(self, event: NodeEvent, inside: _Container) -> None:
        """Read the key ``event`` of the mapping ``inside``, and note its position.

        The value of a key that cannot be used is left out.
        """
        inside.key = _LEFT_OUT
        key = _text(event) if isinstance(event, ScalarEvent) else None
        if not isinstance(event, ScalarEvent):
            if not isinstance(event, AliasEvent):
                self._mistake(event, "a key is one word, not a list or a mapping", inside.path)
            self._leave_out(event)
        elif key is None:
            self._mistake(event, _HALF_CHARACTER, inside.path)
        elif key == "<<" and not event.style:
            self._mistake(event, "merge keys (<<) are not allowed: write it out", inside.path)
        else:
            inside.key = self._new_key(event, key, inside)
            self.positions[(*inside.path, inside.key)] = _position(event)
            return
        self.doubtful.add(inside.path)

    def _new_key(self, event: NodeEvent, key: str, inside: _Container) -> str:
        """Return ``key``, with a number if the mapping ``inside`` has it, which is noted."""
        if key not in inside.value:
            return key
        self._mistake(event, "this key is here twice", (*inside.path, key))
        inside.times[key] = inside.times.get(key, 1) + 1
        numbered = f"{key} ({inside.times[key]})"
        self.doubtful |= {(*inside.path, key), (*inside.path, numbered)}
        return numbered

    def _path_of_next(self, event: NodeEvent, inside: _Container | None) -> KeyPath:
        """Return the path of the value ``event`` in ``inside`` (``None``: the root)."""
        if inside is None:
            self.positions[()] = _position(event)
            return ()
        if isinstance(inside.value, dict):
            return (*inside.path, inside.key)
        path = (*inside.path, len(inside.value))
        self.positions[path] = _position(event)
        return path

    def _open_container(self, event: NodeEvent, path: KeyPath) -> dict[str, Any] | list[Any]:
        """Return a new dict or list, which the next events fill; stop if nested too deeply."""
        self._refuse_depth(event, len(self._open))
        value: dict[str, Any] | list[Any] = {} if isinstance(event, MappingStartEvent) else []
        self._open.append(_Container(path, value))
        return value

    def _refuse_depth(self, event: Event, depth: int) -> None:
        if depth >= MAX_DEPTH:
            path = self._open[-1].path[:4]
            self._mistake(event, f"nested deeper than {MAX_DEPTH} levels", path)
            self.complete = False
            raise _Stop

    def _scalar(self, event: NodeEvent, path: KeyPath) -> Any:
        """Return the value of a scalar: text if it is quoted, else a constant, a number or text.

        An alias, infinity, not-a-number, a number of too many digits and half a character are
        noted, and unusable.
        """
        if not isinstance(event, ScalarEvent):
            return _UNUSABLE
        text = _text(event)
        if text is None:
            self._mistake(event, _HALF_CHARACTER, path)
            return _UNUSABLE
        if event.style or text in _CONSTANTS:
            return text if event.style else _CONSTANTS[text]
        return self._plain(event, text, path)

    def _plain(self, event: ScalarEvent, text: str, path: KeyPath) -> Any:
        """Return the value of ``text``, which is not quoted: a number, or else the text."""
        if _NOT_A_NUMBER.match(text):
            self._mistake(event, f"{text} is not a number one can count with", path)
            return _UNUSABLE
        if not _FRACTION.match(text):
            return text
        number = Decimal(text) if len(text) <= _MAX_DIGITS else None
        if number is None or abs(number.adjusted()) > _MAX_DIGITS:
            self._mistake(event, f"a number has at most {_MAX_DIGITS} digits", path)
            return _UNUSABLE
        return int(text) if _INTEGER.match(text) else number

    def _attach(self, value: Any, inside: _Container | None) -> None:
        """Store ``value`` under the key of ``inside``, or append it; ``None`` is the root."""
        if inside is None:
            self.data = value
        elif isinstance(inside.value, dict):
            inside.value[inside.key] = value
            inside.key = None
        else:
            inside.value.append(value)


def read_tree(text: str) -> Tree:
    """Parse ``text``, of any length, and return its data with the positions of keys and items.

    If it is not strict YAML (see the head of this module), the tree has the mistakes.
    """
    # YAML ends lines also at these two, and counts them in the positions that it gives.
    tree = Tree(text.replace("\x85", "\n").replace("\u2028", "\n").split("\n"))
    try:
        for event in read_events(text):
            tree.add(event)
        return tree
    except _Stop:
        return tree
    except ReaderError as error:
        message = f"the character U+{error.character:04X} is not allowed"
        tree.note(message, (), _position_at(text, error.position))
    except MarkedYAMLError as error:
        message, position = syntax_message(error)
        tree.note(message, (), position)
    except YAMLError as error:
        tree.note(f"not YAML: {error}", (), (1, 1))
    except (ValueError, OverflowError):  # chr() raises on an escape like \UFFFFFFFF.
        position = max(tree.positions.values(), default=(1, 1))
        tree.note("an escape that is no character", (), position)
    tree.complete = False
    return tree


def read_events(text: str) -> Iterator[Event]:
    """Yield the events of ``text``; raise ruamel's YAMLError where it is no YAML."""
    parser = YAML(typ="safe", pure=True)
    events: Iterator[Event] = parser.parse(text)
    return events


def _text(event: ScalarEvent) -> str | None:
    """Return the text of a scalar, with pairs of surrogates (JSON's escapes) joined.

    ``None`` if it has a lone surrogate.
    """
    try:
        return str(event.value).encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return None


def _position(event: Event) -> Position:
    """Return the position at which ``event`` begins."""
    return event.start_mark.line + 1, event.start_mark.column + 1


def _position_at(text: str, offset: int) -> Position:
    """Return the position of the character at ``offset`` in ``text``."""
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def _excerpt(line: str, column: int) -> str:
    """Return the part of ``line`` around the 1-based ``column``, with carets below it.

    The carets are below the key and its value, as far as they are on the line.
    """
    start = max(0, column - 1 - _WIDTH // 2) if len(line) > _WIDTH else 0
    shown = line[start : start + _WIDTH].rstrip().replace("\t", " ")
    at = column - 1 - start
    marked = _KEY_AND_VALUE.match(shown, at)
    width = len(marked[0].rstrip()) if marked else 0
    return f"{shown}\n{' ' * at}{'^' * max(1, width)}" if shown.strip() else ""
