"""Errors that only an HTTP request can have: media types and the length of the body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.domain.errors import BadRequest, GraderError


class UnknownNames(BadRequest):
    """A request with parameters or fields that its route does not have.

    ``nearest`` maps each unknown name to the right one that was probably meant, or to "". ``known``
    are the right names, and ``what`` is what they are names of, e.g. ``parameter``.
    """

    def __init__(self, nearest: Mapping[str, str], *, known: Sequence[str], what: str) -> None:
        hints = {name: f" (did you mean {hint!r}?)" for name, hint in nearest.items() if hint}
        named = ", ".join(f"{name!r}{hints.get(name, '')}" for name in nearest)
        right = f"takes: {', '.join(known)}" if known else f"takes no {what}s: leave them out"
        super().__init__(
            f"There is no {what} {named} at this address.",
            how_to_fix=f"Nothing was done. This address {right}.",
            where=next(iter(nearest)),
        )
        self.nearest = nearest
        self.what = what


class NotAcceptable(GraderError):
    """The request asks for a response in a form that this route does not offer."""

    code = "not-acceptable"
    title = "There is no answer of that kind"


class UnsupportedType(GraderError):
    """The body has a media type that this route does not read."""

    code = "unsupported-media-type"
    title = "The body has an unsupported media type"


class BodyTooLarge(GraderError):
    """The code and title of a body that is longer than the limit; this exception is never raised.

    Flask and Waitress refuse such a body themselves, and the response gets the same code.
    """

    code = "request-too-large"
    title = "The request is too large"
