"""The lines about trouble of the host in the terminal of ``grader serve``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from grader.cli.serve.troubles import TroubleLines
from grader.domain.errors import StoreUnavailable
from grader.service.records import WorkerRecord

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    def now(self) -> datetime:
        return NOW


class Workers:
    """Stands for the store: returns ``records``, or is away while they are ``None``."""

    def __init__(self) -> None:
        self.records: Sequence[WorkerRecord] | None = ()

    def beat(self, record: WorkerRecord) -> None:
        raise NotImplementedError

    def leave(self, worker: str) -> None:
        raise NotImplementedError

    def all(self) -> Sequence[WorkerRecord]:
        if self.records is None:
            raise StoreUnavailable("The database does not answer.")
        return self.records


def worker(trouble: str = "", age: float = 0) -> WorkerRecord:
    return WorkerRecord("a/1", NOW - timedelta(seconds=age), trouble, NOW if trouble else None)


def test_a_trouble_is_told_once_and_so_is_its_end() -> None:
    workers, said = Workers(), list[str]()
    look = TroubleLines(workers, Clock(), said.append)
    news: list[Sequence[WorkerRecord] | None] = [
        [worker()],
        [worker("No memory."), worker("No memory.")],
        None,
        [worker("No memory."), worker("No disk.")],
        [worker("No memory.")],
        [worker("No disk.")],
        [worker()],
        [worker()],
        [worker("No memory.")],
    ]
    for records in news:
        workers.records = records
        look()
    grave = "The host is in trouble, and grading waits until it is well: "
    well = "The host is well again, and grading goes on."
    assert said == [f"{grave}No memory.", f"{grave}No disk.", well, f"{grave}No memory."]


def test_a_worker_that_was_killed_in_trouble_says_nothing_more() -> None:
    workers, said = Workers(), list[str]()
    look = TroubleLines(workers, Clock(), said.append)
    workers.records = [worker("No memory.", age=300)]
    look()
    assert said == []
