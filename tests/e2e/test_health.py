"""``/healthz`` and ``/readyz`` of a real process answer, and say what is broken, whatever it is."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text

from grader.store.database import database_url
from tests.e2e.api_process import Api
from tests.e2e.running import EXERCISE, PATIENCE, archive
from tests.processes import wait_until
from tests.servers import PostgresForTests
from tests.servers_redis import RedisForTests, redis_server

#: Seconds that a client of the health checks waits at most. They answer within two seconds on an
#: idle machine; trouble lasts longer than this.
_HEALTH_SECONDS = 10.0


class Client:
    """Talks to ``api``, and sends requests that may take long in threads of ``pool``."""

    def __init__(self, api: Api, pool: ThreadPoolExecutor) -> None:
        self.api, self._pool = api, pool

    def upload(self, student: str, **headers: str) -> httpx.Response:
        return httpx.post(
            f"{self.api.url}{EXERCISE}",
            headers={"Authorization": f"Bearer {self.api.token}", **headers},
            files={"file": ("work.zip", archive(), "application/zip")},
            data={"student": student},
            timeout=PATIENCE,
        )

    def get(self, path: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.api.token}"}
        return httpx.get(f"{self.api.url}{path}", headers=headers, timeout=PATIENCE)

    def exercises(self) -> httpx.Response:
        return self.get("/api/v1/exercises")

    def waiting_upload(self) -> Future[httpx.Response]:
        """Begin an upload that waits for its report, and return when it is stored."""
        upload = self._pool.submit(self.upload, "waiting", Prefer="wait=60")
        wait_until(lambda: self._queued() == 1, PATIENCE, "the upload was stored", 0.2)
        return upload

    def _queued(self) -> int:
        parts = httpx.get(f"{self.api.url}/readyz", timeout=_HEALTH_SECONDS).json()["parts"]
        (figures,) = [part["figures"] for part in parts if part["name"] == "queue"]
        return int(figures.get("queued", -1))

    def uploads(self, count: int) -> list[Future[httpx.Response]]:
        """Begin ``count`` uploads."""
        return [self._pool.submit(self.upload, f"s{number}") for number in range(count)]

    def is_healthy(self) -> bool:
        answer = httpx.get(f"{self.api.url}/healthz", timeout=_HEALTH_SECONDS)
        return bool(answer.json() == {"status": "ok"})

    def failed(self) -> dict[str, str]:
        """Return what ``/readyz`` says is wrong, by the name of the part."""
        answer = httpx.get(f"{self.api.url}/readyz", timeout=_HEALTH_SECONDS)
        parts: list[dict[str, Any]] = answer.json()["parts"]
        found = {part["name"]: part["detail"] for part in parts if part["status"] == "failed"}
        assert answer.status_code == (503 if found else 200)
        return found

    def become(self, *failed: str) -> None:
        """Wait until exactly the parts ``failed`` do not work."""
        wait_until(lambda: self.failed().keys() == set(failed), PATIENCE, f"{failed} failed", 0.2)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(30) as pool:
        yield pool


def stored(answer: httpx.Response) -> bool:
    """Return whether an upload was stored; otherwise it must say when to send it again."""
    if answer.status_code == 503:
        assert answer.json()["type"] == "/problems/store-unavailable"
        assert int(answer.headers["Retry-After"]) > 0
        return False
    assert answer.status_code == 202, answer.text
    return True


def test_a_locked_sqlite_file_stops_writes_and_nothing_else(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    # Both threads wait for the lock until it is released: longer than this test lasts.
    with Api(tmp_path, THREADS="2", LOCK_SECONDS="200").running() as api:
        client = Client(api, pool)
        client.become()
        with closing(sqlite3.connect(tmp_path / "grader.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            uploads = client.uploads(6)
            client.become("database_writable")
            for _ in range(3):
                assert client.is_healthy()
                assert client.failed() == {"database_writable": "It is locked."}
            assert not any(upload.done() for upload in uploads)
        assert all(stored(upload.result()) for upload in uploads)
        client.become()


def test_a_locked_sqlite_file_is_waited_for_for_seconds(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    with Api(tmp_path, THREADS="2", LOCK_SECONDS="0.5").running() as api:
        client = Client(api, pool)
        read = client.upload("before").headers["Location"] + "/archive"
        with closing(sqlite3.connect(tmp_path / "grader.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert not any(stored(upload.result()) for upload in client.uploads(4))
            assert client.exercises().status_code == 200
            # What staff reads of a student is noted first.
            refused = client.get(read)
            assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (503, True)
        assert client.get(read).status_code == 200
        assert all(stored(upload.result()) for upload in client.uploads(4))


def test_full_disks_of_database_and_log_stop_writes_and_nothing_else(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    with Api(tmp_path, THREADS="2").running() as api:
        assert api.process is not None
        client = Client(api, pool)
        assert stored(client.upload("before"))
        # No file of the process can grow: neither the database, nor its log, nor the log lines.
        before = resource.prlimit(
            api.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY)
        )
        assert client.is_healthy()
        assert client.exercises().status_code == 200
        assert not stored(client.upload("meanwhile"))
        client.become("database_writable")
        resource.prlimit(api.process.pid, resource.RLIMIT_FSIZE, before)
        assert stored(client.upload("after"))
        client.become()
        assert "log_lines_dropped" in api.log()


@pytest.fixture
def postgres() -> Iterator[PostgresForTests]:
    with TemporaryDirectory(prefix="grader-pg-") as folder:
        server = PostgresForTests(Path(folder))
        yield server
        server.close()


def test_a_frozen_postgresql_is_named_and_holds_up_no_probe(
    tmp_path: Path, postgres: PostgresForTests, pool: ThreadPoolExecutor
) -> None:
    settings = {"DATABASE_URL": postgres.url, "STATEMENT_SECONDS": "3", "LOCK_SECONDS": "2"}
    with Api(tmp_path, THREADS="2", **settings).running() as api:
        client = Client(api, pool)
        client.become()
        waiting = client.waiting_upload()
        postgres.freeze()
        try:
            uploads = client.uploads(4)
            names = ("database_readable", "database_writable", "schema", "queue", "workers")
            client.become(*names)
            probes = [pool.submit(client.failed) for _ in range(20)]
            assert client.is_healthy()
            assert all(probe.result().keys() == set(names) for probe in probes)
            assert client.is_healthy()
            assert not any(stored(upload.result()) for upload in uploads)
            assert stored(waiting.result())
        finally:
            postgres.thaw()
        assert all(stored(upload.result()) for upload in client.uploads(4))
        client.become()


def test_a_read_only_or_locked_postgresql_is_named_and_read(
    tmp_path: Path, postgres: PostgresForTests, pool: ThreadPoolExecutor
) -> None:
    settings = {"DATABASE_URL": postgres.url, "LOCK_SECONDS": "0.5"}
    with Api(tmp_path, THREADS="2", **settings).running() as api:
        client = Client(api, pool)
        client.become()
        engine = create_engine(database_url(postgres.url), isolation_level="AUTOCOMMIT")
        with engine.connect() as admin:
            admin.execute(text("ALTER SYSTEM SET default_transaction_read_only = on"))
            admin.execute(text("SELECT pg_reload_conf()"))
            client.become("database_writable")
            assert client.failed()["database_writable"] == "It is read-only, e.g. after a failover."
            assert not any(stored(upload.result()) for upload in client.uploads(2))
            assert client.exercises().status_code == 200
            admin.execute(text("SET default_transaction_read_only = off"))
            admin.execute(text("ALTER SYSTEM RESET default_transaction_read_only"))
            admin.execute(text("SELECT pg_reload_conf()"))
        client.become()
        with engine.connect().execution_options(isolation_level="READ COMMITTED") as locking:
            locking.execute(text("LOCK TABLE submissions"))
            client.become("database_readable", "database_writable", "queue", "workers")
            assert client.is_healthy()
            assert not any(stored(upload.result()) for upload in client.uploads(2))
            assert client.exercises().status_code == 200
        engine.dispose()
        client.become()
        assert all(stored(upload.result()) for upload in client.uploads(2))


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisForTests]:
    with redis_server(tmp_path / "redis") as server:
        yield server


def test_redis_that_cannot_be_written_is_named_and_uploads_go_on(
    tmp_path: Path, redis: RedisForTests, pool: ThreadPoolExecutor
) -> None:
    with Api(tmp_path / "data", THREADS="2", REDIS_URL=redis.url).running() as api:
        client = Client(api, pool)
        client.become()
        with redis.client() as admin:
            admin.config_set("maxmemory", "1")
        client.become("redis")
        assert client.failed() == {"redis": "Redis is full."}
        assert all(stored(upload.result()) for upload in client.uploads(3))
        redis.freeze()
        client.become("redis")
        assert all(stored(upload.result()) for upload in client.uploads(3))
        redis.thaw()
        with redis.client() as admin:
            admin.config_set("maxmemory", "0")
        client.become()
