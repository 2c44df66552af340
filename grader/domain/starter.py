"""Starter files: code that the exercise handed out earns no points and loses none.

Works on facts alone, so that a changed starter does not make any student's file be measured again.
A submitted file counts as handed out if each of its lines of code is in the starter file. Of a
starter file that the student changed, only the difference counts: counts are subtracted, and each
size (of a function, say) is paired with a starter's size that is at least as large. Facts stored
before the exercise had a starter have no lines of code: such a file counts as handed out only if
its bytes are equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from grader.domain.facts import FileFacts, StarterDelta, SubmissionFacts
from grader.domain.inspection import BY_STATEMENT, Facts, Finding, Inspection, State
from grader.domain.rubric import CODE_LINES, CompiledRubric
from grader.domain.signals import SIGNALS

_NOT_APPLICABLE = Inspection(state=State.NOT_APPLICABLE)


def subtract_starter(
    compiled: CompiledRubric, facts: SubmissionFacts, starter: SubmissionFacts | None
) -> SubmissionFacts:
    """Return the student's own part of ``facts``: less ``starter``, the facts of the starter files.

    A file without a line of code beyond its starter file is ``handed_out``, and its inspections are
    not applicable, except failed ones. Of a changed starter file the difference is left, in facts
    and findings; inspections with a minimum, and those that no criterion can use (e.g. the patch),
    stay whole, and what failed on the starter file has failed. Checks with ``includes_starter``
    keep their inspections whole in both cases. A file's starter file has equal bytes, or fits by
    path and shares a line of code, or has over half of the file's lines. Files without one, and
    unreadable ones, are the student's. ``None`` (nothing was handed out) leaves ``facts`` as is.
    """
    if starter is None:
        return facts
    keys = {
        probe.key for probe in compiled.probes if probe.check.gradable or probe.check.id == SIGNALS
    }
    starters = {file.path: file for file in starter.files}
    pairs = pair_paths([file.path for file in facts.files], starters)
    whole = {probe.key for probe in compiled.probes if probe.check.includes_starter}
    files = []
    for file in facts.files:
        named = starters.get(pairs.get(file.path, ""))
        students = _subtract_from_file(file, named, starter.files, keys)
        files.append(_restore_whole(file, students, whole))
    return facts.model_copy(update={"files": tuple(map(_with_code_lines, files))})


def _restore_whole(file: FileFacts, students: FileFacts, whole: Collection[str]) -> FileFacts:
    """Return ``students`` with the original inspections of ``file`` for the probe keys ``whole``.

    These probes judge handed-out code like the student's own (``Check.includes_starter``).
    """
    kept = {key: one for key, one in file.inspections.items() if key in whole}
    deltas = {key: one for key, one in students.starter_deltas.items() if key not in whole}
    inspections = {**students.inspections, **kept}
    return students.model_copy(update={"inspections": inspections, "starter_deltas": deltas})


def _with_code_lines(file: FileFacts) -> FileFacts:
    """Return ``file`` with an inspection by the probe of code lines.

    If it is missing, as in old facts, a not-applicable one is added.
    """
    if file.readable.state is not State.OK or CODE_LINES in file.inspections:
        return file
    every = {**file.inspections, CODE_LINES: _NOT_APPLICABLE}
    return file.model_copy(update={"inspections": every})


def pair_paths(paths: Collection[str], starters: Iterable[str]) -> Mapping[str, str]:
    """Return submitted path -> starter path for the ``paths`` that correspond to a starter file.

    A submitted path corresponds to a starter path if it ends with it (``alice/hw1/prices.py`` to
    ``prices.py``); of several, the one nearest to the top. If none does, a submitted file with the
    starter's file name corresponds to it, if there is just one. Deeper starter paths choose first,
    and the others among the paths that are left: no path occurs in two pairs.
    """
    found: dict[str, str] = {}
    for starter in sorted(starters, key=_deepest_first):
        for path in _candidates(starter, [path for path in paths if path not in found])[:1]:
            found[path] = starter
    return found


def _deepest_first(path: str) -> tuple[int, str]:
    """Return a sort key that puts paths with more folders first."""
    return -path.count("/"), path


def _candidates(starter: str, paths: Iterable[str]) -> list[str]:
    """Return the ``paths`` that ``starter`` may have in the submission, the best match first."""
    named = sorted((path for path in paths if _name(path) == _name(starter)), key=_deepest_first)
    ends = [path for path in reversed(named) if f"/{path}".endswith(f"/{starter}")]
    return ends or (named if len(named) == 1 else [])


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _subtract_from_file(
    file: FileFacts,
    named: FileFacts | None,
    starters: Sequence[FileFacts],
    keys: Collection[str],
) -> FileFacts:
    """Return the student's part of ``file`` for the probe ``keys``.

    ``named`` is the starter file of its path, if there is one. A file that cannot be read is the
    student's as a whole.
    """
    if file.readable.state is not State.OK:
        return file
    starter = _starter_of(file, named, starters)
    if starter is None:
        return file
    if _is_as_handed_out(file, starter):
        ignored = {key: _ignore(one) for key, one in file.inspections.items()}
        nothing = {"statements": 0, "counted": 0, "demanded": 0, "uncounted": ()}
        part = file.part.model_copy(update=nothing)
        return file.model_copy(update={"inspections": ignored, "handed_out": True, "part": part})
    return _subtract_inspections(file, starter, keys)


def _starter_of(
    file: FileFacts, named: FileFacts | None, starters: Sequence[FileFacts]
) -> FileFacts | None:
    """Return the starter file that ``file`` is or was made from, or ``None``.

    In this order: equal bytes; ``named``, the starter file of its path, if they share a line of
    code; the starter file with more than half of the lines of ``file``, so that renaming a
    starter file gains nothing. If the lines of ``file`` were not measured, ``named`` is enough.
    """
    same = next((each for each in starters if each.sha256 == file.sha256), None)
    if same is not None or CODE_LINES not in file.inspections:
        return same or named
    if named is not None and _shared_lines(file, named):
        return named
    closest = max(starters, key=lambda each: _shared_lines(file, each))
    return closest if 2 * _shared_lines(file, closest) > _lines(file).total() else None


def _lines(file: FileFacts) -> Counter[int]:
    """Return how often each line of code (by its hash) occurs in ``file``; empty if unmeasured."""
    known = file.inspections.get(CODE_LINES, _NOT_APPLICABLE)
    return Counter(known.facts.histograms.get(CODE_LINES, {}))


def _shared_lines(file: FileFacts, starter: FileFacts) -> int:
    """Return how many lines of code ``file`` and ``starter`` have in common."""
    return (_lines(file) & _lines(starter)).total()


def _is_as_handed_out(file: FileFacts, starter: FileFacts) -> bool:
    """Return whether ``file`` has no line of code beyond those of ``starter``.

    A line that is repeated must occur as often in ``starter``. Order does not matter.
    """
    if file.sha256 == starter.sha256:
        return True
    return CODE_LINES in file.inspections and not _lines(file) - _lines(starter)


def _ignore(one: Inspection) -> Inspection:
    """Return a not-applicable inspection in place of ``one``, or ``one`` if it failed."""
    return one if one.state is State.FAILED else _NOT_APPLICABLE


def _subtract_inspections(file: FileFacts, starter: FileFacts, keys: Collection[str]) -> FileFacts:
    """Return ``file``, a changed ``starter`` file, with the differences for the probe ``keys``.

    An inspection with a minimum (a maintainability index) is kept whole: a minimum describes the
    whole file and cannot be subtracted.
    """
    inspections, deltas = dict(file.inspections), {}
    for key in sorted(keys & inspections.keys() & starter.inspections.keys()):
        submitted, given = inspections[key], starter.inspections[key]
        if submitted.state is not State.OK:
            continue
        if given.state is State.FAILED:
            inspections[key] = given  # Without the starter's facts the student's are unknown.
        elif given.state is State.OK and not submitted.facts.minima:
            difference = {
                "facts": subtract(submitted.facts, given.facts),
                "findings": tuple(_subtract_findings(submitted.findings, given.findings)),
            }
            inspections[key] = submitted.model_copy(update=difference)
            deltas[key] = StarterDelta(submitted.facts, given.facts)
    return file.model_copy(update={"inspections": inspections, "starter_deltas": deltas})


def subtract(submitted: Facts, starter: Facts) -> Facts:
    """Return what ``submitted`` measures beyond ``starter``, never less than 0.

    Histograms are subtracted by :func:`subtract_sizes`, except those by statement: which of the
    statements of a changed file are the student's is unknown, so a share counts the whole file,
    and a rate only the faults that the student added. A maximum with a histogram of the same name
    becomes the largest size that is left, and is missing if none is; any other maximum is
    subtracted like a count. Minima are left out.
    """
    sizes = {
        name: (
            histogram
            if name.endswith(BY_STATEMENT)
            else subtract_sizes(histogram, starter.histograms.get(name, {}))
        )
        for name, histogram in submitted.histograms.items()
    }
    totals = {
        name: max(0, value - starter.maxima.get(name, 0))
        for name, value in submitted.maxima.items()
        if name not in sizes
    }
    return Facts(
        counts={
            name: max(0, value - starter.counts.get(name, 0))
            for name, value in submitted.counts.items()
        },
        maxima=totals | {name: max(sizes[name]) for name in submitted.maxima if sizes.get(name)},
        histograms=sizes,
    )


def subtract_sizes(submitted: Mapping[int, int], starter: Mapping[int, int]) -> dict[int, int]:
    """Return the sizes of ``submitted`` that no size of ``starter`` accounts for.

    Both map a size to how often it occurs. Each starter size accounts for one submitted size that
    is not larger, so a function of the starter may shrink and counts only if it grew,
    e.g. ``{12: 1, 30: 1}`` less ``{25: 1}`` is ``{30: 1}``.
    """
    left, available = {}, 0
    for size in sorted({*submitted, *starter}, reverse=True):
        available += starter.get(size, 0)
        accounted = min(available, submitted.get(size, 0))
        available -= accounted
        if submitted.get(size, 0) > accounted:
            left[size] = submitted[size] - accounted
    return left


def _subtract_findings(
    submitted: Sequence[Finding], starter: Sequence[Finding]
) -> Iterator[Finding]:
    """Yield the findings of ``submitted`` beyond those of ``starter``, in their order.

    For each code and size, as many are left as :func:`subtract_sizes` leaves. Findings that the
    starter has with the same wording are dropped before others.
    """
    left, kept = _subtract_kinds(submitted, starter), set()
    known = _known_findings(submitted, starter)
    for at in sorted(range(len(submitted)), key=lambda index: index in known):
        kind = _kind(submitted[at])
        if left[kind] > 0:
            left[kind] -= 1
            kept.add(at)
    yield from (finding for at, finding in enumerate(submitted) if at in kept)


def _known_findings(submitted: Iterable[Finding], starter: Iterable[Finding]) -> set[int]:
    """Return the indexes of the ``submitted`` findings that ``starter`` has too, on any line."""
    known, found = Counter(map(_without_location, starter)), set()
    for at, finding in enumerate(map(_without_location, submitted)):
        if known[finding] > 0:
            known[finding] -= 1
            found.add(at)
    return found


def _subtract_kinds(
    submitted: Iterable[Finding], starter: Iterable[Finding]
) -> Counter[tuple[str, int]]:
    """Return how many findings of each (code, size) there are beyond those of the starter."""
    ours, theirs = Counter(map(_kind, submitted)), Counter(map(_kind, starter))
    left: Counter[tuple[str, int]] = Counter()
    for code in {kind[0] for kind in ours}:
        sizes = subtract_sizes(_sizes(ours, code), _sizes(theirs, code))
        left.update({(code, size): times for size, times in sizes.items()})
    return left


def _sizes(kinds: Mapping[tuple[str, int], int], code: str) -> dict[int, int]:
    """Return size -> number of findings for the findings of ``code``."""
    return {size: times for (other, size), times in kinds.items() if other == code}


def _kind(finding: Finding) -> tuple[str, int]:
    """Return (code, size) of ``finding``; the size is 0 if it has none."""
    return finding.code, finding.value or 0


def _without_location(finding: Finding) -> Finding:
    """Return ``finding`` without its line, column, hunk and fixed line."""
    elsewhere = {"line": 1, "column": 1, "hunk": None, "before": None, "after": None}
    return finding.model_copy(update=elsewhere)
