"""Systems that send submissions by webhook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class SourceRecord:
    """A system, e.g. a learning management system, that sends submissions by webhook.

    It may hand in to exercises of ``course`` only. ``connector`` is the name of a connector in
    ``grader.lms.registry``. ``config`` holds JSON values that only the connector's model can read,
    including secrets.
    """

    name: str
    course: str
    connector: str
    config: Mapping[str, Any] = field(repr=False)
