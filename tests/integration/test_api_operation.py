"""Health, readiness, metrics, and the headers of every response."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
import structlog
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import TestResponse

from grader.bootstrap import Service, build_service
from grader.domain.errors import BadSettings
from grader.engine.sandbox.levels import available_levels
from grader.http.app import create_app
from grader.infra.broker import NoNotifier
from grader.service.lanes import Lane
from grader.service.records import WorkerRecord
from grader.service.submit import QueueCapacity
from grader.settings import Settings

Headers = dict[str, str]
Zipped = Callable[..., bytes]

URL = "/api/v1/exercises/numbers-refactor/submissions"


@dataclass(frozen=True)
class At:
    """A clock that stands at ``time``."""

    time: datetime

    def now(self) -> datetime:
        """Return ``time``."""
        return self.time


def hand_in(client: FlaskClient, headers: Headers, data: bytes) -> None:
    form = {"file": (io.BytesIO(data), "a.zip")}
    assert client.post(URL, data=form, headers=headers).status_code == 202


def samples(client: FlaskClient) -> dict[str, float]:
    """Return the values of ``/metrics`` by name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    return {
        sample.name
        + "".join(f" {sample.labels[key]}" for key in sorted(sample.labels)): (sample.value)
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def readiness(service: Service, accept: str = "application/json") -> TestResponse:
    """Return the answer of ``/readyz`` in a new application, which has no earlier answer."""
    own = build_service(service.settings, clock=service.clock, notifier=NoNotifier())
    try:
        return create_app(own).test_client().get("/readyz", headers={"Accept": accept})
    finally:
        own.close()


def queue_of(service: Service) -> dict[str, float]:
    """Return the figures of the part ``queue`` of ``/readyz``."""
    figures: dict[str, dict[str, float]] = {
        part["name"]: part["figures"] for part in readiness(service).get_json()["parts"]
    }
    return figures["queue"]


def failed_parts(answer: TestResponse) -> dict[str, str]:
    """Return what is wrong by name of the part."""
    parts = answer.get_json()["parts"]
    return {part["name"]: part["detail"] for part in parts if part["status"] == "failed"}


def lose_the_database(service: Service) -> None:
    service.close()
    shutil.rmtree(service.settings.data_dir)


def test_the_process_is_up_whatever_the_database_does(
    client: FlaskClient, service: Service
) -> None:
    lose_the_database(service)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_without_a_database_an_upload_is_asked_for_again(
    client: FlaskClient, service: Service, student: Headers, zipped: Zipped
) -> None:
    lose_the_database(service)
    form = {"file": (io.BytesIO(zipped()), "a.zip")}
    answer = client.post(URL, data=form, headers=student)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.get_json()["type"] == "/problems/store-unavailable"
    assert str(service.settings.data_dir) not in answer.text


@pytest.mark.usefixtures("every_attempt")
def test_ready_tells_how_much_waits_and_since_when(
    client: FlaskClient, student: Headers, zipped: Zipped, service: Service
) -> None:
    assert queue_of(service)["oldest_queued_seconds"] == 0
    hand_in(client, student, zipped())
    hand_in(client, student, zipped())
    now = service.clock.now() + timedelta(seconds=1)
    service.store.submissions.claim(Lane.LIVE, now, timedelta(minutes=1))
    queue = queue_of(service)
    counts = {name: queue[name] for name in ("queued", "running", "needs_attention")}
    assert counts == {"queued": 1, "running": 1, "needs_attention": 0}
    assert 0 < queue["oldest_queued_seconds"] < 600
    body = readiness(service).get_json()
    assert body["status"] == "ready"
    assert body["sandbox"] == {
        "confinement": available_levels()[0].value,
        "memory_bytes": service.settings.child_memory,
        "seconds": service.settings.child_seconds,
        "pair_seconds": service.settings.child_pair_seconds,
    }


def test_a_sandbox_that_the_host_lacks_keeps_the_service_from_starting(service: Service) -> None:
    with pytest.raises(BadSettings, match="no sandbox 'bubblewrap'"):
        create_app(replace(service, settings=Settings(sandbox="bubblewrap")))


def test_not_ready_without_the_database(client: FlaskClient, service: Service) -> None:
    lose_the_database(service)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (503, "unavailable")
    assert set(failed_parts(answer)) == {
        "database_readable",
        "database_writable",
        "schema",
        "queue",
        "workers",
        "disk",
    }


def test_readiness_is_told_to_people_as_a_page(service: Service) -> None:
    page = readiness(service, "text/html,*/*;q=0.8")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "Everything works" in page.text and "The database can be written." in page.text
    lose_the_database(service)
    page = readiness(service, "text/html")
    assert page.status_code == 503
    assert "Something does not work" in page.text and "does not answer" in page.text


def test_a_disk_without_room_is_not_ready(service: Service) -> None:
    wanting = replace(
        service, settings=service.settings.model_copy(update={"min_free_disk": 2**62})
    )
    answer = readiness(wanting)
    assert answer.status_code == 503
    assert failed_parts(answer).keys() == {"disk"}
    assert "temporary files, the database" in failed_parts(answer)["disk"]


@pytest.mark.usefixtures("every_attempt")
def test_a_queue_that_stands_is_not_ready_until_something_is_graded(
    client: FlaskClient, student: Headers, zipped: Zipped, service: Service
) -> None:
    later = service.clock.now() + timedelta(seconds=service.settings.stalled_after + 1)
    hand_in(client, student, zipped())
    hand_in(client, student, zipped())
    assert not failed_parts(readiness(service))
    moved = replace(service, clock=At(later))
    service.store.workers.beat(WorkerRecord("a/1", later))
    assert failed_parts(readiness(moved)).keys() == {"queue"}
    service.store.submissions.claim(Lane.LIVE, later, timedelta(minutes=1))
    assert not failed_parts(readiness(moved))


@pytest.mark.usefixtures("every_attempt")
def test_not_ready_while_every_worker_pauses_or_none_is_alive(
    client: FlaskClient, student: Headers, zipped: Zipped, service: Service
) -> None:
    """It says so without the words of a worker, which may name paths of its host."""
    workers, now = service.store.workers, service.clock.now()
    workers.beat(WorkerRecord("a/1", now, "No room in /srv/secret.", now))
    workers.beat(WorkerRecord("a/2", now))
    answer = readiness(service)
    assert not failed_parts(answer)
    (part,) = [one for one in answer.get_json()["parts"] if one["name"] == "workers"]
    assert part["figures"] == {"alive": 2, "paused": 1}
    workers.beat(WorkerRecord("a/2", now, "No memory.", now))
    answer = readiness(service)
    assert failed_parts(answer).keys() == {"workers"}
    assert "secret" not in answer.text

    hand_in(client, student, zipped())
    moved = replace(service, clock=At(now + timedelta(seconds=60)))
    assert "no worker is alive" in failed_parts(readiness(moved))["workers"]


def test_a_route_without_the_database_is_a_problem_and_no_traceback(
    client: FlaskClient, student: Headers, service: Service
) -> None:
    lose_the_database(service)
    answer = client.get("/api/v1/exercises", headers=student)
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["type"] == "/problems/store-unavailable"
    assert "sqlite" not in answer.text.lower()


def test_metrics_count_the_queue_and_the_requests(
    client: FlaskClient, student: Headers, zipped: Zipped
) -> None:
    hand_in(client, student, zipped())
    client.get("/no/such/place")
    client.open("/healthz", method="BREW")
    found = samples(client)
    assert found["grader_submissions_queued"] == 1
    assert found["grader_submissions_running"] == 0
    assert found["grader_submissions_needs_attention"] == 0
    assert found["grader_oldest_queued_seconds"] > 0
    route = "/api/v1/exercises/<slug:exercise>/submissions"
    assert found[f"grader_requests_total POST {route} 202"] == 1
    assert found["grader_requests_total GET unmatched 404"] == 1
    assert found["grader_requests_total other unmatched 405"] == 1
    assert found[f"grader_request_seconds_count POST {route}"] == 1


def test_requests_are_logged_and_health_checks_that_succeed_are_not(
    client: FlaskClient, service: Service
) -> None:
    with structlog.testing.capture_logs() as logs:
        client.get("/healthz")
        client.get("/metrics")
        client.post("/healthz")
        lose_the_database(service)
        client.get("/readyz")
    said = [(one["route"], one["status"]) for one in logs if one["event"] == "request"]
    assert said == [("/metrics", 200), ("unmatched", 405), ("/readyz", 503)]


def test_metrics_are_served_without_the_database(client: FlaskClient, service: Service) -> None:
    lose_the_database(service)
    found = samples(client)
    assert "grader_submissions_queued" not in found
    assert samples(client)["grader_requests_total GET /metrics 200"] == 1


def test_applications_do_not_share_their_counts(client: FlaskClient, service: Service) -> None:
    client.get("/healthz")
    other = create_app(service).test_client()
    assert "grader_requests_total GET /healthz 200" in samples(client)
    assert "grader_requests_total GET /healthz 200" not in samples(other)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/", 200),
        ("/healthz", 200),
        ("/api/v1/openapi.json", 200),
        ("/api/v1/exercises", 401),
        ("/nowhere", 404),
    ],
)
def test_every_answer_carries_safe_headers(client: FlaskClient, url: str, status: int) -> None:
    answer = client.get(url)
    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert len(answer.headers["X-Request-Id"]) == 32


def test_request_ids_are_ours_and_differ(client: FlaskClient) -> None:
    mine = {"X-Request-Id": "forged\x01"}
    first, second = (client.get("/healthz", headers=mine).headers["X-Request-Id"] for _ in "ab")
    assert first != second
    assert "forged" not in first + second


def test_overload_is_told_with_a_time_to_come_back(
    service: Service, student: Headers, zipped: Zipped
) -> None:
    narrow = replace(
        service,
        submit=replace(service.submit, capacity=QueueCapacity(service.store, service.clock, 1)),
    )
    client = create_app(narrow).test_client()
    hand_in(client, student, zipped())
    answer = client.post(URL, data={"file": (io.BytesIO(zipped()), "a.zip")}, headers=student)
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/overloaded")
    assert int(answer.headers["Retry-After"]) > 0
