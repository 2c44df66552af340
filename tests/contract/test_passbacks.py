from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.service.records import Passback, PassbackState
from grader.store.sql_store import Store
from tests.contract.material import LEASE, NOW, SECOND, claimed, publish, result, sent


@pytest.fixture
def scores(store: Store) -> list[str]:
    version = publish(store)
    ids = []
    for at in range(3):
        new = sent(f"s{at}", callback=f"https://lms.example/{at}")
        record, _ = store.submissions.accept(new, NOW)
        now = NOW + SECOND * at
        claim = claimed(store, now)
        assert claim.callback_context == "context-7"
        outcome = result(version, callback=claim.callback_url)
        store.submissions.finish(claim, outcome, now)
        ids.append(record.id)
    return ids


def due(store: Store) -> Passback:
    passback = store.passbacks.claim_due(NOW + SECOND * 9, LEASE)
    assert passback is not None
    return passback


def test_the_one_that_is_due_longest_goes_first(store: Store, scores: list[str]) -> None:
    first = due(store)

    assert first.submission == scores[0]
    assert (first.state, first.tries) == (PassbackState.DUE, 1)
    assert first.next_try_at == NOW + SECOND * 9 + LEASE
    assert store.passbacks.of(scores[0]) == [first]


def test_what_is_not_due_is_left_alone(store: Store, scores: list[str]) -> None:
    assert store.passbacks.claim_due(NOW - SECOND, LEASE) is None
    assert store.submissions.sweep(NOW - SECOND).due_passbacks == 0
    assert store.submissions.sweep(NOW + SECOND).due_passbacks == 2


def test_each_is_claimed_once_in_its_lease(store: Store, scores: list[str]) -> None:
    with ThreadPoolExecutor(6) as pool:
        claims = list(
            pool.map(lambda _: store.passbacks.claim_due(NOW + SECOND * 9, LEASE), range(6))
        )

    assert sorted(claim.submission for claim in claims if claim) == sorted(scores)


def test_a_sender_that_died_is_followed_by_another(store: Store, scores: list[str]) -> None:
    first = due(store)
    for _ in scores[1:]:
        due(store)
    assert store.passbacks.claim_due(NOW + SECOND * 9, LEASE) is None
    again = store.passbacks.claim_due(NOW + SECOND * 9 + LEASE, LEASE)

    assert again is not None
    assert (again.id, again.tries, again.payload) == (first.id, 2, first.payload)


def test_what_was_sent_is_never_due_again(store: Store, scores: list[str]) -> None:
    passback = due(store)
    store.passbacks.settle(passback, PassbackState.SENT, "", NOW)

    (settled,) = store.passbacks.of(scores[0])
    assert settled.state is PassbackState.SENT
    assert store.submissions.sweep(NOW + LEASE).due_passbacks == 2


def test_a_failed_try_comes_again_at_its_time(store: Store, scores: list[str]) -> None:
    later = NOW + LEASE * 5
    passback = due(store)
    store.passbacks.settle(passback, PassbackState.DUE, "503", later)

    (settled,) = store.passbacks.of(scores[0])
    assert (settled.state, settled.last_error) == (PassbackState.DUE, "503")
    assert settled.next_try_at == later


def test_a_try_that_was_overtaken_settles_nothing(store: Store, scores: list[str]) -> None:
    slow = due(store)
    for _ in scores[1:]:
        due(store)
    store.passbacks.claim_due(NOW + SECOND * 9 + LEASE, LEASE)
    store.passbacks.settle(slow, PassbackState.FAILED, "timed out", NOW)

    (left,) = store.passbacks.of(scores[0])
    assert (left.state, left.last_error) == (PassbackState.DUE, "")


def test_a_clock_that_went_back_puts_off_no_score(store: Store, scores: list[str]) -> None:
    hour, day = SECOND * 3600, SECOND * 86_400
    tried = due(store)
    store.passbacks.settle(tried, PassbackState.DUE, "503", NOW + day)
    assert store.passbacks.claim_due(NOW - hour, LEASE) is None

    assert store.passbacks.clamp_times(NOW + SECOND * 9) == 0
    assert store.passbacks.clamp_times(NOW - hour) == 3
    (left,) = store.passbacks.of(tried.submission)
    assert left.next_try_at == NOW - hour + day - SECOND * 9
    for _ in scores[1:]:
        assert store.passbacks.claim_due(NOW - hour, LEASE) is not None
    assert store.passbacks.clamp_times(NOW - hour) == 0
