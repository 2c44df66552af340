"""What differs between two texts: a unified diff's body, the lines touched, the first of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

try:
    from cydifflib import SequenceMatcher
except ImportError:  # the newest Python has no build of it yet: the same results, slower
    from difflib import SequenceMatcher

__all__ = ["CONTEXT_LINES", "Difference", "SequenceMatcher", "difference"]

#: Lines shown around a change; what ``git apply`` expects by default.
CONTEXT_LINES = 3
_NO_NEWLINE = "\\ No newline at end of file\n"

_Opcode = tuple[str, int, int, int, int]


@dataclass(frozen=True)
class Difference:
    """How one text becomes another.

    ``body`` is a unified diff without file headers, empty where nothing differs. ``lines`` is how
    many lines are touched: of each run of changed lines, the longer side. ``first_line`` is
    1-based and lies inside the old text (1 where that is empty).
    """

    body: str
    lines: int
    first_line: int


def difference(before: str, after: str) -> Difference:
    """Compare two texts line by line. Only ``\\n`` ends a line, as it does for ``git``."""
    old, new = _lines(before), _lines(after)
    opcodes = _opcodes(old, new)
    changed = [opcode for opcode in opcodes if opcode[0] != "equal"]
    if not changed:
        return Difference("", 0, 1)
    touched = sum(max(i2 - i1, j2 - j1) for _, i1, i2, j1, j2 in changed)
    body = "".join(_body(old, new, opcodes))
    return Difference(body, touched, max(1, min(changed[0][1] + 1, len(old))))


def _lines(text: str) -> list[str]:
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _opcodes(old: list[str], new: list[str]) -> list[_Opcode]:
    """Opcodes of the whole; equal ends are cut off first, as the matcher is quadratic at worst."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next(
        (at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head
    )
    middle = SequenceMatcher(
        None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=len(old) > 5_000
    )
    moved: list[_Opcode] = [("equal", 0, head, 0, head)]
    moved += [
        (tag, i1 + head, i2 + head, j1 + head, j2 + head)
        for tag, i1, i2, j1, j2 in middle.get_opcodes()
    ]
    moved.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return _joined(moved)


def _joined(opcodes: list[_Opcode]) -> list[_Opcode]:
    """Drop empty opcodes and merge adjacent ``equal`` ones."""
    joined: list[_Opcode] = []
    for tag, i1, i2, j1, j2 in opcodes:
        if i1 == i2 and j1 == j2:
            continue
        if joined and joined[-1][0] == tag == "equal":
            i1, j1 = joined[-1][1], joined.pop()[3]
        joined.append((tag, i1, i2, j1, j2))
    return joined


def _body(old: list[str], new: list[str], opcodes: list[_Opcode]) -> Iterator[str]:
    for group in _groups(opcodes):
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n"
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from _marked(" ", old[i1:i2])
            else:
                yield from _marked("-", old[i1:i2])
                yield from _marked("+", new[j1:j2])


class _KnownOpcodes(difflib.SequenceMatcher[str]):
    """A matcher whose opcodes are given; ``get_opcodes()`` returns them without matching."""

    def __init__(self, opcodes: list[_Opcode]) -> None:
        super().__init__(None, "", "")
        self.opcodes = opcodes


def _groups(opcodes: list[_Opcode]) -> Iterator[list[_Opcode]]:
    """Group opcodes into hunks: runs of changes with at most twice the context between them."""
    yield from _KnownOpcodes(opcodes).get_grouped_opcodes(CONTEXT_LINES)


def _range(start: int, stop: int) -> str:
    """Format a range for a hunk header, e.g. ``3,2``; an empty one names the line before it."""
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _marked(mark: str, lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line
        if not line.endswith("\n"):
            yield "\n" + _NO_NEWLINE
