"""Make the patch: the text that isort and Black together would write for a file."""

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

#: The byte order mark, which the text of a source file lacks.
_BOM = "\ufeff"


class FixOptions(Options):
    """Says which formatters make the patch, and with which options; ``None`` leaves one out.

    Both are left out by default: then there is no patch.
    """

    formatting: FormattingOptions | None = None
    import_order: ImportOrderOptions | None = None


def inspect(source: SourceFile, options: FixOptions, context: Context) -> Inspection:
    """Return an inspection with the patch of `source`, and a finding if isort and Black disagree.

    The patch is one finding, if there is anything to change. Its hunk is the diff of what isort and
    then Black would write, as far as `options` ask for them. It applies to the bytes as submitted,
    with their byte order mark and newlines. The tools disagree if one of them would change the
    fixed text again. Without either finding, and for a file without statements, the result is
    ``NOTHING_TO_SAY``. `context` comes from :func:`isort_runner.own_modules`. Errors of the tools
    pass through, see :func:`black_runner.formatted`.
    """
    if not has_statements(source):
        return NOTHING_TO_SAY
    tools = _tools(options, context, is_stub=source.kind == "stub")
    fixed = reduce(lambda text, tool: tool(text), tools, source.raw_text)
    patches = [] if fixed == source.raw_text else [_patch(source, fixed)]
    conflicts = [] if all(tool(fixed) == fixed for tool in tools) else [_disagreement()]
    if not patches and not conflicts:
        return NOTHING_TO_SAY
    counts = {"patched": len(patches), "disagreements": len(conflicts)}
    return Inspection(facts=Facts(counts=counts), findings=(*patches, *conflicts))


def _patch(source: SourceFile, fixed: str) -> Finding:
    """Return the finding with the diff from `source` to `fixed`, both with their directives."""
    bom = _BOM if source.has_bom else ""
    before, after = (bom + restore(text, source.stand_in) for text in (source.raw_text, fixed))
    change = difference(before, after)
    message = f"isort and Black would change {change.lines} lines"
    return Finding(code="patch", line=change.first_line, message=message, hunk=change.body)


def _tools(options: FixOptions, own_names: Context, *, is_stub: bool) -> list[Callable[[str], str]]:
    """Return isort, then Black, as functions from text to text, as far as `options` ask for them.

    `own_names` are the modules of the submission, which isort needs to sort imports.
    """
    tools: list[Callable[[str], str]] = []
    if options.import_order is not None:
        order = options.import_order
        tools.append(partial(_sorted, options=order, own_names=own_names, is_stub=is_stub))
    if options.formatting is not None:
        settings = black_runner.settings_of(options.formatting, is_stub=is_stub)
        tools.append(partial(_formatted, settings=settings))
    return tools


def _sorted(text: str, options: ImportOrderOptions, own_names: Context, is_stub: bool) -> str:
    """Return `text` with its imports sorted by isort, or as it is if isort changes nothing."""
    after = isort_runner.sorted_text(text, options, own_names, is_stub=is_stub)
    return text if after is None else after


def _formatted(text: str, settings: black_runner.Settings) -> str:
    """Return what Black writes for `text`, with the newline of its first line everywhere.

    If Black changes nothing else, `text` is returned as it is, with mixed newlines.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    after = black_runner.formatted(plain, settings)
    return text if after == plain else after.replace("\n", _newline(text))


def _newline(text: str) -> str:
    r"""Return the newline of the first line of `text`, as Black detects it.

    e.g. ``\r\n`` for ``a\r\nb\n``, and ``\r`` for ``a\rb\n``, whose first line is ``a\rb``.
    """
    first = text[: text.find("\n") + 1] or text
    if first.endswith("\r\n") and "\r" not in first[:-2]:
        return "\r\n"
    return "\r" if "\r" in first else "\n"


def _disagreement() -> Finding:
    """Return the finding that one tool would change what the other writes."""
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
