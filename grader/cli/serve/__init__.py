"""``grader serve``: the whole service in one terminal, and the processes that it is made of."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import click

from grader.cli.problems import kind_errors
from grader.cli.serve.first_run import COURSE, prepare
from grader.cli.serve.listening import listen
from grader.cli.serve.redis_server import RedisServer
from grader.cli.serve.stack import Stack
from grader.cli.serve.supervisor import Signals, Supervisor
from grader.domain.errors import Conflict
from grader.infra.private_files import private_folder
from grader.isolation import sandbox_level_of
from grader.settings import Settings

#: How long Redis and the API may take to answer for the first time, in seconds.
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
    """Run the API, the workers, the scheduler and (unless GRADER_REDIS_URL is set) a Redis."""
    given = {"data_dir": data_dir, "host": host, "port": port, "workers": workers}
    with kind_errors():
        chosen = {name: value for name, value in given.items() if value is not None}
        settings = Settings.load().model_copy(update=chosen)
        _serve(settings.model_copy(update={"data_dir": settings.data_dir.absolute()}), token_file)


@click.command(hidden=True)
@click.option("--fd", type=int, help="An open listening socket to take connections from.")
def api(fd: int | None) -> None:
    """Run the HTTP API alone."""
    # Imported here, so that the other commands start without a web framework.
    from grader.cli.serve.processes import run_api

    with kind_errors():
        run_api(Settings.load(), fd)


@click.command()
def scheduler() -> None:
    """Run the sweep alone: it wakes workers for whatever is due."""
    from grader.cli.serve.processes import run_scheduler

    with kind_errors():
        run_scheduler(Settings.load())


def _serve(settings: Settings, token_file: Path | None) -> None:
    sandbox = sandbox_level_of(settings)
    with ExitStack() as stack:
        private_folder(settings.data_dir)
        (settings.data_dir / "logs").mkdir(exist_ok=True)
        stack.enter_context(alone(settings.data_dir))
        signals = stack.enter_context(Signals())
        listening = stack.enter_context(listen(settings.host, settings.port))
        supervisor = Supervisor(signals, click.echo)
        stack.callback(supervisor.stop)
        settings = _with_redis(settings, stack, supervisor, signals, listening.fileno())
        secret = prepare(settings, token_file)
        for program in Stack(settings, listening.fileno()).programs():
            supervisor.start(program)
        url = _url(listening)
        _await_api(url, signals, supervisor)
        if not signals.stopping:
            stack.enter_context(_told(settings.data_dir, url))
            _greet(settings, url, secret, token_file)
            click.echo(f"Students' files are read in the sandbox {sandbox.value}.")
        supervisor.run()
        click.echo("Stopping.")


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Hold the lock of a data directory.

    Raises:
        Conflict: another process holds it.
    """
    with (data_dir / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Conflict(
                f"Another grader serve (process {lock.read().strip()}) runs on {data_dir}.",
                how_to_fix="Stop that one, or choose another --data-dir.",
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _with_redis(
    settings: Settings, stack: ExitStack, supervisor: Supervisor, signals: Signals, fd: int
) -> Settings:
    """The settings with a Redis that answers: the given one, or one of our own."""
    if settings.redis_url:
        return settings
    server = RedisServer.at(settings.data_dir / "redis")
    stack.callback(server.clean)
    child = supervisor.start(Stack(settings, fd).redis(server))
    silent = Conflict(f"redis-server does not answer; see {child.program.log}.")
    deadline = monotonic() + START_SECONDS
    while not server.answers() and not signals.stopping:
        signals.wait(0.05)
        if child.reap() is not None:
            if child.failures > 1:
                raise silent
            click.echo(f"redis cannot read its files; they are set aside in {server.set_aside()}")
            child.start()
        if monotonic() > deadline:
            raise silent
    return settings.model_copy(update={"redis_url": server.url})


def _await_api(url: str, signals: Signals, supervisor: Supervisor) -> None:
    deadline = monotonic() + START_SECONDS
    while not signals.stopping and monotonic() < deadline:
        try:
            if _is_up(url):
                return
        except (HTTPException, OSError):
            supervisor.tend()
            signals.wait(0.05)


def _is_up(url: str) -> bool:
    connection = HTTPConnection(url.removeprefix("http://"), timeout=5)
    with closing(connection):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200


@contextmanager
def _told(data_dir: Path, url: str) -> Iterator[None]:
    """Say in ``serve.json`` where the service is, for as long as it runs."""
    file = data_dir / "serve.json"
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps({"url": url, "pid": os.getpid()}) + "\n")
    fresh.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    address = ip_address(host)
    if address.is_unspecified:
        address = ip_address("127.0.0.1" if address.version == 4 else "::1")
    return f"http://[{address}]:{port}" if address.version == 6 else f"http://{address}:{port}"


def _greet(settings: Settings, url: str, secret: str, token_file: Path | None) -> None:
    click.echo(f"Grader runs at {url}  (Ctrl-C stops it; logs in {settings.data_dir / 'logs'})")
    if secret and token_file is not None:
        click.echo(f"An instructor's token for the course {COURSE} is in {token_file}")
    elif secret:
        click.echo(f"An instructor's token for the course {COURSE}, shown this once: {secret}")
        click.echo(
            f"More of them: GRADER_DATA_DIR={settings.data_dir} grader token create "
            f"--role student --course {COURSE} --student s123"
        )
