"""Page cursors: the key of the last row of a page, in base64 so that clients treat it as opaque."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TypeVar

from grader.domain.errors import BadRequest

Row = TypeVar("Row")

#: The most rows of a page. Chosen by hand.
MAX_PAGE_SIZE = 500
_MARK = "after:"


def cursor_after(key: str) -> str:
    """Return the cursor of the page after the row with ``key``, e.g. ``YWZ0ZXI6YQ`` for ``a``."""
    return base64.urlsafe_b64encode((_MARK + key).encode()).decode().rstrip("=")


def key_before(cursor: str) -> str:
    """Return the key in ``cursor``, of the last row of the page before; empty for an empty cursor.

    That the row exists is not checked.

    Raises:
        BadRequest: ``cursor`` was not made by :func:`cursor_after`, or was made of an empty key.
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
    """Return ``limit``, but at least 1 and at most :data:`MAX_PAGE_SIZE`."""
    return min(max(limit, 1), MAX_PAGE_SIZE)


def split(rows: Sequence[Row], size: int) -> tuple[Sequence[Row], bool]:
    """Return the first ``size`` of ``rows`` (all if there are fewer), and whether there are more.

    The query must have a limit of at least ``size`` + 1 rows.
    """
    return rows[:size], len(rows) > size
