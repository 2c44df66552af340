"""Where the keys and values of a YAML text begin and end, as offsets into the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from grader.engine.rubric_text.strict_yaml import read_events


@dataclass
class Node:
    """A value or key of a text: ``text[start:end]``, without comments around it.

    ``column`` is that of ``start``, 0-based. ``is_flow`` is whether it is in brackets or in quotes,
    ``style`` the quote or the ``|`` or ``>`` of a scalar, or empty. A mapping has its ``entries``
    as pairs of key and value, in the order of the text; anything else has ``None``.
    """

    start: int
    end: int
    column: int
    style: str = ""
    is_flow: bool = False
    value: str = ""
    entries: list[tuple[Node, Node]] | None = None
    _waiting: Node | None = field(default=None, repr=False)

    def at(self, key: str) -> tuple[Node, Node] | None:
        """Return the key and the value of the entry ``key`` of this mapping; ``None`` if none."""
        return next((pair for pair in self.entries or () if pair[0].value == key), None)

    def add(self, child: Node, text: str) -> None:
        """Take ``child`` as the next key or value, if this is a mapping, and end behind it.

        An empty value, e.g. of ``a:``, is moved to the colon: the parser has it on a later line.
        """
        if self.entries is not None:
            if self._waiting is None:
                self._waiting = child
            else:
                key, self._waiting = self._waiting, None
                if child.start == child.end > key.end and child.entries is None:
                    child.start = child.end = text.index(":", key.end) + 1
                self.entries.append((key, child))
        self.end = max(self.end, child.end)


def read_nodes(text: str) -> Node | None:
    """Return the node of the whole ``text``, which is strict YAML; ``None`` of an empty text."""
    root: Node | None = None
    inside: list[Node] = []
    for event in _of_nodes(text):
        if isinstance(event, CollectionEndEvent):
            node = inside.pop()
            if node.is_flow:
                node.end = event.end_mark.index
        else:
            node = _node(event, text)
            if isinstance(event, CollectionStartEvent):
                inside.append(node)
                continue
        if inside:
            inside[-1].add(node, text)
        else:
            root = node
    return root


def _of_nodes(text: str) -> Iterator[Event]:
    """Yield the events that begin or end a node."""
    for event in read_events(text):
        if isinstance(event, NodeEvent | CollectionEndEvent):
            yield event


def _node(event: Event, text: str) -> Node:
    """Return the node that ``event`` begins; a collection does not have its children yet."""
    start, end, column = event.start_mark.index, event.end_mark.index, event.start_mark.column
    if isinstance(event, CollectionStartEvent):
        entries: list[tuple[Node, Node]] | None = (
            [] if isinstance(event, MappingStartEvent) else None
        )
        # A collection in block style begins with its first child and has no text of its own.
        return Node(start, start, column, is_flow=bool(event.flow_style), entries=entries)
    assert isinstance(event, ScalarEvent)
    style = event.style or ""
    if style in ("|", ">"):
        end = _end_of_lines(text, start, end)
    return Node(start, end, column, style, style in ("'", '"'), str(event.value))


def _end_of_lines(text: str, start: int, end: int) -> int:
    """Return where a text of lines (``|`` or ``>``) ends, before the line break of its last line.

    Blank lines behind it belong to it only with a ``+``, e.g. ``|+``.
    """
    whole = text[start:end]
    if "+" in whole.split("\n", 1)[0].split("#", 1)[0]:
        return start + len(whole.removesuffix("\n").removesuffix("\r"))
    return start + len(whole.rstrip("\r\n"))
