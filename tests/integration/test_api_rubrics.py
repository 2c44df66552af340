"""Rubrics over HTTP: returned byte for byte, versioned, overwritten only with If-Match."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader.bootstrap import Service
from grader.engine.rubric_text import read_plain
from grader.service.records import Role

Headers = dict[str, str]

URL = "/api/v1/exercises/numbers-refactor/rubric"
YAML = {"Content-Type": "application/yaml"}


def text_of(service: Service) -> str:
    record = service.store.rubrics.newest("numbers-refactor")
    assert record is not None
    return record.text


def put(client: FlaskClient, headers: Headers, text: str | bytes, url: str = URL) -> TestResponse:
    return client.put(url, data=text, headers=YAML | headers)


def test_the_text_comes_back_byte_for_byte(
    client: FlaskClient, instructor: Headers, service: Service
) -> None:
    odd = text_of(service).replace("\n", "\r\n") + "# end \u00e9 \t \r\n\r\n"
    tag = client.get(URL, headers=instructor).headers["ETag"]
    answer = put(client, instructor | {"If-Match": tag}, odd)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert (answer.json["version"], answer.json["text"]) == (2, odd)
    fetched = client.get(URL, headers=instructor)
    assert fetched.data == odd.encode()
    assert fetched.mimetype == "application/yaml"
    assert fetched.headers["ETag"] == answer.headers["ETag"] != tag


def test_json_says_more_about_it(client: FlaskClient, student: Headers, service: Service) -> None:
    answer = client.get(URL, headers=student | {"Accept": "application/json"})
    record = service.store.rubrics.newest("numbers-refactor")
    assert record is not None
    assert answer.json == {
        "exercise": "numbers-refactor",
        "course": "mlops",
        "version": 1,
        "digest": record.digest,
        "text": record.text,
    }
    assert client.get(URL, headers=student | {"Accept": "text/html"}).status_code == 406


def test_what_is_known_already_is_not_sent_again(client: FlaskClient, student: Headers) -> None:
    first = client.get(URL, headers=student)
    again = client.get(URL, headers=student | {"If-None-Match": first.headers["ETag"]})
    other = client.get(URL, headers=student | {"If-None-Match": '"9-nothing"'})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert other.status_code == 200


def test_a_change_names_the_version_that_it_changes(
    client: FlaskClient, instructor: Headers, service: Service
) -> None:
    text = text_of(service)
    tag = client.get(URL, headers=instructor).headers["ETag"]
    blind = put(client, instructor, text + "# 1\n")
    first = put(client, instructor | {"If-Match": tag}, text + "# 2\n")
    stale = put(client, instructor | {"If-Match": tag}, text + "# 3\n")
    assert blind.json is not None and stale.json is not None
    assert (blind.status_code, blind.json["type"]) == (428, "/problems/precondition-required")
    assert tag in blind.json["how_to_fix"]
    assert first.status_code == 200
    assert (stale.status_code, stale.json["type"]) == (412, "/problems/precondition-failed")
    assert text_of(service).endswith("# 2\n")


def test_the_next_grading_uses_it_and_old_reports_stay(
    client: FlaskClient,
    instructor: Headers,
    service: Service,
    zipped: Callable[..., bytes],
    grade: Callable[[], int],
) -> None:
    def hand_in() -> str:
        form = {"file": (io.BytesIO(zipped()), "a.zip"), "student": "bob"}
        url = "/api/v1/exercises/numbers-refactor/submissions"
        where = client.post(url, data=form, headers=instructor).headers["Location"]
        grade()
        return f"{where}/report"

    def title(url: str) -> tuple[int, str]:
        report = client.get(url, headers=instructor).json
        assert report is not None
        return report["rubric"]["version"], report["rubric"]["title"]

    old = hand_in()
    before = title(old)
    changed = text_of(service).replace("title: Refactor numbers.py into modules", "title: Anew", 1)
    put(client, instructor | {"If-Match": "*"}, changed)
    assert title(hand_in()) == (2, "Anew")
    assert title(old) == before == (1, "Refactor numbers.py into modules")


def test_a_new_exercise(client: FlaskClient, instructor: Headers, service: Service) -> None:
    text = text_of(service).replace("exercise: numbers-refactor", "exercise: brand-new", 1)
    url = "/api/v1/exercises/brand-new/rubric"
    answer = put(client, instructor, text, url)
    assert answer.status_code == 201
    assert answer.headers["Location"] == url
    assert client.get(url, headers=instructor).text == text
    elsewhere = put(client, instructor, text, "/api/v1/exercises/other-name/rubric")
    assert elsewhere.status_code == 422


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_is_a_rubric_too(
    client: FlaskClient, instructor: Headers, service: Service, indent: int | str | None
) -> None:
    asked = read_plain(text_of(service)) | {"title": "Ren\u00e9 \U0001f600 </b>"}
    text = json.dumps(asked, indent=indent, default=float)
    headers = instructor | {"Content-Type": "application/json", "If-Match": "*"}
    answer = client.put(URL, data=text, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert answer.json["text"] == text, "stored as it was sent"
    assert client.get(URL, headers=instructor).text == text
    shown = client.get(URL.removesuffix("/rubric"), headers=instructor).json
    assert shown is not None
    assert shown["title"] == asked["title"]


def test_mistakes_in_json_are_named_with_their_places(
    client: FlaskClient, instructor: Headers, service: Service
) -> None:
    asked = read_plain(text_of(service)) | {"tittle": "x"}
    text = json.dumps(asked, indent=2, default=float)
    headers = instructor | {"Content-Type": "application/json", "If-Match": "*"}
    answer = client.put(URL, data=text, headers=headers)
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-rubric")
    (mistake,) = answer.json["errors"]
    line = text[: text.index("tittle")].count("\n") + 1
    assert (mistake["line"], mistake["column"], mistake["suggestion"]) == (line, 3, "title")


def test_mistakes_are_named_with_their_places(
    client: FlaskClient, instructor: Headers, service: Service
) -> None:
    text = text_of(service).replace("    points: 15", "    pionts: 15", 1)
    line = text[: text.index("pionts")].count("\n") + 1
    answer = put(client, instructor | {"If-Match": "*"}, text)
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-rubric")
    mistake = next(one for one in answer.json["errors"] if one.get("suggestion") == "points")
    assert (mistake["line"], mistake["column"]) == (line, 5)
    assert mistake["path"][-1] == "pionts"


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a: [", b"", b"- 1", b"a: &x 1\nb: *x\n"])
def test_what_is_no_rubric_at_all(client: FlaskClient, instructor: Headers, data: bytes) -> None:
    answer = put(client, instructor | {"If-Match": "*"}, data)
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-rubric")
    assert answer.json["errors"]


def test_size_and_kind_are_limited(client: FlaskClient, instructor: Headers) -> None:
    large = put(client, instructor, b"#" * 65_537)
    kind = client.put(URL, data="{}", headers=instructor | {"Content-Type": "text/plain"})
    assert large.json is not None and kind.json is not None
    assert (large.status_code, large.json["type"]) == (413, "/problems/request-too-large")
    assert "65536" in large.json["detail"]
    assert (kind.status_code, kind.json["type"]) == (415, "/problems/unsupported-media-type")


@pytest.mark.parametrize("role", [Role.STUDENT, Role.LMS])
def test_only_instructors_publish(
    client: FlaskClient, auth: Callable[..., Headers], service: Service, role: Role
) -> None:
    headers = auth(role, student="ada" if role is Role.STUDENT else "")
    assert put(client, headers | {"If-Match": "*"}, text_of(service)).status_code == 403


def test_a_new_exercise_in_a_course_of_others_names_both_courses(
    client: FlaskClient, auth: Callable[..., Headers], service: Service
) -> None:
    new = text_of(service).replace("course: mlops", "course: physics", 1)
    new = new.replace("exercise: numbers-refactor", "exercise: pendulum", 1)
    url = URL.replace("numbers-refactor", "pendulum")
    refused = put(client, auth(Role.INSTRUCTOR), new, url)
    assert refused.json is not None
    assert (refused.status_code, refused.json["where"]) == (404, "course")
    assert "course: physics" in refused.json["detail"] and "mlops" in refused.json["detail"]
    allowed = put(client, auth(Role.INSTRUCTOR, course="physics"), new, url)
    assert allowed.status_code == 201


def test_an_exercise_belongs_to_its_course(
    client: FlaskClient, auth: Callable[..., Headers], service: Service
) -> None:
    taken = text_of(service).replace("course: mlops", "course: other", 1)
    stranger = auth(Role.INSTRUCTOR, course="other")
    assert put(client, stranger | {"If-Match": "*"}, taken).status_code == 404
    moved = put(client, auth(Role.ADMIN) | {"If-Match": "*"}, taken)
    assert moved.status_code == 409


def test_mistakes_of_form_and_of_names_are_sent_together(
    client: FlaskClient, instructor: Headers, service: Service
) -> None:
    wrong = text_of(service).replace('python: "3.11"', "python: 3.10", 1)
    wrong = wrong.replace("check: formatting", "check: black", 1)
    wrong += "".join(f"key{n}: 1\n" for n in range(60))
    answer = put(client, instructor | {"If-Match": "*"}, wrong)
    assert answer.status_code == 422 and answer.json is not None
    errors = answer.json["errors"]
    first, second = (one for one in errors if not str(one["path"][0]).startswith("key"))
    assert first["message"] == 'should be a version in quotes, such as "3.11"'
    assert (second["suggestion"], second["path"][-1]) == ("formatting", "check")
    assert first["line"] < second["line"] and second["column"] == 5
    assert len(errors) == 50 and answer.json["detail"].endswith("; and 12 more")
