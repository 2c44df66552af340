"""Publish a version of a rubric. The next grading uses it; old reports stay."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from grader.domain.errors import (
    BadRubric,
    Conflict,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    RubricProblem,
)
from grader.service.access import Principal, no_exercise
from grader.service.ports import Clock, Store
from grader.service.records import RubricRecord
from grader.service.rubric_cache import RubricCache


@dataclass(frozen=True)
class Publish:
    """The use case that publishes a rubric: validate its text, and store it as the next version.

    Call the instance for the text that a principal sends, and :meth:`seed` for a rubric that is
    shipped with Grader. From then on submissions to the exercise are graded by the new version;
    stored reports stay as they are.
    """

    store: Store
    rubric_cache: RubricCache
    clock: Clock

    def __call__(
        self, exercise: str, text: str, *, if_match: str, principal: Principal
    ) -> RubricRecord:
        """Validate ``text``, store it as the next version of ``exercise``, and return its record.

        ``if_match`` is the entity tag of the version that was edited, or ``*`` for any version. For
        a new exercise, which this creates, it must be empty or ``*``. The role of ``principal`` is
        not checked here.

        Raises:
            BadRubric: the text has mistakes, or names another exercise.
            PreconditionRequired: ``if_match`` is empty, and the exercise exists.
            PreconditionFailed: ``if_match`` is not the tag of the newest version, or names a
                version of an exercise that does not exist; or another version is published just
                now.
            NotFound: ``principal`` may not see the exercise, or the course of a new exercise.
            Conflict: the exercise belongs to another course than the rubric says.
        """
        rubric = self.rubric_cache.read(text).rubric
        if rubric.exercise != exercise:
            message = f"is {rubric.exercise}, but it was sent to {exercise}"
            raise BadRubric([RubricProblem(message, ("exercise",))])
        newest = self.store.rubrics.newest(exercise)
        if newest is None and not principal.may_see(rubric.course):
            raise _no_course(rubric.course, principal)
        if newest and not principal.may_see(newest.course):
            raise no_exercise(exercise)
        if newest and newest.course != rubric.course:
            raise Conflict(
                f"The exercise {exercise} belongs to the course {newest.course}.",
                how_to_fix="Keep the course, or choose another exercise id.",
            )
        base = _base(newest, if_match)
        return self.store.rubrics.publish(
            rubric, text, digest_of(text), base=base, actor=principal.actor, now=self.clock.now()
        )

    def seed(self, text: str) -> bool:
        """Publish ``text``, a rubric shipped with Grader, unless its exercise exists already.

        Return whether it was published. The audit log names ``seed`` as the actor.

        Raises:
            BadRubric: the text has mistakes.
        """
        rubric = self.rubric_cache.read(text).rubric
        if self.store.rubrics.newest(rubric.exercise):
            return False
        try:
            self.store.rubrics.publish(
                rubric, text, digest_of(text), base=None, actor="seed", now=self.clock.now()
            )
        except PreconditionFailed:  # another process was faster
            return False
        return True


def digest_of(text: str) -> str:
    """Return the SHA-256 of ``text`` in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _no_course(course: str, principal: Principal) -> NotFound:
    """Return the error for a new exercise in a course that ``principal`` may not see."""
    return NotFound(
        f"The rubric says course: {course}, and this token is for the course {principal.course}.",
        how_to_fix=f"Write course: {principal.course}, or use a token for {course}: grader token "
        f"create --role instructor --course {course}",
        where="course",
    )


def _base(newest: RubricRecord | None, if_match: str) -> int | None:
    """Return the version that a new one replaces; ``None`` for a new exercise.

    Raises:
        PreconditionRequired: the exercise exists, and ``if_match`` is empty.
        PreconditionFailed: ``if_match`` is neither ``*`` nor the tag of ``newest``.
    """
    if newest is None:
        if if_match not in ("", "*"):
            raise PreconditionFailed("If-Match names a version, but the exercise is new.")
        return None
    if not if_match:
        raise PreconditionRequired(
            f"The rubric of {newest.exercise} exists already, in version {newest.version}.",
            how_to_fix=f"GET it, edit it, and send it with If-Match: {newest.etag}",
        )
    if if_match not in ("*", newest.etag):
        raise PreconditionFailed(
            f"Version {newest.version} was published since you read the rubric.",
            how_to_fix="GET the newest version, put your change into it and send it again.",
        )
    return newest.version
