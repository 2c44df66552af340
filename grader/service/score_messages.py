"""Make the message that reports a score to the system that sent the submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from grader.domain.report import Report
from grader.service.ports import Store
from grader.service.ports.connector import Score, WriteScoreMessage
from grader.service.records import Claim, RubricRecord, ScoreMessage, SubmissionState

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ScoreMessages:
    """The use case that makes the message with the score for the system that sent a submission.

    It only makes it: the store adds it to the outbox together with the report, and ``Deliver``
    sends it later. ``writers`` are the functions that write messages, by connector name.
    """

    store: Store
    writers: Mapping[str, WriteScoreMessage]

    def of(
        self, claim: Claim, report: Report, rubric: RubricRecord, graded_at: datetime
    ) -> ScoreMessage | None:
        """Return the message with the score of ``report``, or ``None`` if none is to be sent.

        None is to be sent if ``claim`` has no callback URL, if the status of ``report`` is not
        ``graded``, or (which is logged) if the submission's source is gone or its connector has no
        writer. Nothing is stored or sent here: store the message in the transaction that stores
        ``report``, with the same ``graded_at``, which is part of the score.
        """
        if not claim.callback_url or report.status != SubmissionState.GRADED.value:
            return None
        return self.write(
            Score(
                submission=claim.submission,
                report=report,
                rubric_version=rubric.version,
                graded_at=graded_at,
                callback_url=claim.callback_url,
                callback_context=claim.callback_context,
            )
        )

    def write(self, score: Score) -> ScoreMessage | None:
        """Return the message with ``score``.

        ``None``, which is logged, if the submission's source is gone or its connector has no
        writer.
        """
        source = self.store.sources.get(score.submission.source)
        writer = None if source is None else self.writers.get(source.connector)
        if source is None or writer is None:
            # Only a row that was deleted or edited by hand gets here.
            log.error("score_without_connector", source=score.submission.source)
            return None
        return writer(score, source)
