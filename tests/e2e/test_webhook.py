"""An LMS sends a signed submission, and gets a signed score back."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from secrets import token_hex, token_urlsafe
from threading import Event

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from grader.lms.standard_webhooks.signing import sign
from tests.e2e.running import PATIENCE, Running, archive, started
from tests.lms_server import Lms, answer
from tests.processes import wait_until
from tests.servers_redis import RedisForTests, redis_server


class Campus:
    """A running service and its LMS ``campus``, whose callback address contains a key."""

    def __init__(self, running: Running, lms: Lms, redis: RedisForTests) -> None:
        self.running, self.lms, self.redis = running, lms, redis
        self.key = token_hex(16)
        callback = f"{lms.url}?key={self.key}"
        self.secret = self._grader("source", "create", "campus", "--callback", callback)

    def _grader(self, *words: str) -> str:
        options = ("--course", "mlops", "--allow-host", self.lms.place)
        run = subprocess.run(
            [sys.executable, "-m", "grader", *words, *options],
            env={**os.environ, "GRADER_DATA_DIR": str(self.running.data_dir)},
            capture_output=True,
            text=True,
            check=True,
        )
        return run.stdout.strip()

    def send(self, webhook_id: str, source: dict[str, str], secret: str = "") -> httpx.Response:
        """Send an event about a submission of the student ``s1``."""
        event = {
            "type": "submission.created",
            "exercise": "numbers-refactor",
            "student": "s1",
            "context": "lesson 3",
            "archive": source,
        }
        body = json.dumps(event)
        return httpx.post(
            f"{self.running.url}/api/v1/webhooks/campus",
            content=body,
            headers=sign(secret or self.secret, webhook_id, datetime.now(UTC), body),
            timeout=PATIENCE,
        )

    def scores(self) -> list[dict[str, object]]:
        """Verify the signature of every score that the LMS received, and return the scores."""
        posts = [(headers, body) for told, headers, body in self.lms.seen if "POST" in told]
        return [Webhook(self.secret).verify(body, headers) for headers, body in posts]


@pytest.fixture(scope="module")
def campus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campus]:
    """Run the service with an LMS on the loopback that it may call."""
    data_dir: Path = tmp_path_factory.mktemp("campus")
    with Lms().running() as lms, redis_server(data_dir / "redis-of-others") as redis:
        settings = {
            "GRADER_SWEEP_EVERY": "0.3",
            "GRADER_CALLBACK_HOSTS": json.dumps([lms.place]),
            "GRADER_REDIS_URL": redis.url,
        }
        with started(data_dir, **settings) as running:
            yield Campus(running, lms, redis)


def inline(run: int) -> dict[str, str]:
    return {"base64": base64.b64encode(archive(run)).decode()}


def test_a_submission_comes_in_and_its_score_goes_out_once(campus: Campus) -> None:
    archived = inline(1)
    first, again = campus.send("msg_1", archived), campus.send("msg_1", archived)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    wait_until(campus.scores, PATIENCE, "the score arrived")
    (score,) = campus.scores()
    assert score["submission"] == first.json()["id"]
    assert (score["student"], score["context"], score["max_points"]) == ("s1", "lesson 3", 100)


def test_an_archive_is_fetched_from_where_it_lies(campus: Campus) -> None:
    campus.lms.seen.clear()
    campus.lms.script = answer(200, archive(2))
    sent = campus.send("msg_2", {"url": f"http://{campus.lms.place}/2.zip"})
    assert sent.status_code == 202, sent.text
    wait_until(campus.scores, PATIENCE, "the score arrived")
    assert campus.lms.seen[0][0] == "GET /2.zip"


def test_a_stranger_is_refused(campus: Campus) -> None:
    refused = campus.send("msg_3", inline(3), secret="whsec_" + "A" * 32)
    assert refused.status_code == 401
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_an_lms_that_sleeps_holds_up_nobody(campus: Campus) -> None:
    asleep, awake = Event(), Event()

    def sleeping(request: BaseHTTPRequestHandler) -> None:
        asleep.set()
        awake.wait(PATIENCE)
        answer(200)(request)

    campus.lms.script = sleeping
    assert campus.send("msg_4", inline(4)).status_code == 202
    assert asleep.wait(PATIENCE)
    graded = campus.running.upload("s2", data=archive(5), Prefer="wait=60")
    assert graded.status_code == 200
    assert not awake.is_set()
    awake.set()


def test_no_secret_is_written_down_whatever_goes_wrong(campus: Campus) -> None:
    running, unknown = campus.running, f"grader_{token_urlsafe(32)}"
    password, word = token_hex(16), campus.redis.url.split("@")[0].rpartition(":")[2]
    listed = "/api/v1/exercises"
    refused = [
        running.get(f"{listed}?token={running.token}"),
        running.get(f"{listed}/{running.token}"),
        running.get(f"{listed}?{unknown}"),
        running.get(listed, Authorization=f"Bearer {unknown}"),
        httpx.get(running.url + listed, auth=("ada", password)),
        campus.send("msg_5", inline(5), secret="whsec_" + base64.b64encode(b"x" * 24).decode()),
        campus.send("msg_6", {"url": f"https://ada:{password}@{campus.lms.place}/"}),
    ]
    assert [one.status_code for one in refused] == [400, 400, 400, 401, 401, 401, 400]
    campus.lms.seen.clear()
    campus.lms.script = answer(500)
    assert campus.send("msg_7", inline(7)).status_code == 202
    wait_until(lambda: campus.lms.seen, PATIENCE, "a score was refused")
    wait_until(lambda: "answered 500" in logs(running), PATIENCE, "it was told")
    campus.redis.stop()
    assert running.upload("s3").status_code == 202
    wait_until(lambda: "notification_failed" in logs(running), PATIENCE, "Redis was missed")
    campus.redis.start()
    assert running.upload("s4").headers["RateLimit"]

    whole = logs(running) + running.said().replace(running.token, "", 1)
    whole += "".join(one.text + str(one.headers) for one in refused)
    with closing(sqlite3.connect(running.data_dir / "grader.db")) as database:
        whole += repr(database.execute("SELECT * FROM audit").fetchall())
    hidden = (running.token, unknown, password, word, campus.key, campus.secret.partition("_")[2])
    assert [one for one in hidden if one in whole] == []


def logs(running: Running) -> str:
    """Return the logs of all processes."""
    return "".join(file.read_text() for file in (running.data_dir / "logs").iterdir())
