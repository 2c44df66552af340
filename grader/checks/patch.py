"""The patch: what isort and Black together would make of a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce

from grader.analysis.fixes.diff import difference
from grader.analysis.syntax.statements import has_statements
from grader.analysis.tools import black_runner, isort_runner
from grader.analysis.tools.options import FormattingOptions, ImportOrderOptions
from grader.domain.check import Check, Context, Guidance, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.source import SourceFile, restore

GUIDANCE = Guidance(
    explanation="This patch is what isort and Black would make of the file.",
    how_to_fix="Save the report's patch and run `git apply` on it, or run the two tools yourself.",
    url="https://git-scm.com/docs/git-apply",
)

_DISAGREEMENT = Guidance(
    explanation=(
        "isort and Black want different things of this file: what one of them writes the other"
        " would change again. It is no fault of yours."
    ),
    how_to_fix="Ask your instructor which of the two to follow here.",
    url="https://pycqa.github.io/isort/docs/configuration/black_compatibility.html",
)

_BOM = "\ufeff"


class FixOptions(Options):
    """The formatters to run, each with its options; ``None`` leaves one out."""

    formatting: FormattingOptions | None = None
    import_order: ImportOrderOptions | None = None


def inspect(source: SourceFile, options: FixOptions, context: Context) -> Inspection:
    """The patch of one file, from the bytes as the student wrote them, mark and newlines too."""
    if not has_statements(source):
        return NOTHING_TO_SAY
    tools = _tools(options, context, is_stub=source.kind == "stub")
    fixed = reduce(lambda text, tool: tool(text), tools, source.raw_text)
    patches = [] if fixed == source.raw_text else [_patch(source, fixed)]
    quarrels = [] if all(tool(fixed) == fixed for tool in tools) else [_disagreement()]
    if not patches and not quarrels:
        return NOTHING_TO_SAY
    counts = {"patched": len(patches), "disagreements": len(quarrels)}
    return Inspection(facts=Facts(counts=counts), findings=(*patches, *quarrels))


def _patch(source: SourceFile, fixed: str) -> Finding:
    bom = _BOM if source.has_bom else ""
    before, after = (bom + restore(text, source.stand_in) for text in (source.raw_text, fixed))
    change = difference(before, after)
    message = f"isort and Black would change {change.lines} lines"
    return Finding(code="patch", line=change.first_line, message=message, hunk=change.body)


def _tools(options: FixOptions, own: Context, *, is_stub: bool) -> list[Callable[[str], str]]:
    """isort, then Black, as far as they are wanted: each from a text to what it would write."""
    tools: list[Callable[[str], str]] = []
    if options.import_order is not None:
        tools.append(partial(_sorted, options=options.import_order, own=own, is_stub=is_stub))
    if options.formatting is not None:
        settings = black_runner.settings_of(options.formatting, is_stub=is_stub)
        tools.append(partial(_formatted, settings=settings))
    return tools


def _sorted(text: str, options: ImportOrderOptions, own: Context, is_stub: bool) -> str:
    after = isort_runner.sorted_text(text, options, own, is_stub=is_stub)
    return text if after is None else after


def _formatted(text: str, settings: black_runner.Settings) -> str:
    """What Black writes to the file: nothing where it is content, else the first line's newline."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    after = black_runner.formatted(plain, settings)
    return text if after == plain else after.replace("\n", _newline(text))


def _newline(text: str) -> str:
    first = text[: text.find("\n") + 1] or text
    if first.endswith("\r\n") and "\r" not in first[:-2]:
        return "\r\n"
    return "\r" if "\r" in first else "\n"


def _disagreement() -> Finding:
    return Finding(code="disagreement", message="isort and Black disagree about this file")


CHECK = Check(
    # Stored facts and frozen rubrics know this check by the id "mend"; it must not change.
    id="mend",
    version=1,
    title="Patch",
    guidance=GUIDANCE,
    guidance_by_code={"disagreement": _DISAGREEMENT},
    options=FixOptions,
    context=isort_runner.own_modules,
    measures=(),
    inspect=inspect,
    tools=("black", "isort"),
    gradable=False,
)
