"""The proxy of docker-compose.yml, HAProxy with haproxy.cfg, in front of two API processes."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx
import pytest

from tests.e2e.api_process import Api
from tests.e2e.running import EXERCISE, PATIENCE, archive
from tests.processes import wait_until

CONFIG = Path("haproxy.cfg").read_text(encoding="utf-8")
#: The addresses of the two APIs, which have one port, like containers.
ADDRESSES = ("127.0.0.2", "127.0.0.3")


def free_port(*addresses: str) -> int:
    """Return a port that is free at the moment at each of ``addresses``."""
    with ExitStack() as stack:
        first = stack.enter_context(socket.create_server((addresses[0], 0)))
        port: int = first.getsockname()[1]
        for address in addresses[1:]:
            stack.enter_context(socket.create_server((address, port)))
    return port


@dataclass
class NameServer:
    """Answers every query for IPv4 with ``addresses``, as Docker's name server does for a service.

    It knows a container from its start to its end, and forgets it then.
    """

    addresses: set[str] = field(default_factory=set)

    @contextmanager
    def running(self) -> Iterator[int]:
        """Answer queries by UDP during the block; yield the port."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.bind(("127.0.0.1", 0))
            thread = threading.Thread(target=self._answer, args=(own,))
            thread.start()
            try:
                yield own.getsockname()[1]
            finally:
                own.sendto(b"", own.getsockname())
                thread.join()

    def _answer(self, own: socket.socket) -> None:
        """Answer until an empty datagram comes."""
        while True:
            query, client = own.recvfrom(4096)
            if not query:
                return
            own.sendto(self._response(query), client)

    def _response(self, query: bytes) -> bytes:
        """Return the response to ``query``, which has one question."""
        end = query.index(b"\0", 12) + 5
        question, is_ipv4 = query[12:end], query[end - 4 : end - 2] == b"\0\1"
        found = sorted(self.addresses) if is_ipv4 else []
        # A response; no error, or no such name.
        flags = 0x8180 if self.addresses else 0x8183
        head = query[:2] + struct.pack("!HHHHH", flags, 1, len(found), 0, 0)
        # The name is that of the question, at byte 12; an address that holds for a second.
        record = struct.pack("!HHHIH", 0xC00C, 1, 1, 1, 4)
        return head + question + b"".join(record + socket.inet_aton(one) for one in found)


@dataclass
class Containers:
    """Processes of ``grader api`` on one database, each at an address of its own."""

    folder: Path
    port: int
    names: NameServer
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, address: str) -> None:
        """Start the API at ``address``, and wait until it is healthy."""
        own = {"DATA_DIR": str(self.folder), "HOST": address, "PORT": str(self.port)}
        own |= {"REDIS_URL": "", "DATABASE_URL": "", "THREADS": "4"}
        environment = {f"GRADER_{name}": value for name, value in own.items()}
        with (self.folder / f"api-{address}.log").open("ab") as log:
            self.processes[address] = subprocess.Popen(
                [sys.executable, "-m", "grader", "api"],
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
            )
        self.names.addresses.add(address)
        wait_until(lambda: self.is_healthy(address), PATIENCE, f"{address} is healthy")

    def stop(self, address: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End the API at ``address`` by the signal ``how``."""
        process = self.processes.pop(address)
        process.send_signal(how)
        process.wait(PATIENCE)
        self.names.addresses.discard(address)

    def is_healthy(self, address: str) -> bool:
        """Return whether the API at ``address`` answers."""
        with suppress(httpx.TransportError):
            url = f"http://{address}:{self.port}/healthz"
            return httpx.get(url, timeout=2).status_code == 200
        return False


@dataclass
class Clients:
    """Clients of the proxy at ``url`` that go on until they are told to stop.

    ``seen`` counts the answers: what was asked, and its status or its error.
    """

    url: str
    token: str
    seen: Counter[tuple[str, object]] = field(default_factory=Counter)
    _ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let two clients upload and two read during the block."""
        acts = (self._upload, self._upload, self._read, self._read)
        threads = [threading.Thread(target=self._go_on, args=one) for one in enumerate(acts)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()

    def wait_for(self, more: int) -> None:
        """Wait until there are ``more`` answers than now."""
        before = self.seen.total()
        wait_until(lambda: self.seen.total() >= before + more, PATIENCE, "clients were answered")

    def _go_on(self, number: int, act: Callable[[str, int], httpx.Response]) -> None:
        for run in count():
            if self._ended.is_set():
                return
            try:
                answer = act(f"s{number}", run)
                self.seen[answer.request.method, answer.status_code] += 1
            except httpx.HTTPError as error:
                self.seen["failed", repr(error)] += 1

    def _upload(self, student: str, run: int) -> httpx.Response:
        return httpx.post(
            f"{self.url}{EXERCISE}?student={student}-{run}",
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/zip"},
            content=archive(run),
            timeout=PATIENCE,
        )

    def _read(self, student: str, run: int) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.get(f"{self.url}/api/v1/exercises", headers=headers, timeout=PATIENCE)


@contextmanager
def haproxy(folder: Path, port: int, names: int, apis: int) -> Iterator[str]:
    """Run HAProxy with haproxy.cfg, but for the ports and the name server; yield its URL."""
    text = CONFIG
    for shipped, ours in (
        ("bind :8000", f"bind 127.0.0.1:{port}"),
        ("nameserver docker 127.0.0.11:53", f"nameserver docker 127.0.0.1:{names}"),
        ('"${API_HOST}:8000"', f'"${{API_HOST}}:{apis}"'),
    ):
        assert text.count(shipped) - ("bind :8443" in shipped) == 1, shipped
        text = text.replace(shipped, ours)
    config = folder / "haproxy.cfg"
    config.write_text(text)
    binary = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
    assert binary, "apt-get install haproxy"
    environment = {**os.environ, "API_HOST": "api"}
    subprocess.run([binary, "-c", "-f", config], env=environment, check=True, capture_output=True)
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen(
            [binary, "-f", config], env=environment, stdout=log, stderr=log, cwd=folder
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.mark.slow
def test_apis_are_replaced_one_by_one_and_no_request_fails(tmp_path: Path) -> None:
    names = NameServer()
    prepared = Api(tmp_path)
    prepared.listening.close()
    apis = Containers(tmp_path, free_port(*ADDRESSES), names)
    with ExitStack() as stack:
        at = stack.enter_context(names.running())
        url = stack.enter_context(haproxy(tmp_path, free_port("127.0.0.1"), at, apis.port))
        wait_until(lambda: _status(url) == 503, PATIENCE, "the proxy says that nobody is there")
        refused = httpx.get(f"{url}/healthz")
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert int(refused.headers["Retry-After"]) > 0 and refused.json()["status"] == 503
        for address in ADDRESSES:
            apis.start(address)
            stack.callback(apis.stop, address)
        wait_until(lambda: _status(url) == 200, PATIENCE, "the proxy has found an API")
        clients = Clients(url, prepared.token)
        with clients.running():
            for _ in range(2):
                for address in ADDRESSES:
                    clients.wait_for(20)
                    apis.stop(address)
                    clients.wait_for(20)
                    apis.start(address)
            clients.wait_for(20)
        assert clients.seen.keys() == {("GET", 200), ("POST", 202)}, clients.seen
        uploads = clients.seen["POST", 202]
    with closing(sqlite3.connect(tmp_path / "grader.db")) as database:
        stored, students = database.execute(
            "SELECT count(*), count(DISTINCT student) FROM submissions"
        ).fetchone()
    assert stored == students == uploads  # None was sent twice.


def _status(url: str) -> int:
    """Return the status of ``/healthz`` behind the proxy; 0 if it does not answer."""
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/healthz", timeout=5).status_code
    return 0
