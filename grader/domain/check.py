"""A check: guidance, options, measures and one pure function over a source file.

A check looks at source and returns what it measured and what it found, never how many points
that is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from grader.domain.inspection import Inspection
from grader.domain.measures import Measure
from grader.domain.source import SourceFile, is_python

#: What a check may know of the rest of a submission; part of the key of its facts.
Context = tuple[str, ...]
#: Sorted (path, sha256) pairs of a submission.
Outline = tuple[tuple[str, str], ...]


class Options(BaseModel):
    """What an exercise may ask of a check: only what changes what a tool says."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Guidance:
    """The advice that a report shows with a finding.

    ``explanation`` says what the finding is and why it matters, ``how_to_fix`` how to fix it, and
    ``url`` where to read more.
    """

    explanation: str
    how_to_fix: str
    url: str


@dataclass(frozen=True)
class Lesson:
    """What a check teaches beside the guidance at a finding.

    ``practice`` is the practice of good code that it belongs to. ``before`` and ``after`` are the
    same small program done badly and well, as files by path; the check's first measure tells them
    apart. ``reading`` are addresses for whoever wants to know more.
    """

    practice: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    reading: tuple[str, ...] = ()


#: Readable files of a submission by path, sorted, each as its own ``inspect`` left it.
Inspections = Mapping[str, Inspection]


def _no_context(path: str, outline: Outline) -> Context:
    return ()


@dataclass(frozen=True)
class Check:
    """A check: guidance, options, measures and one pure function.

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
    guidance: Guidance
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
    guidance_by_code: Mapping[str, Guidance] = field(default_factory=dict)
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
        """Every address that its guidance and its lesson name, each once."""
        every = [self.guidance, *self.guidance_by_code.values()]
        more = self.lesson.reading if self.lesson else ()
        return tuple(dict.fromkeys([*(guidance.url for guidance in every), *more]))

    def guidance_for(self, code: str) -> Guidance:
        """Return the guidance for a finding's `code`.

        The longest prefix of `code` in ``guidance_by_code`` decides (e.g. "E2" for "E225");
        without one, it is the guidance of the check.
        """
        for length in range(len(code), 0, -1):
            if code[:length] in self.guidance_by_code:
                return self.guidance_by_code[code[:length]]
        return self.guidance


#: Every check there is, by id.
Catalog = Mapping[str, Check]
