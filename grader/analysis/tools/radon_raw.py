"""Raw counts of a file, equal to radon's, in one pass over the shared tokens.

radon's own counter tokenises a statement again for every line that it spans, which takes minutes
on an honest word list of a few thousand lines; this one is linear. Where radon's arithmetic is
odd it is followed: a statement with a colon inside (a dict, a slice, an annotation) counts as two
logical lines, and so does ``if x: y``. Only a backslash before a blank line is read as Python
reads it: the statement ends there, and radon runs on.
"""

from __future__ import annotations

import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from grader.domain.source import SourceFile

_SILENT = frozenset({tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})
_EMPTY = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE})


@dataclass(frozen=True)
class RawCounts:
    """Lines of a file: ``sloc + multi + blank + single_comments`` is ``loc``.

    ``lloc``: logical lines. ``sloc``: lines of source. ``comments``: comment tokens. ``multi``:
    lines of docstrings of several lines. ``single_comments``: lines that are only a comment, and
    docstrings of one line.
    """

    lloc: int = 0
    sloc: int = 0
    comments: int = 0
    multi: int = 0
    blank: int = 0
    single_comments: int = 0

    @property
    def loc(self) -> int:
        """All lines, counted as radon counts them."""
        return self.sloc + self.multi + self.blank + self.single_comments


@dataclass
class _Tally:
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(RawCounts.__dataclass_fields__, 0)
    )

    def add(self, name: str, number: int = 1) -> None:
        self.counts[name] += number

    def lines(self, name: str, lines: Iterable[str]) -> None:
        """Lines with something on them count under a name, the others as blank."""
        for line in lines:
            self.add(name if line else "blank")


@lru_cache(maxsize=4)
def raw_counts(source: SourceFile) -> RawCounts:
    """Count the lines of a source."""
    tally = _Tally()
    rows = [[part.strip() for part in line.splitlines()] for line in source.lines]
    done = 0
    for group in _groups(source.tokens):
        last = group[-1].start[0]
        _count(tally, group, rows[done:last])
        done = max(done, last)
    for row in rows[done:]:
        tally.lines("sloc", row)
    return RawCounts(**tally.counts)


def _groups(tokens: Iterable[tokenize.TokenInfo]) -> Iterator[list[tokenize.TokenInfo]]:
    """Tokens up to the end of each statement, comment line or blank line."""
    group: list[tokenize.TokenInfo] = []
    in_statement = False
    for token in tokens:
        if token.type in _SILENT:
            continue
        group.append(token)
        in_statement = in_statement or token.type not in _EMPTY
        if token.type == tokenize.NEWLINE or (token.type == tokenize.NL and not in_statement):
            yield group
            group, in_statement = [], False
    if group:
        yield group


def _count(tally: _Tally, group: list[tokenize.TokenInfo], rows: list[list[str]]) -> None:
    kind = _kind(group)
    tally.add("comments", sum(token.type == tokenize.COMMENT for token in group))
    tally.add("lloc", _logical(group))
    if kind == "single_comments":
        tally.add(kind)
        # A form feed ends a line for radon: what stands before it is a blank line of its own.
        tally.add("blank", len(rows[0]) - 1 if rows else 0)
    else:
        tally.lines(kind, (line for row in rows for line in row))


def _kind(group: list[tokenize.TokenInfo]) -> str:
    """Where the lines of a group count: a lone comment or string is not source."""
    first = group[0]
    if any(token.type not in (tokenize.NL, tokenize.NEWLINE) for token in group[1:]):
        return "sloc"
    if first.type == tokenize.STRING and first.start[0] != first.end[0]:
        return "multi"
    return "single_comments" if first.type in (tokenize.COMMENT, tokenize.STRING) else "sloc"


def _logical(group: list[tokenize.TokenInfo]) -> int:
    """Logical lines of one group: of each part between semicolons, two where a colon is inside."""
    parts: list[list[str]] = [[]]
    for token in group:
        if token.type == tokenize.OP and token.string == ";":
            parts.append([])
        elif token.type not in _EMPTY:
            parts[-1].append(":" if token.type == tokenize.OP and token.string == ":" else "")
    # radon sees an end marker after the last part only, so that the colon it calls last is the
    # last but one token of every other part.
    parts[-1].append("end")
    return sum(_logical_of_part(part, last=part is parts[-1]) for part in parts)


def _logical_of_part(part: list[str], *, last: bool) -> int:
    if ":" in part:
        at = len(part) - 1 - part[::-1].index(":")
        return 2 - (at == len(part) - 2)
    return int(len(part) > last)
