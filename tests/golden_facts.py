"""Print the facts of the golden submissions as JSON, measured by the Python that runs this.

The versions of the tools come first: other tools may well measure otherwise. Besides the golden
submissions a folder of this repository is measured, because students' first programs have few of
the constructs in which versions of Python differ, such as f-strings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from grader.bootstrap import read_rubric
from grader.checks.catalog import CATALOG
from grader.domain.facts import SubmissionFacts
from grader.engine.intake import read_path
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from tests.in_process import InProcess

ROOT = Path(__file__).parents[1]


def samples() -> Iterator[tuple[Path, Path]]:
    """Yield (file of the rubric, folder of a submission), sorted."""
    for exercise in sorted((ROOT / "rubrics" / "golden").iterdir()):
        rubric = ROOT / "rubrics" / f"{exercise.name}.yaml"
        yield from ((rubric, each) for each in sorted(exercise.iterdir()) if each.is_dir())
    yield ROOT / "rubrics" / "house-style.yaml", ROOT / "grader" / "exports" / "prose"


def facts_of(engine: Engine, rubric_file: Path, sample: Path) -> SubmissionFacts:
    """Return what `engine` measures in the folder `sample` for the rubric in `rubric_file`."""
    rubric = read_rubric(rubric_file.read_text("utf-8"))
    return engine.measure(read_path(sample, rubric.intake), rubric)


def main() -> None:
    """Print a line of JSON: the versions of the tools, and the facts of each sample by its path."""
    engine = Engine(CATALOG, InProcess(CATALOG), MemoryFacts())
    found: dict[str, object] = {"tools": engine.identity.tools}
    for rubric_file, sample in samples():
        facts = facts_of(engine, rubric_file, sample).model_dump(mode="json", exclude={"engine"})
        found[sample.relative_to(ROOT).as_posix()] = facts
    print(json.dumps(found, sort_keys=True))


if __name__ == "__main__":
    main()
