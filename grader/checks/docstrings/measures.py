"""The measures of the docstrings check, as formulas over its facts."""

from __future__ import annotations

from fractions import Fraction

from grader.domain.inspection import Facts
from grader.domain.measures import (
    Measure,
    count_measure,
    rate_measure,
    share_of_statements_measure,
)

#: Whether each function has a useful docstring or needs none (1), or lacks one (0), by function.
DOCUMENTED = "documented"
_MISSES = ("missing-docstring", "trivial-docstring")


def _misses(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the number of modules and public definitions without a useful docstring.

    ``None`` in a program without public definitions, e.g. a plain script.
    """
    if not facts.counts.get("public"):
        return None
    return Fraction(facts.counts["wanted"] - facts.counts["documented"])


def _coverage(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the percentage of modules and public definitions with a useful docstring.

    ``None`` in a program without public definitions.
    """
    return _share(facts, "documented", "wanted") if facts.counts.get("public") else None


def _argument_coverage(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the percentage of arguments that a useful docstring names; ``None`` without any."""
    return _share(facts, "described_arguments", "arguments")


def _share(facts: Facts, part: str, whole: str) -> Fraction | None:
    """Return the count `part` as a percentage of the count `whole`, or ``None`` if that is 0."""
    every = facts.counts.get(whole, 0)
    return Fraction(100 * facts.counts.get(part, 0), every) if every else None


MEASURES = (
    Measure(
        "coverage",
        "Docstrings that say something",
        "percent",
        "higher",
        "share of files and public classes, functions and methods whose docstring says something",
        _coverage,
        lambda finding, limit: finding.code in _MISSES,
        high=100,
    ),
    Measure(
        "undocumented",
        "Without a docstring that says something",
        "definitions",
        "lower",
        "number of files and public classes, functions and methods without a docstring, or with"
        " one that says no more than the name",
        _misses,
        lambda finding, limit: finding.code in _MISSES,
    ),
    Measure(
        "argument_coverage",
        "Arguments that a docstring names",
        "percent",
        "higher",
        "share of the arguments of public functions that their docstring names",
        _argument_coverage,
        lambda finding, limit: finding.code in (*_MISSES, "undescribed-arguments"),
        high=100,
    ),
    count_measure(
        "undescribed_arguments",
        "Arguments left out of the docstring",
        "arguments",
        formula="number of arguments of documented functions that the docstring never names",
        codes=("undescribed-arguments",),
        among="documented_functions",
    ),
    count_measure(
        "undescribed_returns",
        "Results left open (advice)",
        "functions",
        formula="number of documented functions that give back a value and whose docstring"
        " lists arguments or names a deed, without a word of what comes back",
        codes=("undescribed-return",),
        among="documented_functions",
    ),
    share_of_statements_measure(
        "share_documented",
        "Statements in documented functions",
        values=DOCUMENTED,
        credit=lambda documented, limit: documented,
        formula="statements of functions whose docstring says something, or that need none (private"
        " ones, `__init__`)",
        evidence=lambda finding, limit: finding.code in _MISSES,
    ),
    rate_measure(
        "rate_undocumented",
        "Missing docstrings, as a share",
        counts=("undocumented",),
        what="files and public classes, functions and methods without a docstring that says"
        " something",
        codes=_MISSES,
    ),
)
