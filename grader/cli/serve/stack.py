"""The processes that make up the service on one machine, and how each is started."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from grader.cli.serve.redis_server import RedisServer
from grader.cli.serve.supervisor import Program
from grader.settings import Settings

#: Scores on their way out wait for other people's servers, several at a time.
SENDERS = 4
#: ``-P``: the folder in which somebody starts the service is no place to import from.
_PYTHON = (sys.executable, "-P", "-m")
_WORKER = (*_PYTHON, "workers", "--without-heartbeat")


@dataclass(frozen=True)
class Stack:
    """Programs for one data directory. ``socket`` is the API's listening socket.

    The supervisor holds that socket, so that while the API is restarted clients wait instead
    of being refused.
    """

    settings: Settings
    socket: int

    @property
    def logs(self) -> Path:
        """The folder of the logs."""
        return self.settings.data_dir / "logs"

    def redis(self, server: RedisServer) -> Program:
        """The embedded Redis."""
        return server.program(self.logs / "redis.log", self._environment())

    def programs(self) -> tuple[Program, ...]:
        """The API, the grading worker, the sending worker and the scheduler."""
        grading = ("--pool", "prefork", "--queues", "live,regrade", "--hostname", "grade@%h")
        sending = ("--pool", "threads", "--queues", "delivery", "--hostname", "send@%h")
        api = self._program("api", (*_PYTHON, "grader", "api", "--fd", str(self.socket)))
        return (
            replace(api, keep=(self.socket,)),
            self._program("worker", (*_WORKER, *grading, *_many(self.settings.workers))),
            self._program("sender", (*_WORKER, *sending, *_many(SENDERS))),
            self._program("scheduler", (*_PYTHON, "grader", "scheduler")),
        )

    def _program(self, name: str, argv: tuple[str, ...]) -> Program:
        return Program(name, argv, self.logs / f"{name}.log", self._environment())

    def _environment(self) -> dict[str, str]:
        """Ours, and what the command line has decided: secrets stay off the command lines."""
        given = {
            "GRADER_DATA_DIR": str(self.settings.data_dir.absolute()),
            "GRADER_REDIS_URL": self.settings.redis_url,
            "GRADER_WORKERS": str(self.settings.workers),
        }
        return {**os.environ, **given}


def _many(count: int) -> tuple[str, str]:
    return "--concurrency", str(count)
