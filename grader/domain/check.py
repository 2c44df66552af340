"""The words of the craft: facts, findings, measures and checks.

A check looks at source and says what it measured and what it found, never how many points
that is worth. Facts of one file merge into facts of a submission exactly and in any order,
because they are counts that add up, maxima, minima and small histograms of integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.domain.source import SourceFile, is_python

#: What a check may know of the rest of a submission; part of the key of its facts.
Context = tuple[str, ...]
#: Sorted (path, sha256) pairs of a submission.
Outline = tuple[tuple[str, str], ...]


class State(StrEnum):
    """How the inspection of one file by one check ended; exactly one of four."""

    OK = "ok"
    #: The check has nothing to say about this file (no functions, no statements).
    NOT_APPLICABLE = "not_applicable"
    #: The student's: it does not parse, is not UTF-8, is too large.
    UNREADABLE = "unreadable"
    #: Ours: a tool crashed, ran out of time or memory, or our grammar is too old.
    FAILED = "failed"


class Options(BaseModel):
    """What an exercise may ask of a check: only what changes what a tool says."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Facts(BaseModel):
    """What was measured. Keys are names that the check chose; values are integers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    counts: dict[str, int] = Field(default_factory=dict)
    maxima: dict[str, int] = Field(default_factory=dict)
    minima: dict[str, int] = Field(default_factory=dict)
    #: name -> value -> how many times that value was seen
    histograms: dict[str, dict[int, int]] = Field(default_factory=dict)

    @staticmethod
    def merge(parts: Iterable[Facts]) -> Facts:
        """The facts of all parts together: counts add, extremes win, histograms add."""
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
                merged = histograms.setdefault(name, {})
                for value, times in histogram.items():
                    merged[value] = merged.get(value, 0) + times
        return Facts(counts=counts, maxima=maxima, minima=minima, histograms=histograms)


class Finding(BaseModel):
    """One thing found at one place. Stored without its path: the same bytes are found alike.

    ``line`` and ``column`` are 1-based. ``value`` is the size that a rubric's limit is held
    against (logical lines of this function, complexity of this block); ``None`` where the
    finding counts whatever the limit. ``hunk`` is the body of a unified diff, without headers.
    ``before`` is the line itself without its indentation, where a mend of it can be worked out,
    and ``after`` that mend: several lines, or none at all where the line should go.
    ``anchor`` is a digest of the line's text; the engine adds it, no check does.
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
    """The outcome of one check on one file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: State = State.OK
    facts: Facts = Field(default_factory=Facts)
    findings: tuple[Finding, ...] = ()
    #: What this file contributes to a check of the whole submission: text that only the check's
    #: ``combine`` reads. It is remembered with the file, and never part of a submission's facts.
    sketch: str = ""
    #: Why the state is ``unreadable`` or ``failed``, as a stable word: ``syntax``, ``encoding``,
    #: ``too_large``, ``crash``, ``timeout``, ``cpu``, ``memory``, ``output``, ``recursion``,
    #: ``confined``, ``grammar``, ``error``.
    reason: str = ""


@dataclass(frozen=True)
class Words:
    """What a student reads beside a finding.

    ``explanation`` says what it is and why it matters, ``how_to_fix`` how to mend it, ``url``
    where to read more.
    """

    explanation: str
    how_to_fix: str
    url: str


@dataclass(frozen=True)
class Lesson:
    """What a check teaches beside the words at a finding.

    ``practice`` is the practice of good code that it belongs to. ``before`` and ``after`` are the
    same small program done badly and well, as files by path; the check's first measure tells them
    apart. ``reading`` are addresses for whoever wants to know more.
    """

    practice: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    reading: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measure:
    """A named formula over merged facts.

    ``value(facts, limit)`` gives an exact number between ``low`` and ``high`` (``None``: no upper
    bound), or ``None`` where there is nothing to measure. A measure with ``takes_limit`` needs a
    ``limit`` in the rubric's scale. ``evidence(finding, limit)`` says whether a finding is one
    that this measure counted.
    """

    id: str
    title: str
    unit: str
    better: Literal["lower", "higher"]
    formula: str
    value: Callable[[Facts, int | None], Fraction | None]
    evidence: Callable[[Finding, int | None], bool] = lambda finding, limit: True
    takes_limit: bool = False
    low: int = 0
    high: int | None = None

    @property
    def told(self) -> str:
        """The measure in a sentence: its id, what it counts, and which way is better."""
        better = "less" if self.better == "lower" else "more"
        limit = "; the rubric sets the limit" if self.takes_limit else ""
        return f"{self.id}: {self.formula} ({better} is better{limit})"


#: Readable files of a submission by path, sorted, each as its own ``inspect`` left it.
Inspections = Mapping[str, Inspection]


def _no_context(path: str, outline: Outline) -> Context:
    return ()


@dataclass(frozen=True)
class Check:
    """A check: words, options, measures and one pure function.

    ``inspect(source, options, context)`` is deterministic, reads nothing else, and is only ever
    called on a source that decodes and parses. ``reads(path)`` says which files it is about: of
    the others it is never asked, and none of them bears on it. ``context(path, outline)`` is what
    the check may know of the rest of the files that it reads; a check of the whole project takes
    the whole outline.
    ``tools`` are the distributions whose versions change what it says. ``version`` rises with
    every change of what ``inspect`` or ``combine`` returns. ``skips_tests`` leaves test files out
    unless a criterion says otherwise.

    A check of what lies between files has ``combine(inspections, options)``: a pure function, in
    time linear in the sketches, that gives each path its inspection in the light of the others.
    No source is read again, so that a change of one file measures one file again.
    """

    id: str
    version: int
    title: str
    words: Words
    measures: tuple[Measure, ...]
    inspect: Callable[[SourceFile, Options, Context], Inspection]
    options: type[Options] = Options
    reads: Callable[[str], bool] = is_python
    context: Callable[[str, Outline], Context] = _no_context
    combine: Callable[[Inspections, Options], Inspections] | None = None
    tools: tuple[str, ...] = ()
    skips_tests: bool = False
    #: Whether it looks at what the exercise handed out like at the student's own.
    takes_given: bool = False
    words_by_code: Mapping[str, Words] = field(default_factory=dict)
    #: What ``grader explain`` tells of it; every check that rubrics may name has one.
    lesson: Lesson | None = None
    #: The command line that gives the same verdict at home, for the options; files are appended.
    command: Callable[[Options], str] | None = None
    #: Whether rubrics may name it; ``mend``, which makes the patch, is for the engine alone.
    gradable: bool = True
    #: Whether it looks at every submission, weighed or not. What it finds is then told as well,
    #: to students where rubrics may weigh it.
    always_asked: bool = False

    def measure(self, measure_id: str) -> Measure | None:
        """The measure of that id, or ``None``."""
        return next((measure for measure in self.measures if measure.id == measure_id), None)

    @property
    def reading(self) -> tuple[str, ...]:
        """Every address that its words and its lesson name, each once."""
        every = [self.words, *self.words_by_code.values()]
        more = self.lesson.reading if self.lesson else ()
        return tuple(dict.fromkeys([*(words.url for words in every), *more]))

    def words_for(self, code: str) -> Words:
        """Words for a finding's code: its own, those of its longest known prefix, the check's."""
        for length in range(len(code), 0, -1):
            if code[:length] in self.words_by_code:
                return self.words_by_code[code[:length]]
        return self.words


#: Every check there is, by id.
Catalog = Mapping[str, Check]


def counting(
    name: str, title: str, unit: str, *, better: Literal["lower", "higher"] = "lower"
) -> Measure:
    """The measure that is one count, 0 where it was never counted."""

    def value(facts: Facts, limit: int | None) -> Fraction | None:
        return Fraction(facts.counts.get(name, 0))

    return Measure(name, title, unit, better, f"number of {unit}", value)


def highest(
    name: str, title: str, unit: str, *, better: Literal["lower", "higher"] = "lower"
) -> Measure:
    """The measure that is one maximum; nothing to measure where there was none."""

    def value(facts: Facts, limit: int | None) -> Fraction | None:
        return Fraction(facts.maxima[name]) if name in facts.maxima else None

    def evidence(finding: Finding, limit: int | None) -> bool:
        return finding.value is not None

    return Measure(name, title, unit, better, f"highest {unit}", value, evidence)


def over_limit(name: str, histogram: str, title: str, unit: str) -> Measure:
    """How many values of a histogram lie above the limit in the rubric's scale."""

    def value(facts: Facts, limit: int | None) -> Fraction | None:
        values = facts.histograms.get(histogram)
        if not values or limit is None:
            return None
        return Fraction(sum(times for size, times in values.items() if size > limit))

    def evidence(finding: Finding, limit: int | None) -> bool:
        return finding.value is None or limit is None or finding.value > limit

    formula = f"number of {unit} over the limit"
    return Measure(name, title, unit, "lower", formula, value, evidence, takes_limit=True)
