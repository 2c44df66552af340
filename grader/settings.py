"""Settings, each from an environment variable ``GRADER_<NAME>``; the only reader of those."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from grader.domain.errors import BadSettings


class Settings(BaseSettings):
    """How this installation runs. Sizes are in bytes, times in seconds."""

    model_config = SettingsConfigDict(env_prefix="GRADER_", extra="ignore")

    #: Where the embedded database and Redis keep their files.
    data_dir: Path = Path("var/serve")
    #: An SQLAlchemy URL; empty for SQLite in the data directory.
    database_url: str = ""
    #: The Redis that Celery uses; empty lets `grader serve` start one.
    redis_url: str = ""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)
    #: Threads of the API; at most half of them wait for a report (``Prefer: wait``) at a time.
    threads: int = Field(default=16, ge=2, le=256)
    #: The longest request body.
    max_request: int = Field(default=12_582_912, gt=0)
    #: Connections at a time; beyond it the one that is slowest to send its request makes room.
    max_connections: int = Field(default=1_000, ge=1, le=100_000)
    #: How long a client may take to send a request's headers, and a whole request.
    head_seconds: float = Field(default=20.0, gt=0)
    request_seconds: float = Field(default=120.0, gt=0)
    #: How many submissions may wait before uploads are answered with 503.
    max_queued: int = Field(default=20_000, gt=0)

    #: How much is taken in a minute; 0 for no limit. Requests: of a student's token, of another.
    requests_per_student: int = Field(default=600, ge=0)
    requests_per_token: int = Field(default=6_000, ge=0)
    #: Uploads: of one student, of one token of staff, to one course. The token of an LMS speaks
    #: for its class, and is held to the limit of its course.
    uploads_per_student: int = Field(default=60, ge=0)
    uploads_per_token: int = Field(default=1_200, ge=0)
    uploads_per_course: int = Field(default=3_000, ge=0)

    #: Worker processes, each with a fork server of its own.
    workers: int = Field(default=1, ge=1, le=256)
    sweep_every: float = Field(default=2.0, gt=0)
    #: How long a worker may hold a submission before another may take it.
    lease: float = Field(default=300.0, gt=0)
    max_tries: int = Field(default=3, ge=1, le=10)
    #: How long a submission rests after a fault of ours.
    pause: float = Field(default=2.0, ge=0)

    #: A worker that takes none of the calls in its queues for so long ends, to be started again.
    #: Longer than a task may take: its share of 4 seconds, and then one submission's child.
    deaf_after: float = Field(default=120.0, gt=0)

    #: A file that a worker touches with every heartbeat, for a container's health check.
    alive_file: Path | None = None

    #: Limits of the child that looks at a student's source.
    child_memory: int = Field(default=1_610_612_736, gt=0)
    child_pair_seconds: float = Field(default=10.0, gt=0)
    child_seconds: float = Field(default=60.0, gt=0)
    #: What shuts that child in: `auto` (the strongest that this host offers), `landlock+seccomp`,
    #: `seccomp`, `landlock` or `rlimits`. What is asked for by name is in force, or nothing starts.
    sandbox: str = "auto"

    #: Hosts other than public https ones to which scores may be sent (development, tests).
    callback_hosts: tuple[str, ...] = ()

    @classmethod
    def load(cls) -> Settings:
        """The settings that the environment holds.

        Raises:
            BadSettings: a variable whose value cannot be; every one is named.
        """
        try:
            return cls()
        except ValidationError as error:
            mistakes = "; ".join(_mistake(item) for item in error.errors())
            raise BadSettings(
                mistakes, how_to_fix="Correct the environment variable, or unset it."
            ) from None

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'grader.db'}"

    @property
    def lease_time(self) -> timedelta:
        """The lease as a time span."""
        return timedelta(seconds=self.lease)

    @property
    def pause_time(self) -> timedelta:
        """The pause as a time span."""
        return timedelta(seconds=self.pause)


def _mistake(item: ErrorDetails) -> str:
    name = "_".join(str(part) for part in item["loc"]).upper()
    return f"GRADER_{name}: {item['msg']}"
