"""The lanes of the queue."""

from __future__ import annotations

from enum import StrEnum


class Lane(StrEnum):
    """A part of the queue, in order of priority: workers claim from ``live`` before ``regrade``.

    Every upload is in ``live``. ``regrade`` is for grading old submissions again, and for
    measurements that previews of rubrics request.
    Every upload is in ``live``. A regrade puts old submissions into ``regrade``.
    """

    LIVE = "live"
    REGRADE = "regrade"
