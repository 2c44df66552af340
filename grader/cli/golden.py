"""Golden submissions: samples whose points under a rubric are known, for ``grader rubric test``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.domain.errors import BadRequest, BadRubric
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.domain.scoring import Number
from grader.engine.intake import read_path
from grader.engine.measuring.engine import Engine
from grader.engine.rubric_text import read_plain, rubric_digest, rubrics_folder

#: The file in a folder of samples that lists each sample with its points.
EXPECTED = "expected.yaml"
_POINTS: TypeAdapter[dict[str, Decimal]] = TypeAdapter(dict[str, Decimal])


def golden_folder(exercise: str, rubric_file: Path | None) -> Path:
    """Return the default folder of samples: ``golden/<exercise>`` beside ``rubric_file``.

    Samples are submissions with known points. If ``rubric_file`` is ``None``, the rubric is a
    shipped one, and ``golden`` is beside the shipped rubrics. The folder may be missing.
    """
    folder = rubric_file.parent if rubric_file else rubrics_folder()
    return folder / "golden" / exercise


def expected_points(folder: Path) -> Mapping[str, Decimal]:
    """Return sample name -> expected points, as listed in ``expected.yaml`` in ``folder``.

    Raises:
        BadRequest: the file is missing, cannot be read, or is not such a mapping.
    """
    file = folder / EXPECTED
    how = f"Write lines like `modules: 100` there, one for each folder or zip in {folder}."
    try:
        return _POINTS.validate_python(read_plain(file.read_bytes()))
    except OSError:
        raise BadRequest(f"There is no {file}.", how_to_fix=how) from None
    except (BadRubric, ValidationError):
        raise BadRequest(f"{file} does not name samples and points.", how_to_fix=how) from None


def earned_points(engine: Engine, rubric_text: str, sample: Path) -> Number | None:
    """Return the total points of the submission at ``sample``; nothing is compared.

    ``None`` if a check failed by a fault of the engine, so that points are withheld.

    Raises:
        BadRubric: ``rubric_text`` has mistakes.
        BadArchive: ``sample`` is missing, or cannot be read as a submission.
        EngineFault: the engine failed altogether.
    """
    rubric = read_rubric(rubric_text)
    compiled = CompiledRubric.of(rubric, CATALOG)
    facts = engine.measure(read_path(sample, rubric.intake), rubric)
    starter = engine.starter(rubric)
    report = build_report(compiled, facts, digest=rubric_digest(rubric_text), starter=starter)
    return report.total.points


def sample_path(folder: Path, name: str) -> Path:
    """Return ``folder/name``, the path of a sample, or ``folder/name.zip`` if only that exists.

    It is ``folder/name`` too if there is neither.
    """
    archive = folder / f"{name}.zip"
    return archive if archive.exists() and not (folder / name).exists() else folder / name
