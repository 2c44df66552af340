"""Read the sample programs of `tests/checks/samples`, run their check and compare the findings.

A sample is a program at `samples/<check>/<case>.py`, or a folder `samples/<check>/<case>/` of
several files. A mark `#! <code>` at the end of a line expects one finding on that line, and
`#! <code>: <text>` also expects `text` in its message. Two marks expect two findings. Marks are
cut off before the check sees the program; line numbers stay. Marks on a line of their own can be
settings:

    #! option max_line_length = 100     an option of the check, as a rubric would give it
    #! measure unclear_names = 2        the value of a measure, "none" where nothing was measured
    #! measure long_tries over 5 = 1    the same, with the limit of the rubric's scale
    #! path tests/test_prices.py        the file's path in the submission, where it matters
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from grader.checks.catalog import CATALOG
from grader.domain.check import Check, Options
from grader.domain.inspection import Facts, Finding, Inspection, State
from grader.domain.source import SourceFile

SAMPLES = Path(__file__).parent / "samples"

# A mark, e.g. in "s = input()  #! single-letter" and "#! measure swallowed = 1"; not the
# "#!/bin/sh" of a script, which has no space after "#!".
_MARK = re.compile(r"\s*#! (?P<text>.*?)\s*(?=#! |$)")
_OPTION = re.compile(r"option (?P<name>\w+) = (?P<value>.+)")
_MEASURE = re.compile(r"measure (?P<name>\w+)(?: over (?P<limit>\d+))? = (?P<value>\S+)")
_PATH = re.compile(r"path (?P<path>\S+)")


@dataclass(frozen=True)
class Expectation:
    """A finding that a mark expects: its code, and a part of its message ("" fits any)."""

    code: str
    text: str = ""

    def fits(self, finding: Finding) -> bool:
        """Return whether `finding` has the code, and the text in its message."""
        return finding.code == self.code and self.text in finding.message

    def __str__(self) -> str:
        return f"{self.code}: {self.text}" if self.text else self.code


@dataclass(frozen=True)
class ExpectedMeasure:
    """A measure, the limit of its scale, and the value that a sample expects.

    `value` is `None` if the sample has nothing to measure.
    """

    name: str
    limit: int | None
    value: Fraction | None


@dataclass
class SampleFile:
    """One file of a sample.

    `path` is its path in the submission, `origin` its path on disk, `lines` its text without marks,
    and `expected` its marks by line number.
    """

    path: str
    origin: Path
    lines: list[str] = field(default_factory=list)
    expected: dict[int, list[Expectation]] = field(default_factory=dict)


@dataclass
class Sample:
    """A sample with everything that its files expect and the options that they set."""

    check: Check[Any]
    files: list[SampleFile] = field(default_factory=list)
    options: dict[str, object] = field(default_factory=dict)
    measures: list[ExpectedMeasure] = field(default_factory=list)


def read_sample(check: str, case: Path) -> Sample:
    """Return the sample of `check` at `case`, a file or a folder."""
    sample = Sample(CATALOG[check])
    paths = sorted(path for path in case.rglob("*") if path.is_file()) if case.is_dir() else [case]
    root = case if case.is_dir() else case.parent
    for path in paths:
        _read_file(sample, SampleFile(path.relative_to(root).as_posix(), path))
    return sample


def _read_file(sample: Sample, file: SampleFile) -> None:
    """Add `file` to `sample`, with its marks and settings taken off its lines."""
    for number, line in enumerate(file.origin.read_text("utf-8").split("\n"), start=1):
        first = _MARK.search(line)
        file.lines.append(line[: first.start()] if first else line)
        for mark in _MARK.finditer(line):
            alone = first is not None and first.start() == 0
            if not (alone and _set(sample, file, mark["text"])):
                code, _, text = mark["text"].partition(": ")
                file.expected.setdefault(number, []).append(Expectation(code, text))
    sample.files.append(file)


def _set(sample: Sample, file: SampleFile, text: str) -> bool:
    """Apply the setting `text` to `sample` or `file`; return whether it is a setting at all."""
    if found := _OPTION.fullmatch(text):
        sample.options[found["name"]] = yaml.safe_load(found["value"])
    elif found := _MEASURE.fullmatch(text):
        limit = int(found["limit"]) if found["limit"] else None
        value = None if found["value"] == "none" else Fraction(found["value"])
        sample.measures.append(ExpectedMeasure(found["name"], limit, value))
    elif found := _PATH.fullmatch(text):
        file.path = found["path"]
    else:
        return False
    return True


def differences(sample: Sample) -> list[str]:
    """Run the check of `sample`; return a description of each unexpected finding or measure."""
    options = sample.check.options.model_validate(sample.options)
    inspections = _inspect(sample, options)
    found = [
        line
        for file in sample.files
        for line in _compare_findings(file, inspections.get(file.path, Inspection()))
    ]
    facts = Facts.merge(one.facts for one in inspections.values())
    return found + list(_compare_measures(sample, facts))


def _inspect(sample: Sample, options: Options) -> Mapping[str, Inspection]:
    """Return the inspection of every file that the check reads, by path, as the engine does."""
    check = sample.check
    sources = [
        SourceFile(file.path, "\n".join(file.lines).encode())
        for file in sorted(sample.files, key=lambda file: file.path)
        if check.reads(file.path)
    ]
    outline = tuple((source.path, source.sha256) for source in sources)
    found: Mapping[str, Inspection] = {
        source.path: check.inspect(source, options, check.context(source.path, outline))
        for source in sources
    }
    if check.combine is None:
        return found
    told = {path: one for path, one in found.items() if one.state is State.OK}
    return {**found, **check.combine(told, options)}


def _compare_findings(file: SampleFile, inspection: Inspection) -> Iterator[str]:
    """Yield a text for each expected finding that is missing, and for each unexpected finding."""
    missing = [(line, one) for line, marks in file.expected.items() for one in marks]
    surplus: list[Finding] = []
    for finding in inspection.findings:
        match = next((at for at in missing if at[0] == finding.line and at[1].fits(finding)), None)
        if match:
            missing.remove(match)
        else:
            surplus.append(finding)
    for line, expectation in missing:
        yield _at(file, line, f"missing: {expectation}")
    for finding in surplus:
        yield _at(file, finding.line, f"surplus: {finding.code}: {finding.message}")


def _at(file: SampleFile, line: int, text: str) -> str:
    """Return `text` after the name of `file` and `line`, and the program's line below it."""
    program = file.lines[line - 1] if 1 <= line <= len(file.lines) else ""
    return f"{file.origin.name}:{line}: {text}\n    {line} | {program}"


def _compare_measures(sample: Sample, facts: Facts) -> Iterator[str]:
    """Yield a text for each expected measure whose value for `facts` is another."""
    for expected in sample.measures:
        measure = sample.check.measure(expected.name)
        if measure is None:
            yield f"The check {sample.check.id} has no measure {expected.name}"
            continue
        value = measure.value(facts, expected.limit)
        if value != expected.value:
            over = "" if expected.limit is None else f" over {expected.limit}"
            yield f"measure {expected.name}{over}: expected {expected.value}, got {value}"


def all_cases() -> list[tuple[str, Path]]:
    """Return (check id, file or folder) of every sample, sorted."""
    return [
        (folder.name, case)
        for folder in sorted(SAMPLES.iterdir())
        for case in sorted(folder.iterdir())
        if folder.is_dir() and case.name != "__pycache__"
    ]
