"""Receive a submission by webhook. Each webhook id is accepted once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.domain.errors import NotFound
from grader.domain.rubric.policies import Intake
from grader.service.access import Principal, no_exercise
from grader.service.ports import Store
from grader.service.ports.connector import Inbound, Incoming
from grader.service.records import RubricRecord, SourceRecord, SubmissionRecord
from grader.service.submit import Submit, Upload


@dataclass(frozen=True)
class Receive:
    """The use case that hands in the submission that a webhook event carries, or names by a URL.

    Call the instance with an event. ``inbounds`` are the receivers of events by connector name. An
    event is a repetition if the table of idempotency keys has its (source, webhook id) already:
    then nothing is stored, and the result is the first submission, or an error if the content
    differs or that submission was erased. An event without a webhook id is always new.
    """

    store: Store
    inbounds: Mapping[str, Inbound]
    submit: Submit

    def __call__(
        self, name: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[SubmissionRecord, bool]:
        """Accept an event of the source ``name``; return its submission, and whether it is new.

        ``headers`` have lower-case names. An archive behind a URL is fetched before the response,
        so that a successful response means that it is stored. If it cannot be fetched, the error
        makes the sender repeat the event.

        Raises:
            NotFound: there is no such source, or no such exercise in its course.
            BadSignature: the event was not signed by the source, or its time is too far off.
            BadRequest: the event, the student or URL in it, or the response of the URL is invalid.
            BadArchive: the archive is invalid or over a limit (TooLarge).
            KeyReused: the webhook id came before with another content.
            Conflict: the webhook id came before, and that submission was erased.
            Overloaded: the archive cannot be fetched now, or the queue is full.
        """
        source = self.store.sources.get(name)
        if source is None:
            raise NotFound(f"There is no webhook source {name!r}.")
        inbound = self.inbounds[source.connector]
        incoming = inbound.read(headers, body, source)
        principal = Principal.of_source(source.name, source.course)
        admission = self.submit.admit_event(principal, self._rubric(incoming, source))
        data = incoming.data
        if data is None:
            data = inbound.fetch(incoming.url, source, Intake().max_upload)
        accepted = self.submit(admission, _upload(incoming, source, data))
        return accepted.record, accepted.is_new

    def _rubric(self, incoming: Incoming, source: SourceRecord) -> RubricRecord:
        """Return the newest rubric of the event's exercise.

        Raises:
            NotFound: there is no such exercise in the course of ``source``.
        """
        rubric = self.store.rubrics.newest(incoming.exercise)
        if rubric is None or rubric.course != source.course:
            raise no_exercise(incoming.exercise)
        return rubric


def _upload(incoming: Incoming, source: SourceRecord, data: bytes) -> Upload:
    return Upload(
        student=incoming.student,
        filename=incoming.filename,
        data=data,
        source=source.name,
        idempotency_key=incoming.webhook_id,
        callback_url=incoming.callback_url,
        callback_context=incoming.context,
    )
