"""Errors that only an HTTP request can have: media types and the length of the body."""

from __future__ import annotations

from grader.domain.errors import GraderError


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
