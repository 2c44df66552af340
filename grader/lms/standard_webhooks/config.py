"""The configuration of a Standard Webhooks source."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class StandardWebhooksConfig(BaseModel):
    """The model of ``SourceRecord.config`` for a Standard Webhooks source.

    ``secret`` is the ``whsec_...`` key that signs events and scores. It is stored in plain text,
    because signing needs it. Scores are sent to ``callback_url``; empty means that none are sent.
    ``allowed_hosts`` are the hosts that archives may be fetched from.
    """

    # Unknown keys are ignored when a stored config is read: a newer version may have written it.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    secret: str = Field(repr=False)
    callback_url: str = ""
    allowed_hosts: tuple[str, ...] = ()
