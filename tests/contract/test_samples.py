"""Golden samples: stored with what they should earn, each change in the audit log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.domain.errors import Conflict, NotFound, PreconditionFailed
from grader.domain.samples import SamplePoints
from grader.service.records import NewSample, Override, SampleRecord
from grader.store.sql_store import Store
from tests.contract.material import NOW, SECOND, audit_entries, publish, rubric, sent

GOOD = NewSample("numbers", "mlops", "good", "good.zip", b"PK good", SamplePoints(total=72.5))
BY_CRITERION = SamplePoints(total=72.5, criteria={"style": 12.5, "naming": 60})


def put(store: Store, new: NewSample = GOOD) -> SampleRecord:
    return store.samples.put(new, "ada", NOW)


def acts(store: Store) -> list[tuple[str, object]]:
    """Return the actions about samples in the audit log with their points, oldest first."""
    return [
        (entry.action, entry.detail.get("expected"))
        for entry in reversed(audit_entries(store))
        if entry.action.startswith("sample.")
    ]


def test_a_sample_comes_back_as_it_was_sent(store: Store) -> None:
    publish(store)
    record = put(store)
    assert record.expected == SamplePoints(total=72.5)
    assert store.samples.get("numbers", "good") == record
    assert store.samples.archive("numbers", "good") == b"PK good"
    assert list(store.samples.of("numbers")) == [record]
    assert list(store.samples.of("other")) == []
    (entry,) = (one for one in audit_entries(store) if one.action == "sample.stored")
    assert (entry.actor, entry.subject, entry.course) == ("ada", "numbers", "mlops")
    assert (entry.detail["sample"], entry.detail["expected"]) == ("good", "72.5")


def test_the_same_sample_again_changes_nothing(store: Store) -> None:
    publish(store)
    record = put(store)
    again = store.samples.put(replace(GOOD, expected=None), "bob", NOW + SECOND)
    assert again == record
    assert len(acts(store)) == 1


def test_another_program_keeps_what_is_expected(store: Store) -> None:
    publish(store)
    put(store)
    store.samples.expect("numbers", "good", BY_CRITERION, "ada", NOW)
    other = replace(GOOD, data=b"PK other", expected=None)
    record = store.samples.put(other, "bob", NOW + SECOND)
    assert (record.expected, record.updated_by) == (BY_CRITERION, "bob")
    assert store.samples.archive("numbers", "good") == b"PK other"
    assert [act for act, _ in acts(store)] == ["sample.stored", "sample.expected", "sample.stored"]


def test_a_new_sample_needs_points(store: Store) -> None:
    publish(store)
    with pytest.raises(Conflict, match="what it should earn"):
        put(store, replace(GOOD, expected=None))
    assert list(store.samples.of("numbers")) == []


def test_what_is_expected_already_is_no_change(store: Store) -> None:
    publish(store)
    put(store)
    first = store.samples.expect("numbers", "good", BY_CRITERION, "bob", NOW + SECOND)
    again = store.samples.expect("numbers", "good", BY_CRITERION, "eve", NOW + 2 * SECOND)
    assert first == again == store.samples.get("numbers", "good")
    assert (first.expected, first.updated_by) == (BY_CRITERION, "bob")
    assert acts(store) == [("sample.stored", "72.5"), ("sample.expected", "72.5")]


def test_what_is_not_there(store: Store) -> None:
    publish(store)
    put(store)
    for exercise, name in (("numbers", "bad"), ("other", "good")):
        with pytest.raises(NotFound):
            store.samples.get(exercise, name)
        with pytest.raises(NotFound):
            store.samples.archive(exercise, name)
        with pytest.raises(NotFound):
            store.samples.remove(exercise, name, "ada", NOW)
        with pytest.raises(NotFound):
            store.samples.expect(exercise, name, BY_CRITERION, "ada", NOW)


def test_a_deleted_sample_leaves_an_entry(store: Store) -> None:
    publish(store)
    put(store)
    put(store, replace(GOOD, name="twin"))
    store.samples.remove("numbers", "good", "ada", NOW)
    assert [one.name for one in store.samples.of("numbers")] == ["twin"]
    assert store.samples.archive("numbers", "twin") == b"PK good"
    assert acts(store)[-1] == ("sample.deleted", None)


def test_bytes_stay_as_long_as_a_sample_or_a_submission_has_them(store: Store) -> None:
    publish(store)
    put(store)
    record, _ = store.submissions.accept(sent(data=b"PK good"), NOW)
    store.samples.remove("numbers", "good", "ada", NOW)
    assert store.submissions.archive(record.id)[0] == b"PK good"

    put(store)
    store.retention.erase("s1", "", actor="ada", now=NOW)
    assert store.samples.archive("numbers", "good") == b"PK good"


def test_a_reason_to_publish_changes_what_is_expected_with_the_version(store: Store) -> None:
    publish(store)
    put(store)
    why = Override("Tests count more", {"good": BY_CRITERION, "deleted meanwhile": BY_CRITERION})
    with pytest.raises(PreconditionFailed):
        store.rubrics.publish(
            rubric(), "text", "d" * 64, base=7, override=why, actor="ada", now=NOW
        )
    assert store.samples.get("numbers", "good").expected == GOOD.expected

    store.rubrics.publish(rubric(), "text", "d" * 64, base=1, override=why, actor="ada", now=NOW)
    assert store.samples.get("numbers", "good").expected == BY_CRITERION
    published = next(one for one in audit_entries(store) if one.action == "rubric.published")
    assert published.detail == {"version": 2, "override": "Tests count more"}
    assert acts(store)[-1] == ("sample.expected", "72.5")
