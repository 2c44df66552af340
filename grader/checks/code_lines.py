"""Every line of code by its fingerprint, to tell what was handed out from what was written."""

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

#: Tokens that are layout.
_LAYOUT = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT})
_ENDS = frozenset({tokenize.NEWLINE, tokenize.ENDMARKER})
#: Lines that do nothing, so that adding one adds no code.
_NOTHING = frozenset({("pass",), ("...",)})


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """How often each logical line stands in a file; docstrings, comments and layout aside."""
    if not has_statements(source):
        return NOTHING_TO_SAY
    lines = Counter(zlib.crc32(" ".join(line).encode("utf-8")) for line in _logical_lines(source))
    return Inspection(facts=Facts(histograms={CODE_LINES: dict(sorted(lines.items()))}))


def _logical_lines(source: SourceFile) -> Iterator[tuple[str, ...]]:
    """The tokens of every logical line that does something."""
    line: list[tokenize.TokenInfo] = []
    for token in source.tokens:
        if token.type in _ENDS:
            written = tuple(each.string for each in line)
            if written not in _NOTHING and any(each.type != tokenize.STRING for each in line):
                yield written
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
