"""An installation of the service in a folder of its own, with the benchmark's exercise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.bootstrap import Service, build_service, migrate
from grader.infra.broker import NoNotifier
from grader.service.access import Principal
from grader.service.records import Role, SubmissionRecord, SubmissionState
from grader.service.submit import Upload
from grader.settings import Settings
from tests.benchmarks.rubric import COURSE, EXERCISE, rubric_text
from tests.processes import wait_until

PATIENCE = 600.0


@dataclass(frozen=True)
class Site:
    """An installation: its settings, its use cases in this process, and an instructor's token."""

    settings: Settings
    service: Service
    token: str

    def accept(self, data: bytes, student: str) -> SubmissionRecord:
        """Accept a submission without HTTP; return its record."""
        rubric = self.service.store.rubrics.newest(EXERCISE)
        assert rubric is not None, "it was published at installation"
        principal = Principal.of_source("benchmark", rubric.course)
        admission = self.service.submit.admit_event(principal, rubric)
        upload = Upload(student=student, filename="submission.zip", data=data, source="")
        return self.service.submit(admission, upload).record

    def drain(self) -> None:
        """Wait until nothing is queued or running.

        Raises:
            RuntimeError: a submission needs attention, so that the times would mean nothing.
        """

        def idle() -> bool:
            state = self.service.store.submissions.queue()
            return not state.queued and not state.running

        # The row has the time when it was graded, so frequent polls would only slow the service.
        wait_until(idle, PATIENCE, "every submission was graded", every=0.25)
        if self.service.store.submissions.queue().needs_attention:
            raise RuntimeError("a submission of the benchmark needs attention")

    def newest(self, count: int) -> list[SubmissionRecord]:
        """Return the newest ``count`` submissions, newest first.

        Raises:
            RuntimeError: there are fewer, or not all of them are graded.
        """
        found: list[SubmissionRecord] = []
        cursor = ""
        while len(found) < count:
            page = self.service.store.submissions.page(EXERCISE, cursor=cursor, limit=100)
            found += page.items
            cursor = page.next_cursor
            if not cursor:
                break
        wrong = [one for one in found[:count] if one.state is not SubmissionState.GRADED]
        if wrong or len(found) < count:
            raise RuntimeError(f"{len(found)} submissions of {count}, not graded: {len(wrong)}")
        return found[:count]


#: Settings with rate limits that the benchmark cannot reach; its requests are counted all the same.
HIGH_LIMITS = {
    "GRADER_REQUESTS_PER_TOKEN": "100000000",
    "GRADER_UPLOADS_PER_STUDENT": "100000000",
    "GRADER_UPLOADS_PER_TOKEN": "100000000",
    "GRADER_UPLOADS_PER_COURSE": "100000000",
}


@contextmanager
def installed(folder: Path, redis_url: str = "") -> Iterator[Site]:
    """Yield a new installation on SQLite; with a Redis, :meth:`Site.accept` notifies its worker."""
    settings = Settings(data_dir=folder, database_url="", redis_url=redis_url, max_queued=100_000)
    migrate(settings)
    service = build_service(settings, notifier=None if redis_url else NoNotifier())
    try:
        secret, token = service.tokens.create(
            name="benchmark", role=Role.INSTRUCTOR, course=COURSE, actor="benchmark"
        )
        service.publish(EXERCISE, rubric_text(), if_match="", principal=Principal.of_token(token))
        yield Site(settings, service, secret)
    finally:
        service.close()
