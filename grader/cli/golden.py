"""Golden submissions: samples whose points under a rubric are known, for ``grader rubric test``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.domain.errors import BadArchive, BadRequest, BadRubric
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.domain.rubric.policies import Intake
from grader.domain.source import Submission
from grader.engine.intake import read_path
from grader.engine.measuring.engine import Engine
from grader.engine.rubric_text import read_plain, rubric_digest, rubrics_folder
from grader.engine.rubric_text.strict_yaml import read_tree

#: The file in a folder of samples that lists each sample with its points.
EXPECTED = "expected.yaml"
#: Names of samples that YAML reads as text without quotes, e.g. ``syntax-error``; not ``12``.
_PLAIN = re.compile(r"(?!(?:null|true|false)\Z)[a-z][a-z0-9_-]*")
#: A comment behind a value, e.g. ``# as the lesson has it``.
_COMMENT = re.compile(r"\s#.*")


class Points(BaseModel):
    """The points of a sample: its ``total``, and those of each criterion, by id.

    ``total`` is ``None`` if a check failed by a fault of the engine. Criteria without points, e.g.
    those that a person judges, are left out; so are all of them where only the total is known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    total: Decimal | None
    criteria: dict[str, Decimal] = {}


_FILE: TypeAdapter[dict[str, Decimal | Points]] = TypeAdapter(dict[str, Decimal | Points])


@dataclass(frozen=True)
class Comparison:
    """What a sample earned, and what it should earn; ``expected`` is ``None`` if nobody said."""

    name: str
    earned: Points
    expected: Points | None

    @property
    def is_equal(self) -> bool:
        """Whether it earned what it should, in total and in each criterion that is known."""
        return self.expected is not None and not [*self.differences()]

    def differences(self) -> Iterator[str]:
        """Yield a line about the total if anything differs, and one for each such criterion."""
        before = self.expected or Points(total=None)
        if self.earned.total is None:
            yield f"{self.name}: withheld, but {before.total} is expected"
        elif before.total != self.earned.total:
            yield f"{self.name}: {self.earned.total}, but {before.total} is expected"
        elif before.criteria and before.criteria != self.earned.criteria:
            yield f"{self.name}: {self.earned.total}, as expected, but by other criteria"
        if not before.criteria:
            return
        for criterion in dict.fromkeys([*before.criteria, *self.earned.criteria]):
            now, then = self.earned.criteria.get(criterion), before.criteria.get(criterion)
            if now != then:
                yield f"  {criterion}: {_shown(now)}, but {_shown(then)} is expected"


def _shown(points: Decimal | None) -> str:
    return "nothing" if points is None else str(points)


def golden_folder(exercise: str, rubric_file: Path | None) -> Path:
    """Return the default folder of samples: ``golden/<exercise>`` beside ``rubric_file``.

    Samples are submissions with known points. If ``rubric_file`` is ``None``, the rubric is a
    shipped one, and ``golden`` is beside the shipped rubrics. The folder may be missing.
    """
    folder = rubric_file.parent if rubric_file else rubrics_folder()
    return folder / "golden" / exercise


def expected_points(folder: Path) -> Mapping[str, Points]:
    """Return sample name -> expected points, as listed in ``expected.yaml`` in ``folder``.

    A sample has a total there (``modules: 100``), or ``total`` and ``criteria``.

    Raises:
        BadRequest: the file is missing, cannot be read, or is not such a mapping.
    """
    file = folder / EXPECTED
    how = (
        f"Write lines like `modules: 100` there, one for each folder or zip in {folder}, or let"
        " `grader rubric test --record` write them."
    )
    try:
        listed = _FILE.validate_python(read_plain(file.read_bytes()))
    except OSError:
        raise BadRequest(f"There is no {file}.", how_to_fix=how) from None
    except (BadRubric, ValidationError):
        raise BadRequest(f"{file} does not name samples and points.", how_to_fix=how) from None
    return {
        name: points if isinstance(points, Points) else Points(total=points)
        for name, points in listed.items()
    }


def sample_names(folder: Path) -> list[str]:
    """Return the names of the samples in ``folder``, sorted: of its folders and zips."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if not path.name.startswith((".", "_"))]
    return sorted(
        {path.stem for path in found if path.suffix == ".zip"}
        | {path.name for path in found if path.is_dir()}
    )


def sample_path(folder: Path, name: str) -> Path:
    """Return ``folder/name``, the path of a sample, or ``folder/name.zip`` if only that exists.

    It is ``folder/name`` too if there is neither.
    """
    archive = folder / f"{name}.zip"
    return archive if archive.exists() and not (folder / name).exists() else folder / name


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


def earned_points(engine: Engine, rubric_text: str, sample: Path) -> Points:
    """Return the points that the submission at ``sample`` earns; nothing is compared.

    Raises:
        BadRubric: ``rubric_text`` has mistakes.
        BadRequest: ``sample`` is missing, or cannot be read as a submission.
        EngineFault: the engine failed altogether.
    """
    rubric = read_rubric(rubric_text)
    compiled = CompiledRubric.of(rubric, CATALOG)
    facts = engine.measure(read_sample(sample, rubric.intake), rubric)
    starter = engine.starter(rubric)
    report = build_report(compiled, facts, digest=rubric_digest(rubric_text), starter=starter)
    total = report.total.points
    return Points(
        total=None if total is None else Decimal(str(total)),
        criteria={
            row.id: Decimal(str(row.points)) for row in report.criteria if row.points is not None
        },
    )


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
        one.name: _block(one)
        for one in compared
        if one.earned.total is not None and not (one.is_equal and one.name in known)
    }
    try:
        file.write_text(_with_blocks(text, blocks), "utf-8")
    except OSError as error:
        raise BadRequest(f"{file} cannot be written: {error.strerror}.") from None


def _block(one: Comparison) -> list[str]:
    """Return the lines of ``expected.yaml`` about a sample."""
    name = json.dumps(one.name) if not _PLAIN.fullmatch(one.name) else one.name
    rows = [f"    {id}: {points}" for id, points in one.earned.criteria.items()]
    return [f"{name}:", f"  total: {one.earned.total}", "  criteria:", *rows]


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
