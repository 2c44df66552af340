"""Policies of a rubric: intake, feedback and attempts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.domain.wording import whole_number

#: A positive integer; strict, so that "12" and true are refused.
Whole = Annotated[int, Field(strict=True, gt=0)]


class Strict(BaseModel):
    """Base of a part of a rubric: immutable, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Intake(Strict):
    """What an upload may contain. Sizes are in bytes, ``max_depth`` is a number of folders.

    ``max_upload`` limits the upload as it is sent, ``max_entries`` its files and folders,
    ``max_file`` each unpacked file that is graded or read as a document, and ``max_total`` all
    unpacked files. What tools leave behind counts only for ``max_upload``, unless graded code
    imports it. If ``notebooks`` are ``refused`` (the default), they are dropped and reported, not
    graded; without any other Python file, the upload is refused.
    """

    notebooks: Literal["accepted", "refused"] = "refused"
    max_upload: Annotated[Whole, Field(le=52_428_800), whole_number(1, 52_428_800, 10_485_760)] = (
        10_485_760
    )
    max_entries: Annotated[Whole, Field(le=20_000), whole_number(1, 20_000, 2_000)] = 2_000
    max_file: Annotated[Whole, Field(le=20_971_520), whole_number(1, 20_971_520, 2_097_152)] = (
        2_097_152
    )
    max_total: Annotated[Whole, Field(le=104_857_600), whole_number(1, 104_857_600, 20_971_520)] = (
        20_971_520
    )
    max_depth: Annotated[Whole, Field(le=64), whole_number(1, 64, 16)] = 16


#: ``beginner`` explains each finding and is encouraging, ``standard`` explains each kind once,
#: ``strict`` only says what to do.
Tone = Literal["beginner", "standard", "strict"]


class Feedback(Strict):
    """What a student sees: whether a ``patch`` is made, and the ``tone`` of the report.

    A patch needs a criterion on the check ``formatting`` or ``import_order`` as well.
    """

    patch: bool = True
    tone: Tone = "standard"


class Attempts(Strict):
    """What happens to an attempt that is queued when the student sends a newer one.

    ``skip`` leaves it ungraded for ever, unless its grading was begun before (and failed), it was
    retried, or an LMS waits for its score; ``grade`` grades each attempt, a student's newest first.
    """

    superseded: Literal["skip", "grade"] = "skip"
