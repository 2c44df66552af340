"""Starter files: what the exercise handed out is neither blamed nor praised.

What is the student's of a submission is worked out from facts alone, so that a change of the
starter needs no student's file again. A file is as handed out where none of its lines of code is
the student's own. Of a starter file that the student changed counts what is more than the starter
has: counts by subtraction, sizes by pairing each with one of the starter's that is as large.
Facts that were stored before the exercise had a starter do not know lines of code: there a file
is as handed out only byte for byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from grader.domain.facts import Apart, FileFacts, SubmissionFacts
from grader.domain.inspection import Facts, Finding, Inspection, State
from grader.domain.rubric import CODE_LINES, CompiledRubric
from grader.domain.signals import SIGNALS

_NOT_APPLICABLE = Inspection(state=State.NOT_APPLICABLE)


def own(
    compiled: CompiledRubric, facts: SubmissionFacts, given: SubmissionFacts | None
) -> SubmissionFacts:
    """The facts of a submission less what was handed out, whose own facts are ``given``."""
    if given is None:
        return facts
    keys = {
        probe.key for probe in compiled.probes if probe.check.gradable or probe.check.id == SIGNALS
    }
    starters = {file.path: file for file in given.files}
    pairs = paired([file.path for file in facts.files], starters)
    whole = {probe.key for probe in compiled.probes if probe.check.takes_given}
    files = [
        _as_it_was(file, _own(file, starters.get(pairs.get(file.path, "")), given, keys), whole)
        for file in facts.files
    ]
    return facts.model_copy(update={"files": tuple(map(_answered, files))})


def _as_it_was(file: FileFacts, mine: FileFacts, whole: Collection[str]) -> FileFacts:
    """The student's part of a file, and all of it for the probes that take what was given too."""
    kept = {key: one for key, one in file.inspections.items() if key in whole}
    apart = {key: one for key, one in mine.apart.items() if key not in whole}
    return mine.model_copy(update={"inspections": {**mine.inspections, **kept}, "apart": apart})


def _answered(file: FileFacts) -> FileFacts:
    """A file of which every probe has an answer, though its lines of code are not known."""
    if file.readable.state is not State.OK or CODE_LINES in file.inspections:
        return file
    every = {**file.inspections, CODE_LINES: _NOT_APPLICABLE}
    return file.model_copy(update={"inspections": every})


def paired(paths: Collection[str], given: Iterable[str]) -> Mapping[str, str]:
    """Submitted path -> path of the starter file that it is.

    It is the one that ends with the starter's path, since folders may lie around a submission; of
    several the one nearest to the top. Failing that, it is the only one of that file name.
    """
    found: dict[str, str] = {}
    for starter in sorted(given, key=_deepest_first):
        for path in _candidates(starter, [path for path in paths if path not in found])[:1]:
            found[path] = starter
    return found


def _deepest_first(path: str) -> tuple[int, str]:
    return -path.count("/"), path


def _candidates(starter: str, paths: Iterable[str]) -> list[str]:
    """The paths that a starter file may have now, the best first."""
    named = sorted((path for path in paths if _name(path) == _name(starter)), key=_deepest_first)
    ends = [path for path in reversed(named) if f"/{path}".endswith(f"/{starter}")]
    return ends or (named if len(named) == 1 else [])


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _own(
    file: FileFacts, named: FileFacts | None, given: SubmissionFacts, keys: Collection[str]
) -> FileFacts:
    """One file less what was handed out; a file that cannot be read is the student's."""
    if file.readable.state is not State.OK:
        return file
    starter = _starter_of(file, named, given.files)
    if starter is None:
        return file
    if _is_as_handed_out(file, starter):
        left = {key: _set_aside(one) for key, one in file.inspections.items()}
        return file.model_copy(update={"inspections": left, "handed_out": True})
    return _changed(file, starter, keys)


def _starter_of(
    file: FileFacts, named: FileFacts | None, given: Sequence[FileFacts]
) -> FileFacts | None:
    """The starter file that a file is: the same bytes, or by its path, or by most of its lines.

    By its path only where it shares a line of code with it, and by its lines so that nothing is
    won by a change of name.
    """
    same = next((each for each in given if each.sha256 == file.sha256), None)
    if same is not None or CODE_LINES not in file.inspections:
        return same or named
    if named is not None and _shared(file, named):
        return named
    likest = max(given, key=lambda each: _shared(file, each))
    return likest if 2 * _shared(file, likest) > _lines(file).total() else None


def _lines(file: FileFacts) -> Counter[int]:
    """How often each line of code stands in a file, as far as that was measured."""
    known = file.inspections.get(CODE_LINES, _NOT_APPLICABLE)
    return Counter(known.facts.histograms.get(CODE_LINES, {}))


def _shared(file: FileFacts, starter: FileFacts) -> int:
    """How many lines of code two files have in common."""
    return (_lines(file) & _lines(starter)).total()


def _is_as_handed_out(file: FileFacts, starter: FileFacts) -> bool:
    """Whether no line of code of a file is the student's own."""
    if file.sha256 == starter.sha256:
        return True
    return CODE_LINES in file.inspections and not _lines(file) - _lines(starter)


def _set_aside(one: Inspection) -> Inspection:
    """An inspection that counts for nothing; what failed on our side is still told."""
    return one if one.state is State.FAILED else _NOT_APPLICABLE


def _changed(file: FileFacts, starter: FileFacts, keys: Collection[str]) -> FileFacts:
    """A starter file that the student changed."""
    inspections, apart = dict(file.inspections), {}
    for key in sorted(keys & inspections.keys() & starter.inspections.keys()):
        mine, given = inspections[key], starter.inspections[key]
        if mine.state is not State.OK:
            continue
        if given.state is State.FAILED:
            inspections[key] = given  # Nobody knows what is the student's.
        elif given.state is State.OK and not mine.facts.minima:
            inspections[key] = _less(mine, given)
            apart[key] = Apart(mine.facts, given.facts)
    return file.model_copy(update={"inspections": inspections, "apart": apart})


def _less(mine: Inspection, given: Inspection) -> Inspection:
    """An inspection less the starter's.

    A minimum (an index of maintainability) is one of the whole file: it is no sum of parts, so a
    check with any judges a changed file as it stands.
    """
    findings = tuple(_more_findings(mine.findings, given.findings))
    return mine.model_copy(update={"facts": less(mine.facts, given.facts), "findings": findings})


def less(mine: Facts, given: Facts) -> Facts:
    """What a file measures beyond the starter; an extreme without a histogram is a total."""
    sizes = {
        name: larger(histogram, given.histograms.get(name, {}))
        for name, histogram in mine.histograms.items()
    }
    totals = {
        name: max(0, value - given.maxima.get(name, 0))
        for name, value in mine.maxima.items()
        if name not in sizes
    }
    return Facts(
        counts={
            name: max(0, value - given.counts.get(name, 0)) for name, value in mine.counts.items()
        },
        maxima=totals | {name: max(sizes[name]) for name in mine.maxima if sizes.get(name)},
        histograms=sizes,
    )


def larger(mine: Mapping[int, int], given: Mapping[int, int]) -> dict[int, int]:
    """The sizes left when each of the starter's covers one that is no larger.

    So a function that was handed out may shrink, and is blamed only once it grows.
    """
    left, covers = {}, 0
    for size in sorted({*mine, *given}, reverse=True):
        covers += given.get(size, 0)
        covered = min(covers, mine.get(size, 0))
        covers -= covered
        if mine.get(size, 0) > covered:
            left[size] = mine[size] - covered
    return left


def _more_findings(mine: Sequence[Finding], given: Sequence[Finding]) -> Iterator[Finding]:
    """As many findings as the facts count; those that the starter has word for word go first."""
    left, kept = _left_over(mine, given), set()
    familiar = _familiar(mine, given)
    for at in sorted(range(len(mine)), key=lambda place: place in familiar):
        kind = _kind(mine[at])
        if left[kind] > 0:
            left[kind] -= 1
            kept.add(at)
    yield from (finding for at, finding in enumerate(mine) if at in kept)


def _familiar(mine: Iterable[Finding], given: Iterable[Finding]) -> set[int]:
    """Which findings, by their index, the starter has too, wherever they stand."""
    known, found = Counter(map(_wording, given)), set()
    for at, finding in enumerate(map(_wording, mine)):
        if known[finding] > 0:
            known[finding] -= 1
            found.add(at)
    return found


def _left_over(mine: Iterable[Finding], given: Iterable[Finding]) -> Counter[tuple[str, int]]:
    """How many findings of each code and size are more than the starter has."""
    ours, theirs = Counter(map(_kind, mine)), Counter(map(_kind, given))
    left: Counter[tuple[str, int]] = Counter()
    for code in {kind[0] for kind in ours}:
        sizes = larger(_sizes(ours, code), _sizes(theirs, code))
        left.update({(code, size): times for size, times in sizes.items()})
    return left


def _sizes(kinds: Mapping[tuple[str, int], int], code: str) -> dict[int, int]:
    return {size: times for (other, size), times in kinds.items() if other == code}


def _kind(finding: Finding) -> tuple[str, int]:
    return finding.code, finding.value or 0


def _wording(finding: Finding) -> Finding:
    """A finding wherever it stands, and whether its line is shown mended or not."""
    elsewhere = {"line": 1, "column": 1, "hunk": None, "before": None, "after": None}
    return finding.model_copy(update=elsewhere)
