"""One family of errors, each with a stable code; none of them knows HTTP.

Every error says what is wrong (``detail``), and what to do (``how_to_fix``); ``where`` points
into the thing that was sent, when there is a place to point to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class GraderError(Exception):
    """The root of the family. ``code`` is stable: clients and tests match on it."""

    code = "grader-error"
    title = "Something went wrong"

    def __init__(self, detail: str, *, how_to_fix: str = "", where: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.how_to_fix = how_to_fix
        self.where = where


class BadArchive(GraderError):
    """An upload that is not an archive we accept. ``code`` names the reason."""

    title = "The upload cannot be read"

    def __init__(self, code: str, detail: str, *, how_to_fix: str = "", where: str = "") -> None:
        super().__init__(detail, how_to_fix=how_to_fix, where=where)
        self.code = code


class TooLarge(BadArchive):
    """An upload over a size limit."""

    title = "The upload is too large"


@dataclass(frozen=True)
class RubricProblem:
    """One mistake in a rubric. ``line`` and ``column`` are 1-based; 0 where unknown."""

    message: str
    path: tuple[str | int, ...] = ()
    line: int = 0
    column: int = 0
    suggestion: str = ""

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}: " if self.line else ""
        key = ".".join(str(part) for part in self.path)
        named = f"{key}: " if key else ""
        hint = f" (did you mean {self.suggestion!r}?)" if self.suggestion else ""
        return f"{place}{named}{self.message}{hint}"


class BadRubric(GraderError):
    """A rubric with one or more mistakes, all of them listed."""

    code = "invalid-rubric"
    title = "The rubric has mistakes"

    def __init__(self, problems: Sequence[RubricProblem]) -> None:
        super().__init__(
            "; ".join(str(problem) for problem in problems),
            how_to_fix="Mend each place that is named and send the rubric again.",
        )
        self.problems = tuple(problems)


class BadRequest(GraderError):
    """A request that lacks something or says something that cannot be."""

    code = "bad-request"
    title = "The request cannot be understood"


class Unauthorized(GraderError):
    """No token, an unknown one, an expired one or a revoked one."""

    code = "unauthorized"
    title = "A valid token is needed"


class Forbidden(GraderError):
    """A known token whose role does not allow this."""

    code = "forbidden"
    title = "This token may not do that"


class NotFound(GraderError):
    """Nothing of that name that this token may see."""

    code = "not-found"
    title = "Not found"


class Conflict(GraderError):
    """The thing is not in a state in which this can be done."""

    code = "conflict"
    title = "Not possible in this state"


class Superseded(GraderError):
    """A submission without a report, because a newer attempt came before it was begun."""

    code = "superseded"
    title = "A newer attempt took its place"


class KeyReused(GraderError):
    """An idempotency key or webhook id that came before with another content."""

    code = "key-reused"
    title = "This key was used for something else"


class PreconditionRequired(GraderError):
    """A change that must say which version it changes."""

    code = "precondition-required"
    title = "If-Match is needed"


class PreconditionFailed(GraderError):
    """A change of a version that is no longer the newest."""

    code = "precondition-failed"
    title = "Somebody changed it meanwhile"


class Overloaded(GraderError):
    """More is waiting than the service takes."""

    code = "overloaded"
    title = "Too much is waiting"


class TooMany(GraderError):
    """A caller that asks more often than it may.

    ``limit`` names the rate: ``most`` in ``window`` seconds. In ``seconds`` there is room again.
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
    """A setting of this installation that cannot be."""

    code = "bad-settings"
    title = "A setting cannot be used"


class StoreUnavailable(GraderError):
    """The database does not answer, or has no tables yet: nothing was stored."""

    code = "store-unavailable"
    title = "The database is out of reach"


class BadSignature(GraderError):
    """A webhook whose signature does not fit its bytes, its id or its time."""

    code = "bad-signature"
    title = "The signature does not verify"


class EngineFault(GraderError):
    """Our engine broke: never the student's fault, never a mark."""

    code = "engine-fault"
    title = "Grading broke on our side"
