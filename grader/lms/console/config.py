"""The configuration of a console source."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ConsoleConfig(BaseModel):
    """The model of ``SourceRecord.config`` for a console source. Unknown keys are ignored.

    Scores are written to the log, and only if ``callback_url`` is not empty; nothing is sent to
    that URL. ``allowed_hosts`` are the hosts that archives may be fetched from.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    callback_url: str = ""
    allowed_hosts: tuple[str, ...] = ()
