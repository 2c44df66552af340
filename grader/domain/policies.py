"""Policies of a rubric: what it says beside its criteria."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A part of a rubric: never changed, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Attempts(Strict):
    """What becomes of an attempt that waits when the student hands in a newer one.

    ``skip`` leaves it ungraded, unless it came from a system that waits for its score; ``grade``
    grades every attempt, the newest first.
    """

    superseded: Literal["skip", "grade"] = "skip"
