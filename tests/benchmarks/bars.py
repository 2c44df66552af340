"""The bars: the limit of each measured figure, and the table that compares them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Bar:
    """The limit of one figure. Ratios are of medians within one run unless ``title`` says more."""

    id: str
    title: str
    sign: Literal[">=", "<="]
    value: float

    def holds(self, measured: float) -> bool:
        """Return whether ``measured`` is on the right side of the limit, or equal to it."""
        return measured >= self.value if self.sign == ">=" else measured <= self.value


BARS = (
    Bar("lines_over_p", "verdicts only: seven command lines / P", ">=", 8),
    Bar("p_over_a", "verdicts only: P / A", "<=", 0.65),
    Bar("lines_over_patch", "with the patch: seven command lines / P", ">=", 6),
    Bar("patch_over_a", "with the patch: P / A", "<=", 1.0),
    Bar("every_over_p", "every check there is / P (the four tools, two of our own)", "<=", 2),
    Bar("p_over_in_process", "P / the same in-process", "<=", 1.15),
    Bar("sandbox", "P in the sandbox / P under limits alone", "<=", 1.1),
    Bar("known_over_p", "all facts known / P", "<=", 0.02),
    Bar("burst", "one worker, burst over HTTP: throughput / P's own rate", ">=", 0.93),
    Bar("low_p50", "upload to report, low load: p50 / P", "<=", 1.25),
    Bar("low_p99", "upload to report, low load: p99 / P", "<=", 2.3),
    Bar("loaded_p50", "at 80 % load, Poisson arrivals: p50 / P", "<=", 3.5),
    Bar("loaded_p99", "at 80 % load, Poisson arrivals: p99 / P", "<=", 15),
    Bar("two_workers", "two workers / one", ">=", 1.85),
    Bar("uploads", "uploads accepted per second, one API process, committed", ">=", 500),
    Bar("regrade", "regrade of 1,000 stored submissions, seconds", "<=", 1),
    Bar("preview", "preview of 1,000 students, other weights, seconds", "<=", 2),
    Bar("large_preview", "preview of 10,000 students, seconds", "<=", 15),
    Bar("preview_memory", "peak of memory of the larger preview / the smaller", "<=", 1.3),
    Bar("beside", "upload to report while 300 are measured again: p50 / without", "<=", 2),
    Bar("crash", "crash of a tool: delay of the next submission / P", "<=", 0.5),
    Bar("statement", "one statement of 1,000 -> 2,000 lines", "<=", 2.5),
    Bar("start", "worker start to first result / import of the four tools", "<=", 3),
    Bar("memory", "resident memory after 1,000 fresh submissions / after 100", "<=", 1.3),
    Bar("memory_growth", "its growth from 500 to 1,000", "<=", 0.08),
    Bar("parity", "verdicts that differ from the command lines'", "<=", 0),
)

_WIDTH = max(len(bar.title) for bar in BARS)


def table(measured: Mapping[str, float], bars: Iterable[Bar] = BARS) -> list[str]:
    """Return the lines of the final table; ``measured`` maps ids of bars to figures."""
    head = f"{'figure':{_WIDTH}} | {'measured':>9} | {'bar':>8} |"
    return [head, "-" * len(head), *(_line(bar, measured.get(bar.id)) for bar in bars)]


def missed(measured: Mapping[str, float], bars: Iterable[Bar] = BARS) -> list[str]:
    """Return the ids of the bars whose figure was measured and is on the wrong side."""
    return [bar.id for bar in bars if bar.id in measured and not bar.holds(measured[bar.id])]


def _line(bar: Bar, measured: float | None) -> str:
    value, said = "-", "not measured"
    if measured is not None:
        value, said = f"{measured:9,.3f}", "ok" if bar.holds(measured) else "MISSED"
    return f"{bar.title:{_WIDTH}} | {value:>9} | {bar.sign} {bar.value:5g} | {said}"
