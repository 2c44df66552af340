"""Count the logical lines of a file by checksum, to separate starter code from student code."""

from __future__ import annotations

import tokenize
import zlib
from collections import Counter
from collections.abc import Iterator

from grader.analysis.syntax.statements import has_statements
from grader.domain.check import Check, Context, Guidance, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Inspection
from grader.domain.rubric import CODE_LINES
from grader.domain.source import SourceFile

GUIDANCE = Guidance(
    explanation="Lines that the exercise handed out are neither blamed nor praised.",
    how_to_fix="Write your own part; what you were given may stay as it is.",
    url="https://docs.python.org/3/reference/lexical_analysis.html#line-structure",
)

#: Tokens that are not code, e.g. ``# total`` and blank lines.
_LAYOUT = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT})
#: Tokens that end a logical line. NL is none of them: it is a line break within brackets.
_LINE_ENDS = frozenset({tokenize.NEWLINE, tokenize.ENDMARKER})
#: Lines without effect: adding one adds no code. E.g. ``pass``, but not ``return``.
_NO_EFFECT = frozenset({("pass",), ("...",)})


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with a histogram of the logical lines of `source`, without findings.

    It maps the CRC-32 of the tokens of a line to its occurrences. Comments and layout are ignored:
    ``x=1`` and ``x = 1  # one`` are the same line. Left out are ``pass``, ``...`` and lines of
    strings only, e.g. docstrings. Without statements the result is ``NOTHING_TO_SAY``. `options`
    and `context` are unused.
    """
    if not has_statements(source):
        return NOTHING_TO_SAY
    lines = Counter(zlib.crc32(" ".join(line).encode("utf-8")) for line in _logical_lines(source))
    return Inspection(facts=Facts(histograms={CODE_LINES: dict(sorted(lines.items()))}))


def _logical_lines(source: SourceFile) -> Iterator[tuple[str, ...]]:
    """Yield the token strings of each logical line of `source` that has an effect.

    E.g. ``("x", "=", "1")``; nothing for ``pass``, ``...`` or a line of string literals only.
    """
    line: list[tokenize.TokenInfo] = []
    for token in source.tokens:
        if token.type in _LINE_ENDS:
            strings = tuple(each.string for each in line)
            if strings not in _NO_EFFECT and any(each.type != tokenize.STRING for each in line):
                yield strings
            line = []
        elif token.type not in _LAYOUT:
            line.append(token)


CHECK = Check(
    id=CODE_LINES,
    version=1,
    title="Lines of code",
    guidance=GUIDANCE,
    measures=(),
    options=Options,
    inspect=inspect,
    gradable=False,
)
