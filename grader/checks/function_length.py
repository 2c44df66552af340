"""Are the functions short? (logical lines of each)"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from grader.checks._statements import (
    FUNCTIONS,
    NOTHING_TO_SAY,
    Function,
    every_statement,
    is_docstring,
)
from grader.domain.check import (
    Check,
    Context,
    Facts,
    Finding,
    Inspection,
    Options,
    Words,
    counting,
    highest,
    over_limit,
)
from grader.domain.source import SourceFile

WORDS = Words(
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

#: Logical lines from which a function is reported.
_REPORTED_ABOVE = 10
_DEFINITIONS = (*FUNCTIONS, ast.ClassDef)


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """The length of every function, inner ones and methods too.

    A function's length is the number of statements in its body, at every depth: a loop counts one
    and so does each statement inside it. Docstrings, comments and blank lines count nothing, and
    a statement counts one however many lines it spans. Statements of an inner function count for
    the inner one and for the one around it.
    """
    found = sorted(_lengths(source.tree), key=lambda item: (item[0].lineno, item[0].col_offset))
    if not found:
        return NOTHING_TO_SAY
    histogram: dict[int, int] = {}
    for _, length in found:
        histogram[length] = histogram.get(length, 0) + 1
    facts = Facts(
        counts={"functions": len(found)},
        maxima={"lengths": max(histogram)},
        histograms={"lengths": histogram},
    )
    reported = [item for item in found if item[1] > _REPORTED_ABOVE]
    return Inspection(facts=facts, findings=tuple(_finding(*item) for item in reported))


def _lengths(tree: ast.Module) -> Iterator[tuple[Function, int]]:
    """Each function with its length, in one pass from the leaves up."""
    nodes = every_statement(tree)
    inside = [0] * len(nodes)
    for at in range(len(nodes) - 1, 0, -1):
        node, parent = nodes[at]
        inside[parent] += inside[at] + (not _is_docstring_of(node, nodes[parent][0]))
    for (node, _), length in zip(nodes, inside, strict=True):
        if isinstance(node, FUNCTIONS):
            yield node, length


def _is_docstring_of(statement: ast.AST, parent: ast.AST) -> bool:
    if not isinstance(parent, _DEFINITIONS) or statement is not parent.body[0]:
        return False
    return is_docstring(parent.body[0])


def _finding(function: Function, length: int) -> Finding:
    return Finding(
        code="function-length",
        line=function.lineno,
        column=function.col_offset + 1,
        message=f"`{function.name}` has {length} logical lines",
        value=length,
    )


CHECK = Check(
    id="function_length",
    version=1,
    title="Short functions",
    words=WORDS,
    measures=(
        over_limit("functions_over", "lengths", "Functions over the limit", "functions"),
        replace(
            highest("lengths", "Longest function", "logical lines"),
            id="longest",
            formula="logical lines of the longest function",
        ),
        replace(
            counting("functions", "Functions", "functions", better="higher"),
            evidence=lambda finding, limit: False,
        ),
    ),
    inspect=inspect,
    skips_tests=True,
)
