"""Answers every error with an RFC 9457 problem document; no other module makes error responses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import NoReturn
from urllib.parse import quote

import structlog
from flask import Flask, Response, g, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import HTTPException

from grader.domain.characters import plain_json
from grader.domain.errors import (
    BadArchive,
    BadRequest,
    BadRubric,
    GraderError,
    RubricProblem,
    SamplesDiffer,
    TooLarge,
    TooMany,
)
from grader.http.problems.errors import UnknownNames
from grader.http.problems.kinds import OWN_KINDS, TOO_LARGE_STATUS, UNREADABLE_STATUS
from grader.http.rate_headers import rate_headers
from grader.infra.redaction import redact

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
#: Seconds in ``Retry-After``, by code of the problem; chosen by hand.
RETRY_AFTER = {"overloaded": 60, "samples-not-measured": 3, "store-unavailable": 5}
#: Codes of problems for errors that Flask or Waitress raise, by HTTP status.
_HTTP_CODES = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "request-too-large",
    415: "unsupported-media-type",
    503: "overloaded",
}
#: The most mistakes that a refusal of parameters or of a body lists. Chosen by hand.
_MAX_LISTED = 20
_TOO_LONG = "The body of this request may have at most {} bytes."
#: ``WWW-Authenticate`` by code of the problem.
_CHALLENGES = {
    "unauthorized": 'Bearer realm="grader"',
    "bad-signature": 'Webhook-Signature realm="grader"',
}


class Mistake(BaseModel):
    """One mistake in what was sent: what is wrong (``message``), where, and a suggestion.

    ``path`` leads to it from the top of a rubric, as keys and 0-based indexes, or is the name of a
    parameter or field. ``line`` and ``column`` are 1-based; 0 if unknown. ``suggestion`` is the
    word that was probably meant, or empty. ``excerpt`` is the line and, below it, carets at the
    place, or empty.
    """

    model_config = ConfigDict(frozen=True)

    message: str
    path: tuple[str | int, ...] = ()
    line: int = 0
    column: int = 0
    suggestion: str = ""
    excerpt: str = ""

    @classmethod
    def of(cls, problem: RubricProblem) -> Mistake:
        """Return ``problem``, a mistake of a rubric or advice on it, as it is sent."""
        return cls.model_validate(asdict(problem))


class Problem(BaseModel):
    """A problem document (RFC 9457), the body of an error response; empty fields are not sent."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(description="A stable URI of the kind of problem, relative to this server.")
    title: str = Field(description="The kind of problem in a few words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong this time.")
    how_to_fix: str = Field("", description="What to do about it.")
    where: str = Field("", description="A place in what was sent, where there is one.")
    instance: str = Field("", description="The address that was asked.")
    errors: tuple[Mistake, ...] = Field((), description="Every mistake, where several are known.")


def install(app: Flask) -> None:
    """Make ``app`` answer errors with a problem document.

    Redirects, and HTTP exceptions that have a response already, are left alone. A ``GraderError``
    with a status of 500 or more, e.g. ``overloaded``, is logged. An unexpected error is logged,
    too, and the client only gets 500 with the id of its request.
    """
    app.register_error_handler(GraderError, _answer_known)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unexpected)


def refuse_invalid(error: ValidationError) -> NoReturn:
    """Refuse invalid parameters, or an invalid JSON body; flask-openapi3 calls this, too.

    Raises:
        BadRequest: always. Its ``detail`` lists the first mistakes, and ``where`` names the place
            of the first.
    """
    found = error.errors()[:_MAX_LISTED]
    mistakes = [(".".join(map(str, item["loc"])) or "body", item["msg"]) for item in found]
    detail = "; ".join(f"{place[:100]}: {message}" for place, message in mistakes)
    raise BadRequest(
        detail,
        how_to_fix="Compare the parameters with the route's description in /docs.",
        where=mistakes[0][0][:100],
    )


def refused_by_server(status: int, longest_body: int, detail: str = "") -> str:
    """Return the problem document, as JSON, for a request that the HTTP server itself refuses.

    ``status`` is the HTTP status. ``longest_body`` is the limit of a body in bytes, which is named
    if the status is 413; otherwise ``detail`` says what is wrong, if it is not empty. A status
    without a kind of problem has the type ``about:blank``.
    """
    kind = OWN_KINDS.get(_HTTP_CODES.get(status, ""))
    phrase = HTTPStatus(status).phrase
    problem = Problem(
        type=kind.type if kind else "about:blank",
        title=kind.title if kind else phrase,
        status=status,
        detail=(
            _TOO_LONG.format(longest_body) if status == TOO_LARGE_STATUS else detail or f"{phrase}."
        ),
        how_to_fix=kind.how_to_fix if kind else "",
    )
    return problem.model_dump_json(exclude_defaults=True)


def status_of(error: GraderError) -> int:
    """Return the HTTP status of ``error``; 500 if its code belongs to no kind of problem.

    A refused upload (``BadArchive``) has 413 if it is too large or has too many entries
    (``TooLarge``), else 422.
    """
    if isinstance(error, BadArchive):
        return TOO_LARGE_STATUS if isinstance(error, TooLarge) else UNREADABLE_STATUS
    kind = OWN_KINDS.get(error.code)
    return kind.status if kind else 500


def _answer_known(error: GraderError) -> Response:
    """Return the problem document of ``error``; log it if its status is 500 or more."""
    status = status_of(error)
    if status >= 500:
        log.error("request_failed", code=error.code, exc_info=error)
    kind = OWN_KINDS.get(error.code)
    problem = Problem(
        type=f"/problems/{error.code}",
        title=error.title,
        status=status,
        detail=error.detail,
        how_to_fix=error.how_to_fix or (kind.how_to_fix if kind else ""),
        where=error.where,
        instance=_instance(),
        errors=_mistakes(error),
    )
    return _response(problem, _extra_headers(error))


def _mistakes(error: GraderError) -> tuple[Mistake, ...]:
    """Return the mistakes that ``error`` lists, if it is of a kind that lists some."""
    if isinstance(error, SamplesDiffer):
        return tuple(
            Mistake(message=one.message, path=tuple(filter(None, (one.sample, one.criterion))))
            for one in error.mistakes
        )
    if isinstance(error, UnknownNames):
        message = f"unknown {error.what}"
        return tuple(
            Mistake(message=message, path=(name,), suggestion=suggestion)
            for name, suggestion in error.nearest.items()
        )
    if not isinstance(error, BadRubric):
        return ()
    return tuple(map(Mistake.of, error.problems))


def _extra_headers(error: GraderError) -> dict[str, str]:
    """Return the headers that the code of ``error`` needs: rate limits, challenge, retry time."""
    code = error.code
    if isinstance(error, TooMany):
        limits = rate_headers(error.limit, error.most, error.window, left=0, seconds=error.seconds)
        return {"Retry-After": str(error.seconds), **limits}
    if code in _CHALLENGES:
        return {"WWW-Authenticate": _CHALLENGES[code]}
    return {"Retry-After": str(RETRY_AFTER[code])} if code in RETRY_AFTER else {}


def _answer_http(error: HTTPException) -> Response | HTTPException:
    """Return the problem document of an error that Flask or Werkzeug raised.

    A redirect, and an error that already has a response, is returned unchanged.
    """
    if error.code is None or error.code < 400:
        return error  # a redirect, or abort(response)
    kind = OWN_KINDS.get(_HTTP_CODES.get(error.code, ""))
    problem = Problem(
        type=kind.type if kind else "about:blank",
        title=kind.title if kind else HTTPStatus(error.code).phrase,
        status=error.code,
        detail=_http_detail(error),
        how_to_fix=kind.how_to_fix if kind else "",
        instance=_instance(),
    )
    kept = {name: value for name, value in error.get_headers() if name == "Allow"}
    return _response(problem, kept)


def _http_detail(error: HTTPException) -> str:
    """Return the ``detail`` of ``error``, in our words for 404 and 413."""
    if error.code == TOO_LARGE_STATUS:
        return _TOO_LONG.format(request.max_content_length)
    if error.code == 404:
        return "There is nothing at this address."
    return error.description or error.name


def _answer_unexpected(error: Exception) -> Response:
    """Log ``error``, and return a problem document that names only the request id."""
    log.error("request_broke", exc_info=error)
    kind = OWN_KINDS["internal-error"]
    problem = Problem(
        type=kind.type,
        title=kind.title,
        status=kind.status,
        detail=f"The error was logged under the request id {g.get('request_id', '')}.",
        how_to_fix=kind.how_to_fix,
        instance=_instance(),
    )
    return _response(problem, {})


def _instance() -> str:
    """Return the path of this request, at most 500 characters, with secrets redacted."""
    return redact(quote(request.path)[:500])


def _response(problem: Problem, headers: Mapping[str, str]) -> Response:
    body = plain_json(problem.model_dump_json(exclude_defaults=True))
    response = Response(body, problem.status, mimetype=MEDIA_TYPE)
    response.headers.update(headers)
    return response
