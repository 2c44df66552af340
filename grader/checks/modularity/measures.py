"""The measures of modularity, and the lesson with a program before and after."""

from __future__ import annotations

from fractions import Fraction

from grader.domain.check import Lesson
from grader.domain.inspection import Facts
from grader.domain.measures import (
    Measure,
    Parts,
    UsualLimit,
    count_measure,
    maximum_measure,
    share_measure,
    share_of_statements_measure,
)
from grader.domain.program import CLEAN_STARTS, MODULES, STARTS

#: Codes of findings about statements that are not in a used function.
_OUTSIDE_FUNCTIONS = frozenset({"outside-function", "code-in-text", "unused-definition"})
#: Codes of findings about what an import of a file starts.
_ON_IMPORT = frozenset({"outside-function", "no-main-guard"})


def _share_in_functions(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the percentage of working statements that are in functions which the program uses.

    100 % is the number of working statements, or `limit` if that is higher: so a tiny program
    does not earn full points.
    """
    counts = facts.counts
    whole = max(counts.get("work", 0), limit or 1)
    return Fraction(100 * counts.get("work_used", 0), whole)


def _statements(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the number of working statements that are written as code, not as text."""
    counts = facts.counts
    return Fraction(max(0, counts.get("work", 0) - counts.get("statements_in_text", 0)))


def _starts(facts: Facts, limit: int | None) -> Parts | None:
    """Return how many starts of the program are clean, and how many there are."""
    starts = facts.counts.get(STARTS, 0)
    return (Fraction(facts.counts.get(CLEAN_STARTS, 0)), Fraction(starts)) if starts else None


def _modules(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the number of modules beside the files where the program starts."""
    return Fraction(facts.counts.get(MODULES, 0))


#: The count by function that says that it is a function: see :func:`share_of_statements_measure`.
IN_FUNCTION = "in_function"

MEASURES = (
    count_measure(
        "modules_with_functions",
        "Modules that define functions",
        "modules",
        better="higher",
        formula="number of modules, tests aside, with a function that does something or a class"
        " of fields",
        codes=(),
    ),
    count_measure(
        "guarded_main",
        "A main.py with its guard",
        "files",
        better="higher",
        formula='number of main.py that start the program below `if __name__ == "__main__":` (0'
        " or 1; beside an old script of this name, another file that starts it):"
        " what the guard calls leads to a third of the statements that do something, or more",
        codes=("no-main-guard", "main-starts-little"),
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
        usual_limit=UsualLimit(20, "statements"),
        high=100,
    ),
    share_of_statements_measure(
        "share_in_used_functions",
        "Statements in functions that the program uses",
        values=IN_FUNCTION,
        credit=lambda value, limit: value,
        formula="statements of functions",
        evidence=lambda finding, limit: finding.code == "outside-function",
    ),
    share_measure(
        "clean_starts",
        "Files that start the program only when they are run",
        _starts,
        of="files",
        formula=(
            "100 × files where the program starts and that do nothing else when they are imported ÷"
            " all files where it starts, tests aside. It starts in a main.py, below a guard, or"
            " where pyproject.toml or a framework says; of a library each module counts"
        ),
        evidence=lambda finding, limit: finding.code in _ON_IMPORT,
    ),
    Measure(
        "modules",
        "Modules beside the files that start the program",
        "modules",
        "higher",
        "number of modules of the program, tests and the files where it starts aside, with"
        " statements in functions that it uses",
        _modules,
        lambda finding, limit: False,
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
    count_measure(
        "statements_outside",
        "Statements outside functions",
        "statements",
        formula="number of statements, at every depth, that run on import and define nothing",
        codes=("outside-function",),
    ),
    count_measure(
        "functions",
        "Functions",
        "functions",
        better="higher",
        formula="number of functions and methods, tests aside, whose body does something",
        codes=(),
    ),
    maximum_measure(
        "longest_script",
        "Longest script",
        "statements",
        formula="highest number of statements of one file that run on import and define nothing",
        maximum="statements_outside",
        codes=("outside-function",),
    ),
    count_measure(
        "import_cycles",
        "Modules in an import cycle",
        "modules",
        formula="number of modules that import each other in a circle as they are imported",
        codes=("import-cycle",),
    ),
    count_measure(
        "modules_main_reaches",
        "Modules that main.py reaches",
        "modules",
        better="higher",
        formula="number of modules, tests and main.py aside, that main.py imports, directly or"
        " through"
        " others, and of which it uses a function that does something or a class of fields; 0"
        " where main.py starts only a small part of the program",
        codes=("unreached-module", "main-starts-little"),
    ),
    count_measure(
        "unreached_modules",
        "Modules that main.py does not reach",
        "modules",
        formula="number of modules, tests aside, that main.py never imports, directly or through"
        " others"
        " (0 where there is no main.py)",
        codes=("unreached-module",),
    ),
    count_measure(
        "star_imports",
        "Imports of everything",
        "imports",
        formula="number of `from … import *`, except where an __init__.py shows its own package",
        codes=("star-import",),
    ),
    maximum_measure(
        "fan_out",
        "Most own modules that one module imports",
        "own modules",
        formula="highest number of own modules that one module, tests aside, imports",
        codes=(),
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
