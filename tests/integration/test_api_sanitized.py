"""Hostile text in responses has no effect in browsers, headers and logs."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from urllib.parse import quote, unquote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader.domain.characters import is_hidden
from grader.http.api.downloads import attachment, download_name
from grader.service.records import Role
from tests.hostile_texts import NAMES

Headers = dict[str, str]
Zipped = Callable[..., bytes]

URL = "/api/v1/exercises/numbers-refactor/submissions"
#: Headers that every response must have.
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: The hostile names that can be sent over HTTP.
SENT = [name.encode("utf-8", "replace").decode() for name in NAMES]
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")


def assert_safe(answer: TestResponse) -> None:
    assert {name: answer.headers.get(name) for name in SAFE} == SAFE
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert policy[:4] == [
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
    assert all(
        re.fullmatch(r"style-src 'sha256-[\w+/]{43}='|sandbox", more) for more in policy[4:]
    ), "nothing is allowed but a style that is known by its hash"
    caching = answer.headers["Cache-Control"]
    assert caching == "no-store" or caching == "private, no-cache"
    for name, value in answer.headers:
        assert not any(map(is_hidden, name + value))
        assert not any(ord(one) > 126 for one in name + value), "headers are ASCII"


def test_every_answer_of_every_route_is_safe(
    client: FlaskClient, instructor: Headers, student: Headers
) -> None:
    values = {"exercise": "numbers-refactor", "code": "not-found", "check_id": "style"}
    seen = set()
    for rule in client.application.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda name: values.get(name[1], "nothing"), rule.rule)
        for method in METHODS:
            for headers in ({}, instructor, student):
                answer = client.open(path, method=method, headers=headers)
                assert_safe(answer)
                assert answer.status_code < 500, f"{method} {path}"
                seen.add(answer.status_code)
    assert {200, 401, 403, 404, 405, 415} <= seen


def test_what_is_a_student_s_is_never_kept_by_a_cache(
    client: FlaskClient, student: Headers, zipped: Zipped, grade: Callable[[], int]
) -> None:
    form = {"file": (io.BytesIO(zipped()), "a.zip")}
    made = client.post(URL, data=form, headers=student)
    grade()
    own = made.headers["Location"]
    for path in (URL, own, f"{own}/report", f"{own}/report?format=html", f"{own}/archive"):
        answer = client.get(path, headers=student)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_the_page_of_a_report_has_an_origin_of_its_own(
    client: FlaskClient, student: Headers, zipped: Zipped, grade: Callable[[], int]
) -> None:
    form = {"file": (io.BytesIO(zipped()), "a.zip")}
    own = client.post(URL, data=form, headers=student).headers["Location"]
    grade()
    page = client.get(f"{own}/report?format=html", headers=student)
    assert_safe(page)
    header = page.headers["Content-Security-Policy"]
    inside = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page.text)
    assert inside is not None
    ours = inside[1].replace("&#39;", "'")
    assert header.replace("; frame-ancestors 'none'", "") == f"{ours}; sandbox"


def test_a_table_is_saved_and_not_shown(
    client: FlaskClient, student: Headers, zipped: Zipped, grade: Callable[[], int]
) -> None:
    form = {"file": (io.BytesIO(zipped()), "a.zip")}
    own = client.post(URL, data=form, headers=student).headers["Location"]
    grade()
    for answer in (
        client.get(f"{own}/report?format=csv", headers=student),
        client.get(f"{own}/report", headers=student | {"Accept": "text/csv"}),
    ):
        assert answer.content_type == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="report.csv"'
        assert answer.data.startswith(b'\xef\xbb\xbf"exercise","student",')
        assert_safe(answer)


def test_an_upload_may_be_called_anything(
    client: FlaskClient, student: Headers, zipped: Zipped
) -> None:
    for sent in SENT:
        url = f"{URL}?filename={quote(sent[:150])}"
        answer = client.post(url, data=zipped(), content_type="application/zip", headers=student)
        assert_taken_or_refused(answer)
        if answer.status_code == 202:
            archive = client.get(f"{answer.headers['Location']}/archive", headers=student)
            assert_safe(archive)
            assert archive.headers["Content-Disposition"].startswith("attachment; filename=")
            assert archive.data == zipped()


def test_a_form_may_call_a_file_and_a_student_anything(
    client: FlaskClient, instructor: Headers, zipped: Zipped
) -> None:
    for sent in SENT:
        form = {"file": (io.BytesIO(zipped()), sent), "student": sent}
        assert_taken_or_refused(client.post(URL, data=form, headers=instructor))
    listed = client.get(URL, headers=instructor)
    assert_safe(listed)
    assert not any(map(is_hidden, listed.text))


def assert_taken_or_refused(answer: TestResponse) -> None:
    assert_safe(answer)
    assert answer.status_code in (202, 400), answer.text
    assert not any(map(is_hidden, answer.text))


@pytest.mark.parametrize("name", [*NAMES, "", ".", "..", "con.zip", "a.xlsm", "setup.exe", " . "])
def test_a_download_has_a_name_that_is_safe_everywhere(name: str) -> None:
    saved = download_name(name, b"PK\x03\x04")
    assert saved.endswith(".zip") and 4 < len(saved) <= 120
    assert not set(saved) & set('\\/:*?"<>|\r\n') and not any(map(is_hidden, saved))
    header = attachment(saved)
    plain = re.fullmatch(
        r"attachment; filename=\"[\w.-]+\"(?:; filename\*=UTF-8''([\w.~%-]+))?", header, re.ASCII
    )
    assert plain is not None, header
    assert unquote(plain[1] or saved) == saved


def test_a_download_is_called_what_it_is() -> None:
    zip_bytes = b"PK\x03\x04"
    assert download_name("work.ZIP", zip_bytes) == "work.ZIP"
    assert download_name("grades.xlsm", zip_bytes) == "grades.xlsm.zip"
    assert download_name("main.py", b"x = 1\n") == "main.py"
    assert download_name("page.html", b"x = 1\n") == "page.html.py"
    assert attachment("\u4f5c\u4e1a.zip") == (
        "attachment; filename=\"__.zip\"; filename*=UTF-8''%E4%BD%9C%E4%B8%9A.zip"
    )


def test_a_problem_quotes_what_it_is_about_and_hides_nothing(
    client: FlaskClient, auth: Callable[..., Headers]
) -> None:
    admin = auth(Role.ADMIN)
    for text in SENT:
        assert_problems(client, quote(text[:100], safe=""), admin)


def assert_problems(client: FlaskClient, sent: str, admin: Headers) -> None:
    for path in (
        f"/{sent}",
        f"/checks/{sent}",
        f"/problems/{sent}",
        f"/api/v1/exercises/{sent}",
        f"{URL}?cursor={sent}&limit={sent}&state={sent}",
        f"/api/v1/submissions/{sent}/report?format={sent}",
    ):
        answer = client.get(path, headers=admin)
        assert_safe(answer)
        assert 400 <= answer.status_code < 500, path
        assert answer.mimetype == "application/problem+json"
        assert not any(map(is_hidden, answer.text))
        assert json.loads(answer.text)["status"] == answer.status_code


def test_the_name_by_which_we_are_called_is_only_text(client: FlaskClient) -> None:
    for host in ('evil"><script>alert(1)</script>', "evil.example\\@x", "a b", "[::"):
        answer = client.get("/", headers={"Host": host})
        assert_safe(answer)
        assert "<script" not in answer.text
        assert answer.status_code in (200, 400)
