"""Requested measurements: each is claimed by one worker at a time, and ends once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from grader.service.records import (
    MeasurementClaim,
    MeasurementRecord,
    PreviewRecord,
    Subject,
)
from grader.store.sql_store import Store
from tests.contract.material import (
    NOW,
    SECOND,
    audit_entries,
    claimed,
    facts,
    publish,
    result,
    sent,
)

LEASE = timedelta(seconds=60)
STARTER = Subject.of_starter({"main.py": "x = 1\n"})


@pytest.fixture
def preview(store: Store) -> PreviewRecord:
    """Return a preview of an exercise to which a file was handed in."""
    publish(store)
    store.submissions.accept(sent(), NOW)
    return store.previews.put("numbers", "mlops", "text", "e" * 64, actor="ada", now=NOW)


def upload(store: Store) -> Subject:
    """Return the subject of the one submission."""
    (one,) = store.submissions.page("numbers").items
    return Subject.of_upload(one.archive_sha256, one.filename)


def claim(store: Store, seconds: int = 0) -> MeasurementClaim | None:
    return store.measurements.claim(NOW + seconds * SECOND, LEASE, 3)


def test_an_upload_is_measured_once(store: Store, preview: PreviewRecord) -> None:
    subject = upload(store)
    assert not store.measurements.is_due(NOW)
    for _ in range(2):
        store.measurements.request(preview, "probes", [subject])
    assert store.measurements.is_due(NOW)
    assert store.measurements.waiting("probes") == 1
    assert store.measurements.waiting("others") == 0

    first = claim(store)
    assert first == MeasurementClaim(
        "probes", subject.key, "e" * 64, "text", b"print(1)\n", "work.zip", 1
    )
    assert claim(store, 59) is None
    assert not store.measurements.is_due(NOW)
    assert store.measurements.finish(first, facts(findings=3))
    assert store.measurements.get_many("probes", [subject.key, "unknown"]) == {
        subject.key: MeasurementRecord(subject.key, facts(findings=3).without_findings(), "")
    }
    assert claim(store, 1000) is None
    assert not store.measurements.finish(first, facts())


def test_starter_files_have_no_archive(store: Store, preview: PreviewRecord) -> None:
    store.measurements.request(preview, "probes", [STARTER])
    found = claim(store)
    assert found is not None
    assert (found.data, found.text, found.subject) == (None, "text", STARTER.key)


def test_a_lost_worker_costs_a_try_and_the_last_one_fails(
    store: Store, preview: PreviewRecord
) -> None:
    store.measurements.request(preview, "probes", [STARTER])
    lost = claim(store)
    again = claim(store, 60)
    assert lost is not None and again is not None
    assert again.tries == 2
    assert not store.measurements.finish(lost, facts()), "it was claimed again"
    assert claim(store, 120) is not None
    assert claim(store, 180) is None
    known = store.measurements.get_many("probes", [STARTER.key])[STARTER.key]
    assert known == MeasurementRecord(
        STARTER.key, None, "The worker was lost while measuring, 3 times."
    )
    assert store.measurements.waiting("probes") == 0

    store.measurements.retry_failed("probes")
    anew = claim(store, 181)
    assert anew is not None and anew.tries == 1


def test_what_is_put_back_waits_and_only_a_release_costs_a_try(
    store: Store, preview: PreviewRecord
) -> None:
    store.measurements.request(preview, "probes", [STARTER])
    first = claim(store)
    assert first is not None
    assert store.measurements.give_back(first, NOW + 5 * SECOND)
    assert claim(store, 4) is None
    second = claim(store, 5)
    assert second is not None and second.tries == 1
    assert store.measurements.release(second, NOW + 9 * SECOND)
    third = claim(store, 9)
    assert third is not None and third.tries == 2
    assert store.measurements.fail(third, "It cannot be read.")
    assert store.measurements.get_many("probes", [STARTER.key])[STARTER.key].problem
    assert not store.measurements.fail(third, "twice")


def test_a_clock_that_was_set_back_leaves_no_claim_for_ever(
    store: Store, preview: PreviewRecord
) -> None:
    store.measurements.request(preview, "probes", [STARTER])
    assert claim(store, 3600) is not None
    assert claim(store) is not None


def test_workers_share_the_rows(store: Store, preview: PreviewRecord) -> None:
    subjects = [Subject.of_starter({"main.py": f"x = {at}\n"}) for at in range(20)]
    store.measurements.request(preview, "probes", subjects)
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(lambda _: claim(store), range(30))]
    keys = [one.subject for one in found if one is not None]
    assert len(keys) == len(set(keys))
    while one := claim(store):
        keys.append(one.subject)
    assert sorted(keys) == sorted(one.key for one in subjects)


def test_an_upload_that_is_gone_is_not_asked_for(store: Store, preview: PreviewRecord) -> None:
    subject = upload(store)
    store.measurements.request(preview, "probes", [subject])
    held = claim(store)
    assert held is not None
    store.retention.erase("s1", "", "admin", NOW)
    assert not store.measurements.finish(held, facts())
    store.measurements.request(preview, "probes", [subject])
    assert store.measurements.waiting("probes") == 0


def test_the_same_text_is_one_preview(store: Store, preview: PreviewRecord) -> None:
    later = NOW + SECOND
    again = store.previews.put("numbers", "mlops", "text", "e" * 64, actor="bob", now=later)
    assert (again.id, again.created_at, again.created_by) == (preview.id, later, "bob")
    assert store.previews.get(preview.id) == again
    assert store.previews.get("unknown") is None
    entry = audit_entries(store, limit=1)[0]
    assert (entry.actor, entry.action, entry.subject) == ("bob", "rubric.previewed", "numbers")
    assert entry.detail["preview"] == preview.id


def test_the_newest_attempt_with_a_report_counts(store: Store) -> None:
    version = publish(store)
    for at in range(120):
        store.submissions.accept(sent(f"s{at:03}"), NOW)
        store.submissions.finish(claimed(store), result(version, points=at / 10), NOW)
    store.submissions.accept(sent("s001", data=b"x = 1\n"), NOW + SECOND)
    store.submissions.finish(claimed(store, NOW + SECOND), result(version, points=10), NOW)
    store.submissions.accept(sent("s000", data=b"x = 2\n"), NOW + SECOND)

    portions = [*store.previews.counted("numbers")]
    assert [len(one) for one in portions] == [50, 50, 20]
    found = [one for some in portions for one in some]
    assert [one.student for one in found] == [f"s{at:03}" for at in range(120)]
    assert [(one.attempt, one.before.points) for one in found[:3]] == [(1, 0), (2, 10), (1, 0.2)]
    assert found[0].facts == facts().without_findings()
    assert found[0].rubric_version == 1
    assert [*store.previews.counted("nothing")] == []


def test_a_purge_takes_old_previews_with_what_was_measured_for_them(
    store: Store, preview: PreviewRecord
) -> None:
    store.measurements.request(preview, "probes", [STARTER])
    later = NOW + 9 * SECOND
    newer = store.previews.put("numbers", "mlops", "new", "f" * 64, actor="ada", now=later)
    store.retention.purge_inspections(NOW, 10, "admin", later)
    assert store.previews.get(preview.id) is not None
    store.retention.purge_inspections(later, 10, "admin", later)
    assert store.previews.get(preview.id) is None
    assert store.previews.get(newer.id) is not None
    assert store.measurements.waiting("probes") == 0
    entry = audit_entries(store, limit=1)[0]
    assert (entry.action, entry.detail["previews"]) == ("inspections.purged", 1)
