"""How many uploads a second one API process accepts; each is committed before the response.

In turns with it, a minimal application on the same framework and server is measured. The difference
shows how much of the figure depends on this service, and how much on the machine.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median

from tests.benchmarks.client import Client
from tests.benchmarks.corpus import Case
from tests.benchmarks.load import Load
from tests.benchmarks.sampling import timed
from tests.benchmarks.site import HIGH_LIMITS, Site, installed
from tests.processes import wait_until
from tests.servers_redis import redis_server

_CONNECTIONS = 8
_WARM = 20


@dataclass
class Uploads:
    """Accepted uploads per second of the service and of the bare application, by repeat."""

    service: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the printed lines."""
        for name, rates in (("accepted", self.service), ("bare, kept and no more", self.bare)):
            told = ", ".join(f"{rate:.0f}" for rate in rates)
            yield f"uploads per second, {name}: {told}; median {median(rates):.0f}"

    def figures(self) -> dict[str, float]:
        """Return the figure that has a bar."""
        return {"uploads": median(self.service)}


def uploads_per_second(cases: Sequence[Case], folder: Path, number: int, repeats: int) -> Uploads:
    """Measure ``number`` uploads in each repeat, with Redis and without a worker.

    Raises:
        RuntimeError: not every accepted upload is stored.
    """
    found = Uploads()
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server(folder / "redis"))
        site = stack.enter_context(installed(folder / "api", redis.url))
        load = Load(site, Client(stack.enter_context(_api(site)), site.token), cases)
        bare = Client(stack.enter_context(_bare(folder)), site.token)
        senders = stack.enter_context(ThreadPoolExecutor(_CONNECTIONS))
        for client in (load.client, bare):
            _send(senders, client, load.archives(_WARM), [*islice(load.students(), _WARM)])
        for _ in range(repeats):
            for client, rates in ((load.client, found.service), (bare, found.bare)):
                archives, students = load.archives(number), [*islice(load.students(), number)]
                seconds = timed(partial(_send, senders, client, archives, students))
                rates.append(number / seconds)
        stored = site.service.store.submissions.queue().queued
    if stored != _WARM + repeats * number:
        raise RuntimeError(f"{_WARM + repeats * number} uploads were accepted, {stored} are stored")
    return found


def _send(
    senders: ThreadPoolExecutor,
    client: Client,
    archives: Sequence[bytes],
    students: Sequence[str],
) -> None:
    """Upload ``archives`` for ``students`` from several threads, and wait for all responses."""
    list(senders.map(client.upload, archives, students))


@contextmanager
def _api(site: Site) -> Iterator[str]:
    """Run ``grader api`` alone; yield its URL when it is ready."""
    environment = {
        **HIGH_LIMITS,
        "GRADER_DATA_DIR": str(site.settings.data_dir),
        "GRADER_REDIS_URL": site.settings.redis_url,
        "GRADER_MAX_QUEUED": str(site.settings.max_queued),
    }
    log = site.settings.data_dir / "api.log"
    with _serving(("grader", "api", "--fd"), (), log, environment) as url:
        wait_until(lambda: b"api_started" in log.read_bytes(), 60, "the API started")
        yield url


def _bare(folder: Path) -> AbstractContextManager[str]:
    """Run the bare application; yield its URL, at which connections wait until it is ready."""
    program = ("tests.benchmarks.bare_api",)
    return _serving(program, (str(folder / "bare.db"),), folder / "bare.log", {})


@contextmanager
def _serving(
    program: Sequence[str], more: Sequence[str], log: Path, environment: dict[str, str]
) -> Iterator[str]:
    """Run the module ``program`` with an open listening socket; yield the URL of the socket.

    The number of the socket is the next argument, and ``more`` follow.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening, log.open("wb") as told:
        number = listening.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", *program, str(number), *more],
            stdout=told,
            stderr=told,
            env={**os.environ, **environment},
            pass_fds=(number,),
        )
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
