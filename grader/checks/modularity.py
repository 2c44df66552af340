"""Is the program made of modules with functions, and started from a guarded ``main.py``?"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Literal

from grader.checks._scripts import is_guard, runs_outside
from grader.checks._statements import (
    FUNCTIONS,
    NOTHING_TO_SAY,
    functions_in,
    has_statements,
    is_stub,
    without_docstring,
)
from grader.domain.check import (
    Check,
    Context,
    Facts,
    Finding,
    Inspection,
    Measure,
    Options,
    Outline,
    Words,
    counting,
    highest,
)
from grader.domain.source import SourceFile, is_test_path

WORDS = Words(
    explanation=(
        "A program of modules, each with functions of one subject, can be read, tested and reused"
        " piece by piece. A script that does everything in one go can only be run."
    ),
    how_to_fix=(
        "Put each subject into a module of its own, what it does into functions, and the start of"
        " the program into `main.py`."
    ),
    url="https://docs.python.org/3/tutorial/modules.html",
)

_OUTSIDE = Words(
    explanation=(
        "This runs as soon as the file is imported. Nobody can use a function of this file, or"
        " test it, without running this too."
    ),
    how_to_fix=(
        'Move it into a function, and call that below `if __name__ == "__main__":`. A value that'
        " never changes may stay, under a name in UPPER_CASE."
    ),
    url="https://docs.python.org/3/library/__main__.html",
)

_NO_GUARD = Words(
    explanation=(
        "`main.py` starts the program, and nothing in it says that it should start only when it is"
        " run and not when it is imported."
    ),
    how_to_fix='Write `if __name__ == "__main__":` at its end, and below it call `main()`.',
    url="https://docs.python.org/3/library/__main__.html",
)

#: The context of the file that starts the program.
_STARTS: Context = ("main",)


def context(path: str, outline: Outline) -> Context:
    """Whether a file is the submission's ``main.py``: of all of that name, the least deep."""
    named = (other for other, _ in outline if other.split("/")[-1] == "main.py")
    mains = sorted(
        (other for other in named if not is_test_path(other)),
        key=lambda other: (other.count("/"), other),
    )
    return _STARTS if mains[:1] == [path] else ()


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """What one module defines, what it runs on import, and whether ``main.py`` has its guard.

    Functions whose body does nothing, and everything in tests, count for no merit.
    """
    if not has_statements(source):
        return NOTHING_TO_SAY
    outside = [(statement, runs_outside(statement)) for statement in source.tree.body]
    total = sum(times for _, times in outside)
    starts, guarded = context == _STARTS, _has_guard(source.tree)
    functions = 0 if is_test_path(source.path) else _real_functions(source.tree)
    counts = {
        "modules": 1,
        "modules_with_functions": int(_defines_something(source, functions)),
        "main_modules": int(starts),
        "guarded_main": int(starts and guarded),
        "statements_outside": total,
        "functions": functions,
    }
    findings = [_outside(statement, times) for statement, times in outside if times]
    if starts and not guarded:
        findings.append(_no_guard(source.tree))
    facts = Facts(counts=counts, maxima={"statements_outside": total})
    return Inspection(facts=facts, findings=tuple(findings))


def _has_guard(tree: ast.Module) -> bool:
    """Whether there is a guard that does something."""
    return any(
        isinstance(item, ast.If) and is_guard(item) and not is_stub(item.body) for item in tree.body
    )


def _real_functions(tree: ast.Module) -> int:
    return sum(not is_stub(function.body) for function in functions_in(tree))


def _defines_something(source: SourceFile, functions: int) -> bool:
    """A function that does something, or a class with fields."""
    if is_test_path(source.path):
        return False
    classes = (item for item in source.tree.body if isinstance(item, ast.ClassDef))
    return functions > 0 or any(_has_fields(item) for item in classes)


def _has_fields(definition: ast.ClassDef) -> bool:
    return any(isinstance(item, ast.Assign | ast.AnnAssign) for item in definition.body)


def _outside(statement: ast.stmt, times: int) -> Finding:
    what = "This statement runs" if times == 1 else f"These {times} statements run"
    return Finding(
        code="outside-function",
        line=statement.lineno,
        column=statement.col_offset + 1,
        message=f"{what} outside every function",
    )


def _no_guard(tree: ast.Module) -> Finding:
    body = without_docstring(tree.body)
    calls = [item for item in body if not isinstance(item, (*FUNCTIONS, ast.ClassDef))]
    return Finding(
        code="no-main-guard",
        line=(calls or list(body))[-1].lineno,
        message='`main.py` has no `if __name__ == "__main__":` that starts the program',
    )


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
)

CHECK = Check(
    id="modularity",
    version=1,
    title="Modules, functions and a guarded main.py",
    words=WORDS,
    words_by_code={"outside-function": _OUTSIDE, "no-main-guard": _NO_GUARD},
    context=context,
    measures=MEASURES,
    inspect=inspect,
)
