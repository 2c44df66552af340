"""A report for a terminal: 80 columns, readable without colour, no invisible characters."""

from __future__ import annotations

from functools import cache
from io import StringIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from grader.domain.report import CriterionLine, Report
from grader.domain.unreadable import cannot_be_read
from grader.exports.prose import local_commands, messages, tone
from grader.exports.prose.changes import Change
from grader.exports.prose.layout import Group, findings_by_file, part_of, parts
from grader.exports.prose.sanitize import sanitize

#: The width of a line in columns.
WIDTH = 80
#: The width of a line with a URL, in columns: a wrapped URL could not be clicked. Chosen by hand.
_ADDRESS_WIDTH = 100
#: How many distinct messages of one kind of finding are shown; chosen by hand.
_MAX_MESSAGES = 5
#: The most columns of indentation of code; deeper code is shown with this indent. Chosen by hand.
_MAX_INDENT = 24
#: Style -> the numbers of its ANSI escape sequence.
_COLOURS = {"heading": "1", "full": "32", "lost": "33", "faint": "2", "alarm": "1;31"}
_GET_PATCH = (
    "The patch stands in the JSON form of this report, under “patch”. Save that form as "
    "report.json in the folder that you handed in; then:"
)
_APPLY = (
    "python3 -c \"import json; p = json.load(open('report.json', 'rb'))['patch'];\\",
    "    open('mend.patch', 'wb').write(p.encode())\"",
    "git apply mend.patch",
)


class Sheet:
    """Builds a text for a terminal line by line; lines are wrapped by their width on the screen.

    A wide character takes two columns there. :meth:`put`, :meth:`verbatim` and :meth:`heading` add
    lines, and ``str()`` returns the whole text, ending in a newline. With ``colour``, lines that
    have a style, such as headings, get ANSI colours.
    """

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour
        self._lines: list[str] = []

    def put(
        self,
        text: str,
        *,
        indent: int = 0,
        prefix: str = "",
        style: str = "",
        width: int = WIDTH,
    ) -> None:
        """Add ``text``, wrapped so that lines have at most ``width`` columns with all before it.

        Each line is indented by ``indent``. Then ``prefix`` goes before the text of the first line;
        further lines are indented by its width. A word that is too long is broken. Newlines in
        ``text`` begin a new line, and an empty ``text`` adds a line without text. ``style`` is a
        key of ``_COLOURS`` or empty.
        """
        margin, hang = " " * indent, " " * cell_len(prefix)
        wrapped = Text(text).wrap(_ruler(), width - indent - len(hang))
        for at, line in enumerate(wrapped):
            self._add((margin + (hang if at else prefix) + line.plain).rstrip(), style)

    def verbatim(self, lines: list[str] | tuple[str, ...], *, indent: int = 4) -> None:
        """Add each of ``lines`` with its own indentation and ``indent`` columns more.

        A tab counts as one column. Lines that are longer than :data:`WIDTH` are wrapped, with the
        same indentation on every line.
        """
        for line in lines:
            self.put(line.lstrip(), indent=indent + len(line) - len(line.lstrip()))

    def heading(self, text: str) -> None:
        """Add an empty line and ``text`` as a heading."""
        self._lines.append("")
        self.put(text, style="heading")

    def _add(self, line: str, style: str) -> None:
        """Add ``line`` as it is, coloured by ``style`` if the sheet has colours."""
        coloured = self._colour and style and line
        self._lines.append(f"\x1b[{_COLOURS[style]}m{line}\x1b[0m" if coloured else line)

    def __str__(self) -> str:
        return "\n".join(self._lines) + "\n"


@cache
def _ruler() -> Console:
    """Return the console that rich needs to wrap text; it reads no environment, prints nothing."""
    return Console(file=StringIO(), width=WIDTH, force_terminal=False, _environ={})


def render_text(report: Report, *, colour: bool = False) -> str:
    """Return ``report`` as text of at most 80 columns; lines with an address can have 100.

    ``colour`` adds ANSI colours, which repeat what the words say. Hidden characters are shown as
    escapes. A patch is not shown, only how to get it. Of one kind of finding (check and code) in a
    file at most :data:`_MAX_MESSAGES` different messages are shown.
    """
    report, sheet = sanitize(report), Sheet(colour=colour)
    _top(sheet, report)
    _criteria(sheet, report)
    _findings(sheet, report)
    _signals(sheet, report)
    _faults_and_notes(sheet, report)
    _local_commands(sheet, report)
    _origins(sheet, report)
    return str(sheet)


def _top(sheet: Sheet, report: Report) -> None:
    """Add the part above the criteria: total, receipt, changes, praise, first step."""
    alarm = report.status == "needs_attention"
    withheld = " (the rest is withheld, not lost)" if report.total.points is None else ""
    sheet.put(f"Total: {messages.score(report)}{withheld}", style="alarm" if alarm else "heading")
    sheet.put(f"{report.rubric.title} ({messages.rubric_of(report)})")
    about = (messages.attention(report), *messages.about_total(report))
    for sentence in (messages.receipt_of(report), messages.since_last(report), *about):
        if sentence:
            sheet.put(sentence)
    if tone.opening(report):
        sheet.put(tone.opening(report))
    praise, strengths = tone.praise(report)
    if strengths:
        sheet.heading(praise)
    for strength in strengths:
        sheet.put(strength, indent=2, prefix="+ ", style="full")
    heading, text = messages.first_thing(report)
    sheet.heading(heading)
    sheet.put(text, indent=2)


def _criteria(sheet: Sheet, report: Report) -> None:
    """Add each section of criteria, and the rounding rule."""
    for part in parts(report):
        sheet.heading(part.title)
        if part.note:
            sheet.put(part.note, indent=2, style="faint")
        for line in part.criteria:
            _criterion(sheet, report, line)
    sheet.put("")
    sheet.put(f"Rounding: {report.rounding}.", style="faint")


def _criterion(sheet: Sheet, report: Report, line: CriterionLine) -> None:
    """Add the points of ``line``, the reason, and what to fix."""
    style = part_of(line) if part_of(line) in ("full", "lost") else ""
    sheet.put(line.title, prefix=f"{messages.points_of(line):>13}  ", style=style)
    sheet.put(line.why, indent=15)
    if messages.to_fix(report, line):
        sheet.put(f"To mend: {messages.to_fix(report, line)}.", indent=15)


def _findings(sheet: Sheet, report: Report) -> None:
    """Add the findings, file by file."""
    files = findings_by_file(report)
    sheet.heading("What was found, file by file")
    sheet.put(messages.files_read(report) + ("" if files else " Nothing was found."), indent=2)
    for file in files:
        sheet.put("")
        mark = f"  ({cannot_be_read([file.path])})" if file.unreadable else ""
        sheet.put(file.path + mark, indent=2, style="heading")
        for group in file.groups:
            _group(sheet, report, group)


def _group(sheet: Sheet, report: Report, group: Group) -> None:
    """Add the messages of ``group``, an example and the fix.

    How to fix it is written only in the first group of a code.
    """
    sheet.put(f"{messages.group_title(group)} ({messages.price_of(group)})", indent=4)
    by_message = list(group.messages.items())
    for message, findings in by_message[:_MAX_MESSAGES]:
        place = "" if len(by_message) == 1 else f"{messages.on_lines(findings, 3)}: "
        sheet.put(place + message, indent=6)
    if len(by_message) > _MAX_MESSAGES:
        sheet.put(f"and {len(by_message) - _MAX_MESSAGES} more of this kind", indent=6)
    if tone.explanation(report, group):
        sheet.put(f"Why it matters: {tone.explanation(report, group)}", indent=6)
    if group.change:
        _change(sheet, group.change)
    if not group.first:
        sheet.put("How to mend: as above.", indent=6, style="faint")
        return
    sheet.put(f"How to mend: {group.lead.how_to_fix}", indent=6)
    if messages.lesson_of(group):
        sheet.put(
            f"Learn more: grader explain {messages.lesson_of(group)}", indent=6, style="faint"
        )
    if group.lead.url:
        sheet.put(group.lead.url, indent=6, style="faint", width=_ADDRESS_WIDTH)


def _change(sheet: Sheet, change: Change) -> None:
    """Add the lines of ``change``, before and after, each with a sign and its indentation."""
    sheet.put(messages.change_title(change), indent=6)
    for sign, lines in (("- ", change.before), ("+ ", change.after)):
        for line in lines:
            code = line.lstrip(" ")
            sheet.put(code, indent=8, prefix=sign + " " * min(len(line) - len(code), _MAX_INDENT))


def _signals(sheet: Sheet, report: Report) -> None:
    """Add the section for instructors, if the report has signals."""
    if report.signals:
        sheet.heading(messages.FOR_TEACHERS)
        sheet.put(messages.SIGNALS_NOTE, indent=2)
        for one in report.signals:
            sheet.put(f"{one.path}, line {one.line}: {one.message}", indent=2, prefix="- ")


def _faults_and_notes(sheet: Sheet, report: Report) -> None:
    """Add the sections about failures on our side and about notes, if there are any."""
    if report.faults:
        sheet.heading("What broke on our side")
        for fault in report.faults:
            reason = f"{fault.path}: {fault.check} ({messages.fault_of(fault)})"
            sheet.put(reason, indent=2, prefix="- ")
    if report.notes:
        sheet.heading("Good to know")
        for note in report.notes:
            sheet.put(note, indent=2, prefix="- ")


def _local_commands(sheet: Sheet, report: Report) -> None:
    """Add how to get and apply the patch, and the commands to run on one's own machine."""
    if report.patch:
        sheet.heading("A patch that mends layout and imports")
        sheet.put(_GET_PATCH, indent=2)
        sheet.verbatim(_APPLY)
        sheet.put(f"{messages.PATCH_RAISES} {messages.PATCH_ELSEWHERE}", indent=2)
    commands = local_commands.command_lines(report)
    if commands:
        sheet.heading("The same verdicts at home, in the folder that you handed in")
        for command in commands:
            sheet.verbatim(local_commands.folded(command, WIDTH - 4))
        if note := local_commands.on_windows(commands):
            sheet.put(note, indent=2)


def _origins(sheet: Sheet, report: Report) -> None:
    """Add the files that were not graded, and the versions and hashes behind the report."""
    if report.dropped:
        sheet.heading("Not graded")
        for dropped in report.dropped:
            sheet.put(f"{dropped.path}: {dropped.reason}", indent=2, prefix="- ")
    sheet.heading("How this was measured")
    sheet.put(messages.engine_of(report), indent=2)
    for name, value in messages.origins_of(report):
        sheet.put(f"{name}: {value}", indent=2)
