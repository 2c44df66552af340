"""The programs of a service on one host, with their command lines and environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from grader.cli.serve.redis_server import RedisServer
from grader.cli.serve.supervisor import Program
from grader.settings import Settings

#: Threads that deliver scores. They mostly wait for the servers of an LMS (chosen by hand).
DELIVERY_THREADS = 4
#: ``-P``: never import modules from the current directory.
_PYTHON = (sys.executable, "-P", "-m")
_WORKER = (*_PYTHON, "workers", "--without-heartbeat")


@dataclass(frozen=True)
class Stack:
    """Makes the programs that ``grader serve`` supervises, from its ``settings``; starts none.

    :meth:`redis` makes the embedded Redis, :meth:`programs` all others. ``socket`` is the
    descriptor of the API's listening socket. The supervising process keeps that socket open, so
    that clients wait while the API restarts instead of being refused.
    """

    settings: Settings
    socket: int

    def log(self, name: str) -> Path | None:
        """Return the log file of the program ``name``, in ``logs`` in the data directory.

        ``None`` if all programs write to standard output. Nothing is created here.
        """
        settings = self.settings
        return None if settings.log_to_stdout else settings.data_dir / "logs" / f"{name}.log"

    def redis(self, server: RedisServer) -> Program:
        """Return the program of the embedded Redis ``server``; it is not started here."""
        return server.program(self.log("redis"), self._environment())

    def programs(self) -> tuple[Program, ...]:
        """Return the programs api, worker (grades), sender (delivers scores) and scheduler.

        They are in the order of starting them, and are not started here. Redis is not among them.
        """
        grading = ("--pool", "prefork", "--queues", "live,regrade", "--hostname", "grade@%h")
        sending = ("--pool", "threads", "--queues", "delivery", "--hostname", "send@%h")
        api = self._program("api", (*_PYTHON, "grader", "api", "--fd", str(self.socket)))
        return (
            replace(api, keep=(self.socket,)),
            self._program(
                "worker", (*_WORKER, *grading, "--concurrency", str(self.settings.workers))
            ),
            self._program("sender", (*_WORKER, *sending, "--concurrency", str(DELIVERY_THREADS))),
            self._program("scheduler", (*_PYTHON, "grader", "scheduler")),
        )

    def _program(self, name: str, argv: tuple[str, ...]) -> Program:
        """Return the program ``name`` with the command line ``argv`` and its own log file."""
        return Program(name, argv, self.log(name), self._environment())

    def _environment(self) -> dict[str, str]:
        """Return the environment of every program: this process's own, and command line options.

        Settings are not passed as arguments, which other users of the host could read.
        """
        options = {
            "GRADER_DATA_DIR": str(self.settings.data_dir.absolute()),
            "GRADER_REDIS_URL": self.settings.redis_url,
            "GRADER_WORKERS": str(self.settings.workers),
        }
        return {**os.environ, **options}
