"""Facts for a rubric that is not published: those that are measured, and a request for the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from grader.domain.facts import EngineIdentity
from grader.domain.judging import Basis
from grader.domain.rubric import CompiledRubric
from grader.service.lanes import Lane
from grader.service.ports import Notifier, Store
from grader.service.records import MeasurementRecord, PreviewRecord, Subject


@dataclass(frozen=True)
class RequestedFacts:
    """Looks up measurements, and has the workers make those that are missing.

    ``engine`` is the identity of the engine by which they must be made.
    """

    store: Store
    notifier: Notifier
    engine: EngineIdentity

    def key(self, compiled: CompiledRubric) -> str:
        """Return the key of everything in the rubric ``compiled`` that facts depend on."""
        return Basis.of(compiled).key(self.engine)

    def of(
        self, preview: PreviewRecord, compiled: CompiledRubric, subjects: Collection[Subject]
    ) -> Mapping[str, MeasurementRecord]:
        """Return what was measured of ``subjects`` for the rubric of ``preview``, by their keys.

        ``compiled`` is that rubric. What is missing, or has neither facts nor a problem, is still
        to be measured: it is queued, and the workers are notified.
        """
        found = self.look(preview, compiled, subjects)
        if any(_is_open(found.get(one.key)) for one in subjects):
            self.notify()
        return found

    def notify(self) -> None:
        """Notify the workers that there is something to measure."""
        self.notifier.notify(Lane.REGRADE)

    def look(
        self, preview: PreviewRecord, compiled: CompiledRubric, subjects: Collection[Subject]
    ) -> Mapping[str, MeasurementRecord]:
        """Return what :meth:`of` returns, and queue what is missing, but notify nobody."""
        key = self.key(compiled)
        found = self.store.measurements.get_many(key, {one.key for one in subjects})
        missing = {one.key: one for one in subjects if one.key not in found}
        self.store.measurements.request(preview, key, [missing[name] for name in sorted(missing)])
        return found


def _is_open(record: MeasurementRecord | None) -> bool:
    """Return whether what ``record`` is about is still to be measured."""
    return record is None or (record.facts is None and not record.problem)
