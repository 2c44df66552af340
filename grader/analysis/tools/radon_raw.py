"""Line counts of a file that equal radon's raw metrics, in one pass over the shared tokens.

radon's own counter tokenises a statement again for every line that it spans: a list of words over a
few thousand lines takes minutes. This counter is linear. It reproduces radon's oddities:
a statement with a colon inside (a dict, a slice, an annotation) counts as two logical lines, and
so does ``if x: y``. There are two differences. After a backslash before a blank line the statement
ends, as it does for Python, while radon continues it. And an f-string is one string, while radon
counts the colons in it on Python 3.12 and newer, so that its counts depend on the interpreter.
"""

from __future__ import annotations

import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from grader.domain.source import SourceFile

#: Token types that belong to no line of text.
_NO_TEXT = frozenset({tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})
#: Token types that are no part of a statement.
_NO_CODE = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE})


@dataclass(frozen=True)
class RawCounts:
    """The line counts of one file, under radon's names.

    ``lloc``: logical lines. ``sloc``: lines of code, comments between the lines of a statement too.
    ``comments``: all comments, also those after code. ``multi``: lines of docstrings that span
    several lines. ``blank``: blank lines, also those within docstrings and statements.
    ``single_comments``: other lines with nothing but a comment, and docstrings of one line. A
    string that is a statement counts as a docstring anywhere, unless its line has more, e.g. a
    comment.
    """

    lloc: int = 0
    sloc: int = 0
    comments: int = 0
    multi: int = 0
    blank: int = 0
    single_comments: int = 0

    @property
    def loc(self) -> int:
        """The number of all lines: ``sloc + multi + blank + single_comments``."""
        return self.sloc + self.multi + self.blank + self.single_comments


@dataclass
class _Tally:
    """Counters named as the fields of ``RawCounts``."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(RawCounts.__dataclass_fields__, 0)
    )

    def add(self, name: str, number: int = 1) -> None:
        self.counts[name] += number

    def add_lines(self, name: str, lines: Iterable[str]) -> None:
        """Count each of `lines` under `name`, or as blank if it is empty."""
        for line in lines:
            self.add(name if line else "blank")


@lru_cache(maxsize=4)
def raw_counts(source: SourceFile) -> RawCounts:
    """Return the line counts of `source` as radon has them, with its oddities.

    e.g. a statement with a colon inside counts as two logical lines: ``if x: y``, ``a = b[1:2]``.
    For the two differences see this module.
    """
    tally = _Tally()
    rows = [[part.strip() for part in line.splitlines()] for line in source.lines]
    counted = 0
    for group in _groups(source.tokens):
        last = group[-1].start[0]
        _count(tally, group, rows[counted:last])
        counted = max(counted, last)
    for row in rows[counted:]:
        tally.add_lines("sloc", row)
    return RawCounts(**tally.counts)


def _groups(tokens: Iterable[tokenize.TokenInfo]) -> Iterator[list[tokenize.TokenInfo]]:
    """Split `tokens` after each statement, comment line or blank line."""
    group: list[tokenize.TokenInfo] = []
    in_statement = False
    for token in tokens:
        if token.type in _NO_TEXT:
            continue
        group.append(token)
        in_statement = in_statement or token.type not in _NO_CODE
        if token.type == tokenize.NEWLINE or (token.type == tokenize.NL and not in_statement):
            yield group
            group, in_statement = [], False
    if group:
        yield group


def _count(tally: _Tally, group: list[tokenize.TokenInfo], rows: list[list[str]]) -> None:
    """Add the tokens of `group`, which stand in `rows`, to `tally`.

    A row is a line of the file, split where radon sees further line ends (form feeds).
    """
    kind = _kind(group)
    tally.add("comments", sum(token.type == tokenize.COMMENT for token in group))
    tally.add("lloc", _logical_lines(group))
    if kind == "single_comments":
        tally.add(kind)
        # A form feed ends a line for radon: the text before it is a blank line of its own.
        tally.add("blank", len(rows[0]) - 1 if rows else 0)
    else:
        tally.add_lines(kind, (line for row in rows for line in row))


def _kind(group: list[tokenize.TokenInfo]) -> str:
    """Return the counter for the lines of `group`.

    A lone comment or string (a docstring) is not source.
    """
    first = group[0]
    if any(token.type not in (tokenize.NL, tokenize.NEWLINE) for token in group[1:]):
        return "sloc"
    if first.type == tokenize.STRING and first.start[0] != first.end[0]:
        return "multi"
    return "single_comments" if first.type in (tokenize.COMMENT, tokenize.STRING) else "sloc"


def _logical_lines(group: list[tokenize.TokenInfo]) -> int:
    """Return the number of logical lines of `group`, as radon counts them.

    e.g. 1 for ``x = 1``, 1 for ``if x:``, 2 for ``if x: y``, ``a = b[1:2]`` and ``x = 1; y = 2``.
    """
    parts: list[list[str]] = [[]]
    for token in group:
        if token.type == tokenize.OP and token.string == ";":
            parts.append([])
        elif token.type not in _NO_CODE:
            parts[-1].append(":" if token.type == tokenize.OP and token.string == ":" else "")
    # For radon, a part whose last colon is followed by exactly one token is one logical line, e.g.
    # `if x:` and its end marker. Only the last part has an end marker.
    parts[-1].append("end")
    return sum(_logical_lines_of_part(part, is_last=part is parts[-1]) for part in parts)


def _logical_lines_of_part(part: list[str], *, is_last: bool) -> int:
    """Return the logical lines of one `part` between semicolons; colons in it are ``":"``."""
    if ":" in part:
        index = len(part) - 1 - part[::-1].index(":")
        return 1 if index == len(part) - 2 else 2
    return int(len(part) > is_last)
