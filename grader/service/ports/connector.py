"""The capabilities of a connector to a learning management system (LMS).

A connector has either or both of: :class:`Inbound` (read submissions), and
:class:`WriteScoreMessage` with :class:`Gradebook` (make a message of a score, and send it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from grader.domain.report import Report
from grader.service.records import Passback, ScoreMessage, SourceRecord, SubmissionRecord


@dataclass(frozen=True)
class Incoming:
    """A submission event as :meth:`Inbound.read` returns it, parsed but not yet handed in.

    Its signature was verified if the connector has signatures. The archive is ``data``, or is to be
    fetched from ``url`` if ``data`` is ``None``. The score is to be sent to ``callback_url``
    together with ``context``; an empty URL asks for no score. Events of one source with the same
    ``webhook_id`` are repetitions (refused if the content differs); an empty one means that the
    event is new.
    """

    webhook_id: str
    exercise: str
    student: str
    filename: str
    data: bytes | None
    url: str
    context: str
    callback_url: str = ""


@dataclass(frozen=True)
class Score:
    """What a score message is written from: a graded submission with its report.

    ``graded_at`` is when the report is stored. ``callback_url`` is from the config of the
    submission's source, and ``callback_context`` from the event with which that source sent it.
    """

    submission: SubmissionRecord
    report: Report
    rubric_version: int
    graded_at: datetime
    callback_url: str
    callback_context: str


@dataclass(frozen=True)
class Delivery:
    """The outcome of one try to send a score: whether it was sent, and if not, what follows.

    ``error`` says why it was not sent, and is empty if it was. ``final`` forbids further tries.
    ``retry_after`` is the pause that the receiver asked for, ``None`` if it asked for none.
    """

    sent: bool
    final: bool = False
    error: str = ""
    retry_after: timedelta | None = None


class Inbound(Protocol):
    """Reads the submission events of a source, and fetches archives that they name by a URL."""

    def read(self, headers: Mapping[str, str], body: bytes, source: SourceRecord) -> Incoming:
        """Verify the signature of an event and parse it; ``headers`` have lower-case names.

        A connector without signatures, e.g. ``console``, only parses it.

        Raises:
            BadSignature: the event is not signed by ``source``, or its time is too far off.
            BadRequest: the event is invalid.
        """

    def fetch(self, url: str, source: SourceRecord, max_bytes: int) -> bytes:
        """Return the archive behind ``url``, on an allowed host of ``source``.

        It must be an https URL, except on a host of a development setup.

        Raises:
            BadRequest: the URL is not allowed, or its response is not a plain file.
            TooLarge: the archive has more than ``max_bytes`` bytes.
            Overloaded: the archive cannot be fetched now; the sender should try again.
        """


class WriteScoreMessage(Protocol):
    """The function that makes the message that reports a score, of one connector.

    It only computes, without an HTTP client: it runs in grading workers, and the store saves the
    message in the transaction of the report. A :class:`Gradebook` sends it later.
    """

    def __call__(self, score: Score, source: SourceRecord) -> ScoreMessage:
        """Return the message in the wire format of ``source``."""


class Gradebook(Protocol):
    """Sends scores: the messages that the :class:`WriteScoreMessage` of the same connector made."""

    def send(self, passback: Passback, source: SourceRecord) -> Delivery:
        """Send ``passback.payload`` to ``passback.url`` once, and return the outcome.

        A refused URL, a network error or an error status is returned as a failed delivery, not
        raised.
        """
