"""Compare two texts: the body of a unified diff, how many lines change, and the first of them."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

try:
    from cydifflib import SequenceMatcher
except ImportError:  # no wheel for the newest Python yet; difflib gives the same result, slower
    from difflib import SequenceMatcher

__all__ = ["CONTEXT_LINES", "Difference", "SequenceMatcher", "difference", "old_lines_to_change"]

#: Unchanged lines shown around a change; 3 is what ``git diff`` writes by default.
CONTEXT_LINES = 3
#: The most lines between the first and the last change that the matcher compares only to count the
#: changed ones. Measured on functions that all look alike: 1,000 lines take 0.1 s (Black 0.3 s),
#: 5,000 take 15 s (Black 1.4 s).
_MOST_MATCHED = 1_000
#: The note that git expects after a line without a newline.
_NO_NEWLINE = "\\ No newline at end of file\n"

#: (tag, i1, i2, j1, j2) of difflib: lines i1 to i2 of the old text become j1 to j2 of the new one.
_Opcode = tuple[str, int, int, int, int]


@dataclass(frozen=True)
class Difference:
    """The difference between an old and a new text.

    ``body`` is a unified diff without file headers; it is empty if the texts are equal. ``lines``
    is the number of changed lines: for each run of changes, the larger of its old and new length.
    ``old_lines`` is the number of lines of the old text to change, see :func:`old_lines_to_change`.
    ``first_line`` is the 1-based line of the old text at which the first change begins, at most
    its last line. It is 1 if the old text is empty or nothing differs.
    """

    body: str
    lines: int
    old_lines: int
    first_line: int


def difference(before: str, after: str) -> Difference:
    """Return the difference of ``before`` and ``after``, line by line.

    Only ``\\n`` ends a line, as for ``git``. The difference need not be the smallest possible, and
    less so if ``before`` has more than 5,000 lines: to save time, frequent lines may then be shown
    as changed though they are equal.
    """
    old, new = _lines(before), _lines(after)
    opcodes = _opcodes(old, new)
    changed = [opcode for opcode in opcodes if opcode[0] != "equal"]
    if not changed:
        return Difference("", 0, 0, 1)
    touched = sum(max(i2 - i1, j2 - j1) for _, i1, i2, j1, j2 in changed)
    body = "".join(_body(old, new, opcodes))
    first_line = max(1, min(changed[0][1] + 1, len(old)))
    return Difference(body, touched, _old_lines_to_change(old, new, opcodes), first_line)


def old_lines_to_change(before: str, after: str) -> int:
    """Return how many lines of ``before`` have to change to give ``after``.

    They are the lines that are removed, replaced or moved, and 1 for each place where lines are
    only added. e.g. 1 where a long line becomes three, and 1 where two blank lines are missing. If
    more than 1,000 lines lie between the first and the last change, they are the lines that
    ``after`` lacks, wherever they stood, and at least 1: this takes less time and counts no places.
    """
    return _old_lines_to_change(_lines(before), _lines(after))


def _old_lines_to_change(
    old: list[str], new: list[str], opcodes: Sequence[_Opcode] | None = None
) -> int:
    """Return :func:`old_lines_to_change` of texts as lines; ``opcodes`` are theirs, if known."""
    head, tail = _equal_ends(old, new)
    if max(len(old), len(new)) - head - tail > _MOST_MATCHED:
        return max(1, (Counter(old) - Counter(new)).total())
    changed = [one for one in opcodes or _opcodes(old, new) if one[0] != "equal"]
    removed = {line for _, i1, i2, _, _ in changed for line in old[i1:i2]}
    return sum(i2 - i1 or int(_adds(new[j1:j2], removed)) for _, i1, i2, j1, j2 in changed)


def _adds(inserted: Collection[str], removed: Collection[str]) -> bool:
    """Return whether lines ``inserted`` at one place were not just moved there from ``removed``.

    e.g. not an import that isort moves up, which counts where it was; but two blank lines, even if
    others are removed elsewhere.
    """
    written = [line for line in inserted if line.strip()]
    return not written or any(line not in removed for line in written)


def _lines(text: str) -> list[str]:
    """Split ``text`` into lines that keep their ``\\n``; the last one may lack it."""
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _equal_ends(old: list[str], new: list[str]) -> tuple[int, int]:
    """Return how many lines are equal at the beginning, and how many of the others at the end."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next(
        (at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head
    )
    return head, tail


def _opcodes(old: list[str], new: list[str]) -> list[_Opcode]:
    """Return the opcodes that turn all of ``old`` into ``new``, equal runs included.

    The common beginning and end are cut off first, because the matcher is quadratic at worst.
    """
    head, tail = _equal_ends(old, new)
    # Above 5000 lines (chosen by hand) the matcher ignores lines that occur often, e.g. blank ones:
    # the diff may be larger than need be, and takes less time.
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
    """Return ``opcodes`` without empty ones, and with adjacent ``equal`` ones merged."""
    joined: list[_Opcode] = []
    for tag, i1, i2, j1, j2 in opcodes:
        if i1 == i2 and j1 == j2:
            continue
        if joined and joined[-1][0] == tag == "equal":
            i1, j1 = joined[-1][1], joined.pop()[3]
        joined.append((tag, i1, i2, j1, j2))
    return joined


def _body(old: list[str], new: list[str], opcodes: list[_Opcode]) -> Iterator[str]:
    """Yield the hunks of a unified diff: each header, then its lines with their marks."""
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
    """A matcher whose ``get_opcodes()`` returns the opcodes passed to it, without matching."""

    def __init__(self, opcodes: list[_Opcode]) -> None:
        super().__init__(None, "", "")
        self.opcodes = opcodes


def _groups(opcodes: list[_Opcode]) -> Iterator[list[_Opcode]]:
    """Yield the opcodes of each hunk, with up to ``CONTEXT_LINES`` unchanged lines around it.

    Changes with at most ``2 * CONTEXT_LINES`` unchanged lines between them share a hunk.
    """
    yield from _KnownOpcodes(opcodes).get_grouped_opcodes(CONTEXT_LINES)


def _range(start: int, stop: int) -> str:
    """Format the 0-based lines ``start`` to ``stop`` (exclusive) for a hunk header.

    ``_range(2, 4)`` is ``3,2`` (first line, length), ``_range(2, 3)`` is ``3``. An empty range
    names the line before it: ``_range(2, 2)`` is ``2,0``.
    """
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _marked(mark: str, lines: list[str]) -> Iterator[str]:
    """Yield each of ``lines`` after ``mark``, and a note after a line without a newline."""
    for line in lines:
        yield mark + line
        if not line.endswith("\n"):
            yield "\n" + _NO_NEWLINE
