"""Measures: named formulas over merged facts, which a rubric's scales turn into points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from grader.domain.inspection import Facts, Finding


@dataclass(frozen=True)
class Measure:
    """A named formula over merged facts.

    ``value(facts, limit)`` gives an exact number between ``low`` and ``high`` (``None``: no upper
    bound), or ``None`` where there is nothing to measure. A measure with ``takes_limit`` needs a
    ``limit`` in the rubric's scale. ``evidence(finding, limit)`` says whether a finding is one
    that this measure counted.
    """

    id: str
    title: str
    unit: str
    better: Literal["lower", "higher"]
    formula: str
    value: Callable[[Facts, int | None], Fraction | None]
    evidence: Callable[[Finding, int | None], bool] = lambda finding, limit: True
    takes_limit: bool = False
    low: int = 0
    high: int | None = None

    @property
    def told(self) -> str:
        """The measure in a sentence: its id, what it counts, and which way is better."""
        better = "less" if self.better == "lower" else "more"
        limit = "; the rubric sets the limit" if self.takes_limit else ""
        return f"{self.id}: {self.formula} ({better} is better{limit})"


def counting(
    name: str, title: str, unit: str, *, better: Literal["lower", "higher"] = "lower"
) -> Measure:
    """The measure that is one count, 0 where it was never counted."""

    def value(facts: Facts, limit: int | None) -> Fraction | None:
        return Fraction(facts.counts.get(name, 0))

    return Measure(name, title, unit, better, f"number of {unit}", value)


def highest(
    name: str, title: str, unit: str, *, better: Literal["lower", "higher"] = "lower"
) -> Measure:
    """The measure that is one maximum; nothing to measure where there was none."""

    def value(facts: Facts, limit: int | None) -> Fraction | None:
        return Fraction(facts.maxima[name]) if name in facts.maxima else None

    def evidence(finding: Finding, limit: int | None) -> bool:
        return finding.value is not None

    return Measure(name, title, unit, better, f"highest {unit}", value, evidence)


def over_limit(name: str, histogram: str, title: str, unit: str) -> Measure:
    """How many values of a histogram lie above the limit in the rubric's scale."""

    def value(facts: Facts, limit: int | None) -> Fraction | None:
        values = facts.histograms.get(histogram)
        if not values or limit is None:
            return None
        return Fraction(sum(times for size, times in values.items() if size > limit))

    def evidence(finding: Finding, limit: int | None) -> bool:
        return finding.value is None or limit is None or finding.value > limit

    formula = f"number of {unit} over the limit"
    return Measure(name, title, unit, "lower", formula, value, evidence, takes_limit=True)


def counting_in_code(name: str, title: str, unit: str) -> Measure:
    """The measure that is one count, for checks that count ``files_with_code`` beside it.

    There is nothing to measure without code: no complaint about an empty file is no merit.
    """

    def value(facts: Facts, limit: int | None) -> Fraction | None:
        found = facts.counts.get(name, 0)
        return Fraction(found) if found or facts.counts.get("files_with_code") else None

    return replace(counting(name, title, unit), value=value)
