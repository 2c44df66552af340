"""``Prefer: wait`` returns the report if ready in time, else 202, and never uses all threads."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Timer
from typing import cast

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader.bootstrap import Service, build_grade, build_service
from grader.engine.measuring.engine import Engine
from grader.http import waiting as waiting_module
from grader.http.app import create_app
from grader.http.context import ApiContext
from grader.http.waiting import Waiting, wanted_wait
from grader.service.grade import Grade
from grader.service.lanes import Lane
from grader.settings import Settings

Headers = dict[str, str]
Zipped = Callable[..., bytes]

URL = "/api/v1/exercises/numbers-refactor/submissions"


def test_all_waits_end_and_none_begins_when_the_process_stops() -> None:
    waiting = Waiting(2)
    with ThreadPoolExecutor(2) as pool:
        began = time.monotonic()
        waits = [pool.submit(waiting.until, str(n), lambda: False, 60) for n in range(2)]
        Timer(0.2, waiting.end).start()
        assert [one.result() for one in waits] == [True, True]
    assert waiting.until("later", lambda: False, 60) is False
    assert waiting.until("done", lambda: True, 60) is True
    assert time.monotonic() - began < 30


class GradesWhenWoken:
    """A notifier that grades the submission itself, so that its report is ready at once."""

    def __init__(self) -> None:
        self.grade: Grade | None = None

    def notify(self, lane: Lane) -> None:
        assert self.grade is not None
        self.grade.next(lane)

    def notify_delivery(self) -> None:
        """Do nothing: there are no scores."""

    def notify_finished(self, submission: str) -> None:
        """Do nothing: the upload is not answered yet, so no request waits."""

    def subscribe(self, heard: Callable[[str], None]) -> None:
        """Do nothing."""


@pytest.fixture
def prompt(settings: Settings, engine: Engine) -> Iterator[FlaskClient]:
    """Return a client of a service that grades each upload before it answers."""
    notifier = GradesWhenWoken()
    service = build_service(settings, notifier=notifier)
    notifier.grade = build_grade(service, engine)
    yield create_app(service).test_client()
    service.close()


def hand_in(client: FlaskClient, data: bytes, headers: Headers) -> TestResponse:
    return client.post(URL, data={"file": (io.BytesIO(data), "a.zip")}, headers=headers)


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("", 0),
        ("wait=30", 30),
        ("respond-async, wait=5", 5),
        ("wait=5, respond-async", 5),
        ('WAIT = "7"', 7),
        ("wait=100000", 60),
        ("wait=999999999999", 0),
        ("wait=-3", 0),
        ("wait=soon", 0),
        ("await=9", 0),
    ],
)
def test_what_a_prefer_header_asks_for(prefer: str, seconds: int) -> None:
    assert wanted_wait(prefer) == seconds


def test_the_report_is_the_answer(prompt: FlaskClient, student: Headers, zipped: Zipped) -> None:
    answer = hand_in(prompt, zipped(), student | {"Prefer": "wait=30"})
    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "wait=30"
    assert answer.headers["Grader-Status"] == "graded"
    assert answer.json is not None
    assert answer.json["schema"] == "grader.report/1"
    assert answer.json["receipt"]["student"] == "ada"
    again = prompt.get(answer.headers["Content-Location"], headers=student)
    assert again.text == answer.text


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/plain", "text/plain"),
        ("text/markdown", "text/markdown"),
        ("text/html,*/*;q=0.1", "text/html"),
    ],
)
def test_the_report_comes_in_the_form_that_was_asked_for(
    prompt: FlaskClient, student: Headers, zipped: Zipped, accept: str, media: str
) -> None:
    headers = student | {"Prefer": "wait=30", "Accept": accept}
    assert hand_in(prompt, zipped(), headers).mimetype == media


def test_a_form_that_there_is_none_of_is_refused_before_anything_is_stored(
    client: FlaskClient, student: Headers, zipped: Zipped, service: Service
) -> None:
    headers = student | {"Prefer": "wait=1", "Accept": "image/png"}
    assert hand_in(client, zipped(), headers).status_code == 406
    assert service.store.submissions.queue().queued == 0


def test_a_repeat_is_answered_with_the_report(
    prompt: FlaskClient, student: Headers, zipped: Zipped
) -> None:
    headers = student | {"Prefer": "wait=30", "Idempotency-Key": "k"}
    first = hand_in(prompt, zipped(), headers)
    again = hand_in(prompt, zipped(), headers)
    plain = hand_in(prompt, zipped(), student | {"Idempotency-Key": "k"})
    assert (first.status_code, again.status_code, plain.status_code) == (200, 200, 202)
    assert again.text == first.text
    assert again.headers["Idempotency-Replayed"] == "true"
    assert plain.json is not None
    assert plain.json["state"] == "graded"


def test_what_is_not_there_in_time_is_accepted_all_the_same(
    client: FlaskClient, student: Headers, zipped: Zipped
) -> None:
    answer = hand_in(client, zipped(), student | {"Prefer": "wait=1"})
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "wait=1"
    assert answer.json is not None
    assert answer.json["state"] == "queued"


def test_nobody_waits_where_no_slot_is_free(
    client: FlaskClient, student: Headers, zipped: Zipped, service: Service
) -> None:
    waiting = cast(ApiContext, client.application.extensions["grader.api_context"]).waiting
    answers: list[TestResponse] = []
    fill(
        waiting,
        service.settings.threads // 2,
        lambda: answers.append(hand_in(client, zipped(), student | {"Prefer": "wait=60"})),
    )
    assert answers[0].status_code == 202
    assert "Preference-Applied" not in answers[0].headers


def fill(waiting: Waiting, slots: int, then: Callable[[], object]) -> None:
    """Take ``slots`` slots at once, and call ``then`` while all of them are taken."""
    asked = 0

    def done() -> bool:
        nonlocal asked
        asked += 1
        if asked == 2:  # the second call comes after the slot was taken
            then() if slots == 1 else fill(waiting, slots - 1, then)
        return asked > 1

    assert waiting.until("one", done, 30)


def test_half_of_the_threads_never_wait(service: Service, client: FlaskClient) -> None:
    waiting = cast(ApiContext, client.application.extensions["grader.api_context"]).waiting
    outcomes: list[bool] = []
    fill(waiting, service.settings.threads // 2, lambda: outcomes.append(free(waiting)))
    assert outcomes == [False]
    assert free(waiting)


def free(waiting: Waiting) -> bool:
    """Return whether a slot is free."""
    asked = iter((False, True))
    return waiting.until("one", lambda: next(asked), 30)


def test_what_is_done_already_needs_no_slot() -> None:
    waiting = Waiting(1)
    outcomes: list[bool] = []
    fill(waiting, 1, lambda: outcomes.append(waiting.until("one", lambda: True, 30)))
    assert outcomes == [True]


def test_a_slot_is_given_back_when_asking_breaks() -> None:
    waiting = Waiting(1)
    asked = iter((False,))
    with pytest.raises(StopIteration):
        waiting.until("one", lambda: next(asked), 30)
    assert free(waiting)


def test_who_waits_looks_at_once_when_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_module, "_FIRST_PAUSE", 3_600.0)
    waiting, looks = Waiting(1), iter((False, False, True))

    def done() -> bool:
        waiting.ended("another")
        waiting.ended("one")  # a notification for each poll
        return next(looks)

    # The first poll is before the wait; a submission that ends then is found by the next poll.
    Timer(0.2, lambda: waiting.ended("one")).start()
    assert waiting.until("one", done, 3_600)
    assert next(looks, None) is None
