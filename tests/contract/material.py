"""Test data of the contract tests: times, rubrics, submissions and results."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from grader.domain.facts import EngineIdentity, FileFacts, SubmissionFacts
from grader.domain.inspection import Facts, Finding, Inspection, State
from grader.domain.report import Fault, Report, RubricLine, SubmissionLine, TotalLine
from grader.domain.rubric import Rubric
from grader.service.lanes import Lane
from grader.service.records import (
    AuditEntry,
    AuditQuery,
    Claim,
    NewSubmission,
    Result,
    RubricRecord,
    ScoreMessage,
)
from grader.store.sql_store import Store

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
LEASE = timedelta(minutes=2)
SECOND = timedelta(seconds=1)
#: The body of every score message of these tests, with one space more than `json.dumps` writes, so
#: that a test notices if the store writes it anew.
SCORE = '{"student":  "Zoë"}'.encode()
ENGINE = EngineIdentity(
    grader="0.1.0", python="3.11.7", grammar="3.14", tools={"black": "26.10.1"}, checks={"style": 1}
)


def rubric(exercise: str = "numbers", course: str = "mlops", title: str = "Numbers") -> Rubric:
    """Return a rubric with one criterion, which a person judges."""
    by_hand = {"title": "Explains itself", "points": 10, "check": "manual"}
    return Rubric.model_validate(
        {
            "exercise": exercise,
            "course": course,
            "title": title,
            "total": 10,
            "criteria": {"explanation": by_hand},
        }
    )


def publish(
    store: Store, exercise: str = "numbers", course: str = "mlops", base: int | None = None
) -> RubricRecord:
    """Publish :func:`rubric` as the version after ``base``; return its record."""
    text = f"exercise: {exercise}\n# nach Version {base}\n"
    one = rubric(exercise, course)
    return store.rubrics.publish(one, text, "d" * 64, base=base, actor="admin", now=NOW)


def sent(
    student: str = "s1",
    *,
    exercise: str = "numbers",
    data: bytes = b"print(1)\n",
    key: str = "",
    digest: str = "",
    callback: str = "",
    filename: str = "work.zip",
) -> NewSubmission:
    """Return an upload that is not stored yet."""
    return NewSubmission(
        exercise=exercise,
        student=student,
        filename=filename,
        data=data,
        source="api",
        actor="token-1",
        scope="token-1",
        request_digest=digest,
        idempotency_key=key,
        callback_url=callback,
        callback_context="context-7" if callback else "",
    )


def facts(findings: int = 2, engine: EngineIdentity = ENGINE) -> SubmissionFacts:
    """Return facts of a readable file with ``findings`` findings, and of an unreadable file."""
    found = tuple(Finding(code="E501", line=n + 1, message="zu lang ü") for n in range(findings))
    counted = Facts(counts={"violations": findings}, histograms={"complexity": {1: 4, 7: 1}})
    good = FileFacts(
        path="main.py",
        sha256="a" * 64,
        inspections={"style": Inspection(facts=counted, findings=found)},
    )
    bad = FileFacts(
        path="torn.py",
        sha256="b" * 64,
        readable=Inspection(
            state=State.UNREADABLE,
            reason="syntax",
            findings=(Finding(code="syntax-error", line=3, message="was never closed"),),
        ),
    )
    return SubmissionFacts(files=(good, bad), digest="c" * 64, engine=engine)


def report(status: str = "graded", points: float = 7.5, version: int = 1) -> Report:
    """Return a report with ``points``; with another status than ``graded`` it has a fault."""
    broken = () if status == "graded" else (Fault(path="a.py", check="style", reason="timeout"),)
    known = points if status == "graded" else None
    return Report.model_validate(
        {
            "status": status,
            "total": TotalLine(points=known, at_least=points, max_points=10),
            "next_step": None,
            "criteria": (),
            "files": (),
            "findings": (),
            "faults": broken,
            "patch": None,
            "patch_disagreements": (),
            "commands": (),
            "notes": ("ein Vermerk – ☃",),
            "dropped": (),
            "rubric": RubricLine(exercise="numbers", title="N", version=version, digest="d" * 64),
            "engine": ENGINE,
            "submission": SubmissionLine(digest="c" * 64, archive_sha256=None),
        }
    )


def result(
    version: RubricRecord,
    status: str = "graded",
    points: float = 7.5,
    engine: EngineIdentity = ENGINE,
    callback: str = "",
) -> Result:
    """Return the result of a grading under ``version``, with a score message to ``callback``."""
    message = ScoreMessage(callback, SCORE) if callback else None
    return Result(report(status, points, version.version), facts(engine=engine), version, message)


def claimed(store: Store, now: datetime = NOW, lane: Lane = Lane.LIVE) -> Claim:
    """Claim the next row of ``lane``, which must have a due row."""
    claim = store.submissions.claim(lane, now, LEASE)
    assert claim is not None
    return claim


def audit_entries(store: Store, limit: int = 100) -> Sequence[AuditEntry]:
    """Return the newest ``limit`` entries of the audit log, newest first."""
    return store.audit_log.page(AuditQuery(), limit=limit).items
