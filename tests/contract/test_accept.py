from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Table, func, select

from grader.domain.errors import BadRequest, KeyReused, NotFound
from grader.service.lanes import Lane
from grader.service.records import SubmissionState
from grader.store.database import Database
from grader.store.sql_store import Store
from grader.store.tables import archives, submissions
from tests.contract.material import NOW, SECOND, audit_entries, publish, sent


@pytest.fixture(autouse=True)
def exercise(store: Store) -> None:
    publish(store)


def count(url: str, table: Table) -> int:
    database = Database(url)
    with database.read() as connection:
        total: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
    database.close()
    return total


def test_what_is_accepted_can_be_read_back(store: Store) -> None:
    record, new = store.submissions.accept(sent(data=b"PK\x00\xff"), NOW)

    assert new
    assert store.submissions.get(record.id) == record
    assert store.submissions.archive(record.id) == (b"PK\x00\xff", "work.zip")
    assert (record.state, record.lane, record.tries) == (SubmissionState.QUEUED, Lane.LIVE, 0)
    assert (record.course, record.attempt, record.received_at) == ("mlops", 1, NOW)
    assert record.received_at.utcoffset() == NOW.utcoffset()
    assert record.archive_sha256 == hashlib.sha256(b"PK\x00\xff").hexdigest()
    assert record.graded_at is None


def test_accepting_leaves_an_audit_entry(store: Store) -> None:
    record, _ = store.submissions.accept(sent(), NOW)

    entry = audit_entries(store, limit=1)[0]
    assert (entry.at, entry.actor) == (NOW, "token-1")
    assert (entry.action, entry.subject) == ("submission.accepted", record.id)


def test_attempts_count_by_exercise_and_student(store: Store) -> None:
    publish(store, "strings")
    order = [("s1", "numbers"), ("s1", "numbers"), ("s2", "numbers"), ("s1", "strings")]
    given = [store.submissions.accept(sent(who, exercise=what), NOW)[0] for who, what in order]

    assert [record.attempt for record in given] == [1, 2, 1, 1]


def test_the_same_bytes_are_kept_once(store: Store, url: str) -> None:
    for student in ("s1", "s2", "s3"):
        store.submissions.accept(sent(student, data=b"same"), NOW)

    assert (count(url, archives), count(url, submissions)) == (1, 3)


def test_no_such_exercise(store: Store, url: str) -> None:
    with pytest.raises(NotFound):
        store.submissions.accept(sent(exercise="nothing"), NOW)
    assert (count(url, archives), count(url, submissions)) == (0, 0)


def test_the_same_key_and_content_gives_the_first_record(store: Store) -> None:
    first, new = store.submissions.accept(sent(key="k", digest="x"), NOW)
    again, new_again = store.submissions.accept(sent(key="k", digest="x"), NOW + SECOND)

    assert (new, new_again) == (True, False)
    assert again == first
    assert len(store.submissions.page("numbers").items) == 1


def test_the_same_key_with_another_content_is_refused(store: Store) -> None:
    store.submissions.accept(sent(key="k", digest="x"), NOW)

    with pytest.raises(KeyReused):
        store.submissions.accept(sent(key="k", digest="y"), NOW)


def test_a_key_is_its_scope_s_own(store: Store) -> None:
    store.submissions.accept(sent(key="k", digest="x"), NOW)
    other = replace(sent(key="k", digest="y"), scope="token-2")

    assert store.submissions.accept(other, NOW)[1]


def test_without_a_key_every_upload_is_new(store: Store) -> None:
    assert all(store.submissions.accept(sent(), NOW)[1] for _ in range(2))


def test_of_many_accepts_with_one_key_one_wins(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        given = list(
            pool.map(lambda _: store.submissions.accept(sent(key="k", digest="x"), NOW), range(8))
        )

    assert len({record.id for record, _ in given}) == 1
    assert sum(new for _, new in given) == 1
    assert len(store.submissions.page("numbers").items) == 1


def test_accepts_at_once_count_attempts_without_a_gap(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        given = list(
            pool.map(
                lambda at: store.submissions.accept(sent(data=b"%d" % (at % 3)), NOW)[0], range(24)
            )
        )

    assert sorted(record.attempt for record in given) == list(range(1, 25))


def test_names_that_a_database_cannot_hold_do_not_refuse_a_submission(store: Store) -> None:
    record, _ = store.submissions.accept(sent(filename="a\0b\udc80.zip"), NOW)

    assert record.filename == "a\ufffdb?.zip"
    assert store.submissions.archive(record.id)[1] == record.filename


def test_unknown_ids(store: Store) -> None:
    with pytest.raises(NotFound):
        store.submissions.get("nothing")
    with pytest.raises(NotFound):
        store.submissions.archive("nothing")
    assert store.submissions.report("nothing") is None
    assert store.submissions.facts("nothing") is None


def test_pages_go_from_the_newest_to_the_oldest(store: Store) -> None:
    made = [store.submissions.accept(sent(), NOW + SECOND * at)[0].id for at in range(5)]
    seen, cursor = [], ""
    for _ in range(3):
        page = store.submissions.page("numbers", cursor=cursor, limit=2)
        seen += [record.id for record in page.items]
        cursor = page.next_cursor

    assert seen == made[::-1]
    assert cursor == ""


def test_a_full_last_page_has_no_cursor(store: Store) -> None:
    for _ in range(2):
        store.submissions.accept(sent(), NOW)

    assert store.submissions.page("numbers", limit=2).next_cursor == ""


def test_ids_made_at_one_moment_sort_as_they_were_made(store: Store) -> None:
    made = [store.submissions.accept(sent(), NOW)[0].id for _ in range(5)]

    assert [record.id for record in store.submissions.page("numbers").items] == made[::-1]


def test_pages_by_student_and_state(store: Store) -> None:
    publish(store, "strings")
    one = store.submissions.accept(sent("s1"), NOW)[0]
    two = store.submissions.accept(sent("s2"), NOW)[0]
    store.submissions.accept(sent("s1", exercise="strings"), NOW)
    page = store.submissions.page

    assert page("numbers", student="s1").items == (one,)
    assert page("numbers", state=SubmissionState.QUEUED).items == (two, one)
    assert page("numbers", state=SubmissionState.GRADED).items == ()
    assert page("nothing").items == ()


@pytest.mark.parametrize(
    "cursor", ["nonsense", "!!", "ü", "YQ", "YWZ0ZXI6", "\0", "====", "a" * 999]
)
def test_a_cursor_that_is_not_ours(store: Store, cursor: str) -> None:
    with pytest.raises(BadRequest):
        store.submissions.page("numbers", cursor=cursor)
    with pytest.raises(BadRequest):
        store.rubrics.page(cursor=cursor)
