"""``grader serve``, the whole service in one terminal, and the commands of its processes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import click

from grader.bootstrap import build_service
from grader.cli.errors import errors_reported
from grader.cli.serve.data_dir import announced, locked
from grader.cli.serve.first_run import COURSE, prepare
from grader.cli.serve.listening import listen
from grader.cli.serve.log_files import LogFiles
from grader.cli.serve.redis_server import RedisServer
from grader.cli.serve.stack import Stack
from grader.cli.serve.supervisor import LOOK_SECONDS, Signals, Supervisor
from grader.cli.serve.troubles import TroubleLines
from grader.domain.errors import Conflict
from grader.infra.broker import NoNotifier
from grader.infra.private_files import private_folder, usable
from grader.isolation import sandbox_level_of
from grader.settings import Settings

#: Seconds that Redis and the API each may take to answer for the first time (chosen by hand).
START_SECONDS = 30.0


@click.command()
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where everything is kept.")
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), help="0 picks a free one.")
@click.option("--workers", type=click.IntRange(1, 256), help="Submissions graded at a time.")
@click.option("--token-file", type=click.Path(path_type=Path), help="Keep a valid token here.")
def serve(
    data_dir: Path | None,
    host: str | None,
    port: int | None,
    workers: int | None,
    token_file: Path | None,
) -> None:
    """Run the API, the workers, the scheduler and (unless GRADER_REDIS_URL is set) a Redis.

    At the start, create or migrate the database, publish missing shipped exercises, and create a
    token if there is none (with --token-file: no valid one in that file). Processes that end are
    started again. Ctrl-C stops all of them.
    """
    given = {"data_dir": data_dir, "host": host, "port": port, "workers": workers}
    with errors_reported():
        chosen = {name: value for name, value in given.items() if value is not None}
        settings = Settings.load().model_copy(update=chosen)
        _serve(settings.model_copy(update={"data_dir": settings.data_dir.absolute()}), token_file)


@click.command(hidden=True)
@click.option("--fd", type=int, help="An open listening socket to take connections from.")
def api(fd: int | None) -> None:
    """Run only the HTTP API until SIGTERM, on the socket --fd or on the configured address."""
    # Imported here so that the other commands start without a web framework.
    from grader.cli.serve.processes import run_api

    with errors_reported():
        run_api(Settings.load(), fd)


@click.command()
def scheduler() -> None:
    """Run only the scheduler, which recovers lost submissions and notifies workers of due work."""
    from grader.cli.serve.processes import run_scheduler

    with errors_reported():
        run_scheduler(Settings.load())


def _serve(settings: Settings, token_file: Path | None) -> None:
    """Run every process until SIGINT or SIGTERM, then end them in reverse order.

    Raises:
        BadSettings: the data directory cannot be used, e.g. is a file, read-only or full.
        Conflict: another service uses it, or the port or Redis cannot be used.
    """
    sandbox = sandbox_level_of(settings)
    with ExitStack() as stack:
        private_folder(settings.data_dir)
        with usable(settings.data_dir):
            (settings.data_dir / "logs").mkdir(exist_ok=True)
            stack.enter_context(locked(settings.data_dir))
        signals = stack.enter_context(Signals())
        listening = stack.enter_context(listen(settings.host, settings.port))
        supervisor = Supervisor(signals, _say)
        stack.callback(supervisor.stop)
        settings = _with_redis(settings, stack, supervisor, signals, listening.fileno())
        secret = prepare(settings, token_file)
        for program in Stack(settings, listening.fileno()).programs():
            supervisor.start(program)
        url = _url(listening)
        _await_api(url, signals, supervisor)
        if not signals.stopping:
            with usable(settings.data_dir):
                stack.enter_context(announced(settings.data_dir, url))
            _print_welcome(settings, url, secret, token_file)
            _say(f"Students' files are read in the sandbox {sandbox.value}.")
        logs = LogFiles(settings.data_dir / "logs", settings.log_bytes, settings.log_files)
        troubles = stack.enter_context(_trouble_lines(settings))

        def look() -> None:
            """Do what is to be done every few seconds."""
            logs.rotate()
            troubles()

        supervisor.run(look)
        _say("Stopping.")


@contextmanager
def _trouble_lines(settings: Settings) -> Iterator[TroubleLines]:
    """Yield what tells of trouble of the host; it waits for the database for a moment only."""
    waits = {"lock_seconds": LOOK_SECONDS, "statement_seconds": LOOK_SECONDS}
    service = build_service(settings.model_copy(update=waits), notifier=NoNotifier())
    with closing(service):
        yield TroubleLines(service.store.workers, service.clock, _say)


def _say(line: str) -> None:
    """Print ``line`` on standard output, or drop it where that is impossible, e.g. a full disk."""
    with suppress(OSError):
        click.echo(line)


def _with_redis(
    settings: Settings, stack: ExitStack, supervisor: Supervisor, signals: Signals, fd: int
) -> Settings:
    """Return ``settings`` with the URL of a Redis: the configured one, or one that is started here.

    The clean-up of the latter is added to ``stack``; ``fd`` is the listening socket of the API. If
    the started Redis exits, e.g. because its files are damaged, they are moved away and it is
    started once more without them.

    Raises:
        Conflict: Redis exits twice, or does not answer within :data:`START_SECONDS`.
    """
    if settings.redis_url:
        return settings
    with usable(settings.data_dir / "redis"):
        server = RedisServer.at(settings.data_dir / "redis")
    stack.callback(server.clean)
    child = supervisor.start(Stack(settings, fd).redis(server))
    no_answer = Conflict(f"redis-server does not answer; see {child.program.log or 'above'}.")
    deadline = monotonic() + START_SECONDS
    while not server.answers() and not signals.stopping:
        signals.wait(0.05)
        if child.reap() is not None:
            if child.failures > 1:
                raise no_answer
            _say(f"redis cannot read its files; they are set aside in {server.set_aside()}")
            child.start()
        if monotonic() > deadline:
            raise no_answer
    return settings.model_copy(update={"redis_url": server.url})


def _await_api(url: str, signals: Signals, supervisor: Supervisor) -> None:
    """Return when the API answers, a signal asks to stop, or START_SECONDS have passed."""
    deadline = monotonic() + START_SECONDS
    while not signals.stopping and monotonic() < deadline:
        try:
            if _is_up(url):
                return
        except (HTTPException, OSError):
            supervisor.restart_ended()
            signals.wait(0.05)


def _is_up(url: str) -> bool:
    """Return whether ``/healthz`` answers with status 200.

    Raises:
        OSError, HTTPException: there is no answer.
    """
    connection = HTTPConnection(url.removeprefix("http://"), timeout=5)
    with closing(connection):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200


def _url(listening: socket.socket) -> str:
    """Return the URL under which this host reaches the socket ``listening``.

    If it listens on all addresses (``0.0.0.0``), the URL has the loopback address (``127.0.0.1``).
    """
    host, port = listening.getsockname()[:2]
    address = ip_address(host)
    if address.is_unspecified:
        address = ip_address("127.0.0.1" if address.version == 4 else "::1")
    return f"http://[{address}]:{port}" if address.version == 6 else f"http://{address}:{port}"


def _print_welcome(settings: Settings, url: str, secret: str, token_file: Path | None) -> None:
    """Print the URL, and how to find or create tokens if a token was created (``secret``)."""
    logs = "" if settings.log_to_stdout else f"; logs in {settings.data_dir / 'logs'}"
    _say(f"Grader runs at {url}  (Ctrl-C stops it{logs})")
    if secret and token_file is not None:
        _say(f"An instructor's token for the course {COURSE} is in {token_file}")
    elif secret:
        _say(f"An instructor's token for the course {COURSE}, shown this once: {secret}")
        _say(
            f"More of them: GRADER_DATA_DIR={settings.data_dir} grader token create "
            f"--role student --course {COURSE} --student s123"
        )
