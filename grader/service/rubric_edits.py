"""What publishing a rubric and editing its draft share: who may do it, and on which version."""

from __future__ import annotations

from grader.domain.errors import (
    BadRubric,
    Conflict,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    RubricProblem,
)
from grader.domain.rubric import Rubric
from grader.service.access import Principal, no_exercise
from grader.service.ports import Store
from grader.service.records import DraftRecord, RubricRecord
from grader.service.rubric_cache import RubricCache


def visible_newest(store: Store, exercise: str, principal: Principal) -> RubricRecord:
    """Return the newest rubric version of ``exercise``.

    Raises:
        NotFound: there is no such exercise, or ``principal`` may not see its course.
    """
    record = store.rubrics.newest(exercise)
    if record is None or not principal.may_see(record.course):
        raise no_exercise(exercise)
    return record


def read_for(
    cache: RubricCache,
    exercise: str,
    text: str,
    newest: RubricRecord | None,
    principal: Principal,
) -> Rubric:
    """Return the rubric ``text``, which ``principal`` sends for ``exercise``.

    ``newest`` is the newest version that is published, ``None`` for a new exercise.

    Raises:
        BadRubric: the text has mistakes, or names another exercise.
        NotFound: ``principal`` may not see the exercise, or the course of a new exercise.
        Conflict: the exercise belongs to another course than the rubric says.
    """
    rubric = cache.read(text).rubric
    if rubric.exercise != exercise:
        message = f"is {rubric.exercise}, but it was sent to {exercise}"
        raise BadRubric([RubricProblem(message, ("exercise",))])
    if newest is None and not principal.may_see(rubric.course):
        raise _no_course(rubric.course, principal)
    if newest and not principal.may_see(newest.course):
        raise no_exercise(exercise)
    if newest and newest.course != rubric.course:
        raise Conflict(
            f"The exercise {exercise} belongs to the course {newest.course}.",
            how_to_fix="Keep the course, or choose another exercise id.",
        )
    return rubric


def require_match(present: RubricRecord | DraftRecord | None, if_match: str) -> None:
    """Check that ``if_match`` is ``*`` or the entity tag of ``present``, the newest version.

    Where nothing is ``present`` yet, it must be empty or ``*``.

    Raises:
        PreconditionRequired: it is empty, and something is ``present``.
        PreconditionFailed: it is another tag. Both errors name the author of what is present.
    """
    if present is None:
        if if_match not in ("", "*"):
            raise PreconditionFailed("If-Match names a version, but there is none yet.")
    elif not if_match:
        raise PreconditionRequired(
            f"{_named(present)} exists already, from {_origin(present)}.",
            how_to_fix=f"GET it, edit it, and send it with If-Match: {present.etag}",
        )
    elif if_match not in ("*", present.etag):
        raise overtaken(present, "since you read it")


def overtaken(
    present: RubricRecord | DraftRecord,
    since: str,
    how_to_fix: str = "GET it, put your change into it and send it again.",
) -> PreconditionFailed:
    """Return the error for a change that ``present`` has overtaken, which names its author.

    ``since`` says since when, e.g. "since you read it".
    """
    detail = f"{_named(present)} was made {since}, by {_origin(present)}."
    return PreconditionFailed(detail, how_to_fix=how_to_fix)


def _named(present: RubricRecord | DraftRecord) -> str:
    if isinstance(present, DraftRecord):
        return f"Revision {present.revision} of the draft of {present.exercise}"
    return f"Version {present.version} of the rubric of {present.exercise}"


def _origin(present: RubricRecord | DraftRecord) -> str:
    """Return who made it and when, e.g. ``"Dr. Ada" (2026-03-01 12:00 UTC)``."""
    if isinstance(present, DraftRecord):
        return f"{present.author!r} ({present.updated_at:%Y-%m-%d %H:%M} UTC)"
    said = f": {present.message!r}" if present.message else ""
    return f"{present.author!r} ({present.created_at:%Y-%m-%d %H:%M} UTC){said}"


def _no_course(course: str, principal: Principal) -> NotFound:
    """Return the error for a new exercise in a course that ``principal`` may not see."""
    return NotFound(
        f"The rubric says course: {course}, and this token is for the course {principal.course}.",
        how_to_fix=f"Write course: {principal.course}, or use a token for {course}: grader token "
        f"create --role instructor --course {course}",
        where="course",
    )
