"""Try a rubric on the golden samples of its exercise before it is published."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from grader.domain.errors import SamplesDiffer, SamplesNotMeasured
from grader.domain.facts import SubmissionFacts
from grader.domain.judging import judge_submission
from grader.domain.rubric import CompiledRubric
from grader.domain.rubric.digest import rubric_digest
from grader.domain.samples import SamplePoints, SampleResult
from grader.service.ports import Clock, Store
from grader.service.records import MeasurementRecord, PreviewRecord, SampleRecord, Subject
from grader.service.requested_facts import RequestedFacts

_PUBLISH_ANYWAY = (
    "Change the rubric, or publish it all the same with a reason (override=REASON, --override on "
    "the command line): then these points are expected."
)


@dataclass(frozen=True)
class SampleGate:
    """Judges golden samples by a rubric that is not published, from what was measured of them.

    Measurements that are missing are requested from the workers.
    """

    store: Store
    requested: RequestedFacts
    clock: Clock

    def check(
        self, compiled: CompiledRubric, text: str, actor: str, override: str
    ) -> Mapping[str, SamplePoints]:
        """Raise an error unless the golden samples earn what they should under ``compiled``.

        ``text`` is that of the rubric, which ``actor`` wants to publish. With ``override``, a
        reason, nothing is raised: the points that differ are returned by the sample's name, to be
        expected from now on. Without one, and for an exercise without samples, nothing is returned.

        Raises:
            SamplesNotMeasured: some are still to be measured; the workers are asked to.
            SamplesDiffer: some earn other points, or cannot be measured.
        """
        results = self.results(compiled, text, actor)
        if override:
            return {one.name: one.earned for one in results if one.earned and any(one.mistakes())}
        self._require_measured(compiled, results)
        mistakes = [mistake for one in results for mistake in one.mistakes()]
        if mistakes:
            raise SamplesDiffer(mistakes, _PUBLISH_ANYWAY)
        return {}

    def _require_measured(
        self, compiled: CompiledRubric, results: Collection[SampleResult]
    ) -> None:
        """Raise SamplesNotMeasured if some of ``results`` are still to come.

        Those that could not be measured are queued again, for the next request.
        """
        waiting = [one for one in results if one.is_waiting]
        if waiting:
            raise SamplesNotMeasured(
                f"{len(waiting)} of {len(results)} golden samples are still to be measured for "
                "this rubric; the workers do it now.",
                how_to_fix="Nothing is published yet. Send it again in a few seconds, or with "
                "Prefer: wait=30. With override=REASON it is published at once.",
                probes=self.requested.key(compiled),
                subjects=[one.key for one in self._subjects(compiled)],
            )
        if any(one.problem for one in results):
            self.store.measurements.retry_failed(self.requested.key(compiled))

    def results(self, compiled: CompiledRubric, text: str, actor: str) -> tuple[SampleResult, ...]:
        """Return what each sample of the exercise earns under ``compiled``, sorted by name.

        What is not measured yet is queued, with ``text``, for which the audit log names ``actor``.
        """
        if not self._subjects(compiled):
            return ()
        return self._judged(compiled, self._measured(compiled, text, actor))

    def of_preview(
        self, preview: PreviewRecord, compiled: CompiledRubric
    ) -> tuple[SampleResult, ...]:
        """Return what each sample earns under the rubric of ``preview``, which is ``compiled``.

        What is not measured yet is queued.
        """
        return self._judged(
            compiled, self.requested.of(preview, compiled, self._subjects(compiled))
        )

    def known(self, compiled: CompiledRubric) -> tuple[SampleResult, ...]:
        """Return what each sample earns under ``compiled``, as far as that was measured before."""
        keys = {one.key for one in self._subjects(compiled)}
        found = self.store.measurements.get_many(self.requested.key(compiled), keys)
        return self._judged(compiled, found)

    def _judged(
        self, compiled: CompiledRubric, found: Mapping[str, MeasurementRecord]
    ) -> tuple[SampleResult, ...]:
        """Return what each sample earns by what was ``found``, measurements by key."""
        samples = self.store.samples.of(compiled.rubric.exercise)
        starter = [found.get(one.key) for one in _starter(compiled)]
        return tuple(
            _result(one, compiled, found.get(_subject(one).key), starter) for one in samples
        )

    def is_over(self, error: SamplesNotMeasured) -> bool:
        """Return whether all is measured, or has failed, that ``error`` is about."""
        found = self.store.measurements.get_many(error.probes, error.subjects)
        return _is_complete(found, error.subjects)

    def _subjects(self, compiled: CompiledRubric) -> set[Subject]:
        """Return all that has to be measured for ``compiled``: samples, and starter files.

        Nothing if the exercise has no samples.
        """
        samples = self.store.samples.of(compiled.rubric.exercise)
        return {*map(_subject, samples), *_starter(compiled)} if samples else set()

    def _measured(
        self, compiled: CompiledRubric, text: str, actor: str
    ) -> Mapping[str, MeasurementRecord]:
        """Return what was measured of the samples by the keys of subjects; queue the rest."""
        subjects, rubric = self._subjects(compiled), compiled.rubric
        keys = {one.key for one in subjects}
        found = self.store.measurements.get_many(self.requested.key(compiled), keys)
        if _is_complete(found, keys):
            return found
        preview = self.store.previews.put(
            rubric.exercise,
            rubric.course,
            text,
            rubric_digest(text),
            actor=actor,
            now=self.clock.now(),
        )
        return self.requested.of(preview, compiled, subjects)


def _subject(sample: SampleRecord) -> Subject:
    return Subject.of_upload(sample.archive_sha256, sample.filename)


def _starter(compiled: CompiledRubric) -> tuple[Subject, ...]:
    """Return the subject of the rubric's starter files; none if it has none."""
    files = compiled.rubric.starter
    return (Subject.of_starter(files),) if files else ()


def _is_complete(found: Mapping[str, MeasurementRecord], keys: Collection[str]) -> bool:
    """Return whether ``found`` has facts or a problem for each of ``keys``."""
    ended = {key for key, one in found.items() if one.facts is not None or one.problem}
    return ended >= set(keys)


def _result(
    sample: SampleRecord,
    compiled: CompiledRubric,
    measured: MeasurementRecord | None,
    starter: list[MeasurementRecord | None],
) -> SampleResult:
    """Return what ``sample`` earns; ``starter`` has one item if the rubric has starter files."""
    needed = [measured, *starter]
    problem = " ".join(one.problem for one in needed if one and one.problem)
    earned = None
    if not problem and (facts := _all_facts(needed)):
        own, *of_starter = facts
        judged = judge_submission(compiled, own, of_starter[0] if of_starter else None)
        earned = SamplePoints.of(judged.ledger)
        problem = "" if earned else "A check failed on our side."
    return SampleResult(sample.name, sample.expected, earned, problem)


def _all_facts(needed: Collection[MeasurementRecord | None]) -> list[SubmissionFacts]:
    """Return the facts of all ``needed`` measurements; nothing if some are still to be made."""
    facts = [one.facts for one in needed if one and one.facts]
    return facts if len(facts) == len(needed) else []
