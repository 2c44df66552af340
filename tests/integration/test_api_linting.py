"""Linting a rubric over HTTP: what is wrong with it, in the words of the command line."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from grader.bootstrap import Service
from grader.engine.rubric_text import shipped_rubrics

Headers = dict[str, str]

TEXT = shipped_rubrics()["numbers-refactor"]


def linted(client: FlaskClient, headers: Headers, text: str) -> dict[str, Any]:
    kind = {"Content-Type": "application/yaml"}
    answer = client.post("/api/v1/rubrics/validate", headers=headers | kind, data=text)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_valid_rubric_is_said_to_be_valid(client: FlaskClient, instructor: Headers) -> None:
    found = linted(client, instructor, TEXT)

    assert (found["valid"], found["mistakes"], found["total"]) == (True, [], 100)


def test_every_mistake_is_listed_with_its_place(client: FlaskClient, instructor: Headers) -> None:
    wrong = TEXT.replace("check: style", "check: flake8").replace("python: ", "pyhton: ")
    found = linted(client, instructor, wrong)

    assert not found["valid"]
    suggested = {one["suggestion"]: one for one in found["mistakes"]}
    assert {"style", "python"} <= suggested.keys()
    one = suggested["style"]
    line = wrong.splitlines()[one["line"] - 1]
    assert line in one["excerpt"] and "^" in one["excerpt"] and "flake8" in line


def test_advice_is_no_mistake(client: FlaskClient, instructor: Headers) -> None:
    advised = TEXT.replace("check: style\n", "check: style\n    files: [/src/**]\n")
    found = linted(client, instructor, advised)

    assert found["valid"]
    assert [one for one in found["advice"] if "did you mean src/**?" in one["message"]]


def test_nothing_is_stored(client: FlaskClient, service: Service, instructor: Headers) -> None:
    before = service.store.rubrics.newest("numbers-refactor")
    linted(client, instructor, TEXT.replace("exercise: numbers-refactor", "exercise: another"))

    assert service.store.rubrics.newest("another") is None
    assert service.store.rubrics.newest("numbers-refactor") == before
