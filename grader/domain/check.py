"""A check: guidance, options, measures and one pure function over a source file.

A check inspects source and returns facts and findings. It never says how many points they are
worth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from grader.domain.inspection import Inspection
from grader.domain.measures import Measure
from grader.domain.source import SourceFile, is_python

#: The id of the check that makes the patch. Stored facts and rubrics know it; it must not change.
PATCH = "mend"
#: The option that a check with ``spares_names`` has, and the key of a rubric that sets it.
NAMES = "names"
#: Strings that tell a check about the other files of a submission; part of the key of its facts.
Context = tuple[str, ...]
#: Sorted (path, sha256) pairs of the files that a check reads.
FileDigests = tuple[tuple[str, str], ...]


class Options(BaseModel):
    """The base of a check's options, which a rubric sets. Unknown options are refused.

    An option must be able to change the result of ``inspect``, because all options are part of the
    key of stored facts. Options cannot be changed after they are created.
    """

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
    """What a check teaches, besides the guidance at a finding.

    ``practice`` names the practice of good code that it belongs to. ``before`` and ``after`` are
    the same small program written badly and well, as texts by the path of the file; the check's
    first measure has different values for them. ``reading`` are URLs of further reading.
    """

    practice: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    reading: tuple[str, ...] = ()


#: Inspections by one check, by path. Those that ``combine`` receives are ``ok`` and sorted.
Inspections = Mapping[str, Inspection]

#: The options class of one check.
OptionsT = TypeVar("OptionsT", bound=Options)


def no_context(path: str, files: FileDigests) -> Context:
    """Return an empty context: the facts of a file depend on that file alone.

    It is for checks whose ``inspect`` needs to know nothing of other files; the arguments are
    unused.
    """
    return ()


@dataclass(frozen=True)
class Check(Generic[OptionsT]):
    """A check: it inspects files one by one and reports facts and findings, never points.

    ``measures`` are the formulas over its facts that a rubric can turn into points.
    ``inspect(source, options, context)`` is deterministic, reads nothing else, and is only called
    with a source that decodes and, unless it is a document, parses. For a file that it has nothing
    to judge in, e.g. (for most checks) one without statements, it returns ``NOTHING_TO_SAY``.
    ``options`` is the class of the options that ``inspect``, ``combine`` and ``command`` receive.
    ``reads(path)`` selects the files that the check inspects; the other files never affect it.
    ``context(path, files)`` returns what ``inspect`` may know of the other files that the check
    reads; it is part of the key of the stored facts. ``tools`` are the installed packages (e.g.
    flake8) whose versions change the outcome. ``version`` must rise with every change of what
    ``inspect`` or ``combine`` returns. ``skips_tests`` leaves test files out of a criterion, unless
    the criterion has an ``exclude`` of its own.

    A check that compares files with one another has ``combine(inspections, options)``: a pure
    function that receives the inspections that are ``ok``, by path, with what ``inspect`` noted for
    it (``Inspection.sketch``), and returns the final ones, in linear time. An inspection that it
    does not return stays; if it raises, all of them become failed. It reads no source, so that
    after a change of one file only that file is inspected again.
    """

    id: str
    version: int
    title: str
    guidance: Guidance
    measures: tuple[Measure, ...]
    inspect: Callable[[SourceFile, OptionsT, Context], Inspection]
    options: type[OptionsT]
    reads: Callable[[str], bool] = is_python
    context: Callable[[str, FileDigests], Context] = no_context
    combine: Callable[[Inspections, OptionsT], Inspections] | None = None
    tools: tuple[str, ...] = ()
    #: Other names for which the id is suggested: of tools and of what the check is about, e.g.
    #: "flake8" and "pep8" for ``style``. A rubric cannot use them.
    synonyms: tuple[str, ...] = ()
    skips_tests: bool = False
    #: Whether a test file that cannot be read leaves the criteria of this check without points. Not
    #: for a check to which it only lacks something, e.g. tests.
    needs_tests: bool = True
    #: Whether ``reads`` selects files that the exercise asks for by name, e.g. ``before/*.py``, so
    #: that none of them is a leftover.
    names_files: bool = False
    #: Whether its options have ``names``, a tuple of names with which it finds no fault. They are
    #: those that the rubric prescribes, so that no criterion sets them.
    spares_names: bool = False
    #: Whether starter files are inspected like files of the student.
    includes_starter: bool = False
    #: For measures that count, and so fall or rise with the size of a program, the id of the share
    #: that measures the same at any size.
    shares: Mapping[str, str] = field(default_factory=dict)
    #: Guidance by finding code, or by prefix of a code.
    guidance_by_code: Mapping[str, Guidance] = field(default_factory=dict)
    #: Shown by ``grader explain``; every gradable check has one.
    lesson: Lesson | None = None
    #: The command line of the tool behind the check, for the student's machine. It depends on the
    #: options and on the paths of all graded files; those to look at are appended. The tool may
    #: report less than the check, e.g. for ``naming`` only wrong cases, and what the check lets go,
    #: e.g. ``X_train``.
    command: Callable[[OptionsT, tuple[str, ...]], str] | None = None
    #: Whether a criterion of a rubric may name it. The engine adds the others, e.g. the check that
    #: makes the patch.
    gradable: bool = True
    #: Whether it runs for every submission, even if no criterion names it. Its findings are then
    #: always reported: to students if it is ``gradable``, otherwise to instructors only.
    always_runs: bool = False

    def measure(self, measure_id: str) -> Measure | None:
        """Return the measure with the id `measure_id`, or ``None``."""
        return next((measure for measure in self.measures if measure.id == measure_id), None)

    @property
    def own_options(self) -> tuple[str, ...]:
        """The names of the options that a criterion can set: all but the rubric's own."""
        return tuple(name for name in self.options.model_fields if name != NAMES)

    @property
    def reading(self) -> tuple[str, ...]:
        """The URLs of further reading in the check's guidance, guidance by code and lesson.

        They are in that order, each once. A check may lack a lesson.
        """
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


#: A check with any class of options.
AnyCheck = Check[Any]

#: Every check, by id.
Catalog = Mapping[str, AnyCheck]
