"""Uncounted code: statements of the program that are in no good part of a share, and why.

A report shows them as findings, so that every point that a share lacks has its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.domain.check import Guidance
from grader.domain.facts import FileFacts
from grader.domain.inspection import Finding
from grader.domain.program import Uncounted

#: Codes of the findings.
UNUSED_CODE, DEAD_CODE, REPEATED_CODE = "unused-code", "dead-code", "repeated-code"
SHARED_ARGUMENT, OUTSIDE_CODE = "shared-argument", "outside-code"

GUIDANCE = {
    OUTSIDE_CODE: Guidance(
        "Only statements in functions can be short, documented or tested. Those outside count among"
        " all statements and never among the good ones.",
        'Move them into functions, and call these below `if __name__ == "__main__":`.',
        "https://docs.python.org/3/library/__main__.html",
    ),
    UNUSED_CODE: Guidance(
        "The program does not use this: nothing that runs calls it, or nothing reads what it"
        " returns; a test alone does not count. So it is among all statements and never among the"
        " good ones.",
        "Call it where the program needs what it returns; if only other unused code calls it, call"
        " that. If nothing needs them any more, delete them together.",
        "https://docs.python.org/3/tutorial/controlflow.html#defining-functions",
    ),
    DEAD_CODE: Guidance(
        "This stands below a condition that is never true or after a `return`, or it is a text that"
        " is run as code. So it counts among all statements and never among the good ones.",
        "Delete what never runs, and write what shall run as code.",
        "https://docs.python.org/3/tutorial/controlflow.html",
    ),
    REPEATED_CODE: Guidance(
        "These statements do what others have done already, with other names and values, so they"
        " count among all statements and never among the good ones.",
        "Write a function that holds them once, and call it in both places.",
        "https://en.wikipedia.org/wiki/Don%27t_repeat_yourself",
    ),
    SHARED_ARGUMENT: Guidance(
        "Several functions pass their values on in attributes of one argument, as a script does in"
        " its variables. None of them can be understood or tested without the others, so at most"
        " half of their statements count as good.",
        "Give each function the values that it needs as arguments, and return what it computes.",
        "https://docs.python.org/3/tutorial/controlflow.html#defining-functions",
    ),
}


def findings_on(file: FileFacts) -> Iterator[Finding]:
    """Yield a finding for each function of `file` with uncounted statements, the first few at most.

    e.g. "In `export`, 4 statements repeat what stands elsewhere", and one for the statements
    outside functions: "40 of the 60 statements in this file are outside functions".
    """
    for one in file.part.uncounted:
        code, message = _said(one, file.part.statements)
        yield Finding(code=code, line=one.line, message=message, value=one.statements)


def _said(one: Uncounted, whole: int) -> tuple[str, str]:
    """Return code and message of the finding for `one`, of a file with `whole` statements."""
    name = f"`{one.name}`" if one.name else "the code outside functions"
    is_one = one.statements == 1
    number = "1 statement" if is_one else f"{one.statements} statements"
    if one.why == "outside":
        verb, every = "is" if is_one else "are", "statement" if whole == 1 else "statements"
        message = f"{one.statements} of the {whole} {every} in this file {verb} outside functions"
        return OUTSIDE_CODE, message
    if one.why == "unused":
        count = f"its {number} cannot count as good"
        return UNUSED_CODE, f"Nothing that runs uses {name}{one.users}; {count}"
    if one.why == "dead":
        return DEAD_CODE, f"In {name}, {number} can never run or cannot be read as code"
    if one.why == "boxed":
        through = "passes values on in an argument that other functions write to"
        return SHARED_ARGUMENT, f"{name} {through}, so {number} cannot count as good"
    verb = "repeats" if is_one else "repeat"
    return REPEATED_CODE, f"In {name}, {number} {verb} what stands elsewhere"
