"""Change values in the text of a rubric, and leave every other character as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from grader.domain.errors import BadRubric, RubricProblem
from grader.engine.rubric_text.nodes import Node, read_nodes
from grader.engine.rubric_text.reading import read_plain
from grader.engine.rubric_text.strict_yaml import MAX_DEPTH, KeyPath
from grader.engine.rubric_text.writing import Style, written, written_entry

#: The most keys that one patch adds or removes: the text is read again after each (about 50 ms for
#: a shipped rubric). Chosen by hand.
MAX_KEYS = 50


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
        BadRubric: ``text`` is not a mapping in strict YAML; or ``changes`` add or remove more than
            :data:`MAX_KEYS` keys; or they have a value that YAML cannot have, or that cannot be put
            into its place, e.g. of a key that is written as ``? key``.
    """
    data = read_plain(text)
    if _is_deep(changes):
        raise _refusal(f"a patch is nested deeper than {MAX_DEPTH} levels")
    wanted = merged(data, changes)
    if not isinstance(data, dict) or not isinstance(wanted, dict):
        raise _refusal("a patch is for a rubric that is a mapping")
    bom = "\ufeff" * text.startswith("\ufeff")
    changed = _replaced(text.removeprefix(bom), data, changes)
    count = 0
    while path := next(_keys_that_differ(read_plain(changed), wanted, ()), None):
        count += 1
        if count > MAX_KEYS:
            raise _refusal(f"a patch adds or removes {MAX_KEYS} keys at most")
        before, changed = changed, _with_key(changed, path, wanted)
        if before == changed:
            break
    if not _same(read_plain(changed), wanted):
        raise _refusal("the patch cannot be put into this text: PUT the whole rubric")
    return bom + changed


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


def _refusal(why: str, path: KeyPath = ()) -> BadRubric:
    return BadRubric([RubricProblem(why, path)])


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
    edits = list(_replacements(text, root, data, changes)) if root else []
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        text = _edited(text, edit)
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


def _keys_that_differ(data: Any, wanted: Any, path: KeyPath) -> Iterator[KeyPath]:
    """Yield the paths of keys that only one of two mappings has, those to be added first."""
    if not isinstance(data, Mapping) or not isinstance(wanted, Mapping):
        return
    for key in [*(key for key in wanted if key not in data), *(k for k in data if k not in wanted)]:
        yield (*path, key)
    for key in data.keys() & wanted.keys():
        yield from _keys_that_differ(data[key], wanted[key], (*path, key))


def _with_key(text: str, path: KeyPath, wanted: Mapping[str, Any]) -> str:
    """Return ``text`` with the key at ``path`` added, if ``wanted`` has it, or else removed."""
    node = read_nodes(text)
    around: list[tuple[Node, Node, Node]] = []
    for step in path[:-1]:
        pair = node.at(str(step)) if node else None
        if node is None or pair is None:
            return text
        around.append((node, *pair))
        node, wanted = pair[1], wanted[str(step)]
    if node is None or node.entries is None:
        return text
    key = str(path[-1])
    if key in wanted:
        edit = _addition(text, node, key, wanted[key])
    else:
        edit = _removal(text, node, key, around)
    return _edited(text, edit)


def _addition(text: str, mapping: Node, key: str, value: Any) -> _Edit:
    """Return the edit that adds ``key`` with ``value`` behind the last entry of ``mapping``."""
    style = _style(text, mapping, mapping.column + 2)
    entry = written_entry(key, value, style)
    if not mapping.entries:
        return _Edit(mapping.start + 1, mapping.start + 1, entry)
    last_key, last = mapping.entries[-1]
    end = max(last_key.end, last.end)
    if mapping.is_flow:
        before = text[: last_key.start].rpartition("\n")[2]
        own_line = style.newline + before if not before.strip() and "\n" in text else " "
        return _Edit(end, end, f",{own_line}{entry}")
    end = _line_end(text, end)
    return _Edit(end, end, f"{style.newline}{' ' * mapping.column}{entry}")


def _removal(text: str, mapping: Node, key: str, around: list[tuple[Node, Node, Node]]) -> _Edit:
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
