"""Only staff get the signals of a report, in every form."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from grader.bootstrap import Service
from grader.service.records import Role

Headers = dict[str, str]
FORMS = ("json", "text", "markdown", "html")
ODD = {"main.py": "exec('1 + 1')\n", "hidden.pyw": "print(1)\n"}


@pytest.fixture
def report_url(
    client: FlaskClient,
    student: Headers,
    zipped: Callable[..., bytes],
    grade: Callable[[], int],
) -> str:
    """Return the address of the report of a submission that has signals."""
    url = "/api/v1/exercises/numbers-refactor/submissions"
    headers = student | {"Content-Type": "application/zip"}
    answer = client.post(url, data=zipped(ODD), headers=headers)
    assert grade() == 1
    return f"{answer.headers['Location']}/report"


def test_an_instructor_sees_them(
    client: FlaskClient, instructor: Headers, report_url: str, auth: Callable[..., Headers]
) -> None:
    for headers in (instructor, auth(Role.ADMIN)):
        report = client.get(report_url, headers=headers).json
        assert report is not None
        codes = {(one["path"], one["code"]) for one in report["signals"]}
        assert codes == {("main.py", "text-as-code"), ("hidden.pyw", "hidden-file")}
    for form in FORMS[1:]:
        shown = client.get(f"{report_url}?format={form}", headers=instructor).text
        assert "For the instructor" in shown and "runs a text as a program" in shown


@pytest.mark.parametrize("role", [Role.STUDENT, Role.LMS])
def test_nobody_else_does(
    client: FlaskClient, auth: Callable[..., Headers], report_url: str, role: Role
) -> None:
    headers = auth(role, student="ada" if role is Role.STUDENT else "")
    for form in FORMS:
        shown = client.get(f"{report_url}?format={form}", headers=headers)
        assert shown.status_code == 200
        for word in ("text-as-code", "hidden-file", "runs a text", "For the instructor"):
            assert word not in shown.text
    report = client.get(report_url, headers=headers).json
    assert report is not None and report["signals"] == []


def test_they_cost_nothing(client: FlaskClient, instructor: Headers, report_url: str) -> None:
    report = client.get(report_url, headers=instructor).json
    assert report is not None
    assert report["status"] == "graded"
    assert "signals" not in {one["check"] for one in report["criteria"]}
    assert "signals" not in {one["check"] for one in report["findings"]}


def test_they_are_stored_with_the_report(service: Service, report_url: str) -> None:
    stored = service.store.submissions.report(report_url.split("/")[-2])
    assert stored is not None and len(stored.report.signals) == 2
