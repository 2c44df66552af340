"""The measures of modularity, and the lesson with a program before and after."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal

from grader.domain.check import Lesson
from grader.domain.inspection import Facts
from grader.domain.measures import Measure, counting, highest


def _count(
    name: str,
    title: str,
    unit: str,
    better: Literal["lower", "higher"],
    formula: str,
    *codes: str,
) -> Measure:
    """Return the measure that is the count `name`, with findings of `codes` as evidence."""
    measure = counting(name, title, unit, better=better)
    return replace(measure, formula=formula, evidence=lambda finding, limit: finding.code in codes)


#: Codes of findings about statements that are not in a used function.
_OUTSIDE_FUNCTIONS = frozenset({"outside-function", "code-in-text", "unused-definition"})


def _share_in_functions(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the percentage of working statements that are in functions which the program uses.

    The whole is at least `limit`, so that a tiny program does not earn full points.
    """
    counts = facts.counts
    whole = max(counts.get("work", 0), limit or 1)
    return Fraction(100 * counts.get("work_used", 0), whole)


def _statements(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the number of working statements that are written as code, not as text."""
    counts = facts.counts
    return Fraction(max(0, counts.get("work", 0) - counts.get("statements_in_text", 0)))


MEASURES = (
    _count(
        "modules_with_functions",
        "Modules that define functions",
        "modules",
        "higher",
        "number of modules, tests aside, with a function that does something or a class of fields",
    ),
    _count(
        "guarded_main",
        "A main.py with its guard",
        "files",
        "higher",
        'number of main.py that start the program below `if __name__ == "__main__":` (0 or 1):'
        " what the guard calls leads to a third of the statements that do something, or more",
        "no-main-guard",
        "main-starts-little",
    ),
    Measure(
        "share_in_functions",
        "Percent of statements in functions, out of a minimum",
        "percent",
        "higher",
        "100 × statements that do something, in functions and classes that the program uses, ÷"
        " all that do, or the limit where there are fewer; tests aside. Statements that run on"
        " import and those in text that is a program count among all; `limit` is how many"
        " statements a program of this exercise has at least",
        _share_in_functions,
        lambda finding, limit: finding.code in _OUTSIDE_FUNCTIONS,
        takes_limit=True,
        high=100,
    ),
    Measure(
        "working_statements",
        "Statements that do something",
        "statements",
        "higher",
        "number of statements, tests aside, that call, compute, compare, choose, repeat or raise,"
        " inside functions or not; how much of a program there is",
        _statements,
        lambda finding, limit: False,
    ),
    _count(
        "statements_outside",
        "Statements outside functions",
        "statements",
        "lower",
        "number of statements, at every depth, that run on import and define nothing",
        "outside-function",
    ),
    _count(
        "functions",
        "Functions",
        "functions",
        "higher",
        "number of functions and methods, tests aside, whose body does something",
    ),
    replace(
        highest("statements_outside", "Longest script", "statements"),
        id="longest_script",
        formula="highest number of statements of one file that run on import and define nothing",
        evidence=lambda finding, limit: finding.code == "outside-function",
    ),
    _count(
        "import_cycles",
        "Modules in an import cycle",
        "modules",
        "lower",
        "number of modules that import each other in a circle as they are imported",
        "import-cycle",
    ),
    _count(
        "modules_main_reaches",
        "Modules that main.py reaches",
        "modules",
        "higher",
        "number of modules, tests and main.py aside, that main.py imports, directly or through"
        " others, and of which it uses a function that does something or a class of fields; 0"
        " where main.py starts only a small part of the program",
        "unreached-module",
        "main-starts-little",
    ),
    _count(
        "unreached_modules",
        "Modules that main.py does not reach",
        "modules",
        "lower",
        "number of modules, tests aside, that main.py never imports, directly or through others"
        " (0 where there is no main.py)",
        "unreached-module",
    ),
    _count(
        "star_imports",
        "Imports of everything",
        "imports",
        "lower",
        "number of `from … import *`, except where an __init__.py shows its own package",
        "star-import",
    ),
    replace(
        highest("fan_out", "Most own modules that one module imports", "own modules"),
        formula="highest number of own modules that one module, tests aside, imports",
        evidence=lambda finding, limit: False,
    ),
)

LESSON = Lesson(
    practice="Organize code into modules with a main.py",
    before={
        "grades.py": (
            'grades = [float(word) for word in input("Grades: ").split()]\n'
            "mean = sum(grades) / len(grades)\n"
            'print(f"Mean: {mean:.1f}")\n'
            "if mean < 5.5:\n"
            '    print("Not passed")\n'
        ),
    },
    after={
        "grading.py": (
            "PASS_MARK = 5.5\n"
            "\n"
            "\n"
            "def mean(grades):\n"
            "    return sum(grades) / len(grades)\n"
            "\n"
            "\n"
            "def verdict(grades):\n"
            '    return "Passed" if mean(grades) >= PASS_MARK else "Not passed"\n'
        ),
        "main.py": (
            "from grading import mean, verdict\n"
            "\n"
            "\n"
            "def main():\n"
            '    grades = [float(word) for word in input("Grades: ").split()]\n'
            '    print(f"Mean: {mean(grades):.1f}")\n'
            "    print(verdict(grades))\n"
            "\n"
            "\n"
            'if __name__ == "__main__":\n'
            "    main()\n"
        ),
    },
    reading=("https://docs.python.org/3/library/__main__.html",),
)
