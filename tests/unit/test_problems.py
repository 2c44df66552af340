"""Every error becomes a problem document with a stable type and no internal details."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from pydantic import BaseModel, Field, ValidationError
from structlog.testing import capture_logs
from structlog.typing import EventDict
from werkzeug.exceptions import HTTPException, ImATeapot
from werkzeug.test import TestResponse

from grader.bootstrap import SystemClock
from grader.domain import errors
from grader.domain.errors import GraderError, RubricProblem
from grader.engine.intake.refusals import REFUSALS, refusal
from grader.http import problems
from grader.http.api import observing
from grader.http.api.metrics import Metrics
from grader.http.problems.kinds import OWN_KINDS, all_kinds
from grader.service.records import QueueState

STATUSES = {
    errors.BadRequest: 400,
    errors.Unauthorized: 401,
    errors.BadSignature: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Superseded: 410,
    errors.PreconditionFailed: 412,
    errors.KeyReused: 422,
    errors.PreconditionRequired: 428,
    errors.EngineFault: 500,
    errors.Overloaded: 503,
    errors.StoreUnavailable: 503,
}


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[EventDict]]:
    """Return the log entries of the test."""
    with capture_logs() as entries:
        yield entries


def asked(raise_it: Callable[[], Response]) -> TestResponse:
    """Return the response of an application with our handlers whose route is ``raise_it``."""
    app = Flask("problems")
    counted = Metrics(lambda: QueueState(0, 0, 0, None), SystemClock())
    observing.install(app, counted, page_policy="")
    problems.install(app)
    app.add_url_rule("/here", view_func=raise_it)
    client: FlaskClient = app.test_client()
    return client.get("/here")


def raising(error: Exception) -> Callable[[], Response]:
    def view() -> Response:
        raise error

    return view


@pytest.mark.parametrize("family", STATUSES, ids=lambda family: family.code)
def test_each_error_of_the_family(family: type[GraderError]) -> None:
    answer = asked(raising(family("It went wrong.", how_to_fix="Do so.", where="there")))
    assert answer.status_code == STATUSES[family]
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": f"/problems/{family.code}",
        "title": family.title,
        "status": STATUSES[family],
        "detail": "It went wrong.",
        "how_to_fix": "Do so.",
        "where": "there",
        "instance": "/here",
    }


def test_no_error_of_the_family_is_forgotten() -> None:
    simple = {one for one in GraderError.__subclasses__() if one.__module__ == errors.__name__}
    # A service with bad settings does not start, so this error is never answered.
    told = simple - {errors.BadSettings}
    own_forms = {
        errors.BadArchive,
        errors.BadRubric,
        errors.SamplesDiffer,
        errors.SamplesNotMeasured,
        errors.TooMany,
    }
    assert told - own_forms == set(STATUSES)
    assert {one.code for one in told - {errors.BadArchive}} <= set(OWN_KINDS)


def test_who_asks_too_often_is_told_the_limit_and_when_to_come_back() -> None:
    numbers = {"most": 60, "window": 60, "seconds": 7}
    error = errors.TooMany("Too often.", how_to_fix="Wait.", limit="requests-token", **numbers)
    answer = asked(raising(error))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.headers["RateLimit-Policy"] == '"requests-token";q=60;w=60'
    assert answer.headers["RateLimit"] == '"requests-token";r=0;t=7'


def test_words_are_there_where_an_error_brings_none() -> None:
    answer = asked(raising(errors.Conflict("It is running.")))
    assert answer.json is not None
    assert answer.json["how_to_fix"] == OWN_KINDS["conflict"].how_to_fix


@pytest.mark.parametrize("code", REFUSALS)
def test_each_reason_to_refuse_an_upload_is_explained_with_its_status(code: str) -> None:
    particulars = dict.fromkeys(
        ("format", "found", "reason", "field", "method", "limit", "character"), "x"
    )
    answer = asked(raising(refusal(code, "a.py", **particulars)))
    kind = all_kinds(REFUSALS)[code]
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (kind.status, f"/problems/{code}")
    assert answer.json["title"] == kind.title
    assert "{" not in kind.meaning


def test_a_rubrics_mistakes_are_listed() -> None:
    mistakes = [
        RubricProblem("unknown key", ("criteria", "a", "pionts"), 7, 5, "points"),
        RubricProblem("is 90, but the criteria add up to 100", ("total",)),
    ]
    answer = asked(raising(errors.BadRubric(mistakes)))
    assert answer.status_code == 422
    assert answer.json is not None
    first, second = answer.json["errors"]
    assert first == {
        "message": "unknown key",
        "path": ["criteria", "a", "pionts"],
        "line": 7,
        "column": 5,
        "suggestion": "points",
    }
    assert second["path"] == ["total"]


@pytest.mark.parametrize(
    ("family", "header", "value"),
    [
        (errors.Unauthorized, "WWW-Authenticate", 'Bearer realm="grader"'),
        (errors.BadSignature, "WWW-Authenticate", 'Webhook-Signature realm="grader"'),
        (errors.Overloaded, "Retry-After", "60"),
        (errors.StoreUnavailable, "Retry-After", "5"),
    ],
)
def test_headers_that_a_status_asks_for(family: type[GraderError], header: str, value: str) -> None:
    assert asked(raising(family("No."))).headers[header] == value


def test_what_nobody_expected_is_logged_and_shows_nothing_of_our_insides(
    logged: list[EventDict],
) -> None:
    error = KeyError("secret-in-a-traceback")
    answer = asked(raising(error))
    assert [one["exc_info"] for one in logged if one["event"] == "request_broke"] == [error]
    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["type"] == "/problems/internal-error"
    assert answer.headers["X-Request-Id"] in answer.json["detail"]
    for inside in ("secret-in-a-traceback", "Traceback", "KeyError", ".py"):
        assert inside not in answer.text


def test_an_http_error_without_a_kind_of_its_own() -> None:
    answer = asked(raising(ImATeapot()))
    assert answer.status_code == 418
    assert answer.json is not None
    assert answer.json["type"] == "about:blank"


def test_a_response_that_is_raised_is_left_alone() -> None:
    answer = asked(raising(HTTPException(response=Response("so be it", 202))))
    assert (answer.status_code, answer.text) == (202, "so be it")


def test_wrong_methods_learn_the_right_ones() -> None:
    app = Flask("methods")
    problems.install(app)
    app.add_url_rule("/here", view_func=lambda: "x")
    answer = app.test_client().delete("/here")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.json is not None
    assert answer.json["type"] == "/problems/method-not-allowed"


def test_parameters_that_do_not_validate_are_named() -> None:
    class Query(BaseModel):
        limit: int = Field(le=200)

    with pytest.raises(ValidationError) as caught:
        Query.model_validate({"limit": "many"})
    with pytest.raises(errors.BadRequest) as refused:
        problems.refuse_invalid(caught.value)
    assert refused.value.where == "limit"
    assert "limit: " in refused.value.detail


def test_samples_that_differ_are_named_by_criterion() -> None:
    mistakes = [
        errors.SampleMistake("good: 85, and 90 is expected", "good"),
        errors.SampleMistake("good, style: 5, and 10 is expected", "good", "style"),
    ]
    answer = asked(raising(errors.SamplesDiffer(mistakes, "Change it.")))
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/samples-differ")
    assert [(one["message"], one["path"]) for one in answer.json["errors"]] == [
        ("good: 85, and 90 is expected", ["good"]),
        ("good, style: 5, and 10 is expected", ["good", "style"]),
    ]


def test_samples_that_are_measured_now_say_when_to_ask_again() -> None:
    error = errors.SamplesNotMeasured("2 of 3.", how_to_fix="Wait.", probes="p", subjects=["s"])
    answer = asked(raising(error))
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/samples-not-measured")
    assert answer.headers["Retry-After"] == "3"
