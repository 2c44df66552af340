"""Find PostgreSQL's own programs, and run them on a database."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from grader.store.backup.errors import ToolUnavailable

_NAMES = ("pg_dump", "pg_restore", "psql")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True)
class Tools:
    """The programs in ``folder``. ``database`` is the connection URL without the password."""

    folder: Path
    database: str
    environment: dict[str, str]

    def run(self, name: str, *arguments: str) -> None:
        """Run a program. Raises ToolUnavailable if it fails."""
        with self.output(name, *arguments):
            pass

    @contextmanager
    def output(self, name: str, *arguments: str) -> Iterator[IO[bytes]]:
        """Open a program's output while it runs. Raises ToolUnavailable at the end if it failed."""
        with self._started(name, *arguments, stdin=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            yield process.stdout

    @contextmanager
    def script(self) -> Iterator[IO[bytes]]:
        """Open the input of ``psql`` for SQL. An exception in the ``with`` block kills ``psql``."""
        arguments = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", self.database)
        with self._started("psql", *arguments, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            try:
                yield process.stdin
                process.stdin.close()
            except BrokenPipeError:  # it has ended; its exit code and error output say why
                pass

    @contextmanager
    def _started(self, name: str, *arguments: str, stdin: int) -> Iterator[subprocess.Popen[bytes]]:
        with TemporaryFile() as complaints:
            process = subprocess.Popen(
                [self.folder / name, *arguments],
                stdin=stdin,
                stdout=subprocess.DEVNULL if stdin == subprocess.PIPE else subprocess.PIPE,
                stderr=complaints,
                env=self.environment,
            )
            try:
                yield process
            except BaseException:
                process.kill()
                raise
            finally:
                process.communicate()
            if process.returncode:
                complaints.seek(0)
                raise ToolUnavailable(f"{name} failed: {_first_line(complaints.read())}")


def _first_line(complaints: bytes) -> str:
    lines = complaints.decode(errors="replace").strip().splitlines()
    return lines[0] if lines else "it does not say why"


def tools_for(url: URL, connection: Connection) -> Tools:
    """Return the programs of the server's own version, from beside the server or from the PATH.

    Older programs refuse to work, and newer ones write what the server does not understand.

    Raises:
        ToolUnavailable: they were not found.
    """
    version = connection.execute(text("SHOW server_version_num")).scalar_one()
    major = int(version) // 10_000
    for folder in (_beside_server(connection), _on_path()):
        if folder is not None and _major_of(folder) == major:
            return Tools(folder, _for_libpq(url), _environment(url))
    raise ToolUnavailable(
        f"There are no {', '.join(_NAMES)} of PostgreSQL {major} here.",
        how_to_fix=f"Install the client of PostgreSQL {major} (postgresql-client-{major}) and put"
        " its folder of programs first on the PATH.",
    )


def _beside_server(connection: Connection) -> Path | None:
    """Return the server's folder of programs, or ``None`` if we have no right to ask for it."""
    try:
        with connection.begin_nested():
            asked = connection.execute(text("SELECT setting FROM pg_config WHERE name = 'BINDIR'"))
            return Path(asked.scalar_one())
    except DBAPIError:
        return None


def _on_path() -> Path | None:
    found = shutil.which(_NAMES[0])
    return Path(found).parent if found else None


def _major_of(folder: Path) -> int:
    """Return the major version of the programs in ``folder``, or 0 if one of them is missing."""
    if not all((folder / name).is_file() for name in _NAMES):
        return 0
    asked = subprocess.run([folder / _NAMES[0], "--version"], capture_output=True, text=True)
    found = _VERSION.search(asked.stdout)
    return int(found.group(1)) if found else 0


def _for_libpq(url: URL) -> str:
    plain = url.set(drivername="postgresql", password=None)
    return plain.render_as_string(hide_password=False)


def _environment(url: URL) -> dict[str, str]:
    """Return our environment with the password, which others could read on a command line."""
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    return {**os.environ, **password}
