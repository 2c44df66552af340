"""Change values in the text of a rubric, and leave every other character as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from grader.domain.errors import BadRubric, RubricProblem
from grader.engine.rubric_text.nodes import Node, read_nodes
from grader.engine.rubric_text.reading import read_plain
from grader.engine.rubric_text.strict_yaml import MAX_DEPTH
from grader.engine.rubric_text.writing import Style, written, written_entry

#: How often a text is read again while keys are added and removed. Two passes do for nearly all
#: patches; a mapping that loses all its keys needs a third. Chosen by hand.
_PASSES = 6


@dataclass(frozen=True)
class _Edit:
    """Replace ``text[start:end]`` by ``new``."""

    start: int
    end: int
    new: str


def merged(data: Any, changes: Any) -> Any:
    """Return ``data`` with ``changes``, a JSON merge patch (RFC 7396): ``None`` removes a key."""
    if not isinstance(changes, Mapping):
        return changes
    result = dict(data) if isinstance(data, Mapping) else {}
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def patch_rubric_text(text: str, changes: Mapping[str, Any]) -> str:
    """Return ``text``, strict YAML or JSON, changed by ``changes``, a JSON merge patch.

    Numbers in ``changes`` are of type ``int`` or ``Decimal``.

    Only the values that it names are replaced. A new key is added behind the last one of its
    mapping, in the style of that; ``None`` removes a key with its lines. A value that is the same
    already stays as it is written. Comments, order and quotes of all the rest stay.

    Raises:
        BadRubric: ``text`` is not a mapping in strict YAML; or ``changes`` are nested too deeply,
            have a value that YAML cannot have, or one that cannot be put into its place.
    """
    data = read_plain(text)
    if _is_deep(changes):
        raise _refusal(f"a patch is nested deeper than {MAX_DEPTH} levels")
    wanted = merged(data, changes)
    if not isinstance(data, dict) or not isinstance(wanted, dict):
        raise _refusal("a patch is for a rubric that is a mapping")
    bom = "\ufeff" * text.startswith("\ufeff")
    changed = _replaced(text.removeprefix(bom), data, changes)
    for _ in range(_PASSES):
        data = read_plain(changed)
        if _same(data, wanted):
            return bom + changed
        changed = _with_keys(changed, data, wanted)
    raise _refusal("the patch cannot be put into this text: PUT the whole rubric")


def _is_deep(changes: Any, levels: int = MAX_DEPTH) -> bool:
    """Return whether ``changes`` are nested deeper than ``levels``."""
    inner = [changes]
    while inner and levels >= 0:
        levels -= 1
        inner = [
            one
            for value in inner
            for one in (value.values() if isinstance(value, dict) else value)
            if isinstance(one, dict | list)
        ]
    return bool(inner)


def _refusal(why: str) -> BadRubric:
    return BadRubric([RubricProblem(why)])


def _same(one: Any, other: Any) -> bool:
    """Return whether two data are equal, and of one kind: not ``True`` and ``1``."""
    if _kind(one) is not _kind(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _kind(value: Any) -> type:
    """Return the type of ``value``; whole numbers and those with a fraction are of one kind."""
    return Decimal if type(value) is int else type(value)


def _replaced(text: str, data: Any, changes: Mapping[str, Any]) -> str:
    """Return ``text`` with the values replaced of those keys of ``changes`` that it has."""
    root = read_nodes(text)
    return _applied(text, _replacements(text, root, data, changes)) if root else text


def _with_keys(text: str, data: Any, wanted: Any) -> str:
    """Return ``text``, whose data are ``data``, closer to ``wanted``, which has other keys.

    All keys are added that it lacks; if it lacks none, those are removed that it has in addition,
    as far as they can be at once.
    """
    root = read_nodes(text)
    if root is None:
        return text
    additions = list(_additions(text, root, data, wanted))
    return _applied(text, additions or _removals(text, root, data, wanted, ()))


def _applied(text: str, edits: Iterable[_Edit]) -> str:
    """Return ``text`` changed by ``edits``, less those that overlap one behind them.

    Of several at one place, the last comes first in the text.
    """
    limit = len(text)
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        if edit.end <= limit:
            text, limit = _edited(text, edit), edit.start
    return text


def _edited(text: str, edit: _Edit) -> str:
    """Return ``text`` changed by ``edit``; lines that are new at its end get a line break.

    Without it, a text behind ``|`` would lose the line break of its last line.
    """
    is_open = edit.end == len(text) and "\n" in edit.new and not edit.new.endswith("\n")
    after = ("\r\n" if "\r\n" in text else "\n") if is_open else text[edit.end :]
    return text[: edit.start] + edit.new + after


def _replacements(
    text: str, node: Node, data: Mapping[str, Any], changes: Mapping[str, Any]
) -> Iterator[_Edit]:
    """Yield an edit for each value below the mapping ``node`` that is to be another one."""
    for key, change in changes.items():
        pair = node.at(key)
        if pair is None or change is None:
            continue
        old, new = data[key], merged(data[key], change)
        if isinstance(change, Mapping) and isinstance(old, dict) and pair[1].entries is not None:
            yield from _replacements(text, pair[1], old, change)
        elif not _same(old, new):
            yield _replacement(text, node, *pair, new)


def _replacement(text: str, mapping: Node, key: Node, old: Node, new: Any) -> _Edit:
    """Return the edit that puts ``new`` in place of ``old``, the value of ``key``."""
    if old.end <= key.end:  # e.g. the ``a`` of ``{a, b: 1}``
        return _Edit(key.end, key.end, f": {written(new, _style(text, mapping, 0))}")
    colon = text.index(":", key.end) + 1
    gap = text[colon : old.start]
    style = _style(text, mapping, key.column + 2, old.style if old.is_flow else "")
    after = written(new, style)
    if "|" in after and style.newline in after and text[old.end :].split("\n", 1)[0].strip():
        # What follows on the line, e.g. a comment, would become a line of the text behind ``|``.
        after = written(new, Style(style.is_json, False, quote='"'))
    if gap.strip():  # e.g. ``scale:  # linear`` above its keys
        return _Edit(old.start, old.end, after)
    if after.startswith(style.newline):
        return _Edit(colon, old.end, after)
    return _Edit(colon, old.end, _gap_before(old, gap, style) + after)


def _gap_before(old: Node, gap: str, style: Style) -> str:
    """Return the blanks behind a colon: the ``gap`` before ``old``, if a value beside it can."""
    is_tight = not gap and old.end > old.start and style.is_json  # e.g. ``{"a":1}``
    return gap if is_tight or (gap and "\n" not in gap) else " "


def _additions(text: str, node: Node, data: Any, wanted: Any) -> Iterator[_Edit]:
    """Yield the edits that add what ``wanted`` has in addition to ``data``, those of ``node``.

    Those of outer mappings come first: where both end on one line, the inner one goes on first.
    """
    new = {key: value for key, value in wanted.items() if key not in data}
    if new:
        yield _addition(text, node, new)
    for key, inner in _inner(node, data, wanted):
        yield from _additions(text, inner, data[key], wanted[key])


def _removals(
    text: str, node: Node, data: Any, wanted: Any, around: tuple[tuple[Node, Node, Node], ...]
) -> Iterator[_Edit]:
    """Yield the edits that remove what ``data``, those of ``node``, have and ``wanted`` does not.

    Of a mapping that loses all its keys, one stays for a later pass. ``around`` has the mappings
    around ``node``, from the outermost on, each with the key and the value that lead to it.
    """
    gone = [key for key in data if key not in wanted]
    if len(gone) == len(data) > 1:
        del gone[0]
    for key in gone:
        yield _removal(text, node, key, around)
    for key, inner in _inner(node, data, wanted):
        pair = node.at(key)
        assert pair is not None
        yield from _removals(text, inner, data[key], wanted[key], (*around, (node, *pair)))


def _inner(node: Node, data: Any, wanted: Any) -> Iterator[tuple[str, Node]]:
    """Yield the key and node of each mapping in ``node`` that is one in both data."""
    for name, value in node.entries or ():
        mappings = (one.get(name.value) for one in (data, wanted))
        if value.entries is not None and all(isinstance(one, dict) for one in mappings):
            yield name.value, value


def _addition(text: str, mapping: Node, new: Mapping[str, Any]) -> _Edit:
    """Return the edit that adds the entries ``new`` behind the last entry of ``mapping``."""
    style = _style(text, mapping, mapping.column + 2)
    entries = [written_entry(key, value, style) for key, value in new.items()]
    if not mapping.entries:
        return _Edit(mapping.start + 1, mapping.start + 1, ", ".join(entries))
    last_key, last = mapping.entries[-1]
    end = max(last_key.end, last.end)
    if mapping.is_flow:
        before = text[: last_key.start].rpartition("\n")[2]
        own_line = style.newline + before if not before.strip() and "\n" in text else " "
        return _Edit(end, end, "".join(f",{own_line}{entry}" for entry in entries))
    end = _line_end(text, end)
    start = style.newline + " " * mapping.column
    return _Edit(end, end, "".join(start + entry for entry in entries))


def _removal(
    text: str, mapping: Node, key: str, around: tuple[tuple[Node, Node, Node], ...]
) -> _Edit:
    """Return the edit that removes ``key`` from ``mapping``, with its lines if those are its own.

    A mapping without entries becomes ``{}``. ``around`` has the mappings around it, from the
    outermost on, each with the key and the value that lead to ``mapping``.
    """
    entries = mapping.entries or []
    if len(entries) == 1:
        if mapping.is_flow or not around:
            return _Edit(mapping.start, mapping.end, "{}")
        return _replacement(text, *around[-1], {})
    index = [name.value for name, _ in entries].index(key)
    name, value = entries[index]
    end = max(name.end, value.end)
    line = text.rfind("\n", 0, name.start) + 1
    if not mapping.is_flow and not text[line : name.start].strip():
        return _Edit(line, min(_line_end(text, end) + _break_at(text, end), len(text)), "")
    # e.g. the ``a`` of ``{a: 1, b: 2}``, or of a list's ``- a: 1``
    if index + 1 < len(entries):
        return _Edit(name.start, entries[index + 1][0].start, "")
    return _Edit(max(node.end for node in entries[index - 1]), end, "")


def _break_at(text: str, end: int) -> int:
    """Return the length of the line break that ends the line of ``end``."""
    return 2 if text.startswith("\r\n", _line_end(text, end)) else 1


def _line_end(text: str, at: int) -> int:
    """Return where the line of ``at`` ends, before its line break."""
    end = text.find("\n", at)
    if end < 0:
        return len(text)
    return end - 1 if end > at and text[end - 1] == "\r" else end


def _style(text: str, mapping: Node, indent: int, quote: str = "") -> Style:
    """Return how a value of ``mapping`` is written, whose own lines have ``indent`` spaces."""
    first = mapping.entries[0][0] if mapping.entries else None
    # Of an empty mapping in brackets, the first character of the text tells JSON from YAML.
    is_json = first.style == '"' if first else text.lstrip().startswith("{")
    newline = "\r\n" if "\r\n" in text else "\n"
    return Style(is_json, not mapping.is_flow, indent, newline, quote)
