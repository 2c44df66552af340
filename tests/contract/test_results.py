from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from grader.lms.registry import score_message_writers
from grader.service.lanes import Lane
from grader.service.records import (
    Passback,
    PassbackState,
    Result,
    RubricRecord,
    SourceRecord,
    SubmissionState,
)
from grader.service.score_messages import ScoreMessages
from grader.store.sql_store import Store
from tests.contract.material import (
    ENGINE,
    LEASE,
    NOW,
    SCORE,
    SECOND,
    claimed,
    facts,
    publish,
    report,
    result,
    sent,
)

STATE = SubmissionState
CALLBACK = "https://lms.example/scores"


@pytest.fixture
def version(store: Store) -> RubricRecord:
    return publish(store)


def test_a_result_is_stored_whole(store: Store, version: RubricRecord) -> None:
    record, _ = store.submissions.accept(sent(), NOW)

    assert store.submissions.report(record.id) is None
    assert store.submissions.finish(claimed(store), result(version), NOW + SECOND)
    stored = store.submissions.report(record.id)
    assert stored is not None
    assert stored.report == report()
    assert stored.report.to_json() == report().to_json()
    assert (stored.rubric_version, stored.graded_at) == (1, NOW + SECOND)
    assert stored.submission == store.submissions.get(record.id)
    assert stored.submission.state is STATE.GRADED
    assert stored.submission.graded_at == NOW + SECOND
    assert store.submissions.facts(record.id) == facts()


def test_who_has_lost_the_claim_stores_nothing(store: Store, version: RubricRecord) -> None:
    record, _ = store.submissions.accept(sent(callback=CALLBACK), NOW)
    lost = claimed(store)
    held = claimed(store, NOW + LEASE)

    assert not store.submissions.finish(
        lost, result(version, callback=CALLBACK, points=1), NOW + LEASE
    )
    assert store.submissions.report(record.id) is None
    assert store.submissions.finish(held, result(version, callback=CALLBACK, points=2), NOW + LEASE)
    assert not store.submissions.finish(
        held, result(version, callback=CALLBACK, points=3), NOW + LEASE
    )
    assert not store.submissions.finish(
        lost, result(version, callback=CALLBACK, points=4), NOW + LEASE
    )
    stored = store.submissions.report(record.id)
    assert stored is not None and stored.report.total.points == 2
    assert len(store.passbacks.of(record.id)) == 1


def test_of_many_finishes_with_one_claim_one_counts(store: Store, version: RubricRecord) -> None:
    record, _ = store.submissions.accept(sent(callback=CALLBACK), NOW)
    held = claimed(store)
    with ThreadPoolExecutor(6) as pool:
        done = list(
            pool.map(
                lambda points: store.submissions.finish(
                    held, result(version, callback=CALLBACK, points=points), NOW
                ),
                range(6),
            )
        )

    assert done.count(True) == 1
    stored = store.submissions.report(record.id)
    assert stored is not None and stored.report.total.points == done.index(True)
    assert len(store.passbacks.of(record.id)) == 1


def test_a_fault_of_ours_waits_for_a_person_with_its_report(
    store: Store, version: RubricRecord
) -> None:
    record, _ = store.submissions.accept(sent(callback=CALLBACK), NOW)
    store.submissions.finish(
        claimed(store), result(version, "needs_attention", callback=CALLBACK), NOW
    )

    left = store.submissions.get(record.id)
    assert (left.state, left.graded_at) == (STATE.NEEDS_ATTENTION, None)
    assert "style on a.py (timeout)" in left.problem
    stored = store.submissions.report(record.id)
    assert stored is not None and stored.report.status == "needs_attention"
    assert store.passbacks.of(record.id) == []
    assert store.submissions.claim(Lane.LIVE, NOW + LEASE * 9, LEASE) is None


def test_a_retry_replaces_a_report_that_needed_attention(
    store: Store, version: RubricRecord
) -> None:
    record, _ = store.submissions.accept(sent(callback=CALLBACK), NOW)
    store.submissions.finish(
        claimed(store), result(version, "needs_attention", callback=CALLBACK), NOW
    )
    store.submissions.retry(record.id, "teacher", NOW)
    assert store.submissions.finish(
        claimed(store), result(version, callback=CALLBACK, points=9), NOW + SECOND
    )

    stored = store.submissions.report(record.id)
    assert stored is not None and stored.report.total.points == 9
    assert (stored.submission.state, stored.submission.problem) == (STATE.GRADED, "")
    assert stored.graded_at == NOW + SECOND
    assert len(store.passbacks.of(record.id)) == 1


def test_a_new_engine_adds_a_report_and_the_newest_counts(
    store: Store, version: RubricRecord
) -> None:
    record, _ = store.submissions.accept(sent(), NOW)
    store.submissions.finish(claimed(store), result(version, "needs_attention"), NOW)
    store.submissions.retry(record.id, "teacher", NOW)
    newer = ENGINE.model_copy(update={"grader": "0.2.0"})
    store.submissions.finish(claimed(store), result(version, points=4, engine=newer), NOW)

    stored, newest = store.submissions.report(record.id), store.submissions.facts(record.id)
    assert stored is not None and stored.report.total.points == 4
    assert newest is not None and newest.engine == newer


def test_a_score_goes_out_with_its_report(store: Store, version: RubricRecord) -> None:
    record, _ = store.submissions.accept(sent(callback=CALLBACK), NOW)
    store.submissions.finish(claimed(store), result(version, callback=CALLBACK), NOW + SECOND)

    (score,) = store.passbacks.of(record.id)
    assert score == Passback(
        id=score.id,
        source="api",
        submission=record.id,
        url=CALLBACK,
        payload=SCORE,
        state=PassbackState.DUE,
        tries=0,
        next_try_at=NOW + SECOND,
        last_error="",
    )


@pytest.mark.parametrize("connector", ["none", "retired"])
def test_a_score_without_a_connector_is_logged_and_the_report_stays(
    store: Store, version: RubricRecord, connector: str
) -> None:
    if connector != "none":
        store.sources.put(SourceRecord("api", "mlops", connector, {}), "teacher", NOW)
    record, _ = store.submissions.accept(sent(callback=CALLBACK), NOW)
    claim = claimed(store)
    with capture_logs() as logs:
        message = ScoreMessages(store, score_message_writers()).of(claim, report(), version, NOW)

    assert message is None
    assert [(entry["event"], entry["source"]) for entry in logs] == [
        ("score_without_connector", "api")
    ]
    assert store.submissions.finish(claim, Result(report(), facts(), version, message), NOW)
    assert store.submissions.report(record.id) and store.passbacks.of(record.id) == []


def test_without_a_callback_nothing_goes_out(store: Store, version: RubricRecord) -> None:
    record, _ = store.submissions.accept(sent(), NOW)
    store.submissions.finish(claimed(store), result(version), NOW)

    assert store.passbacks.of(record.id) == []


def test_what_a_class_measures(store: Store, version: RubricRecord) -> None:
    publish(store, "strings")
    made = [store.submissions.accept(sent(f"s{at}"), NOW)[0].id for at in range(60)]
    store.submissions.accept(sent(exercise="strings"), NOW)
    for _ in range(61):
        store.submissions.finish(claimed(store), result(version), NOW)
    store.submissions.accept(sent("waits"), NOW)

    measured = [*store.submissions.measured("numbers")]
    assert [record.id for record, _ in measured] == made
    assert all(one == facts().without_findings() for _, one in measured)
    assert [*store.submissions.measured("nothing")] == []


def test_marks_are_of_the_newest_attempt_that_has_a_report(
    store: Store, version: RubricRecord
) -> None:
    publish(store, "strings")

    def graded(student: str, status: str = "graded", points: float = 7.5) -> str:
        record, _ = store.submissions.accept(sent(student), NOW)
        store.submissions.finish(claimed(store), result(version, status, points), NOW + SECOND)
        return record.id

    graded("ada", points=3)
    newest = graded("ada", points=6)
    parked = graded("bob", "needs_attention")
    store.submissions.accept(sent("ada"), NOW)
    store.submissions.accept(sent("cleo"), NOW)

    ada, bob = store.submissions.marks("numbers")
    assert (ada.student, ada.attempt, ada.submission) == ("ada", 2, newest)
    assert (ada.points, ada.max_points, ada.state) == (6, 10, STATE.GRADED)
    assert (ada.rubric_version, ada.received_at, ada.reported_at) == (1, NOW, NOW + SECOND)
    assert (bob.student, bob.submission) == ("bob", parked)
    assert (bob.points, bob.state) == (None, STATE.NEEDS_ATTENTION)
    assert [*store.submissions.marks("strings")] == []


def test_a_whole_class_has_marks(store: Store, version: RubricRecord) -> None:
    students = [f"s{at}" for at in range(60)]
    for student in students:
        store.submissions.accept(sent(student), NOW)
        store.submissions.finish(claimed(store), result(version), NOW)

    assert [mark.student for mark in store.submissions.marks("numbers")] == sorted(students)


@pytest.mark.slow
def test_large_results_are_kept(store: Store, version: RubricRecord) -> None:
    record, _ = store.submissions.accept(sent(data=b"x" * 8_000_000), NOW)
    claim = claimed(store)
    large = result(version).report.model_copy(update={"patch": "+ü\n" * 1_000_000})
    whole = type(result(version))(large, facts(findings=20_000), version)

    assert len(claim.data) == 8_000_000
    assert store.submissions.finish(claim, whole, NOW)
    stored, kept = store.submissions.report(record.id), store.submissions.facts(record.id)
    assert stored is not None and stored.report == large
    assert kept == facts(findings=20_000)


def test_the_attempt_before_is_the_latest_that_was_graded(
    store: Store, version: RubricRecord
) -> None:
    first, second, third, fourth = (
        store.submissions.accept(sent(), NOW + SECOND * at)[0] for at in range(4)
    )
    store.submissions.accept(sent("s2"), NOW)
    statuses = {first.id: "graded", second.id: "graded", third.id: "needs_attention"}
    assert store.submissions.earlier(fourth) is None
    while claim := store.submissions.claim(Lane.LIVE, NOW + SECOND * 9, LEASE):
        status = statuses.get(claim.submission.id)
        if status:
            store.submissions.finish(claim, result(version, status), NOW)

    earlier = store.submissions.earlier(fourth)
    assert earlier is not None
    assert (earlier.attempt, earlier.facts) == (2, facts())
    before = store.submissions.earlier(second)
    assert before is not None and before.attempt == 1
    assert store.submissions.earlier(first) is None


def test_the_attempt_before_is_one_of_the_same_exercise_and_student(
    store: Store, version: RubricRecord
) -> None:
    other = publish(store, "letters")
    store.submissions.accept(sent(exercise="letters"), NOW)
    store.submissions.finish(claimed(store), result(other), NOW)
    store.submissions.accept(sent("s2"), NOW)
    store.submissions.finish(claimed(store), result(version), NOW)
    store.submissions.accept(sent(), NOW)
    store.submissions.finish(claimed(store), result(version, "needs_attention"), NOW)

    record, _ = store.submissions.accept(sent(), NOW)
    assert record.attempt == 2
    assert store.submissions.earlier(record) is None
