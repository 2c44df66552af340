"""Rubrics, tokens, sources and the facts cache."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from grader.domain.errors import Conflict, GraderError, NotFound, PreconditionFailed
from grader.domain.inspection import Facts, Finding, Inspection, State
from grader.service.records import Role, RubricRecord, SourceRecord, TokenRecord
from grader.store.sql_store import Store
from tests.contract.material import NOW, SECOND, audit_entries, publish, rubric


def test_a_rubric_is_returned_as_it_was_sent(store: Store) -> None:
    text = "# ümlaut\r\nexercise: numbers  \n\n"
    digest, said = "d" * 64, "Beginn ü"
    record = store.rubrics.publish(
        rubric(), text, digest, base=None, actor="admin", now=NOW, message=said
    )

    expected = RubricRecord("numbers", "mlops", 1, digest, text, NOW, "admin", said, "admin")
    assert record == expected
    assert audit_entries(store, limit=1)[0].detail == {"version": 1, "message": said}
    assert store.rubrics.newest("numbers") == record
    assert store.rubrics.newest("nothing") is None


def test_versions_follow_each_other(store: Store) -> None:
    first = publish(store)
    second = store.rubrics.publish(
        rubric(title="New"), "b", "e" * 64, base=1, actor="teacher", now=NOW
    )

    assert second.version == 2
    assert store.rubrics.newest("numbers") == second
    assert store.rubrics.version("numbers", 1) == first
    assert store.rubrics.version("numbers", 2) == second
    assert store.rubrics.version("numbers", 3) is store.rubrics.version("nothing", 1) is None
    (exercise,) = store.rubrics.page().items
    assert (exercise.title, exercise.version) == ("New", 2)
    entry = audit_entries(store, limit=1)[0]
    assert (entry.actor, entry.action, entry.subject) == ("teacher", "rubric.published", "numbers")


@pytest.mark.parametrize("base", [None, 1, 3])
def test_a_change_of_another_version_is_refused(store: Store, base: int | None) -> None:
    publish(store)
    publish(store, base=1)

    with pytest.raises(PreconditionFailed):
        publish(store, base=base)
    newest = store.rubrics.newest("numbers")
    assert newest is not None and newest.version == 2


def test_a_change_of_nothing_is_refused(store: Store) -> None:
    with pytest.raises(PreconditionFailed):
        publish(store, base=1)


@pytest.mark.parametrize("base", [None, 1])
def test_an_exercise_belongs_to_its_course(store: Store, base: int | None) -> None:
    publish(store)

    with pytest.raises(Conflict):
        publish(store, course="other", base=base)


@pytest.mark.parametrize("base", [None, 1])
def test_of_many_writers_with_one_base_one_wins(store: Store, base: int | None) -> None:
    if base:
        publish(store)

    def attempt(_: int) -> bool:
        try:
            publish(store, base=base)
        except GraderError as error:
            assert isinstance(error, PreconditionFailed)
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(attempt, range(6))).count(True) == 1


def test_exercises_by_page_and_course(store: Store) -> None:
    for name in ("b_1", "b-1", "a", "c"):
        publish(store, name, course="one" if name != "c" else "two")
    first = store.rubrics.page(limit=3)
    second = store.rubrics.page(cursor=first.next_cursor, limit=3)

    assert [one.id for one in first.items] == ["a", "b-1", "b_1"]
    assert [one.id for one in second.items] == ["c"]
    assert second.next_cursor == ""
    assert [one.id for one in store.rubrics.page(course="two").items] == ["c"]


def token(store: Store, digest: str = "h", *, expires_in: timedelta | None = None) -> TokenRecord:
    return store.tokens.create(
        digest,
        name="lap top",
        role=Role.STUDENT,
        course="mlops",
        student="s1",
        expires_at=None if expires_in is None else NOW + expires_in,
        actor="admin",
        now=NOW,
    )


def test_a_token_is_found_by_its_digest(store: Store) -> None:
    made = token(store, expires_in=timedelta(days=1))

    assert (made.role, made.course, made.student) == (Role.STUDENT, "mlops", "s1")
    assert (made.created_at, made.expires_at) == (NOW, NOW + timedelta(days=1))
    assert (made.revoked_at, made.last_used_at) == (None, None)
    found = store.tokens.by_digest("h", NOW)
    assert found is not None and found.id == made.id
    assert store.tokens.by_digest("other", NOW) is None
    assert audit_entries(store, limit=1)[0].action == "token.created"


def test_a_digest_is_stored_once(store: Store) -> None:
    token(store)

    with pytest.raises(IntegrityError):
        token(store)


def test_use_is_noted_at_most_once_a_minute(store: Store) -> None:
    token(store)
    used = []
    for seconds in (0, 59, 60, 61):
        found = store.tokens.by_digest("h", NOW + SECOND * seconds)
        assert found is not None
        assert store.tokens.all() == [found]
        used.append(found.last_used_at)

    assert used == [NOW, NOW, NOW + SECOND * 60, NOW + SECOND * 60]


def test_a_token_that_no_longer_counts_is_not_used(store: Store) -> None:
    token(store, expires_in=SECOND)
    found = store.tokens.by_digest("h", NOW + SECOND)

    assert found is not None and found.last_used_at is None


def test_a_revoked_token_says_so(store: Store) -> None:
    made = token(store)
    revoked = store.tokens.revoke(made.id, "admin", NOW)
    again = store.tokens.revoke(made.id, "admin", NOW + SECOND)

    assert revoked.revoked_at == again.revoked_at == NOW
    assert store.tokens.by_digest("h", NOW) == revoked
    assert audit_entries(store, limit=1)[0].action == "token.revoked"
    with pytest.raises(NotFound):
        store.tokens.revoke("nothing", "admin", NOW)


def test_tokens_are_listed_oldest_first(store: Store) -> None:
    made = [token(store, digest).id for digest in "zyx"]

    assert [one.id for one in store.tokens.all()] == made


def test_a_source_is_created_and_replaced(store: Store) -> None:
    first = SourceRecord("moodle", "mlops", "console", {"secret": "whsec_a", "hosts": ["a", "b"]})
    second = SourceRecord("moodle", "mlops", "console", {"callback_url": "https://y"})
    store.sources.put(first, "admin", NOW)
    assert store.sources.get("moodle") == first

    store.sources.put(second, "admin", NOW)
    store.sources.put(SourceRecord("canvas", "c", "console", {}), "admin", NOW)
    assert store.sources.get("moodle") == second
    assert [source.name for source in store.sources.all()] == ["canvas", "moodle"]
    assert store.sources.get("nothing") is None


def test_the_audit_trail_holds_no_secret(store: Store) -> None:
    store.sources.put(SourceRecord("m", "c", "console", {"secret": "whsec_x"}), "admin", NOW)
    token(store, "digest-of-a-secret")

    assert [entry.action for entry in audit_entries(store)] == ["token.created", "source.put"]
    assert "whsec_x" not in repr(audit_entries(store))
    assert "digest-of-a-secret" not in repr(audit_entries(store))


INSPECTION = Inspection(
    state=State.OK,
    facts=Facts(counts={"lines": 3}, maxima={"x": 2}, histograms={"h": {1: 2}}),
    findings=(Finding(code="E501", message="☃ \0", value=4, hunk="@@"),),
)


def test_inspections_are_remembered(store: Store) -> None:
    store.facts.put_many({"a": INSPECTION, "b": Inspection()}, NOW)

    assert store.facts.get_many(["b", "a", "c"]) == {"a": INSPECTION, "b": Inspection()}
    assert store.facts.get_many([]) == {}


def test_an_inspection_that_is_there_stays(store: Store) -> None:
    store.facts.put_many({"a": INSPECTION}, NOW)
    store.facts.put_many({"a": Inspection(), "b": Inspection()}, NOW)
    store.facts.put_many({}, NOW)

    assert store.facts.get_many(["a", "b"]) == {"a": INSPECTION, "b": Inspection()}


def test_many_inspections_at_once(store: Store) -> None:
    many = {f"key-{at:04}": Inspection() for at in range(1_700)}

    def put(backwards: bool) -> None:
        keys = sorted(many, reverse=backwards)
        store.facts.put_many({key: many[key] for key in keys}, NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, [False, True, False, True]))
    assert store.facts.get_many(sorted(many)) == many
