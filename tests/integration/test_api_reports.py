"""Reports, facts, archives and retries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from grader.bootstrap import Service
from grader.domain.report import Report
from grader.exports.formats import FORMATS, Export
from grader.service.lanes import Lane
from grader.service.records import Role

Headers = dict[str, str]
Zipped = Callable[..., bytes]
Grade = Callable[[], int]

MEDIA = {export.name: export.media_type for export in FORMATS.values()}


@pytest.fixture
def submission(client: FlaskClient, student: Headers, zipped: Zipped) -> str:
    """Return the address of a submission of ``ada``."""
    url = "/api/v1/exercises/numbers-refactor/submissions?filename=my+%22work%22.zip"
    headers = student | {"Content-Type": "application/zip"}
    return client.post(url, data=zipped(), headers=headers).headers["Location"]


def break_it(service: Service) -> None:
    """Let every try of the due submission fail, until it needs attention."""
    now = datetime.now(UTC) + timedelta(seconds=1)
    while claim := service.store.submissions.claim(Lane.LIVE, now, timedelta(minutes=1)):
        service.store.submissions.release(claim, "the tool broke", now, now)


def test_where_a_submission_stands(
    client: FlaskClient, student: Headers, submission: str, grade: Grade
) -> None:
    before = client.get(submission, headers=student).json
    assert grade() == 1
    after = client.get(submission, headers=student).json
    assert before is not None and after is not None
    assert (before["state"], before["graded_at"]) == ("queued", None)
    assert (after["state"], after["attempt"]) == ("graded", 1)
    assert after["graded_at"] >= after["received_at"]


def test_a_report_that_is_not_there_yet(
    client: FlaskClient, student: Headers, submission: str
) -> None:
    answer = client.get(f"{submission}/report", headers=student)
    assert answer.status_code == 202
    assert answer.headers["Location"] == submission
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("name", MEDIA)
def test_a_report_in_every_form(
    client: FlaskClient, student: Headers, submission: str, grade: Grade, name: str
) -> None:
    grade()
    url = f"{submission}/report"
    accepted = client.get(url, headers=student | {"Accept": MEDIA[name]})
    named = client.get(f"{url}?format={name}", headers=student | {"Accept": "image/png"})
    assert (accepted.status_code, accepted.mimetype) == (200, MEDIA[name])
    assert "Accept" in accepted.headers["Vary"]
    assert accepted.text == named.text
    assert "100" in accepted.text


def test_a_report_is_json_unless_asked_otherwise(
    client: FlaskClient, student: Headers, submission: str, grade: Grade
) -> None:
    grade()
    for accept in ({}, {"Accept": "*/*"}):
        answer = client.get(f"{submission}/report", headers=student | accept)
        assert answer.mimetype == "application/json"
        assert answer.json is not None
        assert answer.json["status"] == "graded"
        points = [row["points"] for row in answer.json["criteria"]]
        total = answer.json["total"]
        assert total["capped_by"] == "code_in_functions"
        assert total["points"] == total["capped_at"] < sum(points)
        assert answer.json["receipt"]["submission"] == submission.rsplit("/", 1)[1]


def test_a_second_form_of_json_is_served_by_its_name_only(
    client: FlaskClient,
    student: Headers,
    submission: str,
    grade: Grade,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def render(report: Report) -> str:
        return f'{{"total": {report.total.points}}}\n'

    short = Export("short", "application/json", ".json", render, negotiable=False)
    monkeypatch.setitem(FORMATS, short.name, short)
    grade()
    url = f"{submission}/report"
    for accept in ({}, {"Accept": "application/json"}, {"Accept": "*/*"}):
        answer = client.get(url, headers=student | accept)
        assert answer.json is not None and answer.json["schema"] == "grader.report/1"
    named = client.get(f"{url}?format=short", headers=student)
    assert (named.mimetype, list(named.get_json())) == ("application/json", ["total"])


@pytest.mark.parametrize("accept", ["image/png", "application/pdf;q=1"])
def test_forms_that_there_are_none_of(
    client: FlaskClient, student: Headers, submission: str, accept: str
) -> None:
    for answer in (
        client.get(f"{submission}/report", headers=student | {"Accept": accept}),
        client.get(f"{submission}/report?format=pdf", headers=student),
    ):
        assert answer.json is not None
        assert (answer.status_code, answer.json["type"]) == (406, "/problems/not-acceptable")
        assert "json" in answer.json["how_to_fix"]


def test_a_page_that_nothing_can_run_in(
    client: FlaskClient, student: Headers, submission: str, grade: Grade
) -> None:
    grade()
    answer = client.get(f"{submission}/report?format=html", headers=student)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script" not in policy
    assert "<script" not in answer.text


def test_facts_are_for_instructors(
    client: FlaskClient, student: Headers, instructor: Headers, submission: str, grade: Grade
) -> None:
    assert client.get(f"{submission}/facts", headers=instructor).status_code == 202
    grade()
    facts = client.get(f"{submission}/facts", headers=instructor)
    assert facts.json is not None
    assert [file["path"] for file in facts.json["files"]] == ["main.py"]
    assert "function_length" in facts.json["files"][0]["inspections"]
    refused = client.get(f"{submission}/facts", headers=student)
    assert refused.json is not None
    assert (refused.status_code, refused.json["type"]) == (403, "/problems/forbidden")


def test_an_archive_comes_back_as_it_was_sent(
    client: FlaskClient, student: Headers, instructor: Headers, submission: str, zipped: Zipped
) -> None:
    for headers in (student, instructor):
        answer = client.get(f"{submission}/archive", headers=headers)
        assert answer.status_code == 200
        assert answer.data == zipped()
        assert answer.mimetype == "application/octet-stream"
        named = "attachment; filename=\"my__work_.zip\"; filename*=UTF-8''my%20_work_.zip"
        assert answer.headers["Content-Disposition"] == named
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_archive_is_not_for_an_lms(
    client: FlaskClient, auth: Callable[..., Headers], submission: str
) -> None:
    assert client.get(f"{submission}/archive", headers=auth(Role.LMS)).status_code == 403


def test_what_broke_on_our_side_can_be_tried_again(
    client: FlaskClient,
    student: Headers,
    instructor: Headers,
    submission: str,
    service: Service,
    grade: Grade,
) -> None:
    break_it(service)
    parked = client.get(submission, headers=instructor).json
    seen = client.get(submission, headers=student).json
    assert parked is not None and seen is not None
    assert (parked["state"], parked["problem"]) == ("needs_attention", "the tool broke")
    assert (seen["state"], seen["problem"]) == ("needs_attention", "")
    assert client.get(f"{submission}/report", headers=student).status_code == 202

    retried = client.post(f"{submission}/retry", headers=instructor)
    assert retried.status_code == 202
    assert retried.json is not None
    assert retried.json["state"] == "queued"
    assert grade() == 1
    assert client.get(f"{submission}/report", headers=student).status_code == 200


def test_all_that_broke_on_our_side_can_be_tried_again(
    client: FlaskClient,
    auth: Callable[..., Headers],
    student: Headers,
    instructor: Headers,
    submission: str,
    service: Service,
) -> None:
    break_it(service)
    everything = "/api/v1/submissions/all/retry"
    assert client.post(everything, headers=student).status_code == 403
    foreign = auth(Role.GRADER, "physics")
    assert client.post(everything, headers=foreign).json == {"retried": 0}
    for query, where in (("course=mlops", "course"), ("exercise=numbers-refactor", "exercise")):
        refused = client.post(f"{everything}?{query}", headers=foreign)
        assert refused.json is not None
        assert (refused.status_code, where in refused.json["detail"]) == (404, True)
    assert client.post(f"{everything}?exercises=x", headers=instructor).status_code == 400
    assert client.post(f"{everything}?exercise=get-data", headers=instructor).json == {"retried": 0}

    asked = f"{everything}?course=mlops&exercise=numbers-refactor"
    assert client.post(asked, headers=instructor).json == {"retried": 1}
    shown = client.get(submission, headers=instructor).json
    assert shown is not None and shown["state"] == "queued"
    assert client.post(everything, headers=auth(Role.ADMIN)).json == {"retried": 0}


def test_who_and_what_can_be_tried_again(
    client: FlaskClient, student: Headers, instructor: Headers, submission: str
) -> None:
    assert client.post(f"{submission}/retry", headers=student).status_code == 403
    answer = client.post(f"{submission}/retry", headers=instructor)
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/conflict")
