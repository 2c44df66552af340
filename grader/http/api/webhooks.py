"""The route of webhooks: signed submission events that another system sends."""

from __future__ import annotations

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.http.api.answers import json_answer
from grader.http.api.bodies import ReceivedBody
from grader.http.api.parameters import SourcePath
from grader.http.context import context
from grader.http.openapi import PREFIX, answer, body, problems

blueprint = APIBlueprint(
    "webhooks",
    __name__,
    url_prefix=f"{PREFIX}/webhooks",
    abp_tags=[Tag(name="webhooks", description="Submissions that other systems send.")],
    abp_security=[{"webhookSignature": []}],
)


@blueprint.post(
    "/<slug:source>",
    operation_id="receiveWebhook",
    openapi_extensions=body(
        {"application/json": {"type": "object"}},
        "An event as the source's connector reads it; the signature is over these very bytes.",
    ),
    responses={
        "202": answer("It is stored, now or since an earlier delivery.", json=ReceivedBody),
        **problems(
            "bad-request",
            "bad-signature",
            "not-found",
            "request-too-large",
            "key-reused",
            "overloaded",
            "store-unavailable",
            upload=True,
        ),
    },
)
def receive(path: SourcePath) -> Response:
    """Accept a submission event; a repeated one gets the id of the first submission back."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    record, _ = context().receive(path.source, headers, request.get_data(cache=False))
    return json_answer(ReceivedBody(id=record.id), 202)
