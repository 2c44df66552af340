"""Authentication by bearer token, and authorization by the roles that each route declares.

A guarded route declares its act with ``security=allowed(...)``. This package enforces the roles
that the OpenAPI document then contains, before the route runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from flask import Flask, current_app, g, request

from grader.domain.errors import BadRequest, Forbidden
from grader.http.context import context
from grader.http.openapi import SCHEME
from grader.infra.redaction import TOKEN
from grader.service.access import Principal
from grader.service.records import Role

_KEY = "grader.roles"
#: The key of a request's principal in its environment, if its head was authenticated already. No
#: client can set it: headers have keys that begin with ``HTTP_``.
PRINCIPAL = "grader.principal"
#: Names of query parameters under which clients send tokens, in any case, e.g.
#: ``?Access_Token=...``; not ``?cursor=...``. Chosen by hand.
_TOKEN_NAMES = frozenset({"token", "access_token", "bearer", "api_key", "apikey", "authorization"})


def install(app: Flask, document: Mapping[str, Any]) -> None:
    """Make ``app`` enforce the roles that ``document``, its OpenAPI document, declares.

    Call it after the guarded routes, those of blueprints that call :func:`authenticate` before each
    request, were added. From now on a request with a token in its address is refused, too, on every
    route.

    Raises:
        ValueError: a guarded route declares no role.
    """
    admitted = dict(_declared_roles(app, document))
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.rpartition(".")[0]
        guards = app.before_request_funcs.get(blueprint, ())
        if authenticate in guards and not admitted.get(rule.endpoint):
            raise ValueError(f"{rule.endpoint} needs security=allowed(Act...): who may use it?")
    app.extensions[_KEY] = admitted
    app.before_request(refuse_tokens_in_addresses)


def refuse_tokens_in_addresses() -> None:
    """Refuse a request with a token in its address (URL), which ends up in logs and links.

    :func:`install` makes it run before every request.

    Raises:
        BadRequest: the query has a parameter with a name of :data:`_TOKEN_NAMES`, in any case, or
            its path or query contains the text of a token.
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
    """Authenticate and authorize a request; runs before every route of a guarded blueprint.

    :func:`caller` then returns its principal. A request with a valid token counts for the rate
    limit of the token, also if the role may not use the route. That it was used, or that it is
    expired or revoked, is stored. A request whose head was authenticated before its body was read
    counts once.

    Raises:
        Unauthorized: there is no valid token in a header ``Authorization: Bearer``.
        TooMany: the token's requests of this minute are used up.
        NotFound: the role may not use the route, and the path names a submission, a preview, a
            regrade or an exercise that does not exist or that the token may not see.
            ``Forbidden`` would show that it exists.
        Forbidden: the token's role may not use this route, in all other cases.
    """
    principal = request.environ.get(PRINCIPAL) or _authenticated()
    g.principal = principal
    if principal.role not in current_app.extensions[_KEY][request.endpoint]:
        _require_existing(principal)
        raise Forbidden(
            f"A token with the role {principal.role.value} may not do this.",
            how_to_fix="Use a token of a role that may; /docs names them for every route.",
        )


def _authenticated() -> Principal:
    """Return the principal of the token in this request, and count the request for its limit."""
    given = request.authorization
    secret = given.token if given is not None and given.type == "bearer" else None
    principal = context().tokens.authenticate(secret or "")
    context().limits.count_request(principal)
    return principal


def caller() -> Principal:
    """Return the principal of this request, whom :func:`authenticate` has found.

    Raises:
        AttributeError: the route is not behind :func:`authenticate`.
    """
    return cast(Principal, g.principal)


def _declared_roles(
    app: Flask, document: Mapping[str, Any]
) -> Iterator[tuple[str, frozenset[Role]]]:
    """Yield (endpoint, roles) of each route of ``app`` whose operation has ``security``."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in rule.methods or ():
            operation = document["paths"].get(path, {}).get(method.lower(), {})
            needs = operation.get("security") or ()
            roles = frozenset(Role(role) for need in needs for role in need.get(SCHEME, ()))
            if roles:
                yield rule.endpoint, roles


def _require_existing(principal: Principal) -> None:
    """Raise NotFound if the path names something that ``principal`` may not see.

    That is a submission, a preview, a regrade or an exercise.
    """
    named = request.view_args or {}
    if "submission" in named:
        context().read.submission(named["submission"], principal)
    if "preview" in named:
        context().preview.get(named["preview"], principal)
    if "regrade" in named:
        context().regrade.find(named["regrade"], principal)
    if "exercise" in named:
        context().read.exercise(named["exercise"], principal)
