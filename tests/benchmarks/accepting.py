"""How many uploads one API process takes in, each committed before it is answered."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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


def uploads_per_second(
    cases: Sequence[Case], folder: Path, number: int, repeats: int
) -> list[float]:
    """Uploads accepted per second, a figure for each repeat. No worker runs; Redis does."""
    rates = []
    with redis_server(folder / "redis") as redis, installed(folder / "api", redis.url) as site:
        with _api(site) as url, ThreadPoolExecutor(_CONNECTIONS) as senders:
            load = Load(site, Client(url, site.token), cases)
            list(senders.map(load.client.upload, load.archives(20), load.students()))
            for _ in range(repeats):
                archives, students = load.archives(number), [*islice(load.students(), number)]
                seconds = timed(partial(_upload_all, senders, load.client, archives, students))
                rates.append(number / seconds)
        stored = site.service.store.submissions.queue().queued
    if stored != load.sent:
        raise RuntimeError(f"{load.sent} uploads were accepted, {stored} are stored")
    return rates


def _upload_all(
    senders: ThreadPoolExecutor, client: Client, archives: Sequence[bytes], students: Sequence[str]
) -> None:
    list(senders.map(client.upload, archives, students))


def uploads_figures(rates: Sequence[float]) -> dict[str, float]:
    """The figure that a bar is set for."""
    return {"uploads": median(rates)}


@contextmanager
def _api(site: Site) -> Iterator[str]:
    """``grader api`` alone, on an open socket of ours; its URL."""
    environment = {
        **os.environ,
        **HIGH_LIMITS,
        "GRADER_DATA_DIR": str(site.settings.data_dir),
        "GRADER_REDIS_URL": site.settings.redis_url,
        "GRADER_MAX_QUEUED": str(site.settings.max_queued),
    }
    log = site.settings.data_dir / "api.log"
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening, log.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "grader", "api", "--fd", str(listening.fileno())],
            stdout=told,
            stderr=told,
            env=environment,
            pass_fds=(listening.fileno(),),
        )
        try:
            wait_until(lambda: b"api_started" in log.read_bytes(), 60, "the API started")
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
