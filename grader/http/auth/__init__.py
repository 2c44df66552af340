"""Who asks, and whether they may: bearer tokens, and the roles that each route is declared with.

A guarded route says in ``security=allowed(...)`` which act it is. What the OpenAPI document says
of it is what is enforced here, before the route runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from flask import Flask, current_app, g, request

from grader.domain.errors import BadRequest, Forbidden
from grader.http.context import doors
from grader.http.openapi import SCHEME
from grader.infra.redaction import TOKEN
from grader.service.records import Role, TokenRecord

_KEY = "grader.roles"
_TOKEN_NAMES = frozenset({"token", "access_token", "bearer", "api_key", "apikey", "authorization"})


def install(app: Flask, document: Mapping[str, Any]) -> None:
    """Take from an application's description which roles each of its guarded routes admits.

    Raises:
        ValueError: a route behind :func:`authenticate` does not say who may use it.
    """
    admitted = dict(_described(app, document))
    for rule in app.url_map.iter_rules():
        room = rule.endpoint.rpartition(".")[0]
        guards = app.before_request_funcs.get(room, ())
        if authenticate in guards and not admitted.get(rule.endpoint):
            raise ValueError(f"{rule.endpoint} needs security=allowed(Act...): who may use it?")
    app.extensions[_KEY] = admitted
    app.before_request(refuse_tokens_in_addresses)


def refuse_tokens_in_addresses() -> None:
    """Runs before every route: an address ends up in logs, histories and links.

    Raises:
        BadRequest: a token stands in the query or in the path.
    """
    named = [name for name in request.args if name.lower() in _TOKEN_NAMES]
    if named or TOKEN.search(request.full_path):
        raise BadRequest(
            "A token must not stand in an address, where others may read it.",
            how_to_fix="Send it in the header Authorization: Bearer TOKEN. End the one that was "
            "in the address with `grader token revoke`, and make a new one.",
            where=named[0] if named else "",
        )


def authenticate() -> None:
    """Runs before every route of a guarded blueprint.

    A role that the route does not admit is told so only about what exists for the token.

    Raises:
        Unauthorized: no valid token. TooMany: it asks too often.
        NotFound: there is no such thing for this token. Forbidden: its role may not do that.
    """
    given = request.authorization
    secret = given.token if given is not None and given.type == "bearer" else None
    g.token = doors().tokens.authenticate(secret or "")
    doors().limits.request(g.token)
    if g.token.role not in current_app.extensions[_KEY][request.endpoint]:
        _find_what_is_asked_for(g.token)
        raise Forbidden(
            f"A token with the role {g.token.role.value} may not do this.",
            how_to_fix="Use a token of a role that may; /docs names them for every route.",
        )


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


def _described(app: Flask, document: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[Role]]]:
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in rule.methods or ():
            operation = document["paths"].get(path, {}).get(method.lower(), {})
            needs = operation.get("security") or ()
            roles = frozenset(Role(role) for need in needs for role in need.get(SCHEME, ()))
            if roles:
                yield rule.endpoint, roles


def _find_what_is_asked_for(token: TokenRecord) -> None:
    """Raises NotFound where the path names something that does not exist for the token."""
    named = request.view_args or {}
    if "submission" in named:
        doors().read.submission(named["submission"], token)
    if "exercise" in named:
        doors().read.exercise(named["exercise"], token)
