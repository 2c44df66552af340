"""Make the patch: the text that isort and Black together would write for a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate

from isort.exceptions import ISortError

from grader.analysis.fixes.diff import difference
from grader.analysis.fixes.same_program import parses, same_but_imports, same_but_layout
from grader.analysis.tools import black_runner, isort_runner
from grader.analysis.tools.options import FormattingOptions, ImportOrderOptions
from grader.domain.check import PATCH, Check, Context, Guidance, Options
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
        " would change again. So there is no patch for it. It is no fault of yours."
    ),
    how_to_fix="Ask your instructor which of the two to follow here.",
    url="https://pycqa.github.io/isort/docs/configuration/black_compatibility.html",
)

_WITHHELD = Guidance(
    explanation=(
        "There is no patch for this file, because it would not be safe. It costs no points and is"
        " no fault of yours."
    ),
    how_to_fix="Follow the findings about layout and imports by hand.",
    url="https://black.readthedocs.io/en/stable/faq.html",
)

#: How often both tools write before they are said to disagree. Black can join imports that isort
#: then merges, e.g. ``from a import b; from a import c``, which takes three turns.
_MOST_TURNS = 4
#: The byte order mark, which the text of a source file lacks.
_BOM = "\ufeff"


class FixOptions(Options):
    """Says which formatters make the patch, and with which options; ``None`` leaves one out.

    Both are left out by default: then there is no patch.
    """

    formatting: FormattingOptions | None = None
    import_order: ImportOrderOptions | None = None


def inspect(source: SourceFile, options: FixOptions, context: Context) -> Inspection:
    """Return an inspection with the patch of `source`, or with the reason why there is none.

    The patch is one finding, if there is anything to change. Its hunk is the diff to a text that
    isort and Black both leave as it is, as far as `options` ask for them. It applies to the bytes
    as submitted, with their byte order mark and newlines. The finding is ``disagreement`` if each
    tool would always change what the other writes, and ``withheld`` if one cannot read the file, or
    writes another program or no Python. Without a finding the result is ``NOTHING_TO_SAY``.
    `context` comes from :func:`isort_runner.own_modules`.
    """
    tools = _tools(options, context, is_stub=source.kind == "stub")
    try:
        fixed = _settled(source.raw_text, tools)
    except _Withheld as reason:
        finding = Finding(code="withheld", message=str(reason))
        return Inspection(facts=Facts(counts=_counts()), findings=(finding,))
    if fixed is None:
        return Inspection(facts=Facts(counts=_counts(disagreements=1)), findings=(_disagreement(),))
    if fixed == source.raw_text:
        return NOTHING_TO_SAY
    return Inspection(facts=Facts(counts=_counts(patched=1)), findings=(_patch(source, fixed),))


def _settled(text: str, tools: Sequence[_Tool]) -> str | None:
    """Return what `tools` write for `text` in turns until none changes it; ``None`` if they go on.

    Raises:
        _Withheld: see :meth:`_Tool.fix`.
    """
    for _ in range(_MOST_TURNS):
        # Of the whole turn, the end says nothing: one tool may undo what the other did.
        texts = [*accumulate(tools, lambda now, tool: tool.fix(now), initial=text)]
        if len({*texts}) == 1:
            return text
        text = texts[-1]
    return None


class _Withheld(Exception):
    """There is no safe patch; the text is the reason, a part of a sentence."""


@dataclass(frozen=True)
class _Tool:
    """isort or Black: ``run`` returns what it writes for a text.

    ``is_same`` returns whether two texts are the same program, but for what the tool may change.
    """

    name: str
    run: Callable[[str], str]
    is_same: Callable[[str, str], bool]

    def write(self, text: str) -> str:
        """Return what the tool writes for `text`; raise _Withheld if it cannot read that."""
        try:
            return self.run(text)
        except (ISortError, ValueError):  # Of Black, InvalidInput is a ValueError.
            raise _Withheld(f"{self.name} cannot read it") from None

    def fix(self, text: str) -> str:
        """Return what the tool writes for `text`, which is Python.

        Raises:
            _Withheld: the tool cannot read `text`, or writes no Python or another program.
        """
        after = self.write(text)
        if after == text:
            return text
        if not parses(after):
            raise _Withheld(f"what {self.name} writes for it is not valid Python")
        if not self.is_same(text, after):
            raise _Withheld(f"{self.name} would change what it does")
        return after


def _counts(patched: int = 0, disagreements: int = 0) -> dict[str, int]:
    """Return the counts of an inspection."""
    return {"patched": patched, "disagreements": disagreements}


def _patch(source: SourceFile, fixed: str) -> Finding:
    """Return the finding with the diff from `source` to `fixed`, both with their directives."""
    bom = _BOM if source.has_bom else ""
    before, after = (bom + restore(text, source.stand_in) for text in (source.raw_text, fixed))
    change = difference(before, after)
    message = f"isort and Black would change {change.lines} lines"
    return Finding(code="patch", line=change.first_line, message=message, hunk=change.body)


def _tools(options: FixOptions, own_names: Context, *, is_stub: bool) -> list[_Tool]:
    """Return isort, then Black, as far as `options` ask for them.

    `own_names` are the modules of the submission, which isort needs to sort imports.
    """
    tools: list[_Tool] = []
    if options.import_order is not None:
        order = options.import_order
        run = partial(_sorted, options=order, own_names=own_names, is_stub=is_stub)
        tools.append(_Tool("isort", run, same_but_imports))
    if options.formatting is not None:
        settings = black_runner.settings_of(options.formatting, is_stub=is_stub)
        tools.append(_Tool("Black", partial(_formatted, settings=settings), same_but_layout))
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
    id=PATCH,
    version=4,
    title="Patch",
    guidance=GUIDANCE,
    guidance_by_code={"disagreement": _DISAGREEMENT, "withheld": _WITHHELD},
    options=FixOptions,
    context=isort_runner.own_modules,
    measures=(),
    inspect=inspect,
    tools=("black", "isort"),
    gradable=False,
)
