"""Publishing over HTTP tries golden samples first, and needs a reason where they differ."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader.bootstrap import Service, build_grade, build_measure_requested
from grader.engine.measuring.engine import Engine
from grader.service.records import AuditEntry, AuditQuery

Headers = dict[str, str]

EXERCISE = "/api/v1/exercises/get-data"
URL = f"{EXERCISE}/rubric"
YAML = {"Content-Type": "application/yaml", "If-Match": "*"}
PATCH = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}
PROGRAM = b'"""Nothing yet."""\n'
UNCLEAN = b'"""Nothing yet."""\n\nx = { }\n'
STARTER = {"starter": {"rentals.py": "x = { }\n"}}


@pytest.fixture
def measure(service: Service, engine: Engine) -> Callable[[], int]:
    """Return a function that makes all requested measurements, and returns how many."""
    step = build_measure_requested(service, build_grade(service, engine))

    def run() -> int:
        count = 0
        while step.next():
            count += 1
        return count

    return run


@pytest.fixture
def sample(client: FlaskClient, instructor: Headers) -> Callable[[bytes, float], None]:
    """Return a function that stores a Python file as the sample ``one`` with expected points."""

    def put(data: bytes, points: float) -> None:
        headers = instructor | {"Content-Type": "text/x-python"}
        url = f"{EXERCISE}/samples/one?expected={points}"
        stored = client.put(url, data=data, headers=headers)
        assert stored.status_code == 200, stored.text

    return put


def text_of(service: Service) -> str:
    record = service.store.rubrics.newest("get-data")
    assert record is not None
    return record.text


def problem(answer: TestResponse) -> tuple[int, str]:
    assert answer.json is not None
    return answer.status_code, answer.json["type"]


def published(service: Service) -> list[AuditEntry]:
    """Return the audit entries about publications by a token, oldest first."""
    entries = service.store.audit_log.page(AuditQuery(action="rubric.published")).items
    return [one for one in reversed(entries) if one.actor != "seed"]


def earned(client: FlaskClient, instructor: Headers, measure: Callable[[], int]) -> float:
    """Return what the sample ``one`` earns, by expecting what it cannot earn."""
    edited = {"title": "Just to see"}
    client.patch(URL, json=edited, headers=instructor | PATCH)
    measure()
    answer = client.patch(URL, json=edited, headers=instructor | PATCH)
    assert problem(answer) == (409, "/problems/samples-differ"), answer.text
    assert answer.json is not None
    said: str = answer.json["errors"][0]["message"]
    return float(said.split()[1].rstrip(","))


def test_a_version_is_published_when_its_samples_are_measured_and_right(
    client: FlaskClient,
    instructor: Headers,
    service: Service,
    sample: Callable[[bytes, float], None],
    measure: Callable[[], int],
) -> None:
    sample(PROGRAM, 9_999)
    points = earned(client, instructor, measure)
    sample(PROGRAM, points)
    answer = client.patch(URL, json={"title": "Anew"}, headers=instructor | PATCH)
    assert answer.status_code == 200, answer.text
    assert measure() == 0  # a title needs nothing that was not measured
    assert [one.detail["version"] for one in published(service)] == [2]


def test_what_is_not_measured_yet_says_when_to_come_back(
    client: FlaskClient,
    instructor: Headers,
    service: Service,
    sample: Callable[[bytes, float], None],
) -> None:
    sample(PROGRAM, 5)
    answer = client.put(URL, data=text_of(service) + "# more\n", headers=instructor | YAML)
    assert problem(answer) == (503, "/problems/samples-not-measured")
    assert answer.headers["Retry-After"] == "3"
    assert published(service) == []

    why = "?override=The%20workers%20are%20away"
    url = f"{URL}{why}"
    over = client.put(url, data=text_of(service) + "# more\n", headers=instructor | YAML)
    assert over.status_code == 200
    assert published(service)[0].detail["override"] == "The workers are away"
    kept = client.get(f"{EXERCISE}/samples/one", headers=instructor).get_json()
    assert kept["expected"] == {"total": 5, "criteria": {}}


def test_a_request_can_wait_for_the_workers(
    service: Service,
    instructor: Headers,
    client: FlaskClient,
    sample: Callable[[bytes, float], None],
    measure: Callable[[], int],
) -> None:
    sample(PROGRAM, 9_999)
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.05):
            measure()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        headers = instructor | PATCH | {"Prefer": "wait=60"}
        answer = client.patch(URL, json={"title": "Anew"}, headers=headers)
    finally:
        stop.set()
        worker.join()
    assert problem(answer) == (409, "/problems/samples-differ")


def test_a_difference_is_named_and_needs_a_reason(
    client: FlaskClient,
    instructor: Headers,
    service: Service,
    sample: Callable[[bytes, float], None],
    measure: Callable[[], int],
) -> None:
    sample(UNCLEAN, 9_999)
    points = earned(client, instructor, measure)
    sample(UNCLEAN, points)
    criteria = {"formatting": 1_000}
    expected = {"expected": {"total": points, "criteria": criteria}}
    client.patch(f"{EXERCISE}/samples/one", json=expected, headers=instructor)

    refused = client.patch(URL, json={"title": "Anew"}, headers=instructor | PATCH)
    assert problem(refused) == (409, "/problems/samples-differ")
    assert refused.json is not None
    named = {tuple(one["path"]) for one in refused.json["errors"]}
    assert ("one", "formatting") in named and ("one",) not in named
    (said,) = (one["message"] for one in refused.json["errors"] if "formatting" in one["path"])
    assert said.startswith("one, formatting: ") and said.endswith("and 1000 is expected")
    assert "override" in refused.json["how_to_fix"]
    assert published(service) == []

    url = f"{URL}?override=It%20is%20better%20so"
    allowed = client.patch(url, json={"title": "Anew"}, headers=instructor | PATCH)
    assert allowed.status_code == 200
    assert published(service)[0].detail["override"] == "It is better so"
    now = client.get(f"{EXERCISE}/samples/one", headers=instructor).get_json()["expected"]
    assert now["total"] == points and now["criteria"]["formatting"] < 1_000
    again = client.patch(URL, json={"title": "Once more"}, headers=instructor | PATCH)
    assert again.status_code == 200


@pytest.mark.parametrize("way", ["put", "patch", "restore", "draft"])
def test_every_way_to_publish_tries_the_samples(
    client: FlaskClient,
    instructor: Headers,
    service: Service,
    sample: Callable[[bytes, float], None],
    measure: Callable[[], int],
    way: str,
) -> None:
    first = client.patch(URL, json={"title": "Second"}, headers=instructor | PATCH)
    assert first.status_code == 200
    sample(PROGRAM, 9_999)
    merge = {"Content-Type": "application/merge-patch+json"}
    draft = client.patch(f"{URL}/draft", json={"title": "Third"}, headers=instructor | merge)
    assert draft.status_code == 201

    def publish(override: str = "") -> TestResponse:
        query = {"override": override} if override else {}
        headers = instructor | {"If-Match": "*"}
        if way == "put":
            text = text_of(service) + "# more\n"
            return client.put(URL, data=text, headers=headers | YAML, query_string=query)
        if way == "patch":
            return client.patch(
                URL, json={"title": "Third"}, headers=headers | PATCH, query_string=query
            )
        if way == "restore":
            return client.post(f"{URL}/versions/1/restore", headers=headers, query_string=query)
        return client.post(f"{URL}/draft/publish", json=query, headers=headers)

    assert problem(publish()) == (503, "/problems/samples-not-measured")
    assert measure() == 1
    assert problem(publish()) == (409, "/problems/samples-differ")
    assert publish("Because").status_code == 200
    assert [one.detail.get("override") for one in published(service)] == [None, "Because"]


def test_starter_files_are_measured_too_and_subtracted(
    client: FlaskClient,
    instructor: Headers,
    sample: Callable[[bytes, float], None],
    measure: Callable[[], int],
) -> None:
    sample(PROGRAM, 9_999)
    answer = client.patch(URL, json=STARTER, headers=instructor | PATCH)
    assert problem(answer) == (503, "/problems/samples-not-measured")
    assert measure() == 2
    answer = client.patch(URL, json=STARTER, headers=instructor | PATCH)
    assert problem(answer) == (409, "/problems/samples-differ")


def test_what_cannot_be_measured_is_said(
    client: FlaskClient,
    instructor: Headers,
    service: Service,
    sample: Callable[[bytes, float], None],
    measure: Callable[[], int],
) -> None:
    sample(PROGRAM, 5)
    client.patch(URL, json={"title": "Anew"}, headers=instructor | PATCH)
    store, now = service.store.measurements, service.clock.now()
    claim = store.claim(now, service.settings.lease_time, 3)
    assert claim is not None and store.fail(claim, "The worker was lost.")
    answer = client.patch(URL, json={"title": "Anew"}, headers=instructor | PATCH)
    assert problem(answer) == (409, "/problems/samples-differ")
    assert "one could not be measured: The worker was lost." in answer.text
    again = client.patch(URL, json={"title": "Anew"}, headers=instructor | PATCH)
    assert problem(again) == (503, "/problems/samples-not-measured")
    assert measure() == 1
