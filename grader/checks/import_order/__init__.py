"""Check that isort would not change the imports of a file."""

from __future__ import annotations

import ast
import shlex

from grader.analysis.fixes.diff import difference, old_lines_to_change
from grader.analysis.fixes.same_program import parses
from grader.analysis.syntax.statements import has_statements
from grader.analysis.tools import isort_runner
from grader.analysis.tools.options import ImportOrderOptions
from grader.checks.import_order.hidden_imports import hidden_imports
from grader.domain.check import Check, Context, Guidance, Lesson
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import count_measure, rate_measure
from grader.domain.source import SourceFile, restore

GUIDANCE = Guidance(
    explanation=(
        "isort would put the imports in another order. Sorted imports, in the groups standard"
        " library, installed packages and your own modules, show at a glance what a file needs."
    ),
    how_to_fix=(
        "Run `isort --profile black` on the file, in the folder that you handed in: it moves"
        " imports and nothing else."
    ),
    url="https://peps.python.org/pep-0008/#imports",
)

_HIDDEN = Guidance(
    explanation=(
        "This module comes with every Python, so importing it cannot fail and needs no condition."
        " In a block of its own it looks like an exception to something, and isort cannot sort it"
        " in among the others."
    ),
    how_to_fix="Move it out of the block, to the other imports at the top of the file.",
    url="https://peps.python.org/pep-0008/#imports",
)

_CHANGES = "isort would change the imports of this file"
_NOT_PYTHON = (
    ", but what it writes is not valid Python: first write one import a line, without blanks"
    " around dots"
)


def inspect(source: SourceFile, options: ImportOrderOptions, context: Context) -> Inspection:
    """Return an inspection with a finding if isort would change `source`, and for hidden imports.

    The former is one for the file, with the changes if ``options.show_fix``. The latter is one for
    each import that is hidden from isort in a block that it does not need, see `hidden_imports`.
    `context` has the names of the submission's own modules, see :func:`isort_runner.own_modules`.
    A count is 1 with any finding, else 0; others are the lines that isort would move or change, and
    the hidden imports. Without statements the result is ``NOTHING_TO_SAY``.
    """
    if not has_statements(source):
        return NOTHING_TO_SAY
    hidden = [_hidden(each) for each in hidden_imports(source.tree)]
    finding, lines = _order(source, options, context)
    findings = (finding, *hidden) if finding else (*hidden,)
    counts = {
        "files_to_sort": int(bool(findings)),
        "lines_to_sort": lines,
        "hidden_imports": len(hidden),
    }
    return Inspection(facts=Facts(counts=counts), findings=findings)


def _order(
    source: SourceFile, options: ImportOrderOptions, context: Context
) -> tuple[Finding | None, int]:
    """Return the finding that isort would change `source`, and how many lines of it.

    The finding is at line 1, or with `options.show_fix` at the first changed line, with the
    changes, unless what isort writes is not Python. ``None`` and 0 if isort would change nothing.
    """
    is_stub = source.kind == "stub"
    after = isort_runner.sorted_text(source.raw_text, options, context, is_stub=is_stub)
    if after is None:
        return None, 0
    before, after = _compared(source, after)
    finding = Finding(code="isort", message=_CHANGES)
    if not parses(after):
        # e.g. isort writes `import .` for `import os . path`.
        finding = Finding(code="isort", message=f"{_CHANGES}{_NOT_PYTHON}")
    elif options.show_fix:
        change = difference(before, after)
        fix = {"line": change.first_line, "hunk": change.body}
        return finding.model_copy(update=fix), change.old_lines
    return finding, old_lines_to_change(before, after)


def _hidden(statement: ast.stmt) -> Finding:
    """Return the finding for the import `statement` in a block that it does not need."""
    return Finding(
        code="hidden-import",
        line=statement.lineno,
        column=statement.col_offset + 1,
        message="This import stands in a block that it does not need",
    )


def _compared(source: SourceFile, after: str) -> tuple[str, str]:
    """Return the text of `source`, and `after`, its text as isort writes it, to compare them.

    Both have the student's own directives again, and ``\\n`` for each newline, unless newlines are
    all that changes.
    """
    before, after = restore(source.raw_text, source.stand_in), restore(after, source.stand_in)
    plain = _with_plain_newlines(before), _with_plain_newlines(after)
    return (before, after) if plain[0] == plain[1] else plain


def _with_plain_newlines(text: str) -> str:
    """Return `text` with ``\\n`` for each newline of Windows or old Macs."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _command(options: ImportOrderOptions, paths: tuple[str, ...]) -> str:
    """Return the isort command that gives the same verdict for files among `paths`.

    It is to be run in the submission's root. isort searches that folder, and ``src`` below, for the
    student's own modules; if one folder holds all files of Python, the command names that folder.
    """
    command = f"isort --check-only --diff --profile {options.profile}"
    within = " --force-sort-within-sections" * options.force_sort_within_sections
    folders = isort_runner.source_folders(paths)
    own = "".join(f" --src {_shell_word(folder)}" for folder in folders) if folders[-1] else ""
    # isort looks for settings from the folder of `--settings-path` upwards. The outermost folder
    # has none, so that those of the submission and of the folders around it do not count.
    return f"{command} --line-length {options.line_length}{within} --settings-path=/{own}"


def _shell_word(folder: str) -> str:
    """Return `folder`, or if a shell might misread its name, the pattern of any such folder.

    e.g. ``my-hw/src``, and ``'*/src'`` for ``my hw (1)/src``; isort expands patterns.
    """
    if shlex.quote(folder) == folder and not folder.startswith("-"):
        return folder
    _, slash, below = folder.partition("/")
    return shlex.quote(f"*{slash}{below}")


LESSON = Lesson(
    practice="Adhere to a consistent coding style",
    before={
        "report.py": (
            "import sys\n"
            "import csv\n"
            "from statistics import median, mean\n"
            "\n"
            "print(mean([1, 2]), median([1, 2]), csv.reader(sys.stdin))\n"
        ),
    },
    after={
        "report.py": (
            "import csv\n"
            "import sys\n"
            "from statistics import mean, median\n"
            "\n"
            "print(mean([1, 2]), median([1, 2]), csv.reader(sys.stdin))\n"
        ),
    },
    reading=("https://peps.python.org/pep-0008/#imports",),
)

CHECK = Check(
    id="import_order",
    version=6,
    title="Imports sorted with isort",
    synonyms=("isort", "imports", "sorted_imports"),
    guidance=GUIDANCE,
    guidance_by_code={"hidden-import": _HIDDEN},
    lesson=LESSON,
    shares={
        "files_to_sort": "lines_rate",
    },
    options=ImportOrderOptions,
    context=isort_runner.own_modules,
    measures=(
        count_measure(
            "files_to_sort",
            "Files whose imports isort would change",
            "files",
            formula=(
                "number of files for which `isort --check` fails, or in which a block that is not"
                " needed hides an import of the standard library from it"
            ),
        ),
        rate_measure(
            "lines_rate",
            "Lines that isort would move or change, as a share",
            counts=("lines_to_sort", "hidden_imports"),
            what="lines that isort would move or change, and imports hidden from it,",
        ),
    ),
    inspect=inspect,
    tools=("isort",),
    command=_command,
)
