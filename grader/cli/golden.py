"""Golden submissions: samples whose points under a rubric are known, for ``grader rubric test``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.domain.errors import BadArchive, BadRequest
from grader.domain.judging import judge_submission
from grader.domain.rubric import CompiledRubric
from grader.domain.rubric.policies import Intake
from grader.domain.samples import SamplePoints, differences
from grader.domain.scoring import Number
from grader.domain.source import Submission
from grader.engine.golden_folder import EXPECTED
from grader.engine.intake import read_path
from grader.engine.measuring.engine import Engine
from grader.engine.rubric_text import rubrics_folder
from grader.engine.rubric_text.strict_yaml import read_tree

#: Names of samples that YAML reads as text without quotes, e.g. ``syntax-error``; not ``12``.
_PLAIN = re.compile(r"(?!(?:null|true|false)\Z)[a-z][a-z0-9_-]*")
#: A comment behind a value, e.g. ``# as the lesson has it``.
_COMMENT = re.compile(r"\s#.*")


@dataclass(frozen=True)
class Comparison:
    """What a sample earned, and what it should earn; ``expected`` is ``None`` if nobody said."""

    name: str
    earned: SamplePoints | None
    expected: SamplePoints | None

    @property
    def is_equal(self) -> bool:
        """Whether it earned what it should, in total and in each criterion that is known."""
        return self.expected is not None and not differences(self.expected, self.earned)

    def differences(self) -> Iterator[str]:
        """Yield a line about the total if anything differs, and one for each such criterion."""
        if self.expected is None:
            yield f"{self.name}: {_total(self.earned)}, and nobody said what is expected"
            return
        found = differences(self.expected, self.earned)
        if found and not found[0].criterion:
            yield f"{self.name}: {_total(self.earned)}, but {self.expected.total} is expected"
        elif found:
            yield f"{self.name}: {_total(self.earned)}, as expected, but by other criteria"
        for one in found:
            if one.criterion:
                shown = f"{_shown(one.earned)}, but {_shown(one.expected)} is expected"
                yield f"  {one.criterion}: {shown}"


def _total(points: SamplePoints | None) -> str:
    return "withheld" if points is None else str(points.total)


def _shown(points: Number | None) -> str:
    return "nothing" if points is None else str(points)


def golden_folder(exercise: str, rubric_file: Path | None) -> Path:
    """Return the default folder of samples: ``golden/<exercise>`` beside ``rubric_file``.

    Samples are submissions with known points. If ``rubric_file`` is ``None``, the rubric is a
    shipped one, and ``golden`` is beside the shipped rubrics. The folder may be missing.
    """
    folder = rubric_file.parent if rubric_file else rubrics_folder()
    return folder / "golden" / exercise


def read_sample(path: Path, limits: Intake) -> Submission:
    """Return the submission at ``path``, a sample.

    Raises:
        BadRequest: it is missing, or cannot be read as a submission within ``limits``.
    """
    try:
        return read_path(path, limits)
    except BadArchive as error:
        raise BadRequest(
            f"The sample {path} cannot be read. {error.detail}",
            how_to_fix="Put a folder or zip there as a student hands it in, or remove it.",
        ) from None


def earned_points(engine: Engine, rubric_text: str, sample: Path) -> SamplePoints | None:
    """Return the points that the submission at ``sample`` earns; nothing is compared.

    ``None`` if a check failed by a fault of the engine, so that points are withheld.

    Raises:
        BadRubric: ``rubric_text`` has mistakes.
        BadRequest: ``sample`` is missing, or cannot be read as a submission.
        EngineFault: the engine failed altogether.
    """
    rubric = read_rubric(rubric_text)
    compiled = CompiledRubric.of(rubric, CATALOG)
    facts = engine.measure(read_sample(sample, rubric.intake), rubric)
    starter = engine.starter(rubric)
    return SamplePoints.of(judge_submission(compiled, facts, starter).ledger)


def record(folder: Path, rubric_name: str, compared: Sequence[Comparison]) -> None:
    """Write what the samples earned to ``expected.yaml`` in ``folder``, with each criterion.

    Comments, the order and what is right already stay. Samples whose points were withheld are left
    as they are.

    Raises:
        BadRequest: the file cannot be written, or its samples do not begin a line each.
    """
    file = folder / EXPECTED
    head = f"# Points that the samples here earn: `grader rubric test {rubric_name}` checks them.\n"
    text = file.read_text("utf-8") if file.exists() else head
    known = {one.name for one in compared if one.expected and one.expected.criteria}
    blocks = {
        one.name: _block(one.name, one.earned)
        for one in compared
        if one.earned is not None and not (one.is_equal and one.name in known)
    }
    try:
        file.write_text(_with_blocks(text, blocks), "utf-8")
    except OSError as error:
        raise BadRequest(f"{file} cannot be written: {error.strerror}.") from None


def _block(name: str, earned: SamplePoints) -> list[str]:
    """Return the lines of ``expected.yaml`` about the sample ``name``."""
    key = name if _PLAIN.fullmatch(name) else json.dumps(name)
    rows = [f"    {id}: {points}" for id, points in earned.criteria.items()]
    return [f"{key}:", f"  total: {earned.total}", "  criteria:", *rows]


def _with_blocks(text: str, blocks: Mapping[str, list[str]]) -> str:
    """Return ``text``, of ``expected.yaml``, with ``blocks``: the lines about samples, by name.

    A block replaces the lines about its sample, but for a comment behind its name; those of new
    samples come last.

    Raises:
        BadRequest: the samples do not begin a line each.
    """
    lines = text.rstrip("\n").split("\n")
    starts = _starts(text)
    end = len(lines)
    for name, start in reversed(starts.items()):
        # What is above the next sample belongs to that, e.g. "# The script as it was:".
        while end > start + 1 and (not lines[end - 1] or lines[end - 1].startswith("#")):
            end -= 1
        if block := blocks.get(name):
            comment = _COMMENT.search(lines[start])
            lines[start:end] = [block[0] + (comment[0] if comment else ""), *block[1:]]
        end = start
    lines += [line for name, block in blocks.items() if name not in starts for line in block]
    return "\n".join(lines) + "\n"


def _starts(text: str) -> dict[str, int]:
    """Return name -> 0-based line of each sample that ``text``, of ``expected.yaml``, lists.

    Raises:
        BadRequest: the samples do not begin a line each.
    """
    positions = read_tree(text).positions.items()
    places = {str(path[0]): place for path, place in positions if len(path) == 1}
    if any(column != 1 for _, column in places.values()):
        raise BadRequest(
            f"{EXPECTED} has samples that do not begin a line.",
            how_to_fix="Begin a line with each, such as `modules: 100`.",
        )
    return {name: line - 1 for name, (line, _) in places.items()}
