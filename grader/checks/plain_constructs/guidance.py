"""The advice of the check by finding code: why a plainer form is better, and how to write it."""

from __future__ import annotations

from grader.checks.plain_constructs import (
    branches,
    comparisons,
    counting,
    expressions,
    loops,
    statements,
)
from grader.domain.check import Guidance

_TUTORIAL = "https://docs.python.org/3/tutorial/"
_EXPRESSIONS = "https://docs.python.org/3/reference/expressions.html"
_LIBRARY = "https://docs.python.org/3/library/"

GUIDANCE = Guidance(
    explanation=(
        "Python has a shorter way to say this. Short and usual forms are read at a glance; a longer"
        " one makes readers stop and look for the difference."
    ),
    how_to_fix="Write it the short way; the program does the same.",
    url="https://peps.python.org/pep-0020/",
)


def _of(explanation: str, how_to_fix: str, url: str) -> Guidance:
    return Guidance(explanation=explanation, how_to_fix=how_to_fix, url=url)


_CONDITION = _of(
    "A comparison is already `True` or `False`. An `if` that turns it into the same value once more"
    " is four lines that say what one says.",
    "Return or assign the condition itself, as in `return age >= 18`.",
    f"{_EXPRESSIONS}#comparisons",
)
_BRANCHES = _of(
    "What is in every branch does not depend on the condition. Written twice, it has to be"
    " changed twice.",
    "Keep in the branches only what differs, and write the common part once, above or below them.",
    f"{_TUTORIAL}controlflow.html#if-statements",
)
_NEVER = _of(
    "This code can never run. Readers take it for a part of the program, and look for the case in"
    " which it matters.",
    "Delete it. If it should run, move it above the line that leaves.",
    f"{_TUTORIAL}controlflow.html",
)
_LOOP = _of(
    "A `for` loop hands out the items one by one. Counting by hand adds names and steps that can go"
    " wrong: a limit one too large, a forgotten `+= 1`.",
    "Walk over the items themselves, as in `for price in prices:`. Where the number is needed too,"
    " `enumerate(prices)` gives both; where only the number is, `range(n)`.",
    f"{_TUTORIAL}controlflow.html#for-statements",
)
_SHORTER = _of(
    "The same value is named twice, or a step changes nothing. The shorter form leaves one place to"
    " read and to change.",
    "Write the short form that is shown.",
    f"{_EXPRESSIONS}",
)
_RETURNS = _of(
    "In one case the function returns a value, in another it ends without one, which gives `None`."
    " A caller who forgets that case gets an error later, somewhere else.",
    "Write `return None` where you mean it, or raise an error where there is no answer.",
    "https://peps.python.org/pep-0008/#programming-recommendations",
)

GUIDANCE_BY_CODE = {
    branches.BOOLEAN: _CONDITION,
    branches.EMPTY_BRANCH: _of(
        "A branch with only `pass` says what not to do. The reader has to turn the condition round"
        " to understand when something happens.",
        "Turn the condition round and keep only the branch that does something.",
        f"{_TUTORIAL}controlflow.html#pass-statements",
    ),
    branches.ALIKE_START: _BRANCHES,
    branches.ALIKE_END: _BRANCHES,
    branches.SAME_BRANCHES: _BRANCHES,
    branches.SAME_CONDITION: _NEVER,
    branches.OPPOSITE: _of(
        "Where the first condition is false, the second is true: it asks what is already known. If"
        " one of the two is changed later and the other forgotten, a case falls through.",
        "Write `else:`.",
        f"{_TUTORIAL}controlflow.html#if-statements",
    ),
    counting.INDEX: _LOOP,
    counting.COUNTING: _LOOP,
    loops.ELSE: _of(
        "The `else` of a loop runs when the loop was not left by `break`. Here is no `break`, so it"
        " always runs, and readers look for one.",
        "Write these lines below the loop, without `else`.",
        f"{_TUTORIAL}controlflow.html#else-clauses-on-loops",
    ),
    loops.CHANGES: _of(
        "When an item is removed, the next one moves into its place, and the loop steps over it: it"
        " is never looked at.",
        "Walk over a copy, as in `for name in list(names):`, or build a new list of what stays.",
        f"{_TUTORIAL}controlflow.html#for-statements",
    ),
    loops.STOPS: _of(
        "Without this loop the program does the same. Is a condition for the `break` missing?",
        "Delete the loop, or write when it should stop.",
        f"{_TUTORIAL}controlflow.html#break-and-continue-statements",
    ),
    loops.UNUSED: _of(
        "The name of the loop promises a value that is never used. `_` is the usual name of a value"
        " that does not matter.",
        "Write `for _ in range(...):`.",
        f"{_TUTORIAL}controlflow.html#for-statements",
    ),
    statements.UNREACHABLE: _NEVER,
    statements.RETURNS: _RETURNS,
    statements.PARAMETER: _of(
        "Every caller has to find a value for a parameter that the function then ignores.",
        "Delete the parameter, here and in the calls, or use it: the function may read a global"
        " value that should come in here.",
        f"{_TUTORIAL}controlflow.html#defining-functions",
    ),
    statements.NOTHING: _of(
        "The line computes a value and drops it, so the program does the same without it. Often `=`"
        " was meant in place of `==`, or the brackets of a call are missing.",
        "Assign it, call it, or delete the line.",
        "https://docs.python.org/3/reference/simple_stmts.html#expression-statements",
    ),
    comparisons.ALWAYS_TRUE: _of(
        '`x == "a" or "b"` is read as `(x == "a") or "b"`, and a text that is not empty counts as'
        " true: the condition is always true.",
        'Compare with all of them, as in `x in ("a", "b")`.',
        f"{_EXPRESSIONS}#boolean-operations",
    ),
    expressions.ORDINAL: _of(
        "97 is the number of the letter a, which few readers know by heart.",
        'Let Python look it up, as in `ord("a")`.',
        f"{_LIBRARY}functions.html#ord",
    ),
    expressions.DUNDER: _of(
        "Methods with two underscores on both sides are there for Python, which calls them for an"
        " operator or a builtin function.",
        "Use the operator or the function, as in `len(rows)` and `a + b`.",
        "https://docs.python.org/3/reference/datamodel.html#special-method-names",
    ),
    comparisons.JOINABLE: _of(
        "Several comparisons of one value repeat its name each time.",
        'Write `answer in ("yes", "y")`, or a chain such as `0 < age < 18`.',
        f"{_EXPRESSIONS}#comparisons",
    ),
    **dict.fromkeys(
        (
            comparisons.NEGATED,
            expressions.NEEDLESS_CALL,
            expressions.NEEDLESS_OPERATOR,
            expressions.COPYING,
            comparisons.KEYS,
            expressions.SLICE,
            statements.ADDS_LIST,
            statements.LONG_ASSIGNMENT,
            statements.SELF_ASSIGNMENT,
            statements.PASS,
        ),
        _SHORTER,
    ),
}
