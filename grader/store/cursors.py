"""Opaque page cursors: the last key of a page, in a form that nobody is tempted to build."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TypeVar

from grader.domain.errors import BadRequest

Row = TypeVar("Row")

#: Rows of one page at most, whatever is asked for.
MOST = 500
_MARK = "after:"


def cursor_after(key: str) -> str:
    """The cursor of the page that follows a key."""
    return base64.urlsafe_b64encode((_MARK + key).encode()).decode().rstrip("=")


def key_before(cursor: str) -> str:
    """The key that a cursor was made of; empty for an empty cursor.

    Raises:
        BadRequest: this is not a cursor of ours.
    """
    if not cursor:
        return ""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        plain = base64.b64decode(padded.encode("ascii"), b"-_", validate=True).decode("utf-8")
    except ValueError:
        plain = ""
    if not plain.startswith(_MARK) or len(plain) == len(_MARK):
        raise BadRequest(
            "The cursor is not one that a listing gave.",
            how_to_fix="Take next_cursor from the page before, or leave it out to start again.",
            where="cursor",
        )
    return plain.removeprefix(_MARK)


def page_size(limit: int) -> int:
    """The number of rows of a page, between 1 and :data:`MOST`."""
    return min(max(limit, 1), MOST)


def split(rows: Sequence[Row], size: int) -> tuple[Sequence[Row], bool]:
    """The rows of one page, of up to ``size`` + 1 that were read, and whether more follow."""
    return rows[:size], len(rows) > size
