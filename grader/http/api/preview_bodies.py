"""The JSON body of a preview. Its docstrings are shown in the description of the API."""

from __future__ import annotations

from pydantic import Field

from grader.domain.effect import Moved
from grader.domain.samples import differences
from grader.http.api.bodies import Body
from grader.service.preview import Previewed, SampleEffect

Points = int | float


class CoverageBody(Body):
    """How many students the preview covers; `waiting` ones are still to be measured."""

    students: int
    judged: int
    waiting: int
    failed: int


class CriterionEffectBody(Body):
    """The effect on one criterion. `better`, `worse` and `same` count students."""

    id: str
    title: str
    before_points: Points | None = Field(description="The most points; null for a new criterion.")
    after_points: Points | None = Field(description="The most points; null if it is removed.")
    better: int
    worse: int
    same: int
    mean_before: Points | None = Field(description="Null if no report has points.")
    mean_after: Points | None = Field(description="Null if nobody has points.")


class DistributionBody(Body):
    """The judged students by tenths of the most points, the lowest tenth first."""

    before: tuple[int, ...]
    after: tuple[int, ...]


class PassMarkBody(Body):
    """How many judged students cross the pass mark."""

    at: float = Field(description="In percent of the most points.")
    gained: int = Field(description="Below it before, and at or above it by the draft.")
    lost: int


class CriterionMoveBody(Body):
    """One student's points in one criterion, with the sentences that explain them."""

    id: str
    before: Points | None = Field(description="Null without points, or for a new criterion.")
    after: Points | None
    why_before: str
    why_after: str


class StudentBody(Body):
    """A student whose points change in all, with the criteria that change."""

    student: str
    attempt: int
    submission: str
    before: Points | None = Field(description="By the stored report.")
    after: Points | None = Field(description="By the draft.")
    criteria: tuple[CriterionMoveBody, ...]

    @classmethod
    def of(cls, moved: Moved) -> StudentBody:
        """Return the body of ``moved``, which is judged."""
        return cls(
            student=moved.student,
            attempt=moved.attempt,
            submission=moved.submission,
            before=moved.before.points,
            after=moved.after.points if moved.after else None,
            criteria=tuple(
                CriterionMoveBody(
                    id=one.id,
                    before=one.before.points if one.before else None,
                    after=one.after.points if one.after else None,
                    why_before=one.before.why if one.before else "",
                    why_after=one.after.why if one.after else "",
                )
                for one in moved.changed_criteria()
            ),
        )


class SampleDifferenceBody(Body):
    """Where a golden sample does not earn what is expected; an empty `criterion` is the total."""

    criterion: str
    expected: Points | None
    earned: Points | None


class SampleEffectBody(Body):
    """A golden sample by the newest version and by the draft."""

    name: str
    expected: Points
    before: Points | None = Field(description="Null if it was never measured for that version.")
    after: Points | None = Field(description="Null while it is still to be measured.")
    ok: bool | None = Field(description="Whether it earns what is expected; null while unknown.")
    problem: str = Field(description="Why it could not be measured; else empty.")
    differences: tuple[SampleDifferenceBody, ...]

    @classmethod
    def of(cls, effect: SampleEffect) -> SampleEffectBody:
        """Return the body of ``effect``."""
        before, after = effect
        found = differences(after.expected, after.earned) if after.earned else ()
        return cls(
            name=after.name,
            expected=after.expected.total,
            before=before.total if before else None,
            after=after.earned.total if after.earned else None,
            ok=None if after.is_waiting else not after.problem and not found,
            problem=after.problem,
            differences=tuple(map(SampleDifferenceBody.model_validate, found)),
        )


class PreviewBody(Body):
    """What a draft would give the class. Nothing is changed by asking."""

    preview: str = Field(description="Its id, for `GET /previews/{preview}`.")
    exercise: str
    complete: bool = Field(description="Whether nothing is still to be measured.")
    coverage: CoverageBody
    criteria: tuple[CriterionEffectBody, ...]
    distribution: DistributionBody
    pass_mark: PassMarkBody
    students: tuple[StudentBody, ...] = Field(description="Largest change first.")
    samples: tuple[SampleEffectBody, ...] = Field(description="Golden samples, by name.")
    warnings: tuple[str, ...] = Field(description="What the author may not mean.")

    @classmethod
    def of(cls, found: Previewed, pass_mark: float) -> PreviewBody:
        """Return the body of ``found``; ``pass_mark`` is in percent."""
        effect = found.effect
        return cls(
            preview=found.record.id,
            exercise=found.record.exercise,
            complete=found.is_complete,
            coverage=CoverageBody.model_validate(effect),
            criteria=tuple(map(CriterionEffectBody.model_validate, effect.criteria.values())),
            distribution=DistributionBody.model_validate(effect),
            pass_mark=PassMarkBody(at=pass_mark, gained=effect.gained, lost=effect.lost),
            students=tuple(map(StudentBody.of, effect.movers)),
            samples=tuple(map(SampleEffectBody.of, found.samples)),
            warnings=found.warnings,
        )
