"""Responses: JSON bodies, pages of listings, reports, and content negotiation."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Response, request
from pydantic import BaseModel

from grader.domain.characters import plain_json
from grader.domain.report import Report
from grader.exports.formats import FORMATS, Export, by_media_type
from grader.http.api.bodies import SubmissionBody, submission_links
from grader.http.context import context
from grader.http.problems.errors import NotAcceptable
from grader.service.access import Principal
from grader.service.estimate import QueuePosition
from grader.service.read import require_report_to_come
from grader.service.records import SubmissionRecord, SubmissionState

#: ``Retry-After`` in seconds where there is no estimate, and its upper limit. Chosen by hand.
RETRY_SECONDS = 2
MAX_RETRY_SECONDS = 60


def json_answer(body: BaseModel, status: int = 200) -> Response:
    """Return ``body`` as JSON; hidden characters, such as controls, are written as JSON escapes.

    ``status`` is the HTTP status.
    """
    text = plain_json(body.model_dump_json(by_alias=True))
    return Response(text, status, mimetype="application/json")


def page_answer(body: BaseModel, following: str | None) -> Response:
    """Return ``body``, a page of a listing, as JSON.

    ``following`` is the address of the next page, sent as a ``Link`` header; ``None`` on the last.
    """
    response = json_answer(body)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def next_page(cursor: str) -> str | None:
    """Return the address of the page at ``cursor``: this request's path and query with that cursor.

    ``None`` for an empty ``cursor``: there is no further page.
    """
    if not cursor:
        return None
    others = [pair for pair in request.args.items(multi=True) if pair[0] != "cursor"]
    return f"{request.path}?{urlencode([*others, ('cursor', cursor)])}"


def best_of(media_types: Sequence[str]) -> str:
    """Return the one of ``media_types`` that the request's ``Accept`` header prefers.

    Without the header it is the first one.

    Raises:
        NotAcceptable: the header accepts none of ``media_types``.
    """
    if not request.accept_mimetypes:
        return media_types[0]
    best = request.accept_mimetypes.best_match(list(media_types))
    if best is None:
        raise NotAcceptable(
            "The Accept header asks for a form that this answer does not come in.",
            how_to_fix=f"Ask for one of: {', '.join(media_types)}.",
            where="Accept",
        )
    return best


def wanted_export(name: str) -> Export:
    """Return the form of the report called ``name``; if empty, the form that ``Accept`` prefers.

    Without an ``Accept`` header that is the first negotiable form, JSON.

    Raises:
        NotAcceptable: there is no form ``name``; or it is empty, and the ``Accept`` header accepts
            no negotiable form.
    """
    if not name:
        offered = by_media_type(FORMATS)
        return offered[best_of(list(offered))]
    if name not in FORMATS:
        raise NotAcceptable(
            f"There is no format {name!r}.",
            how_to_fix=f"Use one of: {', '.join(FORMATS)}.",
            where="format",
        )
    return FORMATS[name]


def report_answer(report: Report, export: Export) -> Response:
    """Return all of ``report`` in the form ``export``, with the headers of that form.

    The header ``Grader-Status`` has the status of the report. The caller has removed what the
    reader may not see.
    """
    response = Response(export.render(report), mimetype=export.media_type)
    response.headers.update(export.headers())
    response.headers["Vary"] = "Accept, Authorization"
    response.headers["Grader-Status"] = report.status
    return response


def status_answer(record: SubmissionRecord, principal: Principal, status: int = 200) -> Response:
    """Return the state of ``record`` as JSON; while queued, with its position and ``Retry-After``.

    That header has the estimated seconds until the report, at most 60, or 2 without an estimate.
    ``status`` is the HTTP status. In the body ``problem`` is empty unless ``principal`` is staff.
    """
    place = context().queue_positions.of(record)
    response = json_answer(SubmissionBody.of(record, principal, place), status)
    if place is not None:
        response.headers["Retry-After"] = str(_retry_seconds(place))
    return response


def not_yet_answer(record: SubmissionRecord, principal: Principal) -> Response:
    """Return 202 for a submission without a report; the caller has checked that it has none yet.

    The body is its state; ``Location`` is its address, and ``Retry-After`` the seconds until its
    report may be there: an estimate, at most 60, or 2 without one.

    Raises:
        Superseded: the submission will never have a report.
    """
    require_report_to_come(record)
    response = status_answer(record, principal, 202)
    response.headers["Location"] = submission_links(record)["self"]
    response.headers.setdefault("Retry-After", str(RETRY_SECONDS))
    return response


def accepted_answer(record: SubmissionRecord, principal: Principal) -> Response:
    """Return 202 for a stored submission, with its state as JSON and its address as ``Location``.

    ``Retry-After`` says to ask for the report in 2 seconds. A superseded submission, which gets no
    report, has no such header.
    """
    response = json_answer(SubmissionBody.of(record, principal), 202)
    response.headers["Location"] = submission_links(record)["self"]
    if record.state is not SubmissionState.SUPERSEDED:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _retry_seconds(place: QueuePosition) -> int:
    """Return the estimated seconds until the report, at most 60; 2 without an estimate."""
    return min(place.estimated_seconds or RETRY_SECONDS, MAX_RETRY_SECONDS)
