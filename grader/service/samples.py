"""Golden samples: store programs whose points are known, on which new versions are tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.domain.errors import Conflict
from grader.domain.person_names import MAX_NAME
from grader.domain.samples import SamplePoints
from grader.service.access import Principal
from grader.service.ports import Clock, ReadUpload, Store
from grader.service.read import Read
from grader.service.records import NewSample, SampleRecord
from grader.service.rubric_cache import RubricCache

#: The most samples of an exercise: each is judged whenever a version is published. Chosen by hand.
MAX_SAMPLES = 50


@dataclass(frozen=True)
class GoldenSample:
    """A golden sample as its author has it: ``data`` is an archive or one Python file.

    ``filename`` tells which. ``expected`` of ``None`` leaves that as it is.
    """

    name: str
    filename: str
    data: bytes
    expected: SamplePoints | None = None


@dataclass(frozen=True)
class Samples:
    """The use cases about the golden samples of an exercise, on behalf of a principal.

    An exercise that the principal may not see raises the same NotFound as one that does not exist.
    That its role allows the act is not checked here.
    """

    store: Store
    rubric_cache: RubricCache
    read_upload: ReadUpload
    clock: Clock

    def all(self, exercise: str, principal: Principal) -> Sequence[SampleRecord]:
        """Return the samples of ``exercise``, sorted by name.

        Raises:
            NotFound: there is no such exercise, or ``principal`` may not see it.
        """
        Read(self.store).exercise(exercise, principal)
        return self.store.samples.of(exercise)

    def get(self, exercise: str, name: str, principal: Principal) -> SampleRecord:
        """Return the sample ``name`` of ``exercise``.

        Raises:
            NotFound: there is none, or ``principal`` may not see the exercise.
        """
        Read(self.store).exercise(exercise, principal)
        return self.store.samples.get(exercise, name)

    def put(self, exercise: str, sample: GoldenSample, principal: Principal) -> SampleRecord:
        """Store ``sample`` in place of the one of its name, if there is one; return its record.

        It has to be an upload that students could send. If nothing is new, nothing changes.

        Raises:
            NotFound: there is no such exercise, or ``principal`` may not see it.
            BadArchive: it cannot be read, has no Python file or is over a limit (TooLarge).
            Conflict: nothing says what a new sample should earn, or there are too many samples.
        """
        rubric = Read(self.store).exercise(exercise, principal)
        limits = self.rubric_cache.of(rubric).rubric.intake
        self.read_upload(sample.data, filename=sample.filename, limits=limits)
        others = {one.name for one in self.store.samples.of(exercise)} - {sample.name}
        if len(others) >= MAX_SAMPLES:
            raise Conflict(
                f"The exercise {exercise} has {MAX_SAMPLES} samples already.",
                how_to_fix="Delete one that shows nothing that others do not show.",
            )
        return self._store(exercise, rubric.course, sample, principal.actor)

    def expect(
        self, exercise: str, name: str, expected: SamplePoints, principal: Principal
    ) -> SampleRecord:
        """Store what the sample ``name`` is expected to earn, and return its record.

        Raises:
            NotFound: there is no such sample, or ``principal`` may not see the exercise.
        """
        Read(self.store).exercise(exercise, principal)
        now = self.clock.now()
        return self.store.samples.expect(exercise, name, expected, principal.actor, now)

    def remove(self, exercise: str, name: str, principal: Principal) -> None:
        """Delete the sample ``name`` of ``exercise``.

        Raises:
            NotFound: there is none, or ``principal`` may not see the exercise.
        """
        Read(self.store).exercise(exercise, principal)
        self.store.samples.remove(exercise, name, principal.actor, self.clock.now())

    def seed(self, exercise: str, course: str, samples: Iterable[GoldenSample]) -> None:
        """Store ``samples``, which are shipped with Grader. The audit log names ``seed``."""
        for sample in samples:
            self._store(exercise, course, sample, "seed")

    def _store(self, exercise: str, course: str, sample: GoldenSample, actor: str) -> SampleRecord:
        new = NewSample(
            exercise,
            course,
            sample.name,
            sample.filename[:MAX_NAME],
            sample.data,
            sample.expected,
        )
        return self.store.samples.put(new, actor, self.clock.now())
