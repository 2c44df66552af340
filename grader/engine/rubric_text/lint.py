"""Lint a rubric: list its mistakes, or else grade a few programs with it and give advice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.domain.check import Catalog
from grader.domain.errors import MOST_PROBLEMS, BadRubric, RubricProblem
from grader.domain.judging import judge_submission
from grader.domain.rubric import CompiledRubric, Rubric
from grader.domain.rubric.advice import (
    Linted,
    advice,
    advice_on_good_program,
    advice_on_idle_programs,
    advice_on_ledgers,
    advice_on_paths,
)
from grader.domain.scoring import Ledger
from grader.domain.source import SourceFile, Submission
from grader.engine.intake import read_path
from grader.engine.measuring.engine import Engine
from grader.engine.rubric_text.reading import read_rubric_text
from grader.engine.rubric_text.shipped import rubrics_folder
from grader.engine.rubric_text.strict_yaml import decode_text, read_tree

#: Programs that do nothing, by their names in sentences.
IDLE_PROGRAMS: Mapping[str, bytes] = {
    "an empty file": b"",
    "a file of comments": b"# The exercise.\n#\n# I will do it later.\n",
    "a one-line file": b"print(1)\n",
}
#: Folders with a good small program, with tests, and with a plain script, among the golden samples.
GOOD_PROGRAM, SCRIPT = "chapter-practices/practised", "chapter-practices/script"


def lint_rubric(
    text: str,
    catalog: Catalog,
    engine: Engine | None = None,
    *,
    samples: Sequence[Submission] = (),
    ledgers: Sequence[Ledger] = (),
) -> Linted:
    """Return the mistakes of the rubric ``text``, or the advice on it.

    With an ``engine``, built-in programs are graded: some that do nothing, a script and a good one.
    ``samples`` are the golden samples, which are graded too. ``ledgers`` are those of what students
    handed in, under this rubric.

    Raises:
        EngineFault: the engine failed.
    """
    try:
        rubric = read_rubric_text(text, catalog)
    except BadRubric as error:
        return Linted(mistakes=error.problems, more=error.more)
    paths = [file.path for sample in samples for file in sample.files]
    found = [*advice(rubric, catalog)]
    # A pattern that can match nothing matches no sample either.
    known = {one.path for one in found}
    found += [one for one in advice_on_paths(rubric, catalog, paths) if one.path not in known]
    found += [
        *advice_on_ledgers(ledgers, "submissions"),
        *(_graded_advice(rubric, catalog, engine, samples) if engine else ()),
    ]
    tree = read_tree(decode_text(text))
    located = sorted(map(tree.located, found), key=lambda one: (one.line, one.column))
    shown = located[:MOST_PROBLEMS]
    return Linted(rubric, more=len(located) - len(shown), advice=shown)


def _graded_advice(
    rubric: Rubric, catalog: Catalog, engine: Engine, samples: Sequence[Submission]
) -> Iterator[RubricProblem]:
    """Yield the advice that follows from grading the built-in programs and the ``samples``."""
    compiled = CompiledRubric.of(rubric, catalog)
    starter = engine.starter(rubric)

    def graded(submission: Submission) -> Ledger:
        return judge_submission(compiled, engine.measure(submission, rubric), starter).ledger

    golden = rubrics_folder() / "golden"
    idle = {
        name: graded(Submission((SourceFile("main.py", data),)))
        for name, data in IDLE_PROGRAMS.items()
    }
    yield from advice_on_idle_programs(idle)
    good, script = (graded(read_path(golden / name)) for name in (GOOD_PROGRAM, SCRIPT))
    yield from advice_on_good_program(good, script)
    yield from advice_on_ledgers([graded(sample) for sample in samples], "golden samples")
