"""Policies of a rubric: what it says beside its criteria."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

#: Neither text nor a truth value is taken for a whole number.
Whole = Annotated[int, Field(strict=True, gt=0)]


class Strict(BaseModel):
    """A part of a rubric: never changed, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Intake(Strict):
    """What an upload may hold, and limits on it. Sizes are in bytes."""

    notebooks: Literal["accepted", "refused"] = "refused"
    max_upload: Annotated[Whole, Field(le=52_428_800)] = 10_485_760
    max_entries: Annotated[Whole, Field(le=20_000)] = 2_000
    max_file: Annotated[Whole, Field(le=20_971_520)] = 2_097_152
    max_total: Annotated[Whole, Field(le=104_857_600)] = 20_971_520
    max_depth: Annotated[Whole, Field(le=64)] = 16


#: ``beginner`` explains everything and is warm, ``strict`` says only what to do.
Tone = Literal["beginner", "standard", "strict"]


class Feedback(Strict):
    """What a student sees, and in which tone. Without ``patch`` no patch is made."""

    patch: bool = True
    tone: Tone = "standard"


class Attempts(Strict):
    """What becomes of an attempt that waits when the student hands in a newer one.

    ``skip`` leaves it ungraded, unless it came from a system that waits for its score; ``grade``
    grades every attempt, the newest first.
    """

    superseded: Literal["skip", "grade"] = "skip"
