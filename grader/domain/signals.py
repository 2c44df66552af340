"""Signals: findings for the instructor alone, which never change points.

The check ``signals`` finds the signals of single files; this module adds the signals that compare
files. It reads only facts, so that reports of stored facts have signals too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from statistics import median_low

from grader.domain.characters import first_few
from grader.domain.facts import DroppedFile, FileFacts, SubmissionFacts
from grader.domain.hidden import Hidden
from grader.domain.inspection import Finding
from grader.domain.limits import (
    MANY_LEFTOVERS,
    hidden_code,
    program_statements,
    unnamed_leftovers,
)
from grader.domain.program import Uncounted
from grader.domain.rubric import CompiledRubric
from grader.domain.source import is_test_path

#: Id of the check that finds the signals of one file and has the guidance for all signals.
SIGNALS = "signals"

#: Fewest statements of a file that is reported as a twin, i.e. has the bytes of another file. e.g.
#: equal solutions are reported, two empty ``__init__.py`` are not (chosen by hand).
LEAST_TWIN = 5
#: Fewest statements of a file whose rate of findings is compared (chosen by hand).
LEAST_COMPARED = 20
#: Fewest expected findings for which their absence is reported (chosen by hand).
LEAST_EXPECTED = 10
#: A file is far better with at most 1 / FAR_BETTER of the expected findings (chosen by hand).
FAR_BETTER = 10
#: Fewest other files to compare a file with (chosen by hand).
_LEAST_OTHERS = 2
#: Fewest statements outside functions, and in functions beside them, that are reported where the
#: latter are less than OF_ALL times the former. Chosen by hand: 7 of 95 programs of strangers are
#: reported.
LEAST_OUTSIDE, LEAST_INSIDE, OF_ALL = 40, 10, 2
#: The checks whose findings are counted for the comparison.
_COMPARED = ("style", "naming", "docstrings")

Place = tuple[str, Finding]


def signals_of(compiled: CompiledRubric, facts: SubmissionFacts) -> Iterator[Place]:
    """Yield (path, finding) of each signal; none if ``compiled`` lacks the check ``signals``.

    A signal is a finding that only instructors see. First those of single files, then of files
    equal to an earlier one, then of files with at most a tenth of the findings of style, naming and
    docstrings that the others lead to expect, then of dropped files that may be code, whose paths
    are not among the files of ``facts``, then of code that the program runs where no check looks,
    of leftovers with over half as many statements as the program, and of a script beside functions.
    Files with few statements are not compared with others, and findings of tests are not.
    """
    keys = {probe.check.id: probe.key for probe in compiled.probes}
    key = keys.get(SIGNALS)
    if key is None:
        return
    read = [file for file in facts.files if key in file.inspections]
    for file in read:
        yield from ((file.path, finding) for finding in file.inspections[key].findings)
    sizes = {file.path: file.inspections[key].facts.counts.get("statements", 0) for file in read}
    yield from _twins(read, sizes)
    yield from _far_better(read, sizes, [keys[name] for name in _COMPARED if name in keys])
    yield from _hidden(facts.dropped)
    yield from map(_hidden_program, hidden_code(compiled, facts))
    yield from _large_leftovers(compiled, facts)
    yield from _script_beside_functions(facts.files)


def _hidden_program(one: Hidden) -> Place:
    """Return the signal for code that the program runs where no check looks, at that place."""
    size = "it cannot be read" if one.statements is None else f"{one.statements} statements"
    message = (
        f"`{one.path}` ({one.where}) is run or named as code here, and no check reads it: {size}"
    )
    return one.by, Finding(code="hidden-program", line=one.line, message=message)


def _large_leftovers(compiled: CompiledRubric, facts: SubmissionFacts) -> Iterator[Place]:
    """Yield a signal where leftovers have over half as many statements as the program's own."""
    left, own = unnamed_leftovers(compiled, facts.files), program_statements(facts.files)
    if left > MANY_LEFTOVERS * own:
        files = [file for file in facts.files if file.part.is_leftover]
        files.sort(key=lambda file: (-file.part.statements, file.path))
        paths = first_few([f"`{file.path}`" for file in files])
        message = f"The program has {own} statements, and does not use {left} in {paths}"
        yield files[0].path, Finding(code="large-leftovers", message=message)


def _script_beside_functions(files: Sequence[FileFacts]) -> Iterator[Place]:
    """Yield a signal where much of the program is a script, and functions stand beside it.

    They may be the beginning of modules, or there to be measured in its place.
    """
    program = [file for file in files if file.part.is_measured]
    scripts = [(one, file.path) for file in program if (one := _outside(file)) is not None]
    script = sum(one.statements for one, _ in scripts)
    every = sum(file.part.statements for file in program)
    if script >= LEAST_OUTSIDE and LEAST_INSIDE <= every - script < script * OF_ALL:
        most, path = max(scripts, key=lambda each: (each[0].statements, each[1]))
        message = (
            f"{most.statements} statements from here on are in no function, of {every} in the"
            " program: look whether its functions do a part of the work"
        )
        yield path, Finding(code="script-beside-functions", line=most.line, message=message)


def _outside(file: FileFacts) -> Uncounted | None:
    """Return the statements of ``file`` outside functions, ``None`` without any."""
    return next((one for one in file.part.uncounted if one.why == "outside"), None)


def _twins(files: Sequence[FileFacts], sizes: Mapping[str, int]) -> Iterator[Place]:
    """Yield a signal for each file with the same bytes as an earlier one; ``sizes``: statements."""
    first: dict[str, str] = {}
    for file in files:
        other = first.setdefault(file.sha256, file.path)
        if other != file.path and sizes[file.path] >= LEAST_TWIN:
            yield file.path, Finding(code="twin-file", message=f"The same file as `{other}`")


def _far_better(
    files: Sequence[FileFacts], sizes: Mapping[str, int], keys: Sequence[str]
) -> Iterator[Place]:
    """Yield a signal for each file with at most a tenth of the findings expected of it.

    Expected is the median rate (findings per statement) of the other files times the statements
    of the file. The lower median is used, so that one bad file makes no other far better. e.g. 0
    findings in 100 statements beside files with 1 in 5 (20 expected); not beside 1 in 20.
    """
    large = (file for file in files if sizes[file.path] >= LEAST_COMPARED)
    compared = [file for file in large if not is_test_path(file.path)]
    found = {file.path: _complaints(file, keys) for file in compared}
    rates = {path: Fraction(count, sizes[path]) for path, count in found.items()}
    for path, count in found.items():
        expected = _median_rate(path, rates) * sizes[path]
        if max(LEAST_EXPECTED, count * FAR_BETTER) <= expected:
            message = (
                f"{count} findings of style, naming and docstrings in {sizes[path]} statements,"
                f" where the other files lead to expect {round(expected)}"
            )
            yield path, Finding(code="far-better-file", message=message)


def _complaints(file: FileFacts, keys: Sequence[str]) -> int:
    """Return the number of findings in ``file`` of the probes with ``keys``."""
    return sum(len(file.inspections[key].findings) for key in keys)


def _median_rate(path: str, rates: Mapping[str, Fraction]) -> Fraction:
    """Return the lower median rate of the files other than ``path``; 0 if there are under two."""
    others = [rate for other, rate in rates.items() if other != path]
    return median_low(others) if len(others) >= _LEAST_OTHERS else Fraction()


def _hidden(dropped: Sequence[DroppedFile]) -> Iterator[Place]:
    """Yield a signal for dropped files that may be code: ``.pyw``, or beside a ``pyvenv.cfg``."""
    for one in dropped:
        name = one.path.rpartition("/")[2].lower()
        if name.endswith(".pyw"):
            yield one.path, _left_out("This `.pyw` file is program")
        elif name == "pyvenv.cfg":
            folder = one.path.removesuffix("pyvenv.cfg")
            hidden = [each.path for each in dropped if each.path.startswith(folder)]
            if len(hidden) > 1:
                yield one.path, _left_out("Folders beside this `pyvenv.cfg` may hold program")


def _left_out(what: str) -> Finding:
    return Finding(code="hidden-file", message=f"{what} and was not graded")
