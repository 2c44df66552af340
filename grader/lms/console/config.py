"""The configuration of a console source."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ConsoleConfig(BaseModel):
    """What a console source needs. A signing secret, which other connectors need, is ignored.

    ``callback_url`` stands beside a score in the log. ``allowed_hosts`` are the hosts that
    archives may be fetched from.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    callback_url: str = ""
    allowed_hosts: tuple[str, ...] = ()
