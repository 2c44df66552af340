"""``grader api`` as a process on a free port, to which tests talk over plain sockets."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from grader.bootstrap import build_service, migrate
from grader.infra.broker import NoNotifier
from grader.service.records import Role
from grader.settings import Settings
from tests.e2e.running import PATIENCE
from tests.processes import wait_until


class Reply(NamedTuple):
    """A response: its status, its head in lower case, and the problem document in it, if any."""

    status: int
    head: str
    problem: dict[str, Any]


class Api:
    """``grader api`` with a token of a course; ``settings`` are variables without ``GRADER_``."""

    def __init__(self, folder: Path, **settings: str) -> None:
        url = settings.get("DATABASE_URL", "")
        own = Settings(data_dir=folder, database_url=url, redis_url="")
        migrate(own)
        service = build_service(own, notifier=NoNotifier())
        service.seed()
        self.token, _ = service.tokens.create(
            name="test", role=Role.INSTRUCTOR, course="mlops", actor="test"
        )
        service.close()
        self._folder, self._settings = folder, settings
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.place = self.listening.getsockname()
        self.url = f"http://127.0.0.1:{self.place[1]}"
        self.process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def running(self) -> Iterator[Api]:
        """Run the process during the block."""
        own = {f"GRADER_{name}": value for name, value in self._settings.items()}
        environment = {
            **os.environ,
            "GRADER_DATA_DIR": str(self._folder),
            "GRADER_REDIS_URL": "",
            "GRADER_DATABASE_URL": "",
            **own,
        }
        fd = self.listening.fileno()
        with (self._folder / "api.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "grader", "api", "--fd", str(fd)],
                env=environment,
                pass_fds=(fd,),
                stdout=log,
                stderr=log,
            )
            self.process = process
            try:
                wait_until(self.answers, PATIENCE, "the API answered")
                yield self
            finally:
                process.terminate()
                process.wait(PATIENCE)

    def answers(self) -> bool:
        """Return whether the service answers."""
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
        return False

    def log(self) -> str:
        """Return what the process has logged."""
        return (self._folder / "api.log").read_text()

    def connect(self, said: str | bytes) -> socket.socket:
        """Return a new connection on which ``said`` was sent; ``{token}`` in a text is a token."""
        opened = socket.create_connection(self.place, timeout=PATIENCE)
        given = said.format(token=self.token).encode() if isinstance(said, str) else said
        opened.sendall(given)
        return opened

    def ask(self, said: str | bytes) -> tuple[Reply, bool]:
        """Send ``said`` on a new connection; return the response, and whether it was closed."""
        with self.connect(said) as opened:
            return receive(opened), is_closed_soon(opened)


def receive(opened: socket.socket) -> Reply:
    """Return the next response on ``opened``."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = opened.recv(65_536)
        assert piece, f"closed after {data!r}"
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    text = head.decode("latin-1").lower()
    found = re.search(r"content-length: (\d+)", text)
    while found is not None and len(body) < int(found.group(1)):
        body += opened.recv(65_536)
    problem = json.loads(body) if b"problem+json" in head else {}
    return Reply(int(text.split(" ")[1]), text, problem)


def is_closed_soon(opened: socket.socket) -> bool:
    """Return whether the server closes ``opened`` within a second."""
    opened.settimeout(1)
    try:
        return opened.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
