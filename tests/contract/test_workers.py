"""What the processes of workers say about themselves."""

from __future__ import annotations

from datetime import timedelta

from grader.service.records import WorkerRecord
from grader.store.sql_store import Store
from tests.contract.material import NOW, SECOND

WELL = WorkerRecord("a/1", NOW)
ILL = WorkerRecord("b/2", NOW, "No space left on device.", NOW - SECOND)


def test_the_newest_word_of_each_is_kept(store: Store) -> None:
    for record in (ILL, WELL):
        store.workers.beat(record)
    assert list(store.workers.all()) == [WELL, ILL]

    well_again = WorkerRecord("b/2", NOW + SECOND)
    store.workers.beat(well_again)
    assert list(store.workers.all()) == [WELL, well_again]


def test_one_that_ends_leaves_and_one_that_was_killed_is_forgotten(store: Store) -> None:
    for record in (WELL, ILL):
        store.workers.beat(record)
    store.workers.leave("a/1")
    store.workers.leave("nobody")
    assert list(store.workers.all()) == [ILL]

    late = WorkerRecord("c/3", NOW + timedelta(hours=2))
    store.workers.beat(late)
    assert list(store.workers.all()) == [late]


def test_one_is_alive_that_spoke_of_late() -> None:
    assert WELL.is_alive(NOW + SECOND * 44)
    assert not WELL.is_alive(NOW + SECOND * 46)
    assert not WELL.is_alive(NOW - timedelta(hours=1))  # its clock was an hour ahead
