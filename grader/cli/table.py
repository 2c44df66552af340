"""Tables on the terminal: aligned columns of plain text, which other tools can read as well."""

from __future__ import annotations

from collections.abc import Sequence

from grader.cli.problems import say
from grader.domain.characters import visible


def show(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a head and rows, two spaces between columns. Nothing in them hides or steers."""
    shown = [tuple(head), *(tuple(map(visible, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())
