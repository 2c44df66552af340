"""The comparison with the student's last attempt in a report."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.bootstrap import Service, read_rubric
from grader.service.records import Role

Headers = dict[str, str]
Hand = Callable[..., dict[str, Any]]

MESSY = "import os\nx=1\ndef f( ):\n    return x\nprint(f() + 1)\nprint(f() + x)\n"
BETTER = "\n\nx = 1\ndef f( ):\n    return x\nprint(f() + 1)\nprint(f() + x)\n"


@pytest.fixture
def hand_in(
    client: FlaskClient,
    auth: Callable[..., Headers],
    zipped: Callable[..., bytes],
    grade: Callable[[], int],
) -> Hand:
    """Return a function: ``hand_in("ada", text)`` is the report of a new submission of a file."""
    tokens: dict[str, Headers] = {}

    def run(student: str, text: str, path: str = "work.py") -> dict[str, Any]:
        headers = tokens.setdefault(student, auth(Role.STUDENT, student=student))
        url = "/api/v1/exercises/numbers-refactor/submissions"
        answer = client.post(
            url, data=zipped({path: text}), headers=headers | {"Content-Type": "application/zip"}
        )
        assert grade() == 1
        report = client.get(f"{answer.headers['Location']}/report", headers=headers).json
        assert report is not None
        return dict(report)

    return run


def test_a_second_attempt_tells_what_changed(hand_in: Hand) -> None:
    first, second = hand_in("ada", MESSY), hand_in("ada", BETTER, "moved/work.py")
    assert first["history"] is None
    assert {one["since"] for one in first["findings"]} == {None}
    history = second["history"]
    assert history["previous_attempt"] == 1
    assert history["points_before"] == first["total"]["points"]
    assert "F401" in {one["code"] for one in history["fixed_findings"]}
    since = {one["code"]: one["since"] for one in second["findings"]}
    assert since["E201"] == "still_there"
    assert history["fixed"] + history["still_there"] == len(first["findings"])
    assert history["new"] + history["still_there"] == len(second["findings"])


def test_nobody_is_compared_with_another_student(hand_in: Hand) -> None:
    hand_in("ada", MESSY)
    assert hand_in("grace", BETTER)["history"] is None


def test_an_edit_of_the_rubric_is_not_the_students_change(hand_in: Hand, service: Service) -> None:
    before = hand_in("ada", MESSY)
    newest = service.store.rubrics.newest("numbers-refactor")
    assert newest is not None
    edited = re.sub(r"zero_at: 75|zero_at: 60", "zero_at: 99", newest.text)
    assert edited != newest.text
    service.store.rubrics.publish(
        read_rubric(edited),
        edited,
        "e" * 64,
        base=newest.version,
        actor="t",
        now=service.clock.now(),
    )
    again = hand_in("ada", MESSY)
    assert again["total"]["points"] != before["total"]["points"]
    assert again["history"]["points_before"] == again["total"]["points"]
    assert (again["history"]["fixed"], again["history"]["new"]) == (0, 0)
