"""Check that a program consists of modules with functions and starts from a guarded main.py."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from grader.analysis.project.summary import contract_in
from grader.analysis.project.usage import Work, has_fields, work_in
from grader.analysis.syntax.code_in_strings import CodeInText, code_in_text
from grader.analysis.syntax.dotted_names import last_name
from grader.analysis.syntax.framework_code import demanded_outside
from grader.analysis.syntax.import_time import is_guard, runs_outside
from grader.analysis.syntax.imports import (
    STAR,
    Import,
    depth_in,
    imports_in,
    main_among,
    packages_around,
)
from grader.analysis.syntax.statements import (
    DEFINITIONS,
    FUNCTIONS,
    functions_in,
    has_statements,
    is_stub,
    without_docstring,
)
from grader.checks.modularity.measures import IN_FUNCTION, LESSON, MEASURES
from grader.checks.modularity.program import NO_GUARD, ModuleSummary, combine
from grader.domain.check import Check, Context, FileDigests, Guidance, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.source import SourceFile, is_test_path

GUIDANCE = Guidance(
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

_OUTSIDE = Guidance(
    explanation=(
        "This runs as soon as the file is imported. Nobody can use a function of this file, or"
        " test it, without running this too."
    ),
    how_to_fix=(
        'Move this into a function, and call that below `if __name__ == "__main__":`. A call of a'
        " function, such as `main()`, only has to go below that line. A value that never changes"
        " may stay, under a name in UPPER_CASE."
    ),
    url="https://docs.python.org/3/library/__main__.html",
)

_NO_GUARD = Guidance(
    explanation=(
        "`main.py` starts the program, and nothing in it says that it should start only when it is"
        " run and not when it is imported."
    ),
    how_to_fix='Write `if __name__ == "__main__":` at its end, and below it call `main()`.',
    url="https://docs.python.org/3/library/__main__.html",
)

_STARTS_LITTLE = Guidance(
    explanation=(
        "`main.py` is where the program starts, so following it from there should lead to what the"
        " program does. Here most of it lies elsewhere, where `main.py` never gets."
    ),
    how_to_fix=(
        "Put the work into functions, import them into `main.py`, and let `main()` call them in"
        " the order in which the program needs them."
    ),
    url="https://docs.python.org/3/library/__main__.html",
)

_IN_TEXT = Guidance(
    explanation=(
        "This text is itself a program. No tool can read it there, and neither can a colleague: no"
        " colours, no searching, no test."
    ),
    how_to_fix="Write it as code, in functions, and call them.",
    url="https://docs.python.org/3/tutorial/controlflow.html#defining-functions",
)

_UNUSED = Guidance(
    explanation=(
        "Nothing that runs leads to this, so it does none of the program's work. A reader cannot"
        " tell whether it still matters."
    ),
    how_to_fix=(
        "Call it where the program needs it; if only other unused code calls it, call that from"
        " `main()`. If nothing needs them any more, delete them together."
    ),
    url="https://docs.python.org/3/tutorial/controlflow.html#defining-functions",
)

_CYCLE = Guidance(
    explanation=(
        "These modules import each other in a circle. Python may find one of them half finished"
        " when the other asks for it, and neither can be understood or tested alone."
    ),
    how_to_fix=(
        "Move what both of them need into a third module that imports neither, or let one of them"
        " be given the value it needs as an argument."
    ),
    url="https://docs.python.org/3/faq/programming.html"
    "#what-are-the-best-practices-for-using-import-in-a-module",
)

_UNREACHED = Guidance(
    explanation=(
        "The program never uses this file: neither `main.py` nor anything that it imports asks for"
        " it. A reader cannot tell whether it still matters."
    ),
    how_to_fix=(
        "Import from it what the program needs. If it is left over (the script from before it was"
        " split up, for example), delete it."
    ),
    url="https://docs.python.org/3/tutorial/modules.html",
)

_STAR = Guidance(
    explanation=(
        "`import *` brings in every name of a module. A reader can no longer see where a name"
        " comes from, and a new name over there may silently replace one of yours."
    ),
    how_to_fix=(
        "Name what you need (`from shapes import area`), or import the module and write"
        " `shapes.area`."
    ),
    url="https://docs.python.org/3/tutorial/modules.html#more-on-modules",
)

#: Context entry of the file that starts the program.
_MAIN = "main"


def context(path: str, files: FileDigests) -> Context:
    """Return a context: "main" if `path` starts the program, and the number of packages around it.

    The latter is a text of :func:`packages_around`, left out if it is 0. :func:`main_among` says
    where the program starts.
    """
    is_main = main_among(other for other, _ in files) == path
    return ((_MAIN,) if is_main else ()) + packages_around(path, files)


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection of the module `source` alone, with a sketch for `combine`.

    There is a finding for each top-level statement that does something on import (see
    :func:`runs_outside`), each star import (re-exports of a package aside), each string that is a
    program, and the ``main.py`` that starts the program if its ``if __name__ == "__main__":`` (the
    guard) is missing or has only ``pass`` in it. Also counted are functions that are not empty, and
    working statements (see `work`): in top-level functions and classes, those run on import, and in
    strings. Of a test file only statements run on import and star imports are considered. Without
    statements the result is ``NOTHING_TO_SAY``. `context` is that of :func:`context`; `options` is
    unused.
    """
    if not has_statements(source):
        return NOTHING_TO_SAY
    is_main, guarded = _MAIN in context, _has_guard(source.tree)
    imports = imports_in(source.tree)
    stars, outside = _star_imports(source, imports), _statements_outside(source)
    total = sum(count for _, count in outside)
    program = _Program() if is_test_path(source.path) else _program(source, total)
    counts = {
        "modules": 1,
        "main_modules": int(is_main),
        "guarded_main": int(is_main and guarded),
        "statements_outside": total,
        "star_imports": len(stars),
        **program.counts(),
    }
    return Inspection(
        facts=Facts(counts=counts, maxima={"statements_outside": total}),
        findings=(
            *_outside_findings(source, outside),
            *map(_star, stars),
            *map(_in_text, program.in_text),
            *([_no_guard(source.tree)] if is_main and not guarded else ()),
        ),
        sketch=ModuleSummary(
            depth=depth_in(context),
            imports=imports,
            work=program.work,
            contract=contract_in(source),
            guarded=guarded,
        ).model_dump_json(),
        by_function={IN_FUNCTION: {one.lineno: 1 for one in functions_in(source.tree)}},
    )


class _Program(NamedTuple):
    """What one module contributes to the program; a test contributes nothing.

    ``outside``: the number of statements outside functions. ``in_text``: code in string constants.
    ``functions``: the number of functions that are not empty. ``defines``: the module has such a
    function, or a class with fields.
    """

    work: Work = Work()
    outside: int = 0
    in_text: tuple[CodeInText, ...] = ()
    functions: int = 0
    defines: bool = False

    def counts(self) -> dict[str, int]:
        """Return these contributions as counts of facts.

        "work" is the number of working statements in units, plus those outside functions and in
        strings.
        """
        in_text = sum(text.statements for text in self.in_text)
        return {
            "work": self.work.amount + self.outside + in_text,
            "statements_in_text": in_text,
            "functions": self.functions,
            "modules_with_functions": int(self.defines),
        }


def _program(source: SourceFile, outside: int) -> _Program:
    """Return the contributions of `source`, which has `outside` statements outside functions."""
    functions = sum(not is_stub(function.body) for function in functions_in(source.tree))
    defines = functions > 0 or any(
        isinstance(item, ast.ClassDef) and has_fields(item) for item in source.tree.body
    )
    return _Program(work_in(source), outside, code_in_text(source), functions, defines)


def _star_imports(source: SourceFile, imports: Iterable[Import]) -> list[Import]:
    """Return the star imports among `imports`, except re-exports of a package."""
    return [one for one in imports if one.name == STAR and not _is_facade(source, one)]


def _statements_outside(source: SourceFile) -> list[tuple[ast.stmt, int]]:
    """Return each top-level statement that runs on import, with the number of statements in it."""
    demanded = demanded_outside(source)
    return [(item, count) for item in source.tree.body if (count := runs_outside(item, demanded))]


def _has_guard(tree: ast.Module) -> bool:
    """Return whether `tree` has an ``if __name__ == "__main__":`` with more than ``pass`` in it."""
    return any(
        isinstance(item, ast.If) and is_guard(item) and not is_stub(item.body) for item in tree.body
    )


def _outside_findings(
    source: SourceFile, outside: Iterable[tuple[ast.stmt, int]]
) -> Iterator[Finding]:
    """Yield the finding for each statement of `outside`, a part of `source`, with its number."""
    functions = {item.name for item in source.tree.body if isinstance(item, FUNCTIONS)}
    return (_outside(statement, count, functions) for statement, count in outside)


def _outside(statement: ast.stmt, count: int, functions: Collection[str]) -> Finding:
    """Return the finding for a top-level `statement` that has `count` statements run on import.

    `functions` are the names of the file's own functions: of a call of one, e.g. ``main()``, only
    the place is wrong.
    """
    call = statement.value if isinstance(statement, ast.Expr) else None
    called = last_name(call.func) if isinstance(call, ast.Call) else ""
    if called in functions:
        message = f"`{called}()` is called as soon as this file is imported"
    elif count == 1:
        message = "This statement runs outside every function"
    else:
        message = f"These {count} statements run outside every function"
    return Finding(
        code="outside-function",
        line=statement.lineno,
        column=statement.col_offset + 1,
        message=message,
    )


def _in_text(text: CodeInText) -> Finding:
    """Return the finding for a string that contains a program."""
    return Finding(
        code="code-in-text",
        line=text.line,
        column=text.column,
        message=f"This text is a program of {text.statements} statements, not code",
    )


def _no_guard(tree: ast.Module) -> Finding:
    """Return the finding for a ``main.py`` without guard.

    It is at the last top-level statement that is no definition, or at the last definition.
    """
    body = without_docstring(tree.body)
    calls = [item for item in body if not isinstance(item, DEFINITIONS)]
    return Finding(
        code=NO_GUARD,
        line=(calls or list(body))[-1].lineno,
        message='`main.py` has no `if __name__ == "__main__":` that starts the program',
    )


def _is_facade(source: SourceFile, one: Import) -> bool:
    """Return whether `one` re-exports a module of its package.

    e.g. ``from .part import *`` in an ``__init__.py``; not ``from math import *``.
    """
    return one.level > 0 and source.kind in ("init", "test_init")


def _star(one: Import) -> Finding:
    """Return the finding for the star import `one`."""
    module = "." * one.level + one.module
    return Finding(
        code="star-import",
        line=one.line,
        column=one.column,
        message=f"`from {module} import *` does not say which names it brings in",
    )


CHECK = Check(
    id="modularity",
    version=7,
    title="Modules, functions and a guarded main.py",
    synonyms=("modules", "main_script", "main_py", "refactoring"),
    guidance=GUIDANCE,
    guidance_by_code={
        "outside-function": _OUTSIDE,
        "code-in-text": _IN_TEXT,
        "unused-definition": _UNUSED,
        NO_GUARD: _NO_GUARD,
        "main-starts-little": _STARTS_LITTLE,
        "import-cycle": _CYCLE,
        "unreached-module": _UNREACHED,
        "star-import": _STAR,
    },
    lesson=LESSON,
    context=context,
    measures=MEASURES,
    needs_tests=False,
    shares={
        "share_in_functions": "share_in_used_functions",
        "statements_outside": "share_in_used_functions",
    },
    options=Options,
    inspect=inspect,
    combine=combine,
)
