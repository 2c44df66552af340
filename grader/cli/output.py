"""Text and tables on the terminal, with every invisible or control character escaped."""

from __future__ import annotations

from collections.abc import Sequence

import click

from grader.domain.characters import visible


def print_text(text: str, *, err: bool = False) -> None:
    """Print ``text`` and a newline on standard output, or on standard error if ``err``.

    One newline at the end of ``text`` is removed first. Control and invisible characters other than
    newline and tab are escaped, so that quoted names of files cannot hide anything or control the
    terminal.
    """
    click.echo(visible(text.removesuffix("\n"), keep="\n\t"), err=err)


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print ``head`` and ``rows`` as left-aligned columns with two spaces between them.

    Control and invisible characters in cells are escaped, newlines too. Without rows only ``head``
    is printed.

    Raises:
        ValueError: a row has more or fewer cells than ``head``; nothing is printed.
    """
    lines = [tuple(head), *(tuple(map(visible, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print_text("  ".join(cells).rstrip())
