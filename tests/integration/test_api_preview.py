"""A preview over HTTP: what a draft would give each student, measured where that is needed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.bootstrap import Service, build_grade, build_measure_requested
from grader.engine.measuring.engine import Engine
from grader.service.access import Principal
from grader.service.records import AuditQuery, Role

Headers = dict[str, str]

EXERCISE = "/api/v1/exercises/numbers-refactor"
URL = f"{EXERCISE}/rubric/preview"
YAML = {"Content-Type": "application/yaml"}
BAD = "def F(a):\n    print(a)\n    print(a)\n\n\nF(1)\n"
GOOD = """
def show(number: int) -> None:
    '''Print ``number``.'''
    print(number)


if __name__ == "__main__":
    show(1)
"""


@pytest.fixture
def measure(service: Service, engine: Engine) -> Callable[[], int]:
    """Return a function that makes all requested measurements, and returns how many."""
    use_case = build_measure_requested(service, build_grade(service, engine))

    def run() -> int:
        count = 0
        while use_case.next():
            count += 1
        return count

    return run


@pytest.fixture
def graded(
    client: FlaskClient,
    instructor: Headers,
    zipped: Callable[..., bytes],
    grade: Callable[[], int],
) -> dict[str, float]:
    """Hand in for three students, one of them twice; return the points of each."""
    for student, text in (("ada", BAD), ("ada", GOOD), ("bob", BAD), ("eve", GOOD)):
        form = {"file": (io.BytesIO(zipped({"main.py": text})), "a.zip"), "student": student}
        assert client.post(f"{EXERCISE}/submissions", data=form, headers=instructor).status_code
        grade()
    marks = client.get(f"{EXERCISE}/marks", headers=instructor).json
    assert marks is not None
    return {one["student"]: one["points"] for one in marks["items"]}


def rubric(service: Service) -> str:
    record = service.store.rubrics.newest("numbers-refactor")
    assert record is not None
    return record.text


def reweighed(text: str) -> str:
    """Return ``text`` with 2 points more for each criterion of 10, and without a smallest size."""
    smaller = text.replace("smallest:", "smallest: {statements: 1, caps_total_at: 20}\n#", 1)
    changed = smaller.replace("\n    points: 10\n", "\n    points: 12\n")
    more = changed.count("points: 12") * 2
    return changed.replace("total: 100", f"total: {100 + more}", 1)


def ask(client: FlaskClient, headers: Headers, text: str | None, **query: Any) -> Any:
    sent = {} if text is None else {"data": text, "content_type": "application/yaml"}
    return client.post(URL, headers=headers, query_string=query, **sent)


def test_the_published_text_moves_nobody(
    client: FlaskClient, instructor: Headers, service: Service, graded: dict[str, float]
) -> None:
    answer = ask(client, instructor, rubric(service))
    assert answer.status_code == 200, answer.text
    body = answer.json
    assert body["complete"] is True
    assert body["coverage"] == {"students": 3, "judged": 3, "waiting": 0, "failed": 0}
    assert body["students"] == []
    assert body["distribution"]["before"] == body["distribution"]["after"]
    assert sum(body["distribution"]["after"]) == 3
    for one in body["criteria"]:
        assert (one["better"], one["worse"]) == (0, 0)
        assert one["mean_before"] == one["mean_after"]


def test_other_weights_are_judged_from_what_is_stored(
    client: FlaskClient,
    instructor: Headers,
    service: Service,
    graded: dict[str, float],
    grade: Callable[[], int],
    measure: Callable[[], int],
) -> None:
    text = reweighed(rubric(service))
    answer = ask(client, instructor, text, pass_mark=40)
    assert answer.status_code == 200, answer.text
    assert measure() == 0, "no tool was asked for"
    assert client.get(f"{EXERCISE}/marks", headers=instructor).json is not None
    moved = {one["student"]: one for one in answer.json["students"]}
    assert {name: one["before"] for name, one in moved.items()}.items() <= graded.items()
    first = answer.json["students"][0]
    assert first["criteria"][0]["why_before"] != first["criteria"][0]["why_after"]

    client.put(f"{EXERCISE}/rubric", data=text, headers=instructor | YAML | {"If-Match": "*"})
    for student in ("ada", "bob"):
        data = client.get(f"{EXERCISE}/submissions?student={student}", headers=instructor).json
        assert data is not None
        archive = client.get(data["items"][0]["links"]["archive"], headers=instructor).data
        form = {"file": (io.BytesIO(archive), "a.zip"), "student": f"{student}-again"}
        client.post(f"{EXERCISE}/submissions", data=form, headers=instructor)
    grade()
    marks = client.get(f"{EXERCISE}/marks", headers=instructor).json
    assert marks is not None
    points = {one["student"]: one["points"] for one in marks["items"]}
    for student in ("ada", "bob"):
        expected = moved[student]["after"] if student in moved else graded[student]
        assert points[f"{student}-again"] == expected, "as a grading by that version gives"


def test_what_is_missing_is_measured_by_workers(
    client: FlaskClient,
    instructor: Headers,
    service: Service,
    graded: dict[str, float],
    measure: Callable[[], int],
) -> None:
    text = rubric(service) + 'starter: {main.py: "print(1)\\n"}\n'
    first = ask(client, instructor, text)
    assert first.status_code == 202, first.text
    assert first.headers["Retry-After"]
    assert first.json["coverage"]["waiting"] == 3
    assert first.json["complete"] is False
    where = first.headers["Location"]
    assert where == f"/api/v1/previews/{first.json['preview']}"

    table = client.get(where, headers=instructor | {"Accept": "text/csv"})
    assert (table.status_code, table.mimetype) == (202, "text/csv")
    assert len(table.text.splitlines()) == 4

    assert measure() == 3, "two different uploads and the starter files"
    second = client.get(where, headers=instructor)
    assert second.status_code == 200
    assert second.json is not None
    assert second.json["coverage"] == {"students": 3, "judged": 3, "waiting": 0, "failed": 0}
    again = ask(client, instructor, text)
    assert (again.status_code, again.json) == (200, second.json)
    assert measure() == 0


def test_a_request_waits_for_the_workers_if_it_wants(
    client: FlaskClient,
    instructor: Headers,
    service: Service,
    graded: dict[str, float],
) -> None:
    text = rubric(service) + 'starter: {main.py: "print(1)\\n"}\n'
    answer = ask(client, instructor | {"Prefer": "wait=1"}, text)
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "wait=1"


def test_a_csv_has_every_student(
    client: FlaskClient, instructor: Headers, service: Service, graded: dict[str, float]
) -> None:
    answer = ask(client, instructor | {"Accept": "text/csv"}, reweighed(rubric(service)))
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "numbers-refactor-preview.csv" in answer.headers["Content-Disposition"]
    rows = [*csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))]
    assert {row["student"]: float(row["before"]) for row in rows} == graded
    for row in rows:
        change = float(row["after"]) - float(row["before"])
        assert round(change, 1) == float(row["change"])
    assert sum(name.endswith(" after") for name in rows[0]) == len(
        service.rubric_cache.read(rubric(service)).criteria
    )


def test_the_stored_draft_is_previewed_without_a_body(
    client: FlaskClient, instructor: Headers, service: Service, graded: dict[str, float]
) -> None:
    none = ask(client, instructor, None)
    assert none.status_code == 404
    assert none.json["type"] == "/problems/not-found"
    text = reweighed(rubric(service))
    client.put(f"{EXERCISE}/rubric/draft", data=text, headers=instructor | YAML)
    drafted, sent = ask(client, instructor, None), ask(client, instructor, text)
    assert drafted.status_code == sent.status_code == 200
    assert drafted.json == sent.json


def test_a_preview_changes_nothing_and_is_noted(
    client: FlaskClient, instructor: Headers, service: Service, graded: dict[str, float]
) -> None:
    before = client.get(f"{EXERCISE}/marks", headers=instructor).json
    answer = ask(client, instructor, reweighed(rubric(service)))
    assert client.get(f"{EXERCISE}/marks", headers=instructor).json == before
    record = service.store.rubrics.newest("numbers-refactor")
    assert record is not None and record.version == 1
    (entry,) = service.store.audit_log.page(AuditQuery(action="rubric.previewed")).items
    assert (entry.subject, entry.course) == ("numbers-refactor", "mlops")
    assert entry.detail["preview"] == answer.json["preview"]


def test_mistakes_are_listed_and_strangers_see_nothing(
    client: FlaskClient, instructor: Headers, service: Service, auth: Callable[..., Headers]
) -> None:
    wrong = ask(client, instructor, "criteria: {}\n")
    assert (wrong.status_code, wrong.json["type"]) == (422, "/problems/invalid-rubric")
    made = ask(client, instructor, rubric(service)).json["preview"]
    stranger = auth(Role.INSTRUCTOR, course="other")
    assert client.get(f"/api/v1/previews/{made}", headers=stranger).status_code == 404
    assert client.get("/api/v1/previews/none", headers=instructor).status_code == 404
    assert ask(client, stranger, rubric(service)).status_code == 404
    assert ask(client, auth(Role.GRADER), rubric(service)).status_code == 403
    for query in ({"pass_mark": 101}, {"limit": 1001}, {"passmark": 50}):
        assert ask(client, instructor, rubric(service), **query).status_code == 400


def test_a_new_exercise_has_an_empty_preview(
    client: FlaskClient, instructor: Headers, service: Service
) -> None:
    text = rubric(service).replace("exercise: numbers-refactor", "exercise: brand-new", 1)
    url = URL.replace("numbers-refactor", "brand-new")
    answer = client.post(url, data=text, headers=instructor | YAML)
    assert answer.json is not None
    assert answer.json["coverage"]["students"] == 0
    assert answer.json["complete"] is True


def test_too_many_at_a_time_are_told_to_come_again(
    client: FlaskClient, instructor: Headers, service: Service, graded: dict[str, float]
) -> None:
    record = service.preview.get(
        ask(client, instructor, rubric(service)).json["preview"],
        _admin(service),
    )
    running = [service.preview.students(record) for _ in range(2)]
    refused = ask(client, instructor, rubric(service))
    assert (refused.status_code, refused.json["type"]) == (503, "/problems/overloaded")
    assert refused.headers["Retry-After"]
    for one in running:
        assert len([*one]) == 3
    assert ask(client, instructor, rubric(service)).status_code == 200


def _admin(service: Service) -> Principal:
    """Return the principal of a new admin's token."""
    _, token = service.tokens.create(name="admin", role=Role.ADMIN, actor="test")
    return Principal.of_token(token)


def test_what_the_author_may_not_mean_is_said(
    client: FlaskClient, instructor: Headers, service: Service, graded: dict[str, float]
) -> None:
    warned = ask(client, instructor, rubric(service)).json["warnings"]
    assert any("everybody gets all" in sentence for sentence in warned)
    assert any("nobody gets any" in sentence for sentence in warned)
    advised = service.lint(rubric(service)).advice
    assert warned[: len(advised)] == [str(one) for one in advised]


def test_golden_samples_are_shown_before_and_after(
    client: FlaskClient, instructor: Headers, service: Service, measure: Callable[[], int]
) -> None:
    stored = client.put(
        f"{EXERCISE}/samples/one?expected=20",
        data=GOOD,
        headers=instructor | {"Content-Type": "text/x-python"},
    )
    assert stored.status_code == 200, stored.text
    first = ask(client, instructor, reweighed(rubric(service)))
    assert (first.status_code, first.json["complete"]) == (202, False)
    assert first.json["samples"] == [
        {
            "name": "one",
            "expected": 20,
            "before": None,
            "after": None,
            "ok": None,
            "problem": "",
            "differences": [],
        }
    ]
    assert measure() == 1
    (published,) = ask(client, instructor, rubric(service)).json["samples"]
    assert (published["before"], published["after"], published["ok"]) == (20, 20, True)
    second = ask(client, instructor, reweighed(rubric(service)))
    assert second.status_code == 200
    (changed,) = second.json["samples"]
    assert changed["before"] == 20 and changed["after"] > 20
    assert changed["ok"] is False
    assert changed["differences"] == [{"criterion": "", "expected": 20, "earned": changed["after"]}]
