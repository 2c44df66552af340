"""A class is graded again by a newer rubric: over HTTP, with the real engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.bootstrap import Service
from grader.engine.measuring.engine import Engine

Headers = dict[str, str]

EXERCISE = "/api/v1/exercises/even-numbers"
RUBRIC = """\
exercise: even-numbers
course: mlops
title: Sum the even numbers
total: 10
attempts: {superseded: grade}
criteria:
  formatted:
    title: Formatted with Black
    points: 4
    check: formatting
    scale: {measure: lines_rate, full_at: 0, zero_at: 50}
  documented:
    title: Every function says what it is for
    points: 6
    check: docstrings
    scale: {measure: coverage, full_at: 100, zero_at: 0}
"""
#: Other points for the same measures: it needs nothing that was not measured.
LIGHTER = RUBRIC.replace("points: 4", "points: 8").replace("points: 6", "points: 2")
#: A check that was not measured before.
MORE = RUBRIC.replace("total: 10", "total: 12") + (
    "  hints:\n    title: Typed\n    points: 2\n    check: type_hints\n"
    "    scale: {measure: coverage, full_at: 100, zero_at: 0}\n"
)
UNDOCUMENTED = "def add(a, b):\n    return a + b\n"
DOCUMENTED = '''\
"""Sums of numbers, as a library for the command line."""


def add(a, b):
    """Return the sum of `a` and `b`."""
    return a + b
'''


class Course:
    """A client of the API as instructor, for an exercise with a published rubric."""

    def __init__(self, client: FlaskClient, headers: Headers, grade: Callable[[], int]) -> None:
        self.client, self.headers, self.grade = client, headers, grade
        self.publish(RUBRIC)

    def publish(self, text: str) -> None:
        """Publish ``text`` as the newest version of the rubric."""
        headers = self.headers | {"If-Match": "*", "Content-Type": "application/yaml"}
        answer = self.client.put(f"{EXERCISE}/rubric", data=text, headers=headers)
        assert answer.status_code in (200, 201), answer.text

    def hand_in(self, student: str, text: str) -> str:
        """Hand in one file as ``student``; return the id of the submission."""
        answer = self.client.post(
            f"{EXERCISE}/submissions?student={student}",
            data=text,
            headers=self.headers,
            content_type="text/x-python",
        )
        assert answer.status_code == 202, answer.text
        return str(answer.get_json()["id"])

    def regrade(self, **asked: Any) -> dict[str, Any]:
        """Create a regrade; return its body."""
        asked = {"reason": "Docstrings count less."} | asked
        answer = self.client.post(f"{EXERCISE}/regrades", json=asked, headers=self.headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.get_json()
        assert answer.headers["Location"] == made["links"]["self"]
        assert made["progress"]["waiting"] and answer.headers["Retry-After"] == "2"
        return made

    def get(self, path: str, **more: str) -> Any:
        """Return the JSON at ``path``; ``more`` are headers."""
        answer = self.client.get(path, headers=self.headers | more)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def act(self, regrade: dict[str, Any], what: str) -> dict[str, Any]:
        """Cancel or undo ``regrade``; return its body afterwards."""
        answer = self.client.post(f"{regrade['links']['self']}/{what}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.get_json()
        return body

    def points(self, submission: str) -> float:
        """Return the points of the newest report of ``submission``."""
        points: float = self.get(f"/api/v1/submissions/{submission}/report")["total"]["points"]
        return points


@pytest.fixture
def course(client: FlaskClient, instructor: Headers, grade: Callable[[], int]) -> Course:
    return Course(client, instructor, grade)


@pytest.fixture
def measured(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets the exercise of each submission that is measured."""
    asked: list[str] = []
    start = Engine.start

    def watched(self: Engine, submission: Any, rubric: Any) -> Any:
        asked.append(rubric.exercise)
        return start(self, submission, rubric)

    monkeypatch.setattr(Engine, "start", watched)
    return asked


def test_a_class_is_graded_again_and_that_is_undone(course: Course, measured: list[str]) -> None:
    poor, good = course.hand_in("ada", UNDOCUMENTED), course.hand_in("bob", DOCUMENTED)
    course.grade()
    assert (course.points(poor), course.points(good)) == (4, 10)
    assert len(measured) == 2
    course.publish(LIGHTER)
    assert course.points(poor) == 4

    regrade = course.regrade()
    assert regrade["scope"] == "counted" and regrade["author"] == "instructor"
    course.grade()

    assert (course.points(poor), course.points(good)) == (8, 10)
    assert len(measured) == 2  # no tool has run
    progress = course.get(regrade["links"]["self"])["progress"]
    assert (progress["total"], progress["done"], progress["changed"]) == (2, 2, 1)
    items = course.get(regrade["links"]["items"])["items"]
    moved = {one["student"]: (one["before"]["points"], one["after"]["points"]) for one in items}
    assert moved == {"ada": (4, 8), "bob": (10, 10)}

    reports = course.get(f"/api/v1/submissions/{poor}/reports")["items"]
    assert [(one["total"]["points"], one["is_current"]) for one in reports] == [
        (8, True),
        (4, False),
    ]
    old = course.get(reports[1]["links"]["self"])
    assert (old["total"]["points"], old["rubric"]["version"]) == (4, 1)
    page = course.client.get(f"{reports[1]['links']['self']}?format=text", headers=course.headers)
    assert page.mimetype == "text/plain" and "Total: 4 / 10" in page.text

    undone = course.act(regrade, "undo")
    assert (undone["progress"]["undone"], undone["undone_at"] is None) == (2, False)
    assert (course.points(poor), course.points(good)) == (4, 10)
    (listed,) = course.get(f"{EXERCISE}/regrades")["items"]
    assert listed == undone


def test_what_was_not_measured_before_is_measured(course: Course, measured: list[str]) -> None:
    submission = course.hand_in("ada", DOCUMENTED)
    course.grade()
    course.publish(MORE)
    course.regrade()
    course.grade()
    report = course.get(f"/api/v1/submissions/{submission}/report")
    assert [row["id"] for row in report["criteria"]] == ["formatted", "documented", "hints"]
    assert len(measured) == 2


def test_the_old_report_is_there_while_the_new_one_is_made(course: Course) -> None:
    submission = course.hand_in("ada", UNDOCUMENTED)
    course.grade()
    course.publish(LIGHTER)
    regrade = course.regrade(scope="all")
    assert course.get(f"/api/v1/submissions/{submission}")["state"] == "queued"
    assert course.points(submission) == 4
    (mark,) = course.get(f"{EXERCISE}/marks")["items"]
    assert (mark["points"], mark["state"]) == (4, "queued")

    cancelled = course.act(regrade, "cancel")
    assert cancelled["progress"]["cancelled"] == 1 and cancelled["cancelled_at"]
    assert course.get(f"/api/v1/submissions/{submission}")["state"] == "graded"
    assert course.grade() == 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "reason: Field required"),
        ({"reason": " "}, "reason: String should have at least 1 character"),
        ({"reason": "x", "scope": "some"}, "scope: Input should be 'counted' or 'all'"),
        ({"reason": "x", "student": "ada"}, "There is no field 'student'"),
        ([], "JSON object"),
    ],
)
def test_what_is_asked_has_to_make_sense(course: Course, body: Any, said: str) -> None:
    answer = course.client.post(f"{EXERCISE}/regrades", json=body, headers=course.headers)
    assert answer.status_code == 400 and said in answer.get_json()["detail"]


def test_nothing_to_grade_again(course: Course) -> None:
    course.hand_in("ada", UNDOCUMENTED)
    answer = course.client.post(
        f"{EXERCISE}/regrades", json={"reason": "New."}, headers=course.headers
    )
    assert answer.status_code == 409
    assert "No submission of even-numbers has a report" in answer.get_json()["detail"]


def test_a_report_of_another_submission_is_not_found(course: Course) -> None:
    mine, other = course.hand_in("ada", UNDOCUMENTED), course.hand_in("bob", DOCUMENTED)
    course.grade()
    (report,) = course.get(f"/api/v1/submissions/{mine}/reports")["items"]
    path = f"/api/v1/submissions/{other}/reports/{report['id']}"
    answer = course.client.get(path, headers=course.headers)
    assert answer.status_code == 404 and "List its reports" in answer.get_json()["how_to_fix"]


def test_a_regrade_does_not_fill_the_queue(course: Course, service: Service) -> None:
    for student in ("ada", "bob"):
        course.hand_in(student, UNDOCUMENTED)
    course.grade()
    course.regrade()
    service.submit.capacity._limit = 1
    course.hand_in("eve", DOCUMENTED)


def test_publishing_a_draft_can_grade_the_class_again(course: Course) -> None:
    draft = f"{EXERCISE}/rubric/draft"
    submission = course.hand_in("ada", UNDOCUMENTED)

    def publish(text: str) -> str:
        """Publish ``text`` by way of a draft, with a regrade; return the address of the regrade."""
        yaml = course.headers | {"Content-Type": "application/yaml"}
        assert course.client.put(draft, data=text, headers=yaml).status_code == 201
        again = {"message": "Docstrings", "regrade": {"scope": "all", "reason": "They count less."}}
        answer = course.client.post(f"{draft}/publish", json=again, headers=course.headers)
        assert answer.status_code == 200, answer.text
        return answer.headers.get("Grader-Regrade", "")

    assert publish(MORE) == ""  # nobody has a report
    course.grade()
    regrade = course.get(publish(LIGHTER))
    assert (regrade["rubric_version"], regrade["progress"]["waiting"]) == (3, 1)
    course.grade()
    assert course.points(submission) == 8
