"""The lesson of a check for a terminal, as ``grader explain`` prints it."""

from __future__ import annotations

from collections.abc import Mapping

from grader.domain.characters import visible
from grader.domain.check import AnyCheck
from grader.exports.report.text import Sheet


def render_lesson(check: AnyCheck) -> str:
    """Return what ``check`` teaches as text of at most 80 columns, without colour.

    That is its id and title, its guidance, what a rubric can measure with it, and links; if it has
    a lesson, also the practice that it teaches and an example.
    """
    sheet = Sheet(colour=False)
    sheet.put(f"{check.id}: {check.title}")
    if check.lesson:
        sheet.put(check.lesson.practice)
    _section(sheet, "Why it matters", check.guidance.explanation)
    _section(sheet, "How to mend it", check.guidance.how_to_fix)
    if check.lesson:
        _example(sheet, "Before", check.lesson.before)
        _example(sheet, "After", check.lesson.after)
    sheet.heading("What a rubric can weigh")
    for measure in check.measures:
        sheet.put(measure.description, indent=2, prefix="- ")
    sheet.heading("Read more")
    for address in check.reading:
        sheet.verbatim([address], indent=2)
    return str(sheet)


def _section(sheet: Sheet, heading: str, text: str) -> None:
    """Add ``heading`` and the wrapped ``text`` to ``sheet``."""
    sheet.heading(heading)
    sheet.put(text, indent=2)


def _example(sheet: Sheet, heading: str, files: Mapping[str, str]) -> None:
    """Add the source of each of ``files``, a mapping by path, to ``sheet``."""
    for path, text in files.items():
        sheet.heading(f"{heading}: {path}")
        sheet.verbatim(visible(text, keep="\n\t").rstrip("\n").split("\n"), indent=4)
