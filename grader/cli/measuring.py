"""Measuring files on disk without a server, for the commands that grade locally."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.bootstrap import build_engine, read_rubric
from grader.checks.catalog import CATALOG
from grader.domain.errors import BadRequest
from grader.domain.facts import SubmissionFacts
from grader.domain.rubric import CompiledRubric
from grader.engine.intake import read_path
from grader.engine.measuring.engine import Engine
from grader.engine.rubric_text import rubric_file_text, shipped_rubric, shipped_rubrics
from grader.settings import Settings

#: Least time limit for one submission, in seconds (chosen by hand). Half an hour instead of the
#: service's minute: the folder may hold a whole project, and the user can press Ctrl-C.
CHILD_SECONDS = 1_800.0


@dataclass(frozen=True)
class Measured:
    """The result of :func:`measure`: what a report is built from.

    A compiled rubric, the facts of each submission, and the facts of the starter files, which
    students are given. ``facts`` are in the order of the paths; ``starter`` is ``None`` if the
    rubric has no starter files.
    """

    rubric: CompiledRubric
    facts: list[SubmissionFacts]
    starter: SubmissionFacts | None


def measure(rubric_text: str, *paths: Path) -> Measured:
    """Measure the submissions at ``paths`` with the rubric's checks and those that always run.

    Return their facts, and those of the rubric's starter files. Nothing is scored.

    Raises:
        BadRubric: ``rubric_text`` has mistakes.
        BadArchive, TooLarge: a path cannot be read as a submission (see :func:`read_path`).
        BadSettings: a setting is invalid, or this host does not offer the configured sandbox.
        EngineFault: the engine failed.
    """
    rubric = read_rubric(rubric_text)
    submissions = [read_path(path, rubric.intake) for path in paths]
    with open_engine() as engine:
        facts = [engine.measure(submission, rubric) for submission in submissions]
        return Measured(CompiledRubric.of(rubric, CATALOG), facts, engine.starter(rubric))


@contextmanager
def open_engine() -> Iterator[Engine]:
    """Yield an engine that measures submissions, and close it at the end of the block.

    The environment configures it, but the time limit for one submission is half an hour at least.
    It caches facts in memory only.

    Raises:
        BadSettings: a setting is invalid, or this host does not offer the configured sandbox.
    """
    settings = Settings.load()
    seconds = max(settings.child_seconds, CHILD_SECONDS)
    engine = build_engine(settings.model_copy(update={"child_seconds": seconds}))
    try:
        yield engine
    finally:
        engine.close()


def find_rubric_text(name: str) -> str:
    """Return the text of the rubric file at the path ``name``, or of the shipped rubric ``name``.

    A shipped rubric is named without ``.yaml``. If there are both, the file is taken. A folder is
    no file. The text is not parsed.

    Raises:
        BadRequest: neither exists, or the file cannot be read.
        BadRubric: the file is too long or not UTF-8.
    """
    file = Path(name)
    if file.exists() and not file.is_dir():
        return rubric_file_text(file)
    shipped = shipped_rubric(name)
    if shipped is None:
        known = ", ".join(sorted(shipped_rubrics()))
        raise BadRequest(
            f"There is no rubric file {name!r} and no shipped rubric of that name.",
            how_to_fix=f"Give a path to a YAML file, or one of: {known}.",
        )
    return shipped
