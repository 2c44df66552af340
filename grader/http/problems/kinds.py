"""Every kind of problem that the API answers with: status, title, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from grader.domain.errors import BadArchive, TooLarge

#: The HTTP statuses of refused uploads: invalid, or over a limit.
UNREADABLE_STATUS = 422
TOO_LARGE_STATUS = 413


@dataclass(frozen=True)
class ProblemKind:
    """A kind of error that the API answers with, as ``/problems`` explains it.

    ``code`` never changes: clients compare :attr:`type`, which is made from it. ``status`` is the
    HTTP status, ``title`` names the kind; ``meaning`` and ``how_to_fix`` explain it in general.
    """

    code: str
    status: int
    title: str
    meaning: str
    how_to_fix: str

    @property
    def type(self) -> str:
        """The relative URI of this kind, which is also the address of its explanation."""
        return f"/problems/{self.code}"


_OWN = (
    ProblemKind(
        "bad-request",
        400,
        "The request cannot be understood",
        "Something is missing in the request, or has a value that cannot be.",
        "Compare the request with the route's description in /docs.",
    ),
    ProblemKind(
        "unauthorized",
        401,
        "A valid token is needed",
        "There is no token, or it is unknown, expired or revoked; the answer does not say which.",
        "Send the header Authorization: Bearer TOKEN; `grader token create` makes a token.",
    ),
    ProblemKind(
        "bad-signature",
        401,
        "The signature does not verify",
        "A webhook's signature does not fit its bytes, its id and its time, or it is too old.",
        "Sign the exact bytes that are sent, with the source's secret and the present time.",
    ),
    ProblemKind(
        "forbidden",
        403,
        "This token may not do that",
        "The token is valid, but its role does not allow this.",
        "Use a token whose role allows it.",
    ),
    ProblemKind(
        "not-found",
        404,
        "Not found",
        "There is nothing of that name, or nothing that this token may see.",
        "Check the address; GET /api/v1/exercises lists what there is.",
    ),
    ProblemKind(
        "method-not-allowed",
        405,
        "This address does not take that method",
        "The address exists, but not for this HTTP method.",
        "Use one of the methods in the Allow header.",
    ),
    ProblemKind(
        "not-acceptable",
        406,
        "There is no answer of that kind",
        "The Accept header (or ?format=) asks for a form that this answer does not come in.",
        "Ask for one of the forms that the problem names, or leave Accept out.",
    ),
    ProblemKind(
        "conflict",
        409,
        "Not possible in this state",
        "The thing is not in a state in which this can be done.",
        "Look at its present state first.",
    ),
    ProblemKind(
        "samples-differ",
        409,
        "Golden samples earn other points",
        "Under this rubric golden samples of the exercise do not earn what they should; `errors` "
        "names each sample, and the criterion if that is known.",
        "Change the rubric, or publish it all the same with a reason (`override`): then these "
        "points are expected.",
    ),
    ProblemKind(
        "superseded",
        410,
        "A newer attempt took its place",
        "A newer attempt was handed in before this one was begun. It has no report and gets none.",
        "Ask for the newer submission, which the older one names in `superseded_by`.",
    ),
    ProblemKind(
        "precondition-failed",
        412,
        "Somebody changed it meanwhile",
        "If-Match names a version that is no longer the newest.",
        "GET the newest version, put the change into it, and send it with its ETag.",
    ),
    ProblemKind(
        "request-too-large",
        TOO_LARGE_STATUS,
        "The request is too large",
        "The body of the request is longer than the service reads.",
        "Leave out what is not graded, such as data files and virtual environments.",
    ),
    ProblemKind(
        "unsupported-media-type",
        415,
        "The body has an unsupported media type",
        "The Content-Type header names a type that this route does not read.",
        "Send one of the types that the problem names.",
    ),
    ProblemKind(
        "invalid-rubric",
        422,
        "The rubric has mistakes",
        "The rubric cannot be used as it is; `errors` lists every mistake with its place.",
        "Mend each place that is named and send the rubric again.",
    ),
    ProblemKind(
        "key-reused",
        422,
        "This key was used for something else",
        "An idempotency key (or webhook id) came before, with another content.",
        "Use a new key for a new submission; repeat a key only with the very same content.",
    ),
    ProblemKind(
        "precondition-required",
        428,
        "If-Match is needed",
        "A change of something that exists must say which version it changes.",
        "GET it, and send the change with If-Match and the ETag that came with it.",
    ),
    ProblemKind(
        "too-many-requests",
        429,
        "Too many requests",
        "This token, student or course sends more in a minute than is allowed.",
        "Send it again after the time in the Retry-After header; nothing was stored.",
    ),
    ProblemKind(
        "internal-error",
        500,
        "Something broke on our side",
        "An error that nobody expected. It was logged under the request's id.",
        "Try again; if it stays, tell whoever runs this service the request id.",
    ),
    ProblemKind(
        "engine-fault",
        500,
        "Grading broke on our side",
        "The grading engine broke. It is never a student's mark.",
        "Try again; if it stays, tell whoever runs this service the request id.",
    ),
    ProblemKind(
        "overloaded",
        503,
        "Too much is waiting",
        "More is waiting than the service takes.",
        "Nothing was stored. Send it again after the time in the Retry-After header.",
    ),
    ProblemKind(
        "samples-not-measured",
        503,
        "Golden samples are being measured",
        "The rubric asks for something that was not measured yet of the golden samples of the "
        "exercise. Workers do it now.",
        "Nothing is published. Send it again after the time in the Retry-After header, or with "
        "`Prefer: wait=30`.",
    ),
    ProblemKind(
        "store-unavailable",
        503,
        "The database is out of reach",
        "The database does not answer, is locked, full or read-only, or has no tables yet.",
        "Send it again after the time in the Retry-After header, with the same Idempotency-Key.",
    ),
)
OWN_KINDS: Mapping[str, ProblemKind] = {kind.code: kind for kind in _OWN}


def all_kinds(refusals: Mapping[str, tuple[str, str]]) -> dict[str, ProblemKind]:
    """Return every kind by code: :data:`OWN_KINDS`, and one for each reason to refuse an upload.

    ``refusals`` maps the code of a reason to (what is wrong, what to do). Placeholders such as
    ``{name}`` in the first text are shown as an ellipsis. The status is 413 for a code that
    contains ``too-large`` and for ``too-many-entries``, else 422.
    """
    refused = {code: _refusal_kind(code, *words) for code, words in refusals.items()}
    return {**OWN_KINDS, **refused}


def _refusal_kind(code: str, wrong: str, how_to_fix: str) -> ProblemKind:
    """Return the kind of a refused upload; ``wrong`` is its meaning, with placeholders."""
    # E.g. file-too-large has the status 413, not-a-zip has 422.
    too_large = "too-large" in code or code == "too-many-entries"
    return ProblemKind(
        code,
        TOO_LARGE_STATUS if too_large else UNREADABLE_STATUS,
        TooLarge.title if too_large else BadArchive.title,
        re.sub(r"\{\w+\}", "…", wrong),
        how_to_fix,
    )
