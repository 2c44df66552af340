"""The list of all connectors, and their capabilities by connector name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from grader.domain.errors import BadRequest
from grader.lms.connector import Connector
from grader.lms.console import CONNECTOR as CONSOLE
from grader.lms.standard_webhooks import CONNECTOR as STANDARD_WEBHOOKS
from grader.service.ports.connector import Gradebook, Inbound, WriteScoreMessage

#: Every connector by the name that sources use. The first one is the default.
CONNECTORS: Mapping[str, Connector] = {one.name: one for one in (STANDARD_WEBHOOKS, CONSOLE)}


def score_message_writers() -> dict[str, WriteScoreMessage]:
    """Return the functions that write score messages, by the name of their connector.

    Connectors that cannot report scores are left out.
    """
    return {
        name: one.write_score_message
        for name, one in CONNECTORS.items()
        if one.write_score_message is not None
    }


def inbounds(callback_hosts: Collection[str] = ()) -> dict[str, Inbound]:
    """Build the objects that read submissions, by connector name.

    Connectors that cannot read any are left out. ``callback_hosts`` are hosts (or ``host:port``) of
    a development setup that may be called without https and at private addresses.
    """
    return {
        name: one.inbound(callback_hosts)
        for name, one in CONNECTORS.items()
        if one.inbound is not None
    }


def gradebooks(callback_hosts: Collection[str] = ()) -> dict[str, Gradebook]:
    """Build the objects that send scores, by connector name.

    Connectors that cannot send any are left out. ``callback_hosts`` are as in :func:`inbounds`.
    """
    return {
        name: one.gradebook(callback_hosts)
        for name, one in CONNECTORS.items()
        if one.gradebook is not None
    }


def source_config(connector: str, values: Mapping[str, object]) -> dict[str, Any]:
    """Return ``values``, validated, as the JSON object that a source of ``connector`` stores.

    Unknown keys are dropped, and missing ones get their defaults. Secrets are in the result.

    Raises:
        BadRequest: there is no such connector, or its model rejects ``values``, e.g. because a
            secret is missing; ``where`` names the first wrong key.
    """
    found = CONNECTORS.get(connector)
    if found is None:
        raise BadRequest(
            f"There is no connector {connector!r}.",
            how_to_fix=f"Use one of: {', '.join(CONNECTORS)}.",
            where="connector",
        )
    try:
        return found.config.model_validate(values).model_dump(mode="json")
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadRequest(f"The source's {where}: {first['msg']}.", where=where) from None
