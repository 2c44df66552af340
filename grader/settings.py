"""Settings, read from environment variables ``GRADER_<NAME>``, which only this module reads."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from grader.domain.errors import BadSettings


class Settings(BaseSettings):
    """The configuration of an installation, from environment variables ``GRADER_<NAME>``.

    ``<NAME>`` is the name of a field in upper case; unset ones have a default. Use :meth:`load`,
    which reads and validates them. Sizes are in bytes, times in seconds, rate limits per minute.
    """

    model_config = SettingsConfigDict(env_prefix="GRADER_", extra="ignore")

    #: The folder of the embedded database, the embedded Redis and the logs.
    data_dir: Path = Path("var/serve")
    #: A folder of rubrics (``*.yaml``): those of new exercises are published at every start.
    rubrics: Path | None = None
    #: An SQLAlchemy URL; empty for SQLite in the data directory.
    database_url: str = ""
    #: The Redis that Celery uses; empty lets `grader serve` start one.
    redis_url: str = ""
    #: Files whose first line is the password of the database and of Redis. It then need not be in
    #: the URL: whoever may inspect a container can read its environment.
    database_password_file: Path | None = None
    redis_password_file: Path | None = None
    #: Most seconds that the database may keep a caller waiting for a lock or a connection, and for
    #: one statement. Requests are then answered with 503.
    lock_seconds: float = Field(default=5.0, gt=0)
    statement_seconds: float = Field(default=10.0, gt=0)
    #: What `/readyz` asks for: free bytes on each disk, and that, while submissions are queued for
    #: this time, something is graded. Chosen by hand: a few uploads, twice the longest grading.
    min_free_disk: int = Field(default=67_108_864, ge=0)
    stalled_after: float = Field(default=120.0, gt=0)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)
    #: Threads of the API; at most half of them wait for a report (``Prefer: wait``) at a time.
    threads: int = Field(default=16, ge=2, le=256)
    #: Most bytes of a request body.
    max_request: int = Field(default=12_582_912, gt=0)
    #: Most bytes of bodies that are being received, in temporary files (in ``TMPDIR``); beyond it
    #: uploads are answered with 503. Chosen by hand: twenty of the longest ones.
    max_spool: int = Field(default=268_435_456, gt=0)
    #: Connections at a time; beyond it, the one that has been sending a request longest is closed.
    max_connections: int = Field(default=1_000, ge=1, le=100_000)
    #: Time limit for a client to send the headers of a request, and a whole request.
    head_seconds: float = Field(default=20.0, gt=0)
    request_seconds: float = Field(default=120.0, gt=0)
    #: Queued submissions from which on uploads are answered with 503.
    max_queued: int = Field(default=20_000, gt=0)

    #: Rate limits per minute, 0 for none. Requests of a token: of a student, of any other role.
    requests_per_student: int = Field(default=600, ge=0)
    requests_per_token: int = Field(default=6_000, ge=0)
    #: Uploads of a student, of a token of staff, to a course. For the token of an LMS only the
    #: limit of the course applies, because it uploads for a whole class.
    uploads_per_student: int = Field(default=60, ge=0)
    uploads_per_token: int = Field(default=1_200, ge=0)
    uploads_per_course: int = Field(default=3_000, ge=0)

    #: Worker processes, each with a fork server of its own.
    workers: int = Field(default=1, ge=1, le=256)
    sweep_every: float = Field(default=2.0, gt=0)
    #: How long a claim of a submission holds. A worker renews it while it grades, so this is how
    #: long the submission of a worker that was killed waits.
    lease: float = Field(default=60.0, gt=0)
    max_tries: int = Field(default=3, ge=1, le=10)
    #: Time before a submission is tried again after an engine fault.
    pause: float = Field(default=2.0, ge=0)
    #: The longest pause of a worker whose host is in trouble (no memory, descriptors, disk or
    #: processes) before it looks again: 1 second at first, then twice as long each time.
    trouble_pause: float = Field(default=60.0, gt=0)
    #: How long a worker that is told to stop goes on with a submission before it gives it back.
    #: Less than the time after which it is killed: 10 seconds under `grader serve`.
    stop_seconds: float = Field(default=5.0, ge=0)

    #: A worker that is idle and reads nothing from its non-empty queues for this time exits, to be
    #: restarted.
    deaf_after: float = Field(default=120.0, gt=0)

    #: `grader serve`: the size from which on a log file is rotated, how many old ones of each are
    #: kept, and whether everything is logged to standard output instead of to files.
    log_bytes: int = Field(default=16_777_216, gt=0)
    log_files: int = Field(default=4, ge=0)
    log_to_stdout: bool = False

    #: A file that a worker touches with every heartbeat, for a container's health check.
    alive_file: Path | None = None

    #: Limits of the child that measures a submission: memory, CPU time a file and check, CPU time
    #: in all. Wall time may be ``child_wall_factor`` times as long, so that a busy host costs no
    #: submission its report: 40 and 240 seconds.
    child_memory: int = Field(default=1_610_612_736, gt=0)
    child_pair_seconds: float = Field(default=10.0, gt=0)
    child_seconds: float = Field(default=60.0, gt=0)
    child_wall_factor: float = Field(default=4.0, ge=1)
    #: The sandbox level of that child: `auto` (the strongest that this host offers),
    #: `landlock+seccomp`, `seccomp`, `landlock` or `rlimits`. If the named one is unavailable, the
    #: service refuses to start.
    sandbox: str = "auto"

    #: Hosts to which scores may be sent although they are private or use http (development, tests).
    callback_hosts: tuple[str, ...] = ()

    @classmethod
    def load(cls) -> Settings:
        """Return the settings from the environment; variables of other names are ignored.

        The passwords in ``database_password_file`` and ``redis_password_file`` are put in the URLs.

        Raises:
            BadSettings: variables have invalid values; the message names each of them, or the first
                one that should be a list in JSON and is no JSON. Or a password's file cannot be
                read, is empty, or belongs to a URL that names no server.
        """
        try:
            settings = cls()
        except ValidationError as error:
            mistakes = "; ".join(_mistake(item) for item in error.errors())
            raise BadSettings(
                mistakes, how_to_fix="Correct the environment variable, or unset it."
            ) from None
        except SettingsError as error:
            # Its text is: error parsing value for field "callback_hosts" from source "..."
            name = str(error).partition('"')[2].partition('"')[0].upper()
            raise BadSettings(
                f"GRADER_{name}: it must be a list in JSON, such as '[\"lms.example.edu\"]'",
                how_to_fix="Correct the environment variable, or unset it.",
            ) from None
        return settings.model_copy(
            update={
                "database_url": _with_password(
                    "DATABASE", settings.database_url, settings.database_password_file
                ),
                "redis_url": _with_password(
                    "REDIS", settings.redis_url, settings.redis_password_file
                ),
            }
        )

    @field_validator("port", mode="before")
    @classmethod
    def _ignore_address_of_kubernetes(cls, value: object) -> object:
        """Return the default port for ``value`` such as ``tcp://10.0.0.1:8000``, else ``value``.

        Kubernetes sets ``GRADER_PORT`` to such an address in every pod beside a service that is
        called ``grader``. It is the address of that service, and not of this process.
        """
        of_service = isinstance(value, str) and value.startswith(("tcp://", "udp://", "sctp://"))
        return cls.model_fields["port"].default if of_service else value

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the database: ``database_url``, or if empty a file of SQLite.

        That is ``grader.db`` in the data directory.
        """
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'grader.db'}"

    @property
    def lease_time(self) -> timedelta:
        """How long a worker's claim of a submission lasts: :attr:`lease` as a ``timedelta``."""
        return timedelta(seconds=self.lease)

    @property
    def pause_time(self) -> timedelta:
        """The wait before the next try after an engine fault: :attr:`pause` as a ``timedelta``."""
        return timedelta(seconds=self.pause)


def _mistake(item: ErrorDetails) -> str:
    name = "_".join(str(part) for part in item["loc"]).upper()
    return f"GRADER_{name}: {item['msg']}"


def _with_password(name: str, url: str, file: Path | None) -> str:
    """Return ``url`` with the first line of ``file`` as its password, or as it is without a file.

    A password that the URL has already is replaced. ``name`` is ``DATABASE`` or ``REDIS``.

    Raises:
        BadSettings: the file cannot be read or is empty, or the URL names no server.
    """
    if file is None:
        return url
    variable = f"GRADER_{name}_PASSWORD_FILE"
    try:
        password = file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise BadSettings(
            f"{variable}: {file} cannot be read: {why}",
            how_to_fix="Name a file that the service's user may read, with the password in it.",
        ) from None
    parts = urlsplit(url)
    if not password or not parts.hostname:
        wrong = f"{file} is empty" if not password else f"GRADER_{name}_URL names no server"
        raise BadSettings(
            f"{variable}: {wrong}", how_to_fix="Correct it, or unset the environment variable."
        )
    user, server = parts.netloc.rpartition("@")[::2]
    secret = f"{user.partition(':')[0]}:{quote(password, safe='')}@{server}"
    return parts._replace(netloc=secret).geturl()
