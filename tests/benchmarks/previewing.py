"""Previewing a rubric for a whole class: how long it takes, and how much memory."""

from __future__ import annotations

import gc
import multiprocessing
import resource
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from statistics import median

from grader.bootstrap import build_service
from grader.infra.broker import NoNotifier
from grader.service.access import Principal
from grader.settings import Settings
from tests.benchmarks.rubric import EXERCISE, rubric_text
from tests.benchmarks.sampling import timed

#: How often the stored class is copied for the large one, and how many students are listed.
_COPIES = 9
_LISTED = 200
_AUTHOR = Principal.of_source("benchmark", "mlops")


def preview_figures(settings: Settings, number: int, repeats: int) -> dict[str, float]:
    """Return the seconds of a preview of ``number`` students and of ten times as many.

    Also returned is how much more memory the process of the larger one had at its peak. The class
    is stored at ``settings``, and is copied there.
    """
    some = [_run(settings, number) for _ in range(repeats)]
    _copy_class(settings.data_dir / "grader.db")
    many = _run(settings, number * (_COPIES + 1))
    return {
        "preview": median(seconds for seconds, _ in some),
        "large_preview": many[0],
        "preview_memory": many[1] / min(peak for _, peak in some),
    }


def _run(settings: Settings, number: int) -> tuple[float, int]:
    """Preview other weights in a new process; return its seconds and its peak of memory in kB."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_previewed, (str(settings.data_dir), number))


def _previewed(data_dir: str, number: int) -> tuple[float, int]:
    """Preview other weights; raise RuntimeError unless ``number`` students are judged."""
    settings = Settings(data_dir=Path(data_dir), database_url="", redis_url="")
    service = build_service(settings, notifier=NoNotifier())
    with closing(service):
        preview = service.preview

        def run() -> None:
            record = preview.of_text(EXERCISE, rubric_text(reweighed=True), _AUTHOR)
            effect = preview.effect(record, Fraction(1, 2), _LISTED)
            if effect.judged != number:
                raise RuntimeError(f"{effect.judged} of {number} students were judged")

        gc.collect()
        seconds = timed(run)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _copy_class(database: Path) -> None:
    """Store each submission with its report again, for other students."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for table, changed in (
            ("submissions", {"id", "student", "report_id"}),
            ("reports", {"id", "submission"}),
        ):
            rows = connection.execute(f"SELECT name FROM pragma_table_info('{table}')")
            names = [name for (name,) in rows]
            columns = ", ".join(names)
            for copy in range(_COPIES):
                ending = f"x{copy}"
                values = ", ".join(
                    f"{name} || '{ending}'" if name in changed else name for name in names
                )
                connection.execute(
                    f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table}"
                    " WHERE id NOT LIKE '%x_'"
                )


def lines(figures: dict[str, float], number: int) -> Sequence[str]:
    """Return the figures in words."""
    return [
        f"preview of {number} students: {figures['preview']:.3f} s",
        f"of {number * (_COPIES + 1)}: {figures['large_preview']:.3f} s,"
        f" peak of memory {figures['preview_memory']:.2f} times that",
    ]
