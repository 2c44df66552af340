"""``python -m tests.benchmarks``: measure every figure, and compare it with its bar."""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from tests.benchmarks.accepting import uploads_per_second
from tests.benchmarks.bars import missed, table
from tests.benchmarks.beside import beside_figures, run_beside
from tests.benchmarks.containment import crash_delay, statement_growth
from tests.benchmarks.corpus import Case, cases, large_case
from tests.benchmarks.engine_figures import run_engine, run_large
from tests.benchmarks.http_figures import Amounts, run_http
from tests.benchmarks.isolation import isolation, isolation_figures, isolation_lines
from tests.benchmarks.machine import load, machine_facts
from tests.benchmarks.previewing import lines as preview_lines
from tests.benchmarks.previewing import preview_figures
from tests.benchmarks.regrading import regrade_figures, regrade_seconds, stored_class
from tests.benchmarks.starting import starting, starting_figures

say = partial(print, flush=True)
Figures = dict[str, float]


@dataclass(frozen=True)
class Size:
    """The size of a run: numbers of submissions, repeats, uploads, and stored submissions.

    ``beside`` is how many are graded again while others are handed in.
    """

    cases: int
    repeats: int
    uploads: int
    stored: int
    beside: int
    http: Amounts


FULL = Size(30, 3, 1_500, 1_000, 300, Amounts(3, 67, 90, 560, (100, 400, 1_000)))
QUICK = Size(6, 2, 300, 200, 30, Amounts(2, 10, 18, 60, (10, 50, 100)))


@dataclass(frozen=True)
class Bench:
    """One run: its size, its submissions and a folder for all files.

    Each method measures one section, prints it and returns the figures that have a bar.
    """

    size: Size
    cases: Sequence[Case]
    folder: Path

    def engine(self) -> Figures:
        """Measure the command lines, the bare libraries and the engine."""
        run = run_engine(self.cases, self.folder, self.size.repeats)
        say(*run.lines(), sep="\n")
        return run.figures()

    def large(self) -> Figures:
        """Measure a submission of 5,000 lines; return no figure, because it has no bar."""
        case = large_case()
        timings = run_large(case, self.folder, self.size.repeats)
        say(f"one submission of {case.lines} lines in {len(case.files)} files:")
        for name in timings.seconds:
            say(f"  {name:26} {1_000 * timings.median(name):9.1f} ms")
        return {}

    def containment(self) -> Figures:
        """Measure the cost of isolation, of a crash and of a long statement."""
        isolated = isolation(self.cases, self.size.repeats)
        say(*isolation_lines(isolated), sep="\n")
        return {
            **isolation_figures(isolated),
            "crash": crash_delay(self.cases, self.size.repeats),
            "statement": statement_growth(self.size.repeats),
        }

    def start(self) -> Figures:
        """Measure how long a worker takes to start."""
        found = starting(self.cases[0], self.folder / "start", self.size.repeats)
        for name, seconds in found.items():
            say(f"{name}: {median(seconds):.2f} s")
        return starting_figures(found)

    def uploads(self) -> Figures:
        """Measure how many uploads a second one API process accepts."""
        size = self.size
        found = uploads_per_second(self.cases, self.folder / "uploads", size.uploads, size.repeats)
        say(*found.lines(), sep="\n")
        return found.figures()

    def regrade(self) -> Figures:
        """Measure how long a stored class takes to be judged, and previewed, by new weights."""
        size = self.size
        with stored_class(self.cases, self.folder, size.stored) as site:
            seconds = regrade_seconds(site, size.stored, size.repeats)
            say(f"{size.stored} stored:", ", ".join(f"{one:.3f} s" for one in seconds))
            previews = preview_figures(site.settings, size.stored, size.repeats)
        say(*preview_lines(previews, size.stored), sep="\n")
        whole = {**regrade_figures(seconds), **previews}
        memory = whole.pop("preview_memory")
        of_thousand = {name: one * 1_000 / size.stored for name, one in whole.items()}
        return {**of_thousand, "preview_memory": memory}

    def beside(self) -> Figures:
        """Measure what an upload waits while a class is graded again."""
        number = self.size.beside
        found = run_beside(self.cases, self.folder / "beside", number)
        for name in ("alone", "beside"):
            say(f"upload to report, {name}: p50 {1_000 * median(found[name]):.1f} ms")
        say(f"{number} graded again from stored facts in {found['judged'][0]:.1f} s")
        return beside_figures(found)

    def http(self) -> Figures:
        """Measure the service from upload to report."""
        run = run_http(self.cases, self.folder / "http", self.size.http)
        say(*run.lines(), sep="\n")
        return run.figures()


SECTIONS: dict[str, Callable[[Bench], Figures]] = {
    "engine": Bench.engine,
    "large": Bench.large,
    "containment": Bench.containment,
    "start": Bench.start,
    "uploads": Bench.uploads,
    "regrade": Bench.regrade,
    "beside": Bench.beside,
    "http": Bench.http,
}


def main() -> None:
    """Run the sections and print the figures; with ``--strict`` exit with 1 for a missed bar."""
    given = _arguments()
    say(*machine_facts(), f"at the start: {load()}", sep="\n")
    figures = _run(QUICK if given.quick else FULL, given.only or list(SECTIONS))
    say("", *table(figures), f"at the end: {load()}", sep="\n")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n")
    if given.strict and missed(figures):
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--only", action="append", choices=list(SECTIONS), help="one section")
    parser.add_argument("--strict", action="store_true", help="fail where a bar is missed")
    parser.add_argument("--json", type=Path, help="write the figures to a file as well")
    return parser.parse_args()


def _run(size: Size, sections: Sequence[str]) -> Figures:
    figures: Figures = {}
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as folder:
        bench = Bench(size, cases(size.cases), Path(folder))
        lines = [case.lines for case in bench.cases]
        say(f"{len(lines)} submissions of {min(lines)} to {max(lines)} lines")
        # Objects that exist now are never freed: freezing them keeps the garbage collector from
        # walking them while the bare libraries are measured.
        gc.collect()
        gc.freeze()
        for section in sections:
            start = time.monotonic()
            say(f"\n== {section} ==")
            figures |= SECTIONS[section](bench)
            say(f"({time.monotonic() - start:.0f} s, {load()})")
    return figures


if __name__ == "__main__":
    main()
