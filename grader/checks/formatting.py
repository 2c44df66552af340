"""Check that Black would leave the file as it is."""

from __future__ import annotations

from fractions import Fraction

from grader.analysis.fixes.diff import difference, old_lines_to_change
from grader.analysis.fixes.same_program import parses
from grader.analysis.syntax.statements import has_statements
from grader.analysis.tools import black_runner
from grader.analysis.tools.options import FormattingOptions
from grader.domain.check import Check, Context, Guidance, Lesson
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import Measure, count_measure, rate_measure
from grader.domain.source import SourceFile, restore

GUIDANCE = Guidance(
    explanation=(
        "Black would lay this file out differently. When everybody's code has one layout, readers"
        " spend their attention on what the code does, and a change shows only what changed."
    ),
    how_to_fix=(
        "Run `black` on the file: it rewrites the layout and never what the program does. Set your"
        " editor to run it whenever you save."
    ),
    url="https://black.readthedocs.io/en/stable/the_black_code_style/current_style.html",
)


def inspect(source: SourceFile, options: FormattingOptions, context: Context) -> Inspection:
    """Return an inspection with one finding if Black would reformat `source`.

    A file that Black would reformat counts 1, another 0. The count ``lines_to_reformat`` is that of
    the student's lines, see :func:`old_lines_to_change`. Comments that silence Black have no
    effect, nor has the kind of line endings. With ``options.show_fix`` the finding has the diff and
    the line of the first change, and ``lines_to_change`` counts for each run of changes the longer
    side. Otherwise these three are left out, which saves Black's second pass. A file without
    statements that Black leaves as it is gives ``NOTHING_TO_SAY``. `context` is unused. Errors of
    Black pass through, see :func:`black_runner.would_change`.
    """
    settings = black_runner.settings_of(options, is_stub=source.kind == "stub")
    if not black_runner.would_change(source.text, settings):
        if not has_statements(source):
            return NOTHING_TO_SAY
        counts = {"files_to_reformat": 0, "lines_to_change": 0, "lines_to_reformat": 0}
        return Inspection(facts=Facts(counts=counts))
    return (_with_fix if options.show_fix else _without_fix)(source, settings)


def _without_fix(source: SourceFile, settings: black_runner.Settings) -> Inspection:
    """Return the finding for `source`, which Black would change, without the changes.

    The lines are counted in the result of Black's first pass.
    """
    finding = Finding(code="black", message="Black would reformat this file")
    lines = old_lines_to_change(source.text, black_runner.first_pass(source.text, settings))
    counts = {"files_to_reformat": 1, "lines_to_reformat": lines}
    return Inspection(facts=Facts(counts=counts), findings=(finding,))


def _with_fix(source: SourceFile, settings: black_runner.Settings) -> Inspection:
    """Return the finding for `source`, which Black would change, with the diff as its hunk.

    There is no hunk if what Black writes is not Python. Both sides of the diff have the student's
    own directives again, e.g. ``# fmt: off``.
    """
    before = restore(source.text, source.stand_in)
    after = restore(black_runner.formatted(source.text, settings), source.stand_in)
    change = difference(before, after)
    finding = Finding(
        code="black",
        line=change.first_line,
        message=f"Black would reformat this file (lines to change: {change.lines})",
        hunk=change.body if parses(after) else None,
    )
    counts = {
        "files_to_reformat": 1,
        "lines_to_change": change.lines,
        "lines_to_reformat": change.old_lines,
    }
    return Inspection(facts=Facts(counts=counts), findings=(finding,))


def _lines(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the lines that Black would change in all files; `limit` is unused.

    ``None`` if Black would reformat a file and no lines were counted (without ``show_fix``).
    """
    if facts.counts.get("files_to_reformat") and not facts.counts.get("lines_to_change"):
        return None
    return Fraction(facts.counts.get("lines_to_change", 0))


_LINES_TO_CHANGE = Measure(
    id="lines_to_change",
    title="Lines that Black would change",
    unit="lines",
    better="lower",
    formula="lines removed or added by Black, of each changed run the longer side; needs show_fix",
    value=_lines,
)


def _command(options: FormattingOptions, paths: tuple[str, ...]) -> str:
    """Return the ``black --check`` command with the flags of `options`.

    If one of `paths` is a ``pyproject.toml``, in which Black would look for settings, the command
    names an empty file of settings instead.
    """
    flags = [f"--target-version {target}" for target in options.target_versions]
    flags += ["--skip-string-normalization"] * options.skip_string_normalization
    flags += ["--skip-magic-trailing-comma"] * options.skip_magic_trailing_comma
    flags += ["--preview"] * options.preview
    flags += ["--config /dev/null"] * any(path.endswith("pyproject.toml") for path in paths)
    return " ".join([f"black --check --diff --line-length {options.line_length}", *flags])


LESSON = Lesson(
    practice="Adhere to a consistent coding style",
    before={
        "prices.py": (
            "def total( prices,vat = 0.21 ):\n"
            "    result=0\n"
            "    for price in prices : result+=price\n"
            "    return result*( 1+vat )\n"
        ),
    },
    after={
        "prices.py": (
            "def total(prices, vat=0.21):\n"
            "    result = 0\n"
            "    for price in prices:\n"
            "        result += price\n"
            "    return result * (1 + vat)\n"
        ),
    },
    reading=("https://black.readthedocs.io/en/stable/the_black_code_style/current_style.html",),
)

CHECK = Check(
    id="formatting",
    version=4,
    title="Formatted with Black",
    synonyms=(
        "black",
        "format",
        "layout",
    ),
    guidance=GUIDANCE,
    lesson=LESSON,
    shares={
        "files_to_reformat": "lines_rate",
        "lines_to_change": "lines_rate",
    },
    options=FormattingOptions,
    measures=(
        count_measure(
            "files_to_reformat",
            "Files that Black would reformat",
            "files",
            formula="number of files for which `black --check` fails",
        ),
        _LINES_TO_CHANGE,
        rate_measure(
            "lines_rate",
            "Lines that Black would reformat, as a share",
            counts=("lines_to_reformat",),
            what="lines that Black removes or replaces, and places where it only adds lines,",
        ),
    ),
    inspect=inspect,
    tools=("black",),
    command=_command,
)
