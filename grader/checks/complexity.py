"""Measure the cyclomatic complexity of each function, as radon counts it."""

from __future__ import annotations

from fractions import Fraction

from grader.analysis.syntax.statements import has_statements
from grader.analysis.tools.radon_complexity import MODULE, Block, blocks
from grader.domain.check import Check, Context, Guidance, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import (
    UsualLimit,
    maximum_measure,
    over_limit_measure,
    share_of_statements_measure,
)
from grader.domain.source import SourceFile

GUIDANCE = Guidance(
    explanation=(
        "Every `if`, loop, `except`, `and` and `or` adds a way through a function. With many ways"
        " it is hard to read, to test and to change without breaking something."
    ),
    how_to_fix=(
        "Give a branch or the body of a loop a function of its own, return early in place of"
        " nesting, and look for a table or a dict that says the same as a chain of `elif`."
    ),
    url="https://radon.readthedocs.io/en/latest/intro.html#cyclomatic-complexity",
)

#: Lowest complexity that becomes a finding: the first of radon's rank B. Rank A is 1 to 5, e.g. a
#: function with four ``if``, which is not reported; five ``if`` are.
_REPORTED_FROM = 6
#: The complexity of each function, by function; the histogram ``complexity`` has that of blocks.
FUNCTIONS = "function_complexity"


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with the complexity of the blocks of `source`: histogram and maximum.

    There is a finding for each block with a complexity of 6 or more. Each function and method is a
    block. Numbers are radon's, with three additions: code outside functions and classes is a block
    named ``<module>``, nested functions and methods of nested classes are blocks of their own, and
    the code of a class outside its methods is a block if it branches (e.g. an ``if`` in its body).
    The complexity of functions is also there by function. Without statements the result is
    ``NOTHING_TO_SAY``. `options` and `context` are unused.
    """
    if not has_statements(source):
        return NOTHING_TO_SAY
    found = blocks(source)
    histogram: dict[int, int] = {}
    for block in found:
        histogram[block.complexity] = histogram.get(block.complexity, 0) + 1
    facts = Facts(
        maxima={"complexity": max(block.complexity for block in found)},
        histograms={"complexity": histogram},
    )
    reported = [block for block in found if block.complexity >= _REPORTED_FROM]
    return Inspection(
        facts=facts,
        findings=tuple(_finding(block) for block in reported),
        by_function={FUNCTIONS: {one.line: one.complexity for one in found if one.is_function}},
    )


def _finding(block: Block) -> Finding:
    """Return the finding for `block`, with its complexity as the value."""
    subject = "The code outside functions" if block.name == MODULE else f"`{block.name}`"
    return Finding(
        code="complexity",
        line=block.line,
        column=max(block.column, 1),
        message=f"{subject} has a complexity of {block.complexity}",
        value=block.complexity,
    )


LESSON = Lesson(
    practice="Keep functions short and focused",
    before={
        "shipping.py": (
            "def shipping_cost(weight, country, express):\n"
            '    if country == "NL":\n'
            "        if weight < 2:\n"
            "            cost = 4\n"
            "        else:\n"
            "            cost = 7\n"
            '    elif country == "BE":\n'
            "        cost = 9\n"
            "    else:\n"
            "        cost = 15\n"
            "    if express:\n"
            "        cost = cost * 2\n"
            "    return cost\n"
        ),
    },
    after={
        "shipping.py": (
            'COSTS = {"NL": 7, "BE": 9}\n'
            "ELSEWHERE = 15\n"
            "LETTER = 4\n"
            "\n"
            "\n"
            "def base_cost(weight, country):\n"
            '    if country == "NL" and weight < 2:\n'
            "        return LETTER\n"
            "    return COSTS.get(country, ELSEWHERE)\n"
            "\n"
            "\n"
            "def shipping_cost(weight, country, express):\n"
            "    factor = 2 if express else 1\n"
            "    return base_cost(weight, country) * factor\n"
        ),
    },
    reading=("https://en.wikipedia.org/wiki/Cyclomatic_complexity",),
)


#: McCabe's own limit is 10: a beginner's functions stay below that.
_LIMIT = UsualLimit(8, "ways through a block")


def _credit(complexity: int, limit: int | None) -> Fraction:
    """Return which part of the statements of a function of `complexity` counts as good.

    e.g. with the limit 5, all for a complexity of 5, and half of them for 10: there is no cliff.
    """
    return min(Fraction(1), Fraction(limit or 0, max(1, complexity)))


def _is_over(finding: Finding, limit: int | None) -> bool:
    """Return whether `finding` is about code with a complexity over `limit`."""
    return (finding.value or 0) > (limit or 0)


CHECK = Check(
    id="complexity",
    version=2,
    title="Simple control flow",
    synonyms=("radon", "cyclomatic", "cyclomatic_complexity", "mccabe", "simple_code"),
    guidance=GUIDANCE,
    lesson=LESSON,
    measures=(
        maximum_measure(
            "highest",
            "Highest complexity",
            "ways through a block",
            formula="highest cyclomatic complexity of a function, method or module body",
            maximum="complexity",
        ),
        over_limit_measure(
            "functions_over", "complexity", "Blocks over the limit", "blocks", usual_limit=_LIMIT
        ),
        share_of_statements_measure(
            "share_in_simple_functions",
            "Statements in functions, within the complexity limit",
            values=FUNCTIONS,
            credit=_credit,
            formula="statements of functions (of one over the limit, limit ÷ complexity of them)",
            evidence=_is_over,
            usual_limit=_LIMIT,
        ),
    ),
    shares={
        "highest": "share_in_simple_functions",
        "functions_over": "share_in_simple_functions",
    },
    options=Options,
    inspect=inspect,
    tools=("radon",),
    skips_tests=True,
)
