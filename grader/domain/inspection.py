"""What one check reports about one file: its state, its facts and its findings.

Facts of one file merge into facts of a submission exactly and in any order, because they are
counts that add up, maxima, minima and small histograms of integers.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


def by_statement(name: str) -> str:
    """Return the name of the histogram of the values `name` of functions, by statement.

    In it each value occurs once for each statement of such functions that counts; see
    ``Inspection.by_function``.
    """
    return f"{name}{BY_STATEMENT}"


#: The end of the names of histograms by statement.
BY_STATEMENT = " by statement"


class State(StrEnum):
    """How the inspection of one file by one check, or by the gate, ended; exactly one of four.

    ``ok``: the check gave facts. ``not_applicable``: it has nothing to say about the file.
    ``unreadable``: a fault of the file. ``failed``: a fault on our side.
    """

    OK = "ok"
    #: The check has nothing to say about this file (no functions, no statements).
    NOT_APPLICABLE = "not_applicable"
    #: A fault of the file: it does not parse, is not UTF-8 or is too large.
    UNREADABLE = "unreadable"
    #: A fault of the service: a tool crashed, exceeded its time or memory, or cannot parse newer
    #: syntax.
    FAILED = "failed"


class Facts(BaseModel):
    """What a check measured, in one file or in several together.

    Each of the four maps has names that the check chooses as keys. A count, maximum or minimum is
    an integer; a histogram maps each measured value to how often it occurs. For several files,
    counts and histograms are added, and the largest maximum and smallest minimum are kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    counts: dict[str, int] = Field(default_factory=dict)
    maxima: dict[str, int] = Field(default_factory=dict)
    minima: dict[str, int] = Field(default_factory=dict)
    #: Occurrences by name and value, e.g. ``{"complexity": {1: 4, 7: 1}}``.
    histograms: dict[str, dict[int, int]] = Field(default_factory=dict)

    @staticmethod
    def merge(parts: Iterable[Facts]) -> Facts:
        """Return the facts of all `parts` together, by the rules of this class.

        Without parts they are empty.
        """
        counts: dict[str, int] = {}
        maxima: dict[str, int] = {}
        minima: dict[str, int] = {}
        histograms: dict[str, dict[int, int]] = {}
        for part in parts:
            for name, value in part.counts.items():
                counts[name] = counts.get(name, 0) + value
            for name, value in part.maxima.items():
                maxima[name] = max(maxima.get(name, value), value)
            for name, value in part.minima.items():
                minima[name] = min(minima.get(name, value), value)
            for name, histogram in part.histograms.items():
                if name not in histograms:
                    histograms[name] = dict(histogram)
                    continue
                merged = histograms[name]
                for value, times in histogram.items():
                    merged[value] = merged.get(value, 0) + times
        # The parts were validated, and so their sums need not be.
        return Facts.model_construct(
            counts=counts, maxima=maxima, minima=minima, histograms=histograms
        )


class Finding(BaseModel):
    """One problem that a check found, located at one line, even if it concerns the whole file.

    It has no path, so that equal files can share findings. ``line`` and ``column`` are 1-based; in
    a notebook they are those of the joined code. ``value`` is the size of what was found (e.g. the
    complexity of a function), which a measure may compare with a rubric's limit; ``None`` if it has
    none. ``hunk`` is the body of a unified diff that fixes it, without file headers, or ``None``.
    ``before`` is the line without its indentation, and ``after`` the fixed text: one or several
    lines, or empty if the line should be deleted. Both are ``None`` without a fix; in one file only
    the first few findings of a code have one. ``anchor`` is a digest of the line's text, added by
    the engine.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    line: int = 1
    column: int = 1
    message: str
    value: int | None = None
    hunk: str | None = None
    before: str | None = None
    after: str | None = None
    anchor: str = ""


class Inspection(BaseModel):
    """The result of one check, or of the gate, on one file: its state, facts and findings.

    ``sketch`` is a text that only the check's ``combine`` reads. ``by_function`` has values of the
    functions in the file, by a name that the check chooses and the line of the ``def``: the engine
    turns them into the histogram of that name, in which each value occurs once for each statement
    of such functions that counts (see :class:`~grader.domain.program.Part`). ``reason`` says in a
    word why the state is ``unreadable`` or ``failed``; otherwise it is empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: State = State.OK
    facts: Facts = Field(default_factory=Facts)
    findings: tuple[Finding, ...] = ()
    #: The project summary: text about this file that only the check's ``combine`` reads. It is
    #: stored with the file, and never part of a submission's facts.
    sketch: str = ""
    #: Like ``sketch``, never part of a submission's facts.
    by_function: dict[str, dict[int, int]] = Field(default_factory=dict)
    #: Why the state is ``unreadable`` or ``failed``, as a stable word: ``syntax``, ``encoding``,
    #: ``too_large``, ``crash``, ``killed``, ``no_child``, ``timeout``, ``cpu``, ``memory``,
    #: ``output``, ``recursion``, ``confined``, ``grammar``, ``error``, ``gave_up``.
    reason: str = ""


#: What ``inspect`` returns for a file that it cannot judge, e.g. one without statements.
NOTHING_TO_SAY = Inspection(state=State.NOT_APPLICABLE)
