"""Check that the code says plainly what Python has a plain way to say."""

from __future__ import annotations

from grader.analysis.fixes.rewriting import with_rewrites
from grader.analysis.syntax.statements import has_statements
from grader.checks.plain_constructs import comparisons, expressions, loops, taste
from grader.checks.plain_constructs.construct import Construct
from grader.checks.plain_constructs.finding import constructs_in
from grader.checks.plain_constructs.guidance import GUIDANCE, GUIDANCE_BY_CODE
from grader.domain.check import Check, Context, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import count_measure, rate_measure
from grader.domain.source import SourceFile

#: Codes of matters of taste, on which good programmers differ: advice, and in no count.
ADVICE = frozenset(
    {
        *(taste.EXTREME, taste.NESTED, taste.AFTER_LEAVING, taste.NEGATED_ELSE),
        *(taste.NESTED_ELSE, loops.LOOKUP),
        *(comparisons.EMPTY, expressions.DIVISION, expressions.REPEATED),
    }
)
#: Codes that count.
_FAULTS = tuple(sorted(GUIDANCE_BY_CODE))


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with a finding for each construct of `source` that has a plainer form.

    Up to three of each code have the rewritten code, where it can be made; it does the same, but
    for mistakes (a condition that is always true, a loop that changes its list), which are
    rewritten to what was meant. Constructs are counted together, matters of taste apart. Findings
    are sorted by place. Without statements the result is ``NOTHING_TO_SAY``. `options` and
    `context` are unused.
    """
    if not has_statements(source):
        return NOTHING_TO_SAY
    found = sorted(
        ((_finding(each), each.rewrite) for each in constructs_in(source)),
        key=lambda each: (each[0].line, each[0].column, each[0].code),
    )
    taste = sum(finding.code in ADVICE for finding, _ in found)
    counts = {"constructs": len(found) - taste, "matters_of_taste": taste}
    return Inspection(facts=Facts(counts=counts), findings=with_rewrites(source, found))


def _finding(construct: Construct) -> Finding:
    """Return the finding of `construct`, where its node begins."""
    return Finding(
        code=construct.code,
        line=construct.node.lineno,
        column=construct.node.col_offset + 1,
        message=construct.message,
    )


MEASURES = (
    count_measure(
        "constructs",
        "Places that have a plainer form",
        "places",
        formula="number of constructs for which Python has a plainer one, matters of taste aside",
        codes=_FAULTS,
    ),
    rate_measure(
        "construct_rate",
        "Places that have a plainer form, as a share",
        counts=("constructs",),
        what="constructs for which Python has a plainer one, matters of taste aside,",
        codes=_FAULTS,
    ),
    count_measure(
        "matters_of_taste",
        "Places that could be shorter (advice)",
        "places",
        formula="number of constructs that could be shorter, on which good programmers differ",
        codes=tuple(sorted(ADVICE)),
    ),
)

LESSON = Lesson(
    practice="Write short, plain code",
    before={
        "prices.py": (
            "def is_cheap(price):\n"
            "    if price < 10:\n"
            "        return True\n"
            "    else:\n"
            "        return False\n"
            "\n"
            "\n"
            "def count_cheap(prices):\n"
            "    count = 0\n"
            "    for i in range(len(prices)):\n"
            "        if is_cheap(prices[i]):\n"
            "            count = count + 1\n"
            "    return count\n"
        ),
    },
    after={
        "prices.py": (
            "def is_cheap(price):\n"
            "    return price < 10\n"
            "\n"
            "\n"
            "def count_cheap(prices):\n"
            "    count = 0\n"
            "    for price in prices:\n"
            "        if is_cheap(price):\n"
            "            count += 1\n"
            "    return count\n"
        ),
    },
    reading=("https://peps.python.org/pep-0020/",),
)

CHECK = Check(
    id="plain_constructs",
    version=1,
    title="Said plainly",
    synonyms=("edulint", "simplify", "refurb"),
    guidance=GUIDANCE,
    lesson=LESSON,
    guidance_by_code=GUIDANCE_BY_CODE,
    measures=MEASURES,
    shares={"constructs": "construct_rate"},
    options=Options,
    inspect=inspect,
    skips_tests=True,
)
