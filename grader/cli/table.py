"""Tables on the terminal: aligned columns of plain text, which other tools can read as well."""

from __future__ import annotations

from collections.abc import Sequence

import click


def show(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a head and rows, two spaces between columns. What cannot be printed shows escaped."""
    shown = [tuple(head), *(tuple(map(_plain, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _plain(text: str) -> str:
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
