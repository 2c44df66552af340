"""Signals: what an instructor should look at, of each file and between files. Never points.

Everything is read from facts, so that reports of stored facts have them too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from statistics import median_low

from grader.domain.facts import DroppedFile, FileFacts, SubmissionFacts
from grader.domain.inspection import Finding
from grader.domain.rubric import CompiledRubric
from grader.domain.source import is_test_path

#: The check that finds those of each file, counts its statements, and has the words for all.
SIGNALS = "signals"

#: Twins are told of files with so many statements: an empty ``__init__.py`` is like any other.
LEAST_TWIN = 5
#: A file is compared with others where both have so many statements.
LEAST_COMPARED = 20
#: So many findings have to be expected before their absence says anything.
LEAST_EXPECTED = 10
#: At most the tenth part of what is expected makes a file far better.
FAR_BETTER = 10
_LEAST_OTHERS = 2
_COMPARED = ("style", "naming", "docstrings")

Place = tuple[str, Finding]


def signals_of(compiled: CompiledRubric, facts: SubmissionFacts) -> Iterator[Place]:
    """(path, finding) of every signal: those of each file, then what shows between files."""
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


def _twins(files: Sequence[FileFacts], sizes: Mapping[str, int]) -> Iterator[Place]:
    first: dict[str, str] = {}
    for file in files:
        other = first.setdefault(file.sha256, file.path)
        if other != file.path and sizes[file.path] >= LEAST_TWIN:
            yield file.path, Finding(code="twin-file", message=f"The same file as `{other}`")


def _far_better(
    files: Sequence[FileFacts], sizes: Mapping[str, int], keys: Sequence[str]
) -> Iterator[Place]:
    """Files with at most a tenth of the findings that the others' median rate leads to expect.

    Of two rates in the middle the lower one counts: one bad file makes no other far better.
    """
    large = (file for file in files if sizes[file.path] >= LEAST_COMPARED)
    compared = [file for file in large if not is_test_path(file.path)]
    found = {file.path: _complaints(file, keys) for file in compared}
    rates = {path: Fraction(count, sizes[path]) for path, count in found.items()}
    for path, count in found.items():
        expected = _usual(path, rates) * sizes[path]
        if max(LEAST_EXPECTED, count * FAR_BETTER) <= expected:
            message = (
                f"{count} findings of style, naming and docstrings in {sizes[path]} statements,"
                f" where the other files lead to expect {round(expected)}"
            )
            yield path, Finding(code="far-better-file", message=message)


def _complaints(file: FileFacts, keys: Sequence[str]) -> int:
    return sum(len(file.inspections[key].findings) for key in keys)


def _usual(path: str, rates: Mapping[str, Fraction]) -> Fraction:
    """The median rate of the other files; none where they are too few to say what is usual."""
    others = [rate for other, rate in rates.items() if other != path]
    return median_low(others) if len(others) >= _LEAST_OTHERS else Fraction()


def _hidden(dropped: Sequence[DroppedFile]) -> Iterator[Place]:
    """Files that look like program and were left out: ``.pyw``, and what a ``pyvenv.cfg`` hides."""
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
