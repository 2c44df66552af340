"""A report as a Markdown comment. No text of a student can become markup, a link or HTML in it.

A word that contains anything but letters, digits and safe punctuation is put into a code span,
which no dialect of Markdown interprets. Tables contain no text of the submission.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.domain.report import CriterionLine, Report
from grader.domain.unreadable import cannot_be_read
from grader.exports.prose import local_commands, messages, tone
from grader.exports.prose.changes import Change
from grader.exports.prose.layout import FileFindings, Group, findings_by_file, parts
from grader.exports.prose.sanitize import sanitize

#: How many distinct messages of one kind of finding are shown; chosen by hand.
_MAX_MESSAGES = 5
#: A longer patch (in characters) is not shown: a comment on GitHub has at most 65,536 characters,
#: and the rest of the report needs room as well. Chosen by hand.
_MAX_PATCH = 20_000
#: Single characters that are shown outside a code span if they are a whole word, e.g. in
#: ``8 × 3 = 24``; not ``*``.
_SIGNS = frozenset("×−/=–—%>")
#: Punctuation that is allowed before and after a plain word, e.g. ``(main,``; not ``[main]``.
_OPEN, _CLOSE = "(“‘\"'", ")”’\"'.,;:!?%"
_TICKED = messages.TICKED
#: A word that is no markup in any dialect, e.g. ``well-known``, ``and/or``, ``12.5``; not ``a_b``,
#: ``a.py``, ``*a*``.
_PLAIN = re.compile(r"[^\W_]*(?:[-’'/(][^\W_]+)*|\d+(?:[.,]\d+)*")
#: Plain words that GitHub and GitLab turn into links: a ticket (``GH-1``), a commit (``deadbeef``);
#: not ``well-known`` or ``dead``.
_REFERENCE = re.compile(r"[^\W\d_]+-\d+|[0-9a-fA-F]{7,40}")


def render_markdown(report: Report) -> str:
    """Return ``report`` as Markdown: CommonMark, with one table in the syntax of GitHub.

    No text of a student can become markup, and hidden characters are shown as escapes. A patch of
    over :data:`_MAX_PATCH` characters is left out. Of one kind of finding (check and code) in a
    file at most :data:`_MAX_MESSAGES` different messages are shown.
    """
    report = sanitize(report)
    blocks = [
        *_top(report),
        *_criteria(report),
        *_findings(report),
        *_signals(report),
        *_faults_and_notes(report),
        *_local_commands(report),
        *_origins(report),
    ]
    return "\n\n".join(blocks) + "\n"


def prose(text: str) -> str:
    """Return ``text`` on one line, with every word that could be markup in a code span.

    Words are separated by one space. The result must not be put at the start of a line, where
    ``1.`` would begin a list and ``>`` a quotation.
    """
    return " ".join(_word(word) for word in text.split())


def words(text: str) -> str:
    """Return ``text`` like :func:`prose`, with each text between single backticks as code."""
    parts = _TICKED.split(text)
    rendered = [code(part) if at % 2 else prose(part) for at, part in enumerate(parts)]
    spaced = [
        f"{' ' if part[:1].isspace() else ''}{one}{' ' if part[-1:].isspace() and one else ''}"
        for one, part in zip(rendered, parts, strict=True)
    ]
    joined = ""
    for piece in spaced:
        # The backticks of two adjacent spans would read as one run, which closes neither.
        joined += " " if joined.endswith("`") and piece.startswith("`") else ""
        joined += piece
    return joined


def _word(word: str) -> str:
    """Return ``word`` as it is if it is plain, else the part that is not punctuation as code.

    E.g. ``(main,`` stays; ``(a_b,`` has ``a_b`` in a code span.
    """
    if word in _SIGNS:
        return word
    core = word.lstrip(_OPEN).rstrip(_CLOSE)
    if _PLAIN.fullmatch(core) and not _REFERENCE.fullmatch(core):
        return word
    before, after = word[: word.index(core)], word[word.index(core) + len(core) :]
    return f"{before}{code(core)}{after}"


def code(text: str) -> str:
    """Return a code span that shows ``text`` unchanged, backticks too, but newlines as spaces.

    ``text`` must not be empty, as Markdown has no empty code span; this is not checked.
    """
    text = text.replace("\n", " ")
    ticks = "`" * (_longest_run(text) + 1)
    pad = " " if text[:1] in "` " or text[-1:] in "` " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fenced(text: str, language: str = "") -> str:
    """Return ``text`` as a fenced code block that no line of ``text`` can close.

    Newlines at the end of ``text`` are dropped. ``language`` is for the colours of the code.
    """
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text.rstrip(chr(10))}\n{fence}"


def _longest_run(text: str) -> int:
    """Return the length of the longest run of backticks in ``text``; 0 if there is none."""
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _cell(text: str) -> str:
    """Return ``text``, which comes from the rubric, for a cell of a table.

    If it contains a ``|``, which would end the cell, all its punctuation is written as character
    references.
    """
    if "|" not in text:
        return words(text)
    return "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in text)


def _top(report: Report) -> Iterator[str]:
    """Yield the blocks above the criteria: total, receipt, changes, praise, first step."""
    yield f"## Total: {messages.score(report)}"
    lines = [f"**Exercise:** {words(report.rubric.title)} ({prose(messages.rubric_of(report))})"]
    if report.receipt:
        lines.append(f"**Handed in:** {prose(messages.receipt_of(report))}")
    yield "\\\n".join(lines)
    if messages.since_last(report):
        yield f"**Changes:** {prose(messages.since_last(report))}"
    if messages.attention(report):
        yield f"**Not your doing:** {prose(messages.attention(report))}"
    yield from (f"**Note:** {words(sentence)}" for sentence in messages.about_total(report))
    if tone.opening(report):
        yield prose(tone.opening(report))
    praise, strengths = tone.praise(report)
    if strengths:
        yield "\n".join([f"**{praise}:**", "", *(f"- {words(one)}" for one in strengths)])
    heading, text = messages.first_thing(report)
    yield f"**{heading}.** {words(text)}"


def _criteria(report: Report) -> Iterator[str]:
    """Yield the table of all points, then each section of criteria, then the rounding rule."""
    sections = parts(report)
    rows = [
        f"| {_cell(line.title)} | {messages.points_of(line)} |"
        for part in sections
        for line in part.criteria
    ]
    total = f"| **Total** | **{messages.score(report)}** |"
    yield "\n".join(["### Criteria", "", "| Criterion | Points |", "| :-- | --: |", *rows, total])
    for part in sections:
        note = f": {part.note}" if part.note else ""
        yield f"**{part.title}**{note}"
        yield "\n".join(_criterion(report, line) for line in part.criteria)
    yield f"Rounding: {prose(report.rounding)}."


def _criterion(report: Report, line: CriterionLine) -> str:
    """Return the list item of ``line``: points, reason, and what to fix."""
    line_text = f"- **{words(line.title)}** ({messages.points_of(line)}): {prose(line.why)}"
    fix = messages.to_fix(report, line)
    return f"{line_text} **To mend:** {words(fix)}." if fix else line_text


def _findings(report: Report) -> Iterator[str]:
    """Yield the findings, file by file."""
    files = findings_by_file(report)
    yield "### What was found, file by file"
    yield "Files: " + prose(messages.files_read(report) + ("" if files else " Nothing was found."))
    for file in files:
        yield from _file(report, file)


def _file(report: Report, file: FileFindings) -> Iterator[str]:
    mark = f" {cannot_be_read([file.path])}" if file.unreadable else ""
    yield f"**File** {code(file.path)}{mark}"
    yield "\n".join(line for group in file.groups for line in _group(report, group))


def _group(report: Report, group: Group) -> Iterator[str]:
    """Yield the lines of the list item about ``group``: messages, an example and the fix.

    How to fix it is written only in the first group of a code.
    """
    yield f"- Found {prose(messages.group_title(group))}; {words(messages.price_of(group))}"
    by_message = list(group.messages.items())
    for message, findings in by_message[:_MAX_MESSAGES]:
        place = "Says" if len(by_message) == 1 else messages.on_lines(findings, 3).capitalize()
        yield f"  - {place}: {prose(message)}"
    if len(by_message) > _MAX_MESSAGES:
        yield f"  - And {len(by_message) - _MAX_MESSAGES} more of this kind"
    if tone.explanation(report, group):
        yield f"  - Why it matters: {words(tone.explanation(report, group))}"
    if group.change:
        yield from _change(group.change)
    if not group.first:
        yield "  - How to mend: as above."
        return
    link = f" (<{group.lead.url}>)" if group.lead.url else ""
    yield f"  - How to mend: {words(group.lead.how_to_fix)}{link}"
    if messages.lesson_of(group):
        yield f"  - Learn more: {code(f'grader explain {messages.lesson_of(group)}')}"


def _change(change: Change) -> Iterator[str]:
    """Yield a list item with the diff of ``change``; its fence is indented like the item's text."""
    yield f"  - {words(messages.change_title(change))}"
    lines = [*(f"- {line}" for line in change.before), *(f"+ {line}" for line in change.after)]
    yield from (f"    {line}" for line in fenced("\n".join(lines), "diff").split("\n"))


def _signals(report: Report) -> Iterator[str]:
    """Yield the section for instructors, if the report has signals."""
    if report.signals:
        yield f"### {messages.FOR_TEACHERS}"
        yield messages.SIGNALS_NOTE
        yield "\n".join(
            f"- File {code(one.path)}, line {one.line}: {words(one.message)}"
            for one in report.signals
        )


def _faults_and_notes(report: Report) -> Iterator[str]:
    """Yield the sections about failures on our side and about notes, if there are any."""
    if report.faults:
        yield "### What broke on our side"
        yield "\n".join(
            f"- File {code(one.path)}: {prose(one.check)}, {prose(messages.fault_of(one))}"
            for one in report.faults
        )
    if report.notes:
        yield "### Good to know"
        yield "\n".join(f"- Note: {prose(note)}" for note in report.notes)


def _local_commands(report: Report) -> Iterator[str]:
    """Yield the patch with how to apply it, and the commands to run on one's own machine."""
    if report.patch:
        yield "### A patch that mends layout and imports"
        if len(report.patch) <= _MAX_PATCH:
            yield "Save this as `mend.patch` in the folder that you handed in:"
            yield fenced(report.patch, "diff")
        else:
            yield "It is too long to show here: take it from the page or the JSON of this report."
        yield "Then, in that folder:"
        yield fenced("git apply mend.patch")
        yield f"{messages.PATCH_RAISES} {prose(messages.PATCH_ELSEWHERE)}"
    commands = local_commands.command_lines(report)
    if commands:
        yield "### The same verdicts at home"
        yield "In the folder that you handed in:"
        yield fenced("\n".join(commands))
        yield from filter(None, [local_commands.on_windows(commands)])


def _origins(report: Report) -> Iterator[str]:
    """Yield the files that were not graded, and the versions and hashes behind the report."""
    if report.dropped:
        yield "### Not graded"
        yield "\n".join(f"- File {code(one.path)}: {prose(one.reason)}" for one in report.dropped)
    yield "### How this was measured"
    origins = [f"- {name}: {code(value)}" for name, value in messages.origins_of(report)]
    yield "\n".join([f"- With {prose(messages.engine_of(report))}", *origins])
