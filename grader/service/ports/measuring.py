"""The ports of the engine: reading uploads and rubrics, measuring submissions, caching facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from grader.domain.facts import EngineIdentity, SubmissionFacts
from grader.domain.inspection import Inspection
from grader.domain.rubric import Rubric
from grader.domain.rubric.advice import Linted
from grader.domain.rubric.policies import Intake
from grader.domain.source import Submission


class ReadUpload(Protocol):
    """The function that reads the bytes of an upload into a submission in memory.

    It raises ``BadArchive`` if no submission can be read from them.
    """

    def __call__(self, data: bytes, *, filename: str = "", limits: Intake = ...) -> Submission:
        """Return the submission in ``data``, a zip archive or one Python file called ``filename``.

        Raises:
            BadArchive: ``data`` cannot be read, has no Python file, or is over one of ``limits``
                (TooLarge).
        """


class ReadRubric(Protocol):
    """The function that parses and validates the text of a rubric.

    It raises ``BadRubric`` if the text has mistakes.
    """

    def __call__(self, text: str) -> Rubric:
        """Return the rubric in ``text``.

        Raises:
            BadRubric: the text has mistakes; the error lists them. After a syntax error it lists
                only that.
        """


class PatchRubric(Protocol):
    """The function that changes values in the text of a rubric, and nothing else in it.

    It raises ``BadRubric`` if the text cannot be changed like that.
    """

    def __call__(self, text: str, changes: Mapping[str, Any]) -> str:
        """Return ``text`` changed by ``changes``, a JSON merge patch (RFC 7396).

        Whether the result is a valid rubric is not checked.

        Raises:
            BadRubric: ``text`` is no mapping in strict YAML, or ``changes`` have no place in it.
        """


class LintRubric(Protocol):
    """The function that tells what is wrong with the text of a rubric, or hardly meant in it."""

    def __call__(self, text: str) -> Linted:
        """Return the mistakes of ``text`` or, if it has none, the advice that needs no program."""


class Measurement(Protocol):
    """The finished measurement of a submission: it gives the facts, and can cache them."""

    def facts(self) -> SubmissionFacts:
        """Return the facts of the submission; the same at every call.

        Raises:
            EngineFault: The engine gave no result for a file.
        """

    def doubts(self) -> Sequence[str]:
        """Return the reasons of failed inspections that the host may be to blame for, sorted.

        E.g. ``["killed"]``: its process was ended from outside. They may not fail again.
        """

    def remember(self) -> None:
        """Store the inspections made for this submission in the facts cache, except failed ones.

        So equal files need not be measured again. Inspections that came from the cache are not
        stored again. Errors of the cache pass through.
        """


class RunningMeasurement(Protocol):
    """A measurement that was started, whose result :meth:`collect` returns.

    Another process works on it, unless the cache had all inspections.
    """

    def collect(self) -> Measurement:
        """Wait for the end of the measurement and return it.

        Raises:
            EngineFault: The engine failed as a whole, so there are no facts about the submission.
        """


class Measure(Protocol):
    """The engine, which measures what a rubric's probes need to know about a submission.

    A probe is a check with its options.
    """

    @property
    def identity(self) -> EngineIdentity:
        """The versions of everything that facts depend on beside submission and probes."""

    def start(self, submission: Submission, rubric: Rubric) -> RunningMeasurement:
        """Start to measure ``submission`` for the probes of ``rubric``; do not wait for the result.

        The facts cache is read first, and only inspections that it lacks are made. Errors of the
        cache pass through. An earlier measurement that still runs is waited for.
        """

    def examine(self) -> None:
        """Measure a file of our own, to see whether this host can measure at all.

        Raises:
            EngineFault: It cannot.
        """

    def starter(self, rubric: Rubric) -> SubmissionFacts | None:
        """Return the facts of the rubric's starter files, or ``None`` if it has none.

        This waits until they are measured; later calls use the facts cache.

        Raises:
            EngineFault: The engine failed.
        """


class FactsCache(Protocol):
    """A cache of inspections, each the result of one check, or of the gate, on one file.

    The gate decides whether a file can be checked at all. The keys are hashes of everything that an
    inspection depends on.
    """

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Inspection]:
        """Return the cached inspections among ``keys``, by key; keys without one are left out.

        The cache may note that they were used.
        """

    def put_many(self, inspections: Mapping[str, Inspection], at: datetime) -> None:
        """Cache ``inspections`` by key, as far as there is room; an existing entry may stay.

        ``at`` is when they were measured. Erasing a student's data deletes entries by that time.
        """
