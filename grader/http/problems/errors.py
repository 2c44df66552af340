"""Errors that only a request can have: of its media types."""

from __future__ import annotations

from grader.domain.errors import GraderError


class NotAcceptable(GraderError):
    """An answer was asked for in a form that there is none of."""

    code = "not-acceptable"
    title = "There is no answer of that kind"


class UnsupportedType(GraderError):
    """A body of a media type that this route does not read."""

    code = "unsupported-media-type"
    title = "The body has an unsupported media type"


class BodyTooLarge(GraderError):
    """A body that is longer than its route reads."""

    code = "request-too-large"
    title = "The request is too large"
