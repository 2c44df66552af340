"""Versions and drafts of rubrics: each has its author, and no change is lost unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.domain.errors import BadRequest, PreconditionFailed
from grader.service.records import DraftRecord, Role
from grader.store.sql_store import Store
from tests.contract.material import NOW, SECOND, audit_entries, publish, rubric


def put(
    store: Store, text: str = "a", replaces: DraftRecord | None = None, course: str = "mlops"
) -> DraftRecord:
    return store.drafts.put(
        rubric(course=course),
        text,
        "e" * 64,
        replaces=replaces,
        base_version=1,
        actor="teacher",
        now=NOW + SECOND * (replaces.revision if replaces else 0),
    )


def test_every_version_can_be_read_newest_first(store: Store) -> None:
    assert store.rubrics.versions("numbers").items == ()
    all_versions = [publish(store, base=base) for base in (None, 1, 2)]
    publish(store, "strings")

    page = store.rubrics.versions("numbers", limit=2)
    rest = store.rubrics.versions("numbers", limit=2, cursor=page.next_cursor)
    assert [*page.items, *rest.items] == all_versions[::-1]
    assert rest.next_cursor == ""
    assert store.rubrics.version("numbers", 2) == all_versions[1]
    assert store.rubrics.version("numbers", 4) is None
    assert store.rubrics.version("nothing", 1) is None


def test_a_cursor_of_another_listing_is_refused(store: Store) -> None:
    publish(store)
    publish(store, "strings")
    foreign = store.rubrics.page(limit=1).next_cursor
    with pytest.raises(BadRequest):
        store.rubrics.versions("numbers", cursor=foreign)


def test_the_author_is_the_name_of_the_token(store: Store) -> None:
    token = store.tokens.create(
        "f" * 64,
        name="Dr. Ada",
        role=Role.INSTRUCTOR,
        course="mlops",
        student="",
        expires_at=None,
        actor="admin",
        now=NOW,
    )
    for base, actor, author in ((None, token.id, "Dr. Ada"), (1, "seed", "seed")):
        made = store.rubrics.publish(rubric(), "a", "e" * 64, base=base, actor=actor, now=NOW)
        assert (made.created_by, made.author) == (actor, author)
        assert store.rubrics.newest("numbers") == made
    store.tokens.revoke(token.id, "admin", NOW)
    assert [one.author for one in store.rubrics.versions("numbers").items] == ["seed", "Dr. Ada"]


def test_a_draft_is_stored_changed_and_deleted(store: Store) -> None:
    assert store.drafts.get("numbers") is None
    first = put(store, "# ü\r\n")
    assert first == DraftRecord(
        "numbers", "mlops", 1, "e" * 64, "# ü\r\n", 1, NOW, "teacher", "teacher"
    )
    second = put(store, "b", first)
    assert (second.revision, second.text) == (2, "b")
    assert store.drafts.get("numbers") == second
    store.drafts.delete(second, actor="teacher", now=NOW + SECOND * 2)
    assert store.drafts.get("numbers") is None
    said = [(entry.action, entry.subject, entry.course) for entry in audit_entries(store)]
    drafted = ("rubric.drafted", "numbers", "mlops")
    assert said == [("rubric.draft_deleted", "numbers", "mlops"), drafted, drafted]


def test_a_change_of_an_older_draft_is_refused(store: Store) -> None:
    first = put(store)
    second = put(store, "b", first)
    for stale in (None, first):
        with pytest.raises(PreconditionFailed):
            put(store, "c", stale)
    with pytest.raises(PreconditionFailed):
        store.drafts.delete(first, actor="teacher", now=NOW)
    assert store.drafts.get("numbers") == second
    store.drafts.delete(second, actor="teacher", now=NOW)
    with pytest.raises(PreconditionFailed):
        put(store, "c", second)


def test_of_many_first_drafts_one_wins(store: Store) -> None:
    def attempt(_: int) -> bool:
        try:
            put(store)
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(attempt, range(6))).count(True) == 1


def test_publishing_deletes_the_draft_or_does_nothing(store: Store) -> None:
    publish(store)
    first = put(store)
    second = put(store, "b", first)

    def publish_draft(draft: DraftRecord) -> int:
        return store.rubrics.publish(
            rubric(), draft.text, draft.digest, base=1, actor="t", now=NOW, draft=draft
        ).version

    with pytest.raises(PreconditionFailed):
        publish_draft(first)
    newest = store.rubrics.newest("numbers")
    assert newest is not None and newest.version == 1
    assert publish_draft(second) == 2
    assert store.drafts.get("numbers") is None


def test_a_new_exercise_takes_its_id_from_drafts_of_other_courses(store: Store) -> None:
    put(store, course="other")
    publish(store)
    assert store.drafts.get("numbers") is None
