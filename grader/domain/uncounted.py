"""Uncounted code: statements of the program that are in no good part of a share, and why.

A report shows them as findings, so that every point that a share lacks has its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.domain.check import Guidance
from grader.domain.facts import FileFacts
from grader.domain.inspection import Finding

#: Codes of the findings.
UNUSED_CODE, DEAD_CODE, REPEATED_CODE = "unused-code", "dead-code", "repeated-code"
SHARED_ARGUMENT = "shared-argument"

GUIDANCE = {
    UNUSED_CODE: Guidance(
        "The program does not use this: nothing calls it, or nothing reads what it returns; a test"
        " alone does not count. So it is among all statements and never among the good ones.",
        "Call it where the program needs what it returns, or delete it.",
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

    e.g. "In `export`, 4 statements repeat what stands elsewhere".
    """
    for one in file.part.uncounted:
        name = f"`{one.name}`" if one.name else "the code outside functions"
        number = "1 statement" if one.statements == 1 else f"{one.statements} statements"
        code, message = {
            "unused": (
                UNUSED_CODE,
                f"Nothing uses {name}, with {number} that cannot count as good",
            ),
            "dead": (DEAD_CODE, f"In {name}, {number} can never run or cannot be read as code"),
            "repeated": (REPEATED_CODE, f"In {name}, {number} repeat what stands elsewhere"),
            "boxed": (
                SHARED_ARGUMENT,
                f"{name} passes values on in an argument that other functions write to, so {number}"
                " cannot count as good",
            ),
        }[one.why]
        if one.statements == 1:
            message = message.replace(" repeat ", " repeats ")
        yield Finding(code=code, line=one.line, message=message, value=one.statements)
