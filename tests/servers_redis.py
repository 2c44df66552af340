"""A real redis-server for tests, which can be stopped and started again during a test."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from grader.cli.serve.redis_server import find_binary


class RedisForTests:
    """A redis-server with a password on a free port of the loopback; it stores nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._word = token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"redis://:{self._word}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        config = f'port {self.port}\nbind 127.0.0.1\nrequirepass {self._word}\nsave ""\n'
        process = subprocess.Popen(
            [find_binary(), "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=self._folder,
        )
        assert process.stdin is not None
        process.stdin.write(config.encode())
        process.stdin.close()
        self._process = process
        while not self._answers():
            assert process.poll() is None, "redis-server ended at once"

    def stop(self) -> None:
        """Kill the server: its data is lost."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def freeze(self) -> None:
        """Stop the process: the server takes connections, and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def client(self) -> redis.Redis:
        """Return a new client of the server, which does not retry."""
        return redis.Redis.from_url(self.url, socket_timeout=2, retry=Retry(NoBackoff(), 0))

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisForTests]:
    """Run a server with the working directory ``folder``, and stop it at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    server = RedisForTests(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
