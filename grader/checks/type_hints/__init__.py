"""Check that functions have type hints for their arguments and results."""

from __future__ import annotations

import ast
from fractions import Fraction

from grader.analysis.fixes.own_line import with_own_lines
from grader.analysis.syntax.signatures import listed
from grader.analysis.syntax.statements import every_statement, functions_in, works
from grader.checks.type_hints.fixes import hint_fix
from grader.checks.type_hints.hints import Hints, hinted_percent, hints_in
from grader.domain.check import Check, Context, Guidance, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import Measure, count_measure, share_of_statements_measure
from grader.domain.source import SourceFile

_CHEAT_SHEET = "https://mypy.readthedocs.io/en/stable/cheat_sheet_py3.html"

GUIDANCE = Guidance(
    explanation=(
        "Type hints say which kind of value a function takes and gives back. A reader need not"
        " guess, editors offer the right completions, and tools find a mix-up before you run"
        " anything."
    ),
    how_to_fix=(
        "Write the type behind each argument and the result before the colon:"
        " `def mean(values: list[float]) -> float:`. A function that gives nothing back gets"
        " `-> None`, and one that yields `-> Iterator[int]`, from `collections.abc`."
    ),
    url=_CHEAT_SHEET,
)

_ANY = Guidance(
    explanation=(
        "`Any` and `object` fit every value, so this hint tells a reader as little as no hint, and"
        " counts as a missing one."
    ),
    how_to_fix=(
        "Name the type that you have in mind. Where there are two, join them, as in `int | str`;"
        " for something to loop over, there is `Iterable` of `collections.abc`."
    ),
    url="https://typing.python.org/en/latest/reference/best_practices.html",
)

_WRONG = Guidance(
    explanation=(
        "`-> None` promises that nothing comes back, and yet this function gives a value back. A"
        " hint that is not true misleads more than none, and counts as a missing one."
    ),
    how_to_fix="Write the type of the value in place of `None`, or do not return one.",
    url=_CHEAT_SHEET,
)


#: The percentage of hinted places of each function, by function.
_HINTED = "hinted"


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with the numbers of useful and of missing type hints in `source`.

    Arguments and results need one; for exceptions see `Hints`. A vague one (``Any``, ``object``)
    and a wrong ``-> None`` count as missing. A function has up to three findings: it lacks hints,
    has vague ones, or wrongly says ``-> None``; the first may have the corrected line. Also counted
    are the functions, those without any hint, and the vague hints. Functions that `hints_in` leaves
    out do not count, e.g. nested ones and ``def __init__(self):``. By function there is how much of
    it is hinted, see `hinted_percent`. If no other function is there, and none that does something,
    the result is ``NOTHING_TO_SAY``. `options` and `context` are unused.
    """
    functions = hints_in(source.tree)
    if not functions and not _has_work(source.tree):
        return NOTHING_TO_SAY
    counts = {
        "functions": len(functions),
        "functions_without": sum(item.has_none for item in functions),
        "hinted": sum(item.hinted for item in functions),
        "missing": sum(item.missing for item in functions),
        "any_hints": sum(len(item.vague) for item in functions),
    }
    findings = [finding for item in functions for finding in _findings(item)]
    with_lines = with_own_lines(source, findings, hint_fix(functions))
    return Inspection(
        facts=Facts(counts=counts),
        findings=with_lines,
        by_function={_HINTED: hinted_percent(source.tree, functions)},
    )


def _has_work(tree: ast.Module) -> bool:
    """Return whether a function of `tree` has a statement that does something.

    e.g. ``def __init__(self): self.rows = load()``, which needs no hint; not ``def stop(): pass``.
    """
    inside = (node for one in functions_in(tree) for node, _ in every_statement(one))
    return any(isinstance(node, ast.stmt) and works(node) for node in inside)


def _findings(item: Hints) -> list[Finding]:
    """Return up to three findings for one function: missing, vague and wrong hints."""
    name = item.definition.name
    found = []
    if item.unhinted:
        message = f"`{name}` has no type hint for {listed(item.unhinted)}"
        code = "missing-hints-all" if item.has_none else "missing-hints"
        found.append(_finding(code, item, message))
    if item.vague:
        message = f"`{name}` allows anything for {listed(item.vague)}"
        found.append(_finding("any-hint", item, message))
    if item.wrong:
        message = f"`{name}` says `-> None` and gives {item.wrong} back"
        found.append(_finding("wrong-hint", item, message))
    return found


def _finding(code: str, item: Hints, message: str) -> Finding:
    """Return a finding at the ``def`` of the function of `item`."""
    line, column = item.definition.node.lineno, item.definition.node.col_offset + 1
    return Finding(code=code, line=line, column=column, message=message)


def _coverage(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the percentage of arguments and results with a useful hint; `limit` is unused.

    ``None`` if there are no arguments and results to count.
    """
    hinted, missing = facts.counts.get("hinted", 0), facts.counts.get("missing", 0)
    return Fraction(100 * hinted, hinted + missing) if hinted + missing else None


_EVERY_PLACE = Measure(
    "coverage",
    "Type hints",
    "percent",
    "higher",
    "share of arguments and results, `self` and inner functions aside, with a type hint that says"
    " something",
    _coverage,
    high=100,
)

MEASURES = (
    _EVERY_PLACE,
    count_measure(
        "missing",
        "Missing type hints",
        "hints",
        formula="number of arguments and results without a type hint, or with one that fits"
        " everything or is not true",
        among="functions",
    ),
    count_measure(
        "functions_without",
        "Functions without any type hint",
        "functions",
        formula="number of functions and methods in which nothing has a type hint",
        codes=("missing-hints-all",),
        among="functions",
    ),
    count_measure(
        "any_hints",
        "Hints that fit everything",
        "hints",
        formula="number of arguments and results hinted as plain `Any` or `object`",
        codes=("any-hint",),
        among="functions",
    ),
    share_of_statements_measure(
        "share_with_hints",
        "Statements in functions with type hints",
        values=_HINTED,
        credit=lambda percent, limit: Fraction(percent, 100),
        formula="statements of functions, of each the percentage of its arguments and result with a"
        " type hint that says something",
        evidence=lambda finding, limit: True,
    ),
)

LESSON = Lesson(
    practice="Say with type hints what goes in and what comes out",
    before={
        "temperature.py": (
            "def warmest(readings, unit):\n"
            "    degrees = max(readings)\n"
            '    return f"{degrees} {unit}"\n'
        ),
    },
    after={
        "temperature.py": (
            "def warmest(readings: list[float], unit: str) -> str:\n"
            "    degrees = max(readings)\n"
            '    return f"{degrees} {unit}"\n'
        ),
    },
    reading=("https://docs.python.org/3/library/typing.html",),
)

CHECK = Check(
    id="type_hints",
    version=4,
    title="Type hints",
    synonyms=("mypy", "pyright", "annotations", "types", "typing"),
    guidance=GUIDANCE,
    guidance_by_code={"any-hint": _ANY, "wrong-hint": _WRONG},
    lesson=LESSON,
    measures=MEASURES,
    shares={
        "missing": "share_with_hints",
    },
    options=Options,
    inspect=inspect,
    skips_tests=True,
)
