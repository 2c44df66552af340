"""A rubric's starter files: students can be given nothing that could not be measured."""

from __future__ import annotations

from collections.abc import Iterator

from grader.domain.errors import BadRubric, RubricProblem
from grader.domain.inspection import Inspection
from grader.domain.rubric import Rubric
from grader.engine.gate import gate


def refuse_unreadable_starter(rubric: Rubric) -> None:
    """Let only starter files through that a submission could hold.

    Raises:
        BadRubric: some cannot be read, each with the line of the file.
    """
    problems = [*_problems(rubric)]
    if problems:
        raise BadRubric(problems)


def _problems(rubric: Rubric) -> Iterator[RubricProblem]:
    for path, text in rubric.starter.items():
        passed = gate(path, text.encode("utf-8"), rubric.python)
        if isinstance(passed, Inspection):
            yield RubricProblem(f"cannot be read as Python: {_why(passed)}", ("starter", path))


def _why(refused: Inspection) -> str:
    places = [f"{found.message} (line {found.line} of it)" for found in refused.findings]
    return places[0] if places else f"this Python is too old for it ({refused.reason})"
