"""Preview a rubric: what it would give each student, before it counts. It changes no points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain, islice
from threading import BoundedSemaphore
from typing import NamedTuple

from grader.domain.effect import Effect, Moved, Standing
from grader.domain.errors import BadRubric, NotFound, Overloaded
from grader.domain.facts import SubmissionFacts
from grader.domain.judging import Basis, judge_submission, serves
from grader.domain.rubric import CompiledRubric
from grader.domain.rubric.digest import rubric_digest
from grader.domain.samples import SamplePoints, SampleResult
from grader.service.access import Principal
from grader.service.drafts import Drafts
from grader.service.ports import Clock, LintRubric, Store
from grader.service.records import CountedAttempt, MeasurementRecord, PreviewRecord, Subject
from grader.service.requested_facts import RequestedFacts
from grader.service.rubric_cache import RubricCache
from grader.service.rubric_edits import read_for
from grader.service.sample_gate import SampleGate

#: How many previews a process computes at the same time. Each is seconds of work for a large class,
#: and other requests share the interpreter. Chosen by hand.
SLOTS = 2
_WITHHELD = "A check failed on our side, so points are withheld."


class SampleEffect(NamedTuple):
    """What a golden sample earns by a rubric: ``after``, beside what is expected of it.

    ``before`` is what it earns by the newest version; ``None`` if that was never measured.
    """

    before: SamplePoints | None
    after: SampleResult


@dataclass(frozen=True)
class Previewed:
    """A preview as far as it is measured; ``warnings`` are what the author may not mean."""

    record: PreviewRecord
    effect: Effect
    samples: tuple[SampleEffect, ...]
    warnings: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is still to be measured, neither of students nor of samples."""
        return not self.effect.waiting and not any(one.after.is_waiting for one in self.samples)


@dataclass(frozen=True)
class Preview:
    """The use cases of previews: begin one, find it again, and compute the effect of its rubric.

    ``requested`` has what the workers measure for it. The role of a principal is not checked here.
    """

    store: Store
    rubric_cache: RubricCache
    clock: Clock
    drafts: Drafts
    requested: RequestedFacts
    lint: LintRubric
    samples: SampleGate
    _slots: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(SLOTS))

    def of_text(self, exercise: str, text: str, principal: Principal) -> PreviewRecord:
        """Begin a preview of the rubric ``text`` for ``exercise``, which may be new.

        Measurements that failed before are tried again.

        Raises:
            BadRubric: the text has mistakes, or names another exercise.
            NotFound: ``principal`` may not see the exercise, or the course of a new exercise.
            Conflict: the exercise belongs to another course than the rubric says.
        """
        newest = self.store.rubrics.newest(exercise)
        course = read_for(self.rubric_cache, exercise, text, newest, principal).course
        return self._begin(exercise, course, text, principal)

    def of_draft(self, exercise: str, principal: Principal) -> PreviewRecord:
        """Begin a preview of the stored draft of ``exercise``.

        Raises:
            NotFound: there is none, or ``principal`` may not see it.
        """
        draft = self.drafts.get(exercise, principal)
        return self._begin(exercise, draft.course, draft.text, principal)

    def get(self, preview: str, principal: Principal) -> PreviewRecord:
        """Return the record of a preview that was begun before.

        Raises:
            NotFound: there is none, or ``principal`` may not see its course.
        """
        record = self.store.previews.get(preview)
        if record is None or not principal.may_see(record.course):
            raise NotFound(
                f"There is no preview {preview!r}.",
                how_to_fix="Begin one: POST /api/v1/exercises/EXERCISE/rubric/preview.",
            )
        return record

    def look(self, record: PreviewRecord, pass_mark: Fraction, limit: int) -> Previewed:
        """Return the preview ``record`` as far as it is measured, as :meth:`effect` does."""
        effect = self.effect(record, pass_mark, limit)
        warnings = (*map(str, self.lint(record.text).advice), *effect.warnings())
        return Previewed(record, effect, self._samples(record), warnings)

    def effect(self, record: PreviewRecord, pass_mark: Fraction, limit: int) -> Effect:
        """Return the effect of the rubric of ``record``, as far as it is measured.

        ``pass_mark`` is a share of the most points, 0 to 1, ``limit`` the most students that are
        listed. What is missing is requested from the workers.

        Raises:
            Overloaded: too many previews are computed at the moment.
            BadRubric: the text is no longer a valid rubric.
        """
        compiled = self.rubric_cache.text(record.text, record.digest)
        with self._slot():
            effect = Effect.of(compiled, self._moved(record, compiled), pass_mark, limit)
        if effect.waiting:
            self.requested.notify()
        return effect

    def students(self, record: PreviewRecord) -> Iterator[Moved]:
        """Return what each student has and would have, sorted by student; raise as :meth:`effect`.

        They are judged while the caller reads, so a large class needs little memory.
        """
        students = self._students(record)
        first = [*islice(students, 1)]  # what it raises is raised here
        return chain(first, students)

    def _students(self, record: PreviewRecord) -> Iterator[Moved]:
        compiled = self.rubric_cache.text(record.text, record.digest)
        with self._slot():
            yield from self._moved(record, compiled)

    def _samples(self, record: PreviewRecord) -> tuple[SampleEffect, ...]:
        """Return what each golden sample earns by the rubric of ``record``, and by the newest one.

        What is not measured yet is queued for the former, and unknown for the latter.
        """
        compiled = self.rubric_cache.text(record.text, record.digest)
        after = self.samples.of_preview(record, compiled)
        earned = self._earned_before(record.exercise) if after else {}
        return tuple(SampleEffect(earned.get(one.name), one) for one in after)

    def _earned_before(self, exercise: str) -> Mapping[str, SamplePoints | None]:
        """Return what golden samples earn by the newest version, as far as that was measured."""
        newest = self.store.rubrics.newest(exercise)
        try:
            known = self.samples.known(self.rubric_cache.of(newest)) if newest else ()
        except BadRubric:  # of a release that had other checks
            return {}
        return {one.name: one.earned for one in known}

    def is_measured(self, record: PreviewRecord) -> bool:
        """Return whether nothing that was requested for ``record`` is still to be measured."""
        compiled = self.rubric_cache.text(record.text, record.digest)
        return self.store.measurements.waiting(self.requested.key(compiled)) == 0

    def _begin(self, exercise: str, course: str, text: str, principal: Principal) -> PreviewRecord:
        """Store ``text`` as a preview, and queue again what could not be measured for it."""
        digest = rubric_digest(text)
        compiled = self.rubric_cache.text(text, digest)
        self.store.measurements.retry_failed(self.requested.key(compiled))
        return self.store.previews.put(
            exercise, course, text, digest, actor=principal.actor, now=self.clock.now()
        )

    def _moved(self, record: PreviewRecord, compiled: CompiledRubric) -> Iterator[Moved]:
        """Yield every student with a counted attempt, judged as far as facts are known."""
        judging = _Judging(self, record, compiled)
        for portion in self.store.previews.counted(record.exercise):
            yield from judging.of(portion)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        """Hold one of the :data:`SLOTS`; raise Overloaded if none is free."""
        if not self._slots.acquire(blocking=False):
            raise Overloaded(
                f"{SLOTS} previews are computed at the moment.",
                how_to_fix="Ask again in a few seconds; what workers measure goes on.",
            )
        try:
            yield
        finally:
            self._slots.release()


class _Judging:
    """Judges counted attempts, portion by portion, by the rubric of one preview."""

    def __init__(self, preview: Preview, record: PreviewRecord, compiled: CompiledRubric) -> None:
        self._preview, self._record, self._compiled = preview, record, compiled
        self._needed = Basis.of(compiled)
        self._bases: dict[int, Basis | None] = {}
        starter = compiled.rubric.starter
        self._starter_subject = Subject.of_starter(starter) if starter else None
        self._starter = self._look([self._starter_subject] if self._starter_subject else [])

    def of(self, portion: Sequence[CountedAttempt]) -> Iterator[Moved]:
        """Yield the students of ``portion``, and request the facts that are missing."""
        lacking = {one.subject.key: one.subject for one in portion if not self._serves(one)}
        found = self._look(tuple(lacking.values()))
        for one in portion:
            moved = Moved(one.student, one.attempt, one.submission, one.before)
            if one.subject.key not in lacking:
                yield self._judged(moved, one.facts)
                continue
            measured = found.get(one.subject.key)
            if measured is not None and measured.facts is not None:
                yield self._judged(moved, measured.facts)
            else:
                yield replace(moved, problem=measured.problem if measured else "")

    def _judged(self, moved: Moved, facts: SubmissionFacts) -> Moved:
        """Return ``moved`` with what the rubric gives ``facts``, once the starter is measured."""
        starter = None
        if self._starter_subject is not None:
            measured = self._starter.get(self._starter_subject.key)
            starter = measured.facts if measured else None
            if starter is None:
                return replace(moved, problem=measured.problem if measured else "")
        ledger = judge_submission(self._compiled, facts, starter).ledger
        problem = _WITHHELD if ledger.needs_attention else ""
        return replace(moved, after=Standing.of_ledger(ledger), problem=problem)

    def _serves(self, one: CountedAttempt) -> bool:
        """Return whether the facts of the report of ``one`` have all that the rubric needs."""
        version = one.rubric_version
        if version not in self._bases:
            self._bases[version] = self._basis(version)
        basis = self._bases[version]
        if basis is None:
            return False
        return serves(one.facts, basis, self._needed, self._preview.requested.engine)

    def _basis(self, version: int) -> Basis | None:
        """Return the basis of a published version; ``None`` if it is no longer a valid rubric."""
        record = self._preview.store.rubrics.version(self._record.exercise, version)
        try:
            return Basis.of(self._preview.rubric_cache.of(record)) if record else None
        except BadRubric:
            return None

    def _look(self, subjects: Sequence[Subject]) -> Mapping[str, MeasurementRecord]:
        """Return what is measured of ``subjects``; request the rest."""
        if not subjects:
            return {}
        return self._preview.requested.look(self._record, self._compiled, subjects)
