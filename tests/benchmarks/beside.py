"""Uploads beside a regrade: what a student waits while a class is graded again."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from grader.service.access import Principal
from grader.service.records import NewRegrade, RegradeScope
from tests.benchmarks.corpus import Case
from tests.benchmarks.http_figures import serving
from tests.benchmarks.load import Load
from tests.benchmarks.rubric import EXERCISE, rubric_text
from tests.benchmarks.sampling import timed

#: Uploads one by one without a regrade, to compare with.
_ALONE = 40
#: The longest pause before an upload, in seconds: a few times what measuring takes.
_PAUSE = 0.3
_SEED = 4_711
_AUTHOR = Principal.of_source("benchmark", "mlops")


def run_beside(cases: Sequence[Case], folder: Path, number: int) -> dict[str, list[float]]:
    """Return seconds by name, of one worker and a class of ``number`` submissions.

    ``alone``: from upload to report. ``judged``: a regrade from stored facts. ``beside``: from
    upload to report while a regrade measures the class again.
    """
    with ExitStack() as stack:
        load, _ = serving(stack, cases, folder, workers=1)
        load.burst(number)
        found = {"alone": load.one_by_one(_ALONE), "beside": [], "judged": []}
        _regrade(load, rubric_text(reweighed=True))
        found["judged"].append(timed(load.site.drain))
        # With the patch the checks have other options, so everything is measured again.
        batch = _regrade(load, rubric_text(patch=True))
        chance = random.Random(_SEED)
        while load.site.service.store.regrades.get(batch).progress.waiting:
            # Without it each upload would come when the worker has just begun with the next row.
            time.sleep(chance.uniform(0, _PAUSE))
            found["beside"] += load.one_by_one(1)
        load.site.drain()
    return found


def beside_figures(found: dict[str, list[float]]) -> dict[str, float]:
    """Return the figure that has a bar."""
    return {"beside": median(found["beside"]) / median(found["alone"])}


def _regrade(load: Load, text: str) -> str:
    """Publish ``text``, and have every submission graded again; return the regrade's id."""
    service = load.site.service
    record = service.publish(EXERCISE, text, if_match="*", principal=_AUTHOR).record
    new = NewRegrade(
        exercise=EXERCISE,
        course=record.course,
        rubric_version=record.version,
        scope=RegradeScope.ALL,
        reason="benchmark",
        actor="benchmark",
    )
    return service.store.regrades.create(new, service.clock.now()).id
