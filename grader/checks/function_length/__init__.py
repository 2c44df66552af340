"""Measure the size of each function: logical lines, arguments, nesting and returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from grader.checks.function_length.sizes import Size, sizes
from grader.domain.check import Check, Context, Guidance, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import (
    UsualLimit,
    count_measure,
    maximum_measure,
    over_limit_measure,
    share_of_statements_measure,
)
from grader.domain.source import SourceFile

GUIDANCE = Guidance(
    explanation=(
        "This function is long. A short one can be understood at a glance, named after what it"
        " does, and tested on its own."
    ),
    how_to_fix=(
        "Look for paragraphs inside it (often there is a comment above each) and make each one a"
        " function with a name of its own."
    ),
    url="https://peps.python.org/pep-0020/",
)

_ARGUMENTS = Guidance(
    explanation=(
        "This function wants many arguments. Whoever calls it has to remember them all and their"
        " order, and often it is a sign that the function does several things."
    ),
    how_to_fix=(
        "Put values that belong together into one object (a dataclass, a tuple with names), give"
        " the rare ones a default, or split the function by what needs which argument."
    ),
    url="https://docs.python.org/3/library/dataclasses.html",
)

_NESTING = Guidance(
    explanation=(
        "Here are blocks within blocks within blocks. To understand the innermost line, a reader"
        " has to keep the condition of every block around it in mind."
    ),
    how_to_fix=(
        "Turn a condition round and leave early (`return`, `continue`), or give the body of a loop"
        " a function of its own."
    ),
    url="https://peps.python.org/pep-0020/",
)

_RETURNS = Guidance(
    explanation=(
        "This function can end in many places. Some early returns at its top are fine; with many"
        " of them all over, it is hard to say what comes out when."
    ),
    how_to_fix=(
        "Look for a dict that maps what comes in to what goes out, join conditions that return the"
        " same, or split the function."
    ),
    url="https://docs.python.org/3/tutorial/datastructures.html#dictionaries",
)

#: Codes of findings.
LENGTH, ARGUMENTS = "function-length", "many-arguments"
NESTING, RETURNS = "deep-nesting", "many-returns"
#: The statements of each function that do work, by function.
WORK = "work"
#: By finding code, the largest size without a finding. E.g. a function with 11 logical lines has
#: one, with 10 it has none. Chosen by hand; points depend on the limits of the rubric instead.
_REPORTED_ABOVE = {LENGTH: 10, ARGUMENTS: 3, NESTING: 2, RETURNS: 3}


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with histograms of the four sizes of the functions in `source`.

    Methods and nested functions count too. A function has up to four findings: for more than 10
    logical lines, 3 arguments, 2 levels of nesting, and 3 returns. The logical lines are the
    statements in it, at every depth: a loop counts 1, and so does each statement inside it, however
    many lines it has. Docstrings do not count. Arguments are counted without ``*args``,
    ``**kwargs`` and the first one of a method (unless it is static). A nested function adds to the
    length of the function around it, but not to its nesting and returns. Further facts are the
    number of functions and the greatest length, and by function how many of its statements do work.
    Without functions the result is ``NOTHING_TO_SAY``. `options` and `context` are unused.
    """
    found = sizes(source.tree)
    if not found:
        return NOTHING_TO_SAY
    facts = Facts(
        counts={"functions": len(found)},
        maxima={"lengths": max(one.length for one in found)},
        histograms=_histograms(found),
    )
    return Inspection(
        facts=facts,
        findings=tuple(item for one in found for item in _findings(one)),
        by_function={WORK: {one.function.lineno: one.work for one in found}},
    )


def _histograms(found: Sequence[Size]) -> dict[str, dict[int, int]]:
    """Return how often each value of the four sizes of a function occurs."""
    return {
        "lengths": dict(Counter(one.length for one in found)),
        "arguments": dict(Counter(one.arguments for one in found)),
        "nesting": dict(Counter(one.nesting for one in found)),
        "returns": dict(Counter(one.returns for one in found)),
    }


def _findings(size: Size) -> Iterator[Finding]:
    """Yield a finding for each of the four numbers of `size` above ``_REPORTED_ABOVE``."""
    name = f"`{size.function.name}`"
    said = (
        (LENGTH, size.length, f"{name} has {size.length} logical lines"),
        (ARGUMENTS, size.arguments, f"{name} takes {size.arguments} arguments"),
        (NESTING, size.nesting, f"{name} nests its blocks {size.nesting} deep"),
        (RETURNS, size.returns, f"{name} returns in {size.returns} places"),
    )
    for code, value, message in said:
        if value > _REPORTED_ABOVE[code]:
            yield Finding(
                code=code,
                line=size.function.lineno,
                column=size.function.col_offset + 1,
                message=message,
                value=value,
            )


LESSON = Lesson(
    practice="Keep functions short and focused",
    before={
        "invoice.py": (
            "def print_invoice(lines, discount):\n"
            "    total = 0\n"
            "    for amount, price in lines:\n"
            "        total = total + amount * price\n"
            "    total = total - total * discount\n"
            '    print("Invoice")\n'
            '    print("-" * 20)\n'
            '    print(f"Total: {total:.2f}")\n'
        ),
    },
    after={
        "invoice.py": (
            "def total_price(lines, discount):\n"
            "    full = sum(amount * price for amount, price in lines)\n"
            "    return full * (1 - discount)\n"
            "\n"
            "\n"
            "def print_invoice(lines, discount):\n"
            '    print("Invoice")\n'
            '    print("-" * 20)\n'
            '    print(f"Total: {total_price(lines, discount):.2f}")\n'
        ),
    },
    reading=("https://docs.python.org/3/tutorial/controlflow.html#defining-functions",),
)


def _credit(length: int, limit: int | None) -> Fraction:
    """Return which part of the statements of a function of `length` counts as good.

    Of a longer function than `limit`, as many statements as it allows: there is no cliff.
    """
    return Fraction(min(length, limit or 0), length) if length else Fraction(1)


def _is_longer(finding: Finding, limit: int | None) -> bool:
    """Return whether `finding` is about a function that is longer than `limit`."""
    return finding.code == LENGTH and (finding.value or 0) > (limit or 0)


MEASURES = (
    over_limit_measure(
        "functions_over",
        "lengths",
        "Functions over the limit",
        "functions",
        usual_limit=UsualLimit(20, "logical lines"),
        formula="number of functions over the limit",
        codes=(LENGTH,),
    ),
    share_of_statements_measure(
        "share_in_short_functions",
        "Statements in functions, within the limit",
        values=WORK,
        credit=_credit,
        formula="statements of functions, of each as many as the limit at most",
        evidence=_is_longer,
        usual_limit=UsualLimit(15, "statements"),
    ),
    maximum_measure(
        "longest",
        "Longest function",
        "logical lines",
        formula="logical lines of the longest function",
        maximum="lengths",
        codes=(LENGTH,),
    ),
    count_measure(
        "functions", "Functions", "functions", better="higher", codes=(), among="functions"
    ),
    over_limit_measure(
        "functions_with_many_arguments",
        "arguments",
        "Functions with more arguments than the limit",
        "functions",
        usual_limit=UsualLimit(5, "arguments"),
        formula="number of functions with more named arguments, self and cls aside, than the limit",
        codes=(ARGUMENTS,),
    ),
    over_limit_measure(
        "functions_nested_deeper",
        "nesting",
        "Functions nested deeper than the limit",
        "functions",
        usual_limit=UsualLimit(3, "blocks"),
        formula="number of functions with more blocks around one statement than the limit",
        codes=(NESTING,),
    ),
    over_limit_measure(
        "functions_with_many_returns",
        "returns",
        "Functions with more returns than the limit",
        "functions",
        usual_limit=UsualLimit(4, "returns"),
        formula="number of functions with more return statements than the limit",
        codes=(RETURNS,),
    ),
)

CHECK = Check(
    id="function_length",
    version=4,
    title="Short functions",
    synonyms=("short_functions", "long_functions", "functions", "arguments", "nesting"),
    guidance=GUIDANCE,
    guidance_by_code={ARGUMENTS: _ARGUMENTS, NESTING: _NESTING, RETURNS: _RETURNS},
    lesson=LESSON,
    measures=MEASURES,
    shares={
        "functions_over": "share_in_short_functions",
        "longest": "share_in_short_functions",
    },
    options=Options,
    inspect=inspect,
    skips_tests=True,
)
