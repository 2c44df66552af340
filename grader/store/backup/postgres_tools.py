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
#: The major version, e.g. 16 in ``pg_dump (PostgreSQL) 16.4``; nothing in ``psql 16``.
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True)
class Tools:
    """Runs PostgreSQL's programs in ``folder``; :func:`tools_for` finds those that fit a server.

    ``database`` is the connection URL without the password; only :meth:`script` passes it on by
    itself. ``environment`` are the environment variables of the programs, with the password.
    """

    folder: Path
    database: str
    environment: dict[str, str]

    def run(self, name: str, *arguments: str) -> None:
        """Run the program ``name`` with ``arguments`` to its end, and discard its output.

        The URL of the database must be among ``arguments`` if the program needs it.

        Raises:
            ToolUnavailable: its exit code is not 0.
        """
        with self.output(name, *arguments):
            pass

    @contextmanager
    def output(self, name: str, *arguments: str) -> Iterator[IO[bytes]]:
        """Run the program ``name`` and open its output for reading while it runs.

        The URL of the database must be among ``arguments`` if the program needs it. At the end
        of the ``with`` block the rest of the output is discarded. An exception in the block kills
        the program and is raised unchanged.

        Raises:
            ToolUnavailable: the exit code is not 0; raised when the ``with`` block ends.
        """
        with self._started(name, *arguments, stdin=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            yield process.stdout

    @contextmanager
    def script(self) -> Iterator[IO[bytes]]:
        """Run ``psql`` on the database and open its input to write SQL; an error ends it.

        At the end of the ``with`` block the input is closed, and this waits for ``psql``. An
        exception in the block kills ``psql`` and is raised. Only ``BrokenPipeError`` is dropped: it
        means that ``psql`` has ended, and its exit code says why.

        Raises:
            ToolUnavailable: ``psql`` failed; raised when the ``with`` block ends.
        """
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
        """Run the program ``name``, and kill it if the ``with`` block raises.

        ``stdin`` is ``PIPE`` to write to the program, ``DEVNULL`` to read from it. Error output
        goes to a file, because a full pipe would block the program.

        Raises:
            ToolUnavailable: the program failed.
        """
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
    """Return the first line of a program's error output."""
    lines = complaints.decode(errors="replace").strip().splitlines()
    return lines[0] if lines else "it does not say why"


def tools_for(url: URL, connection: Connection) -> Tools:
    """Return the programs of the server's major version, to be run for the database at ``url``.

    They are in the server's folder or, if they are not there on this machine, in the folder of the
    first ``pg_dump`` on the PATH. The server is asked through ``connection`` for its version and
    folder. Older programs refuse to work with it, and newer ones write SQL that it does not
    understand.

    Raises:
        ToolUnavailable: neither folder has ``pg_dump`` of that version together with
            ``pg_restore`` and ``psql``.
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
    """Return the server's folder of programs, or ``None`` if our user may not query it."""
    try:
        with connection.begin_nested():
            asked = connection.execute(text("SELECT setting FROM pg_config WHERE name = 'BINDIR'"))
            return Path(asked.scalar_one())
    except DBAPIError:
        return None


def _on_path() -> Path | None:
    """Return the folder of the first ``pg_dump`` on the PATH, or ``None``."""
    found = shutil.which(_NAMES[0])
    return Path(found).parent if found else None


def _major_of(folder: Path) -> int:
    """Return the major version of ``pg_dump`` in ``folder``; 0 if a program is missing there."""
    if not all((folder / name).is_file() for name in _NAMES):
        return 0
    asked = subprocess.run([folder / _NAMES[0], "--version"], capture_output=True, text=True)
    found = _VERSION.search(asked.stdout)
    return int(found.group(1)) if found else 0


def _for_libpq(url: URL) -> str:
    """Return ``url`` as PostgreSQL's programs read it, without the password."""
    plain = url.set(drivername="postgresql", password=None)
    return plain.render_as_string(hide_password=False)


def _environment(url: URL) -> dict[str, str]:
    """Return this process's environment with the password of ``url`` as ``PGPASSWORD``.

    On a command line other users of the host could read it.
    """
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    return {**os.environ, **password}
