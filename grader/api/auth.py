"""Who asks: bearer tokens, and whose submission a request may be about."""

from __future__ import annotations

from typing import cast

from flask import g, request

from grader.api.doors import doors
from grader.domain.errors import Forbidden
from grader.service.records import Role, TokenRecord


def authenticate() -> None:
    """Runs before every route of a guarded blueprint.

    Raises:
        Unauthorized: no valid token.
    """
    given = request.authorization
    secret = given.token if given is not None and given.type == "bearer" else None
    g.token = doors().tokens.authenticate(secret or "")


def caller() -> TokenRecord:
    """The token of this request; only inside a guarded blueprint."""
    return cast(TokenRecord, g.token)


def student_of(token: TokenRecord, asked: str) -> str:
    """Whose submissions are meant: a student's token can only mean its owner.

    Raises:
        Forbidden: a student's token, and another student's name.
    """
    if token.role is not Role.STUDENT:
        return asked
    if asked and asked != token.student:
        raise Forbidden(
            "A student's token stands for its owner only.",
            how_to_fix="Leave the student out, or use an instructor's token.",
            where="student",
        )
    return token.student
