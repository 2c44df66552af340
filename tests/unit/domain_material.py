"""A small catalog, facts and rubrics, with which the domain is tested without a real check."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from hashlib import sha256
from typing import Any

from grader.domain.check import AnyCheck, Catalog, Check, Guidance, Options
from grader.domain.facts import EngineIdentity, FileFacts, SubmissionFacts
from grader.domain.inspection import Facts, Finding, Inspection, State
from grader.domain.measures import (
    Measure,
    UsualLimit,
    count_measure,
    maximum_measure,
    over_limit_measure,
)
from grader.domain.report import Report
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric, Rubric
from grader.domain.rubric.reading import read_rubric
from grader.domain.scoring import Ledger, Row, judge
from grader.domain.source import SourceFile

ENGINE = EngineIdentity(grader="1", python="3.11", grammar="3.11", tools={}, checks={})


def _nothing(source: SourceFile, options: Options, context: tuple[str, ...]) -> Inspection:
    raise AssertionError("no check runs in a test of the domain")


def check(name: str, *measures: Measure, **more: Any) -> AnyCheck:
    """Return a check with ``measures`` that must not be run."""
    words = Guidance(f"About {name}.", f"Mend {name}.", f"https://example.org/{name}")
    more = {"options": Options, **more}
    return Check(name, 1, name.title(), words, measures, _nothing, **more)


def _share(facts: Facts, limit: int | None) -> Fraction | None:
    """Return ``covered`` of ``whole`` in percent; ``None`` if ``whole`` is 0."""
    whole = facts.counts.get("whole", 0)
    return Fraction(100 * facts.counts.get("covered", 0), whole) if whole else None


COMPLAINTS = count_measure("complaints", "Complaints", "complaints")
USES = count_measure("uses", "Uses", "uses", better="higher")
OVER = over_limit_measure(
    "functions_over",
    "lengths",
    "Functions over the limit",
    "functions",
    usual_limit=UsualLimit(20, "lines"),
)
LONGEST = maximum_measure("longest", "Longest function", "lines")
SHARE = Measure("share", "Share covered", "percent", "higher", "covered / whole", _share, high=100)


class LintOptions(Options):
    """Options of the check ``lint``."""

    width: int = 88


class MendOptions(Options):
    """Options of the check ``mend``."""

    formatting: dict[str, int] | None = None
    import_order: dict[str, int] | None = None


CHECKS = (
    check("lint", COMPLAINTS, USES, options=LintOptions),
    check("length", OVER, LONGEST, skips_tests=True),
    check("coverage", SHARE),
    check("suppressions", count_measure("comments", "Comments", "comments"), always_runs=True),
    check("mend", options=MendOptions, gradable=False),
)
CATALOG: Catalog = {each.id: each for each in CHECKS}


def criterion(
    points: float = 10, check: str = "lint", *, scale: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """Return a criterion as plain data: all points for 0 complaints, none for 10 and more."""
    given = scale or {"measure": "complaints", "full_at": 0, "zero_at": 10}
    return {"title": "A title", "points": points, "check": check, "scale": given, **more}


def by_hand(points: float = 10, **more: Any) -> dict[str, Any]:
    """Return a criterion that a person judges, as plain data."""
    return {"title": "By hand", "points": points, "check": "manual", **more}


def document(criteria: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return a rubric as plain data; its total is the sum of the points of ``criteria``."""
    total = sum(each["points"] for each in criteria.values())
    head = {"exercise": "numbers", "course": "mlops", "title": "Numbers", "total": total}
    return {**head, "criteria": dict(criteria), **more}


def rubric_of(criteria: Mapping[str, Any], catalog: Catalog = CATALOG, **more: Any) -> Rubric:
    """Return the rubric with ``criteria``, read and validated."""
    return read_rubric(document(criteria, **more), catalog)


def compiled_rubric_of(
    criteria: Mapping[str, Any], catalog: Catalog = CATALOG, **more: Any
) -> CompiledRubric:
    """Return the rubric with ``criteria``, compiled."""
    return CompiledRubric.of(rubric_of(criteria, catalog, **more), catalog)


def seen(state: State = State.OK, *findings: Finding, reason: str = "", **facts: Any) -> Inspection:
    """Return an inspection; the keywords ``facts`` are those of ``Facts``."""
    return Inspection(state=state, facts=Facts(**facts), findings=findings, reason=reason)


def complaints(count: int, *findings: Finding) -> Inspection:
    """Return an inspection by ``lint`` that counted ``count`` complaints."""
    return seen(State.OK, *findings, counts={"complaints": count})


NOT_APPLICABLE = Inspection(state=State.NOT_APPLICABLE)
FAILED = Inspection(state=State.FAILED, reason="timeout")
NOTHING_SUPPRESSED = Inspection()
NO_PYTHON = Inspection(
    state=State.UNREADABLE,
    reason="syntax",
    findings=(Finding(code="syntax-error", line=3, message="'(' was never closed"),),
)


def file(path: str, readable: Inspection = Inspection(), **inspections: Inspection) -> FileFacts:
    """Return the facts of one file.

    Checks that ``inspections`` does not name were not applicable. An unreadable file has none.
    """
    known = {name: NOT_APPLICABLE for name in CATALOG} | inspections
    digest = sha256(path.encode()).hexdigest()
    inspected = known if readable.state is State.OK else {}
    return FileFacts(path=path, sha256=digest, readable=readable, inspections=inspected)


def empty_file(path: str) -> FileFacts:
    """Return the facts of a file of 0 bytes."""
    return file(path).model_copy(update={"sha256": sha256().hexdigest()})


def facts_of(*files: FileFacts) -> SubmissionFacts:
    """Return the facts of a submission of ``files``, sorted by path."""
    in_order = tuple(sorted(files, key=lambda each: each.path))
    return SubmissionFacts(files=in_order, digest="d" * 64, engine=ENGINE)


def judged(criteria: Mapping[str, Any], *files: FileFacts) -> Ledger:
    """Return the ledger of ``files`` under a rubric with ``criteria``."""
    return judge(compiled_rubric_of(criteria), facts_of(*files))


def the_row(given: Mapping[str, Any], *files: FileFacts) -> Row:
    """Return the row of the ledger for ``given``, the only criterion."""
    return judged({"it": given}, *files).rows[0]


def reported(criteria: Mapping[str, Any], *files: FileFacts) -> Report:
    """Return the report about ``files`` under a rubric with ``criteria``."""
    return build_report(compiled_rubric_of(criteria), facts_of(*files), digest="r" * 64)
