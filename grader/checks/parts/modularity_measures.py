"""What modularity counts, as formulas over its facts, and a small example."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from grader.domain.check import Lesson, Measure, counting, highest


def _count(
    name: str,
    title: str,
    unit: str,
    better: Literal["lower", "higher"],
    formula: str,
    code: str = "",
) -> Measure:
    """A measure that is one count; findings of ``code`` are what it counted."""
    measure = counting(name, title, unit, better=better)
    return replace(measure, formula=formula, evidence=lambda finding, limit: finding.code == code)


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
        'number of main.py that start the program below `if __name__ == "__main__":` (0 or 1)',
        "no-main-guard",
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
        "number of modules with a function that does something or a class of fields, tests and"
        " main.py aside, that main.py imports, directly or through others",
        "unreached-module",
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
