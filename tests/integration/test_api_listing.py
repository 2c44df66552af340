"""Listings: pages without gaps, filters, and what each token may see."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.bootstrap import Service
from grader.service.records import AuditQuery, Role

#: The rubric grades every attempt, so a student can hand in several times.
pytestmark = pytest.mark.usefixtures("every_attempt")

Headers = dict[str, str]
Zipped = Callable[..., bytes]

EXERCISES = "/api/v1/exercises"
SUBMISSIONS = f"{EXERCISES}/numbers-refactor/submissions"


def every_page(client: FlaskClient, url: str, headers: Headers) -> list[list[dict[str, Any]]]:
    """Return the items of each page, following ``next`` to the end."""
    pages = []
    following: str | None = url
    while following:
        answer = client.get(following, headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.json is not None
        pages.append(answer.json["items"])
        following = answer.json["next"]
        link = f'<{following}>; rel="next"' if following else None
        assert answer.headers.get("Link") == link
    return pages


@pytest.fixture
def handed_in(client: FlaskClient, instructor: Headers, zipped: Zipped) -> list[str]:
    """Return the ids of five submissions, oldest first: by bob, ada, bob, ada, bob."""
    ids = []
    for name in ("bob", "ada", "bob", "ada", "bob"):
        form = {"file": (io.BytesIO(zipped()), "a.zip"), "student": name}
        answer = client.post(SUBMISSIONS, data=form, headers=instructor)
        assert answer.json is not None
        ids.append(answer.json["id"])
    return ids


def other_exercise(service: Service, auth: Callable[..., Headers], client: FlaskClient) -> None:
    """Publish an exercise of the course ``other``."""
    record = service.store.rubrics.newest("numbers-refactor")
    assert record is not None
    text = record.text.replace("exercise: numbers-refactor", "exercise: elsewhere", 1)
    text = text.replace("course: mlops", "course: other", 1)
    headers = auth(Role.ADMIN) | {"Content-Type": "application/yaml"}
    answer = client.put(f"{EXERCISES}/elsewhere/rubric", data=text, headers=headers)
    assert answer.status_code == 201, answer.text


def test_exercises_page_by_page(
    client: FlaskClient, auth: Callable[..., Headers], service: Service
) -> None:
    other_exercise(service, auth, client)
    pages = every_page(client, f"{EXERCISES}?limit=1", auth(Role.ADMIN))
    ids = [item["id"] for page in pages for item in page]
    assert {"elsewhere", "numbers-refactor"} <= set(ids)
    assert ids == sorted(set(ids))
    assert all(len(page) == 1 for page in pages)


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.STUDENT, Role.LMS])
def test_exercises_of_the_tokens_course_only(
    client: FlaskClient, auth: Callable[..., Headers], service: Service, role: Role
) -> None:
    other_exercise(service, auth, client)
    name = "ada" if role is Role.STUDENT else ""
    [own] = every_page(client, EXERCISES, auth(role, student=name))
    [foreign] = every_page(client, EXERCISES, auth(role, course="other", student=name))
    assert "elsewhere" not in [item["id"] for item in own]
    assert [item["id"] for item in foreign] == ["elsewhere"]
    nobody = every_page(client, EXERCISES, auth(role, course="empty", student=name))
    assert nobody == [[]]


def test_one_exercise(client: FlaskClient, student: Headers) -> None:
    answer = client.get(f"{EXERCISES}/numbers-refactor", headers=student)
    [listed] = [
        item
        for page in every_page(client, EXERCISES, student)
        for item in page
        if item["id"] == "numbers-refactor"
    ]
    assert answer.json == listed
    assert client.get(listed["links"]["rubric"], headers=student).status_code == 200


def test_submissions_newest_first_and_without_a_gap(
    client: FlaskClient, instructor: Headers, handed_in: list[str]
) -> None:
    pages = every_page(client, f"{SUBMISSIONS}?limit=2", instructor)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [item["id"] for page in pages for item in page] == handed_in[::-1]


def test_filters_stay_from_page_to_page(
    client: FlaskClient, instructor: Headers, handed_in: list[str], grade: Callable[[], int]
) -> None:
    pages = every_page(client, f"{SUBMISSIONS}?student=bob&state=queued&limit=1", instructor)
    assert [item["id"] for page in pages for item in page] == handed_in[::-2]
    grade()
    assert every_page(client, f"{SUBMISSIONS}?state=queued", instructor) == [[]]
    [graded] = every_page(client, f"{SUBMISSIONS}?state=graded", instructor)
    assert len(graded) == 5


def test_students_see_their_own(
    client: FlaskClient, student: Headers, handed_in: list[str]
) -> None:
    [own] = every_page(client, SUBMISSIONS, student)
    assert [item["student"] for item in own] == ["ada", "ada"]
    assert every_page(client, f"{SUBMISSIONS}?student=ada", student) == [own]
    assert client.get(f"{SUBMISSIONS}?student=bob", headers=student).status_code == 403


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("state=sleeping", "state"),
        ("student=a%00b", "student"),
        ("cursor=a%0Ab", "cursor"),
    ],
)
def test_what_cannot_be_asked_for(
    client: FlaskClient, instructor: Headers, query: str, where: str
) -> None:
    answer = client.get(f"{SUBMISSIONS}?{query}", headers=instructor)
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/bad-request")
    assert answer.json["where"] == where


@pytest.mark.parametrize("url", [EXERCISES, SUBMISSIONS])
def test_a_cursor_that_nobody_gave_out(client: FlaskClient, instructor: Headers, url: str) -> None:
    assert client.get(f"{url}?cursor=%21nonsense", headers=instructor).status_code == 400


def test_marks_of_a_class(
    client: FlaskClient,
    instructor: Headers,
    handed_in: list[str],
    grade: Callable[[], int],
) -> None:
    url = f"{EXERCISES}/numbers-refactor/marks"
    assert client.get(url, headers=instructor).get_json() == {"items": []}
    assert grade() == 5
    answer = client.get(url, headers=instructor)
    ada, bob = answer.get_json()["items"]
    assert (ada["student"], ada["attempt"], ada["submission"]) == ("ada", 2, handed_in[3])
    assert (bob["student"], bob["attempt"], bob["submission"]) == ("bob", 3, handed_in[4])
    report = client.get(f"/api/v1/submissions/{handed_in[4]}/report", headers=instructor)
    total = report.get_json()["total"]
    assert (bob["points"], bob["max_points"]) == (total["points"], total["max_points"])
    assert (bob["state"], bob["rubric_version"]) == ("graded", 2)


def test_marks_as_a_table_for_a_spreadsheet(
    client: FlaskClient,
    instructor: Headers,
    zipped: Zipped,
    grade: Callable[[], int],
) -> None:
    form = {"file": (io.BytesIO(zipped()), "a.zip"), "student": "=HYPERLINK(1)"}
    client.post(SUBMISSIONS, data=form, headers=instructor)
    grade()
    url = f"{EXERCISES}/numbers-refactor/marks"
    answer = client.get(url, headers=instructor | {"Accept": "text/csv"})
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].endswith('"numbers-refactor-marks.csv"')
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (row["exercise"], row["student"]) == ("numbers-refactor", "'=HYPERLINK(1)")
    assert 0 <= float(row["points"]) <= float(row["max_points"]) == 100
    refused = client.get(url, headers=instructor | {"Accept": "image/png"})
    assert refused.status_code == 406


def test_who_looked_at_the_marks_is_noted_once(
    client: FlaskClient, instructor: Headers, service: Service
) -> None:
    for _ in range(2):
        client.get(f"{EXERCISES}/numbers-refactor/marks", headers=instructor)
    found = service.store.audit_log.page(AuditQuery(action="marks.read"), "", 10).items
    assert [(entry.subject, entry.course) for entry in found] == [("numbers-refactor", "mlops")]
