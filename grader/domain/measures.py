"""Measures: named formulas over merged facts, which a rubric's scales turn into points."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, NamedTuple

from grader.domain.inspection import Facts, Finding, by_statement
from grader.domain.program import COUNTED, STATEMENTS, UNREADABLE

#: Whether low or high values of a measure earn more points.
Better = Literal["lower", "higher"]
#: Whether a finding is evidence for a measure, given the limit of the rubric's scale.
Evidence = Callable[[Finding, int | None], bool]
#: The two numbers of a share in percent: the part, which is at most the whole, and the whole.
Parts = tuple[Fraction, Fraction]


class UsualLimit(NamedTuple):
    """A limit that suits a first exercise, and what it counts, e.g. 20 and "statements"."""

    value: int
    of: str


@dataclass(frozen=True)
class Measure:
    """A named formula: it makes one number of the merged facts of all files of a criterion.

    The scale of a rubric turns that number into points. ``value(facts, limit)`` returns an exact
    number between ``low`` and ``high`` (``None``: no upper bound), or ``None`` where there is
    nothing to measure. A measure with a ``usual_limit``, which is an example, needs a ``limit`` in
    the rubric's scale; others must have none. ``evidence(finding, limit)`` says whether a report
    shows a finding as counted by the measure; it does not change ``value``. A share has
    ``parts(facts, limit)``, of which ``value`` is 100 × part ÷ whole; ``of`` names what they count,
    e.g. "statements".
    """

    id: str
    title: str
    unit: str
    better: Better
    formula: str
    value: Callable[[Facts, int | None], Fraction | None]
    evidence: Evidence = lambda finding, limit: True
    usual_limit: UsualLimit | None = None
    low: int = 0
    high: int | None = None
    parts: Callable[[Facts, int | None], Parts | None] | None = None
    of: str = ""

    @property
    def takes_limit(self) -> bool:
        """Whether the scale of a rubric needs a limit for this measure."""
        return self.usual_limit is not None

    @property
    def description(self) -> str:
        """The measure in a sentence: its id, its formula, and whether less or more is better.

        It also says if the rubric has to set a limit.
        """
        better = "less" if self.better == "lower" else "more"
        limit = "; the rubric sets the limit" if self.takes_limit else ""
        return f"{self.id}: {self.formula} ({better} is better{limit})"


def counts_statements(measure: Measure) -> bool:
    """Return whether `measure` is a share of statements, which unused and repeated ones lower."""
    return measure.better == "higher" and measure.of == "statements"


def count_measure(
    name: str,
    title: str,
    unit: str,
    *,
    better: Better = "lower",
    formula: str = "",
    counts: Collection[str] = (),
    codes: Collection[str] | None = None,
    among: str = "",
) -> Measure:
    """Return the measure `name`: one count, or the sum of several; 0 where none was counted.

    `counts` are the counts that are added up (default: the count called `name`). Findings of
    `codes` are its evidence (default: all findings). `among` is a count of opportunities: where
    it is 0, there is nothing to measure (e.g. missing type hints in a program without functions).
    The default of `formula` is ``number of <unit>``.
    """
    added = tuple(counts) or (name,)

    def value(facts: Facts, limit: int | None) -> Fraction | None:
        if among and not facts.counts.get(among):
            return None
        return Fraction(sum(facts.counts.get(count, 0) for count in added))

    formula = formula or f"number of {unit}"
    return Measure(name, title, unit, better, formula, value, _evidence_of(codes))


def count_in_code_measure(
    name: str, title: str, unit: str, *, codes: Collection[str] | None = None
) -> Measure:
    """Return the measure of the count `name`, lower being better, for checks that count code files.

    Such checks also have the count ``files_with_code``. Without a file with code there is nothing
    to measure, so that an empty file earns no points for a lack of findings. A count above 0 is
    measured even so (e.g. ``# noqa`` in a file of comments). Findings of `codes` are its evidence
    (default: all findings).
    """

    def value(facts: Facts, limit: int | None) -> Fraction | None:
        found = facts.counts.get(name, 0)
        return Fraction(found) if found or facts.counts.get("files_with_code") else None

    return replace(count_measure(name, title, unit, codes=codes), value=value)


def maximum_measure(
    name: str,
    title: str,
    unit: str,
    *,
    better: Better = "lower",
    formula: str = "",
    maximum: str = "",
    codes: Collection[str] | None = None,
) -> Measure:
    """Return the measure `name`: one maximum of the facts; nothing to measure without it.

    `maximum` is the key of the maximum (default: `name`). Findings of `codes` are its evidence
    (default: all findings that have a value). The default of `formula` is ``highest <unit>``.
    """
    key = maximum or name

    def value(facts: Facts, limit: int | None) -> Fraction | None:
        return Fraction(facts.maxima[key]) if key in facts.maxima else None

    def with_value(finding: Finding, limit: int | None) -> bool:
        return finding.value is not None

    evidence = with_value if codes is None else _evidence_of(codes)
    return Measure(name, title, unit, better, formula or f"highest {unit}", value, evidence)


def over_limit_measure(
    name: str,
    histogram: str,
    title: str,
    unit: str,
    *,
    usual_limit: UsualLimit,
    formula: str = "",
    codes: Collection[str] | None = None,
) -> Measure:
    """Return the measure `name`: how many values of `histogram` exceed the limit of the scale.

    `usual_limit` is an example of that. Lower is better. Without any value, or without a limit,
    there is nothing to measure. Its evidence are findings of `codes` (default: all) without a
    value, or with one over the limit. The default of `formula` is ``number of <unit> over the
    limit``.
    """
    of_codes = _evidence_of(codes)

    def value(facts: Facts, limit: int | None) -> Fraction | None:
        values = facts.histograms.get(histogram)
        if not values or limit is None:
            return None
        return Fraction(sum(times for size, times in values.items() if size > limit))

    def evidence(finding: Finding, limit: int | None) -> bool:
        over = finding.value is None or limit is None or finding.value > limit
        return over and of_codes(finding, limit)

    formula = formula or f"number of {unit} over the limit"
    return Measure(name, title, unit, "lower", formula, value, evidence, usual_limit)


def share_measure(
    name: str,
    title: str,
    parts: Callable[[Facts, int | None], Parts | None],
    *,
    of: str,
    better: Better = "higher",
    formula: str,
    evidence: Evidence,
    usual_limit: UsualLimit | None = None,
) -> Measure:
    """Return the measure `name`: 100 × part ÷ whole; nothing to measure where the whole is 0.

    `parts(facts, limit)` returns both, each a sum over all files, so that the share of two programs
    together lies between theirs. ``None`` means that there is nothing to measure.
    """

    def value(facts: Facts, limit: int | None) -> Fraction | None:
        found = parts(facts, limit)
        return 100 * found[0] / found[1] if found else None

    return Measure(
        name,
        title,
        "percent",
        better,
        formula,
        value,
        evidence,
        usual_limit=usual_limit,
        high=100,
        parts=parts,
        of=of,
    )


def share_of_statements_measure(
    name: str,
    title: str,
    *,
    values: str,
    credit: Callable[[int, int | None], Fraction | int],
    formula: str,
    evidence: Evidence,
    usual_limit: UsualLimit | None = None,
) -> Measure:
    """Return the measure `name`: the percentage of the program's statements in good functions.

    `values` names a histogram that the engine weighted by statements: see
    ``Inspection.by_function``. `credit(value, limit)`, from 0 to 1, is the part of the statements
    that counts as good in a function of that value. All statements of the program are the whole:
    those outside functions, unused and repeated ones are never good.
    """

    def parts(facts: Facts, limit: int | None) -> Parts | None:
        histogram = facts.histograms.get(by_statement(values), {})
        # After a starter file was subtracted the functions may have more than is left in the whole.
        whole = max(facts.counts.get(STATEMENTS, 0), sum(histogram.values()))
        whole += facts.counts.get(UNREADABLE, 0)
        good = sum(credit(value, limit) * times for value, times in histogram.items())
        return (Fraction(good), Fraction(whole)) if whole else None

    whole = (
        " ÷ all statements that do something. Statements outside functions, and those that are"
        " unused or repeat others, are never good"
    )
    return share_measure(
        name,
        title,
        parts,
        of="statements",
        formula=f"100 × {formula}{whole}",
        evidence=evidence,
        usual_limit=usual_limit,
    )


def rate_measure(
    name: str,
    title: str,
    *,
    counts: Collection[str],
    what: str,
    codes: Collection[str] | None = None,
) -> Measure:
    """Return the measure `name`: faults against the program's statements; less is better.

    `counts` are the counts of faults that are added up, `what` names them in the formula. The value
    is 100 × faults ÷ (faults + statements): 50 where there is one for each statement, and below
    100, so that fixing half of them always shows. Statements are those that the program uses and
    that repeat nothing, so that neither copies nor unused code make faults rarer. Nor do tests,
    whose statements are left out even where their faults count.
    """

    def parts(facts: Facts, limit: int | None) -> Parts | None:
        faults = sum(facts.counts.get(count, 0) for count in counts)
        faults += facts.counts.get(UNREADABLE, 0)
        whole = faults + facts.counts.get(COUNTED, 0)
        return (Fraction(faults), Fraction(whole)) if whole else None

    return share_measure(
        name,
        title,
        parts,
        of="statements",
        better="lower",
        formula=(
            f"100 × {what} ÷ the same + statements that do something, are used and repeat nothing"
        ),
        evidence=_evidence_of(codes),
    )


def _evidence_of(codes: Collection[str] | None) -> Evidence:
    """Return a function that accepts findings with one of `codes`; every finding for ``None``."""
    return lambda finding, limit: codes is None or finding.code in codes
