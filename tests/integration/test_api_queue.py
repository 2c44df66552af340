"""The responses about queued and about superseded submissions."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from grader.bootstrap import Service
from grader.service.lanes import Lane
from grader.service.records import SubmissionState
from grader.store.database import Database
from grader.store.tables import submissions

Headers = dict[str, str]
Zipped = Callable[..., bytes]

URL = "/api/v1/exercises/numbers-refactor/submissions"


def hand_in(client: FlaskClient, headers: Headers, data: bytes, name: str = "") -> dict[str, Any]:
    form = {"file": (io.BytesIO(data), "a.zip")} | ({"student": name} if name else {})
    answer = client.post(URL, data=form, headers=headers)
    assert answer.status_code == 202
    body: dict[str, Any] = answer.get_json()
    return body


def test_the_status_tells_the_position_and_no_guess(
    client: FlaskClient, instructor: Headers, zipped: Zipped
) -> None:
    made = [hand_in(client, instructor, zipped(), name) for name in ("ada", "bob")]
    answers = [client.get(one["links"]["self"], headers=instructor) for one in made]

    assert [answer.get_json()["queue"] for answer in answers] == [
        {"position": 1, "estimated_seconds": None},
        {"position": 2, "estimated_seconds": None},
    ]
    assert [answer.headers["Retry-After"] for answer in answers] == ["2", "2"]
    listed = client.get(URL, headers=instructor).get_json()["items"]
    assert [item["queue"] for item in listed] == [None, None]


def test_the_estimate_and_when_to_ask_again_follow_what_was_graded(
    client: FlaskClient, instructor: Headers, zipped: Zipped, service: Service
) -> None:
    """One grading took 40 s, so the second in the queue waits 80 s."""
    hand_in(client, instructor, zipped(), "first")
    now = service.clock.now()
    claim = service.store.submissions.claim(Lane.LIVE, now, timedelta(minutes=5))
    assert claim is not None
    _end(service, claim.submission.id, now, now - timedelta(seconds=40))
    made = [hand_in(client, instructor, zipped(), name) for name in ("ada", "bob")]
    near, far = (client.get(one["links"]["report"], headers=instructor) for one in made)

    assert (near.status_code, far.status_code) == (202, 202)
    assert near.get_json()["queue"] == {"position": 1, "estimated_seconds": 40}
    assert far.get_json()["queue"] == {"position": 2, "estimated_seconds": 80}
    assert (near.headers["Retry-After"], far.headers["Retry-After"]) == ("40", "60")


def _end(service: Service, submission: str, now: datetime, begun: datetime) -> None:
    database = Database(service.settings.database)
    ended = {"state": "graded", "lease_until": None, "started_at": begun}
    with database.write() as connection:
        connection.execute(
            submissions.update()
            .where(submissions.c.id == submission)
            .values(graded_at=now, **ended)
        )
    database.close()


def test_a_newer_attempt_takes_the_place_of_one_that_waits(
    client: FlaskClient, student: Headers, zipped: Zipped, grade: Callable[[], int]
) -> None:
    old = hand_in(client, student, zipped({"main.py": "print(1)\n"}))
    new = hand_in(client, student, zipped({"main.py": "print(2)\n"}))
    told = client.get(old["links"]["self"], headers=student)

    assert grade() == 1
    assert told.get_json()["state"] == SubmissionState.SUPERSEDED
    assert told.get_json()["superseded_by"] == new["id"]
    assert "Retry-After" not in told.headers
    refused = client.get(old["links"]["report"], headers=student)
    assert (refused.status_code, refused.get_json()["type"]) == (410, "/problems/superseded")
    assert new["id"] in refused.get_json()["how_to_fix"]
    report = client.get(new["links"]["report"], headers=student).get_json()
    assert (report["receipt"]["attempt"], report["history"]) == (2, None)
    listed = client.get(f"{URL}?state=superseded", headers=student).get_json()["items"]
    assert [item["id"] for item in listed] == [old["id"]]
    retried = client.post(old["links"]["self"] + "/retry", headers=student)
    assert retried.status_code == 403
