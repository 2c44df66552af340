"""The errors of Grader, each with a stable code; ``http.problems`` maps them to HTTP statuses.

Each error says what is wrong (``detail``) and what to do (``how_to_fix``); ``where`` names the
field, path or thing that is wrong, or is empty.

GraderError
    BadArchive              the upload cannot be read; TooLarge: it is over a limit
    BadRubric               lists RubricProblem
    SamplesDiffer           lists SampleMistake
    BadRequest, KeyReused, PreconditionRequired, PreconditionFailed, Conflict, Superseded
    Unauthorized, Forbidden, NotFound, BadSignature
    TooMany, Overloaded, SamplesNotMeasured, StoreUnavailable
    BadSettings, EngineFault
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class GraderError(Exception):
    """The base of the errors that a client or a user of the command line sees.

    ``code`` is stable, because clients match on it. ``title`` names the kind of error, ``detail``
    says what is wrong, ``how_to_fix`` what to do about it, and ``where`` names the field, path or
    thing that is wrong. ``how_to_fix`` and ``where`` may be empty.
    """

    code = "grader-error"
    title = "Something went wrong"

    def __init__(self, detail: str, *, how_to_fix: str = "", where: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.how_to_fix = how_to_fix
        self.where = where


class BadArchive(GraderError):
    """An upload, or a path on disk, that is refused because no submission can be read from it.

    ``code`` names the reason, e.g. ``duplicate-name``; ``engine.intake.REFUSALS`` has all codes.
    """

    title = "The upload cannot be read"

    def __init__(self, code: str, detail: str, *, how_to_fix: str = "", where: str = "") -> None:
        super().__init__(detail, how_to_fix=how_to_fix, where=where)
        self.code = code


class TooLarge(BadArchive):
    """An upload over a limit of size, or with too many files and folders.

    Sizes are those of the upload itself, of one unpacked file, and of all unpacked files.
    """

    title = "The upload is too large"


@dataclass(frozen=True)
class RubricProblem:
    """One mistake in a rubric, which ``message`` names.

    ``path`` leads to it from the top of the rubric, as keys and 0-based indexes. ``line`` and
    ``column`` are 1-based; 0 means unknown. ``suggestion`` is the word that was probably meant, or
    empty. ``excerpt`` is the line and, below it, a line with carets at the place, or empty.
    """

    message: str
    path: tuple[str | int, ...] = ()
    line: int = 0
    column: int = 0
    suggestion: str = ""
    excerpt: str = ""

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}: " if self.line else ""
        key = ".".join(str(part) for part in self.path)
        named = f"{key}: " if key else ""
        hint = f" (did you mean {self.suggestion!r}?)" if self.suggestion else ""
        return f"{place}{named}{self.message}{hint}"


#: Most mistakes of a rubric that are listed, and most advice: more than anybody reads in one go.
MOST_PROBLEMS = 50


class BadRubric(GraderError):
    """A rubric that is refused because of its mistakes; ``problems`` lists the first of them.

    These are 50 at most; ``more`` is the number of the others. They are the mistakes of the form
    and of the names alike. Only after a mistake of YAML's syntax the rest cannot be examined.
    """

    code = "invalid-rubric"
    title = "The rubric has mistakes"

    def __init__(self, problems: Sequence[RubricProblem]) -> None:
        self.problems = tuple(problems[:MOST_PROBLEMS])
        self.more = len(problems) - len(self.problems)
        listed = [str(problem) for problem in self.problems]
        super().__init__(
            "; ".join(listed + [f"and {self.more} more"] * bool(self.more)),
            how_to_fix="Correct each place that is named and send the rubric again.",
        )


class BadRequest(GraderError):
    """A request, or a command of the command line, that lacks a value or has an invalid one.

    E.g. a webhook whose archive URL is not allowed, or a file that cannot be written. The command
    line also raises it for whatever else a service that it calls refuses, e.g. an unknown token.
    """

    code = "bad-request"
    title = "The request cannot be understood"


class Unauthorized(GraderError):
    """A request without a token, or with an unknown, expired or revoked token."""

    code = "unauthorized"
    title = "A valid token is needed"


class Forbidden(GraderError):
    """A request with a valid token that does not allow it.

    The token's role does not allow the action, or a request with a student's token names another
    student. For a thing that the token may not see, it is :class:`NotFound` instead.
    """

    code = "forbidden"
    title = "This token may not do that"


class NotFound(GraderError):
    """The named thing does not exist, or the caller may not see it."""

    code = "not-found"
    title = "Not found"


class Conflict(GraderError):
    """An action that the present state of things does not allow.

    E.g. to retry a submission that is graded, to use a port that is taken, or to write to a file
    that exists already.
    """

    code = "conflict"
    title = "Not possible in this state"


@dataclass(frozen=True)
class SampleMistake:
    """A golden sample that does not earn what it should, which ``message`` names.

    ``criterion`` is the id of the criterion that differs, or empty for the total.
    """

    message: str
    sample: str
    criterion: str = ""


class SamplesDiffer(GraderError):
    """A rubric that is not published because golden samples would not earn what they should.

    ``mistakes`` names each sample, and the criteria that differ.
    """

    code = "samples-differ"
    title = "Golden samples earn other points"

    def __init__(self, mistakes: Sequence[SampleMistake], how_to_fix: str) -> None:
        detail = "; ".join(one.message for one in mistakes)
        super().__init__(f"{detail}.", how_to_fix=how_to_fix)
        self.mistakes = tuple(mistakes)


class SamplesNotMeasured(GraderError):
    """A rubric that is not published yet, because golden samples are still to be measured for it.

    The workers have been asked to. ``probes`` and ``subjects`` are the keys of what they measure.
    """

    code = "samples-not-measured"
    title = "Golden samples are being measured"

    def __init__(
        self, detail: str, *, how_to_fix: str, probes: str, subjects: Sequence[str]
    ) -> None:
        super().__init__(detail, how_to_fix=how_to_fix)
        self.probes = probes
        self.subjects = tuple(subjects)


class Superseded(GraderError):
    """A request for the report of a submission that was left ungraded, so it never has one.

    A newer attempt of the student arrived before the grading of this one started.
    """

    code = "superseded"
    title = "A newer attempt took its place"


class KeyReused(GraderError):
    """An upload whose idempotency key or webhook id its sender used before with other content.

    The sender is the token or webhook source: two senders may use the same key. With the same
    content a key may be used again: nothing is raised then.
    """

    code = "key-reused"
    title = "This key was used for something else"


class PreconditionRequired(GraderError):
    """A change of an existing rubric without If-Match.

    That header names the version to be changed; ``*`` stands for the newest, whichever it is.
    """

    code = "precondition-required"
    title = "If-Match is needed"


class PreconditionFailed(GraderError):
    """A change of a rubric whose If-Match names another version than the newest.

    Also one that names a version though the exercise has no rubric yet (``*`` names none and is
    accepted), and a change that was overtaken by another while it was being stored.
    """

    code = "precondition-failed"
    title = "Somebody changed it meanwhile"


class Overloaded(GraderError):
    """An upload that is refused for now; nothing was stored, and it may be sent again later.

    The queue is full, or the archive that a webhook names by URL cannot be fetched at the moment.
    The command line also raises it for any request that a service refuses with status 429 or 503.
    """

    code = "overloaded"
    title = "Too much is waiting"


class TooMany(GraderError):
    """A caller over a rate limit.

    ``limit`` is the name of the limit: ``most`` requests or uploads in ``window`` seconds. A retry
    is possible after ``seconds``.
    """

    code = "too-many-requests"
    title = "Too many requests"

    def __init__(
        self, detail: str, *, how_to_fix: str, limit: str, most: int, window: int, seconds: int
    ) -> None:
        super().__init__(detail, how_to_fix=how_to_fix)
        self.limit = limit
        self.most = most
        self.window = window
        self.seconds = seconds


class BadSettings(GraderError):
    """A setting of this installation that is invalid.

    Also one that asks for what the machine does not offer, e.g. a sandbox.
    """

    code = "bad-settings"
    title = "A setting cannot be used"


class StoreUnavailable(GraderError):
    """The database does not answer, stays locked or has no tables yet, or cannot be copied.

    The transaction that failed has stored nothing, unless the connection broke at its very end.
    """

    code = "store-unavailable"
    title = "The database is out of reach"


class BadSignature(GraderError):
    """A webhook without a valid signature of its source, or whose time is too far off.

    Also one without a signature, unless its source is allowed to send such.
    """

    code = "bad-signature"
    title = "The signature does not verify"


class EngineFault(GraderError):
    """A failure on our side, of the engine or of a service that the command line calls.

    E.g. an inspecting process that failed twice, an exercise without a rubric, or a service that
    does not answer. It is not the student's fault: no submission loses points by it.
    """

    code = "engine-fault"
    title = "Grading broke on our side"
