"""Several processes on one database: killed, forked, and racing each other."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from grader.service.lanes import Lane
from grader.service.records import SubmissionState
from grader.store.database import Database
from grader.store.sql_store import Store, open_store
from tests.contract.material import LEASE, NOW, SECOND, claimed, publish, result, sent

#: Each test starts processes.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SPAWN = multiprocessing.get_context("spawn")


def claim_all(url: str) -> list[str]:
    store = open_store(url)
    mine = []
    while claim := store.submissions.claim(Lane.LIVE, NOW + SECOND * 99, LEASE):
        mine.append(claim.submission.id)
    store.close()
    return mine


def accept_ten(url: str) -> list[str]:
    store = open_store(url)
    one_key = [
        store.submissions.accept(sent(key=f"k{at}", digest="x"), NOW)[0].id for at in range(10)
    ]
    store.close()
    return one_key


def test_processes_claim_every_row_once(store: Store, url: str) -> None:
    publish(store)
    ids = {store.submissions.accept(sent(f"s{at % 5}"), NOW)[0].id for at in range(60)}
    with ProcessPoolExecutor(3, mp_context=SPAWN) as pool:
        taken = [one for mine in pool.map(claim_all, [url] * 3) for one in mine]

    assert len(taken) == 60
    assert set(taken) == ids


def test_processes_that_send_the_same_get_the_same(store: Store, url: str) -> None:
    publish(store)
    with ProcessPoolExecutor(3, mp_context=SPAWN) as pool:
        first, *others = pool.map(accept_ten, [url] * 3)

    assert len(set(first)) == 10
    assert others == [first, first]
    page = store.submissions.page("numbers")
    assert sorted(record.attempt for record in page.items) == list(range(1, 11))


ACCEPT_FOR_EVER = """
import sys
from grader.store.sql_store import open_store
from tests.contract.material import NOW, sent
store = open_store(sys.argv[1])
at = 0
while True:
    new = sent(f"s{at % 3}", data=b"%d" % at * 5000, key=f"k{at}", digest="x")
    print(store.submissions.accept(new, NOW)[0].id, flush=True)
    at += 1
"""


def test_what_was_answered_outlives_a_killed_process(store: Store, url: str) -> None:
    publish(store)
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", ACCEPT_FOR_EVER, url],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        answered = [process.stdout.readline().strip() for _ in range(15)]
        process.kill()
        answered += process.stdout.read().split()
        assert process.wait() == -signal.SIGKILL
        for submission_id in answered:
            assert store.submissions.get(submission_id).state is SubmissionState.QUEUED
            assert store.submissions.archive(submission_id)[0]

    assert _counts(url) == {"torn keys": 0, "torn audits": 0, "torn attempts": 0}


def _counts(url: str) -> dict[str, int]:
    """Return counts of rows that only a partly stored transaction can leave behind."""
    torn = {
        "torn keys": "SELECT count(*) FROM submissions s WHERE NOT EXISTS"
        " (SELECT 1 FROM idempotency_keys k WHERE k.submission = s.id)",
        "torn audits": "SELECT count(*) FROM submissions s WHERE NOT EXISTS"
        " (SELECT 1 FROM audit a WHERE a.subject = s.id)",
        "torn attempts": "SELECT (SELECT sum(count) FROM attempts)"
        " - (SELECT count(*) FROM submissions)",
    }
    database = Database(url)
    with database.read() as connection:
        found = {
            name: int(connection.execute(text(sql)).scalar_one()) for name, sql in torn.items()
        }
    database.close()
    return found


def test_a_store_works_on_both_sides_of_a_fork(store: Store) -> None:
    version = publish(store)
    record, _ = store.submissions.accept(sent(), NOW)
    child = os.fork()
    if not child:
        status = 1
        try:
            store.after_fork()
            store.submissions.finish(claimed(store), result(version), NOW)
            store.close()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert store.submissions.get(record.id).state is SubmissionState.GRADED
    assert store.submissions.accept(sent("s2"), NOW)[1]
    store.tokens.all()
