"""The composition root: the only place that chooses the implementations of the ports."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING

from grader.checks.catalog import CATALOG
from grader.domain.errors import BadRequest, BadRubric, BadSettings
from grader.domain.rubric import Rubric
from grader.domain.rubric.advice import Linted
from grader.domain.rubric.policies import Intake
from grader.domain.source import Submission
from grader.engine.forkserver import ForkServer
from grader.engine.golden_folder import EXPECTED, read_golden_folder
from grader.engine.intake import read_upload
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.engine.measuring.identity import engine_identity
from grader.engine.rubric_text import (
    patch_rubric_text,
    read_rubric_text,
    rubric_file_text,
    rubric_files,
    rubrics_folder,
    shipped_rubrics,
)
from grader.infra.broker import CeleryNotifier, NoNotifier, make_celery
from grader.infra.disk_room import check_room
from grader.infra.private_files import private_folder
from grader.infra.rates import ProcessCounter, SharedCounter
from grader.infra.redis_use import check_redis
from grader.isolation import build_fork_server, longest_grading
from grader.lms.registry import gradebooks, inbounds, score_message_writers
from grader.service.access_log import AccessLog
from grader.service.deliver import Deliver
from grader.service.drafts import Drafts
from grader.service.grade import Grade
from grader.service.host import Host
from grader.service.leases import Leases
from grader.service.measure import MeasureRequested
from grader.service.merge import MergeStudents
from grader.service.ports import Clock, FactsCache, LintRubric, Notifier
from grader.service.preview import Preview
from grader.service.publish import Publish
from grader.service.queue_positions import QueuePositions
from grader.service.rate_limits import Quotas, RateLimits
from grader.service.read import Read
from grader.service.readiness import NotReady, Part, QueueMoves, Readiness, WorkersWell
from grader.service.receive import Receive
from grader.service.regrade import Regrade
from grader.service.requested_facts import RequestedFacts
from grader.service.retention import Purge
from grader.service.retry import Retry
from grader.service.rubric_cache import RubricCache
from grader.service.sample_gate import SampleGate
from grader.service.samples import GoldenSample, Samples
from grader.service.score_messages import ScoreMessages
from grader.service.submit import QueueCapacity, Submit
from grader.service.sweep import Sweep
from grader.service.tokens import Tokens
from grader.service.versions import Versions
from grader.settings import Settings
from grader.store.engines import Timeouts
from grader.store.probes import DatabaseProbes
from grader.store.sql_store import Store, open_store

if TYPE_CHECKING:
    from grader.store.backup import Backup

#: The actor of audit entries that the command line makes.
COMMAND_LINE = "command line"


class SystemClock:
    """The clock of the machine: its method ``now`` tells the use cases the time, in UTC."""

    def now(self) -> datetime:
        """Return the current time as an aware datetime in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class Service:
    """The use cases on one database, for the API, the command line and the workers.

    Fields are use cases (e.g. ``submit``, ``read``, ``publish``) and what they share, e.g.
    ``store`` and ``clock``. :func:`build_service` makes it. Grading is not among them: it needs an
    engine (see :func:`build_grade`).
    """

    settings: Settings
    store: Store
    clock: Clock
    notifier: Notifier
    rubric_cache: RubricCache
    submit: Submit
    read: Read
    publish: Publish
    drafts: Drafts
    preview: Preview
    versions: Versions
    lint: LintRubric
    samples: Samples
    retry: Retry
    regrade: Regrade
    tokens: Tokens
    access_log: AccessLog
    limits: RateLimits
    sweep: Sweep
    purge: Purge
    merge: MergeStudents
    queue_positions: QueuePositions
    readiness: Readiness

    @cached_property
    def receive(self) -> Receive:
        """The use case that hands in what webhooks of other systems send. Built at first use."""
        # This loads HTTP clients, which a worker that only grades does not need.
        return Receive(self.store, inbounds(self.settings.callback_hosts), self.submit)

    @cached_property
    def deliver(self) -> Deliver:
        """The use case that sends scores to the systems that asked. Built at first use."""
        # This loads HTTP clients, as above.
        return Deliver(self.store, gradebooks(self.settings.callback_hosts), self.clock)

    def seed(self) -> None:
        """Publish each rubric of :attr:`Settings.rubrics`, and each shipped one, that is new.

        A rubric whose exercise exists stays as it is. One of the folder comes before a shipped one.
        The golden samples beside a rubric come with it.

        Raises:
            BadSettings: the folder is none, or a rubric in it has mistakes or cannot be read.
        """
        if self.settings.rubrics is not None:
            self._seed_folder(self.settings.rubrics)
        for text in shipped_rubrics().values():
            self._seed_one(text, rubrics_folder())

    def _seed_folder(self, folder: Path) -> None:
        """Publish each rubric of ``folder`` that is new; raise BadSettings if one is unusable."""
        if not folder.is_dir():
            raise BadSettings(
                f"GRADER_RUBRICS: {folder} is no folder.",
                how_to_fix="Name a folder with rubrics (*.yaml), or unset it.",
            )
        for file in rubric_files(folder):
            try:
                self._seed_one(rubric_file_text(file), folder)
            except (BadRubric, BadRequest) as error:
                raise BadSettings(
                    f"GRADER_RUBRICS: {file}: {error.detail}",
                    how_to_fix=f"Correct it: grader rubric lint {file}",
                ) from None

    def _seed_one(self, text: str, folder: Path) -> None:
        """Publish ``text`` of ``folder`` if its exercise is new, with the golden samples there."""
        record = self.publish.seed(text)
        if record is not None:
            found = _golden_samples(folder / "golden" / record.exercise)
            self.samples.seed(record.exercise, record.course, found)

    def close(self) -> None:
        """Close the database connections; those to Redis stay."""
        self.store.close()


def _golden_samples(folder: Path) -> list[GoldenSample]:
    """Return the golden samples in ``folder``; none if it does not say what they should earn."""
    if not (folder / EXPECTED).exists():
        return []
    return [
        GoldenSample(one.name, one.filename, one.data, one.expected)
        for one in read_golden_folder(folder)
    ]


def read_rubric(text: str) -> Rubric:
    """Parse the rubric ``text`` and validate it against the catalog of checks.

    Raises:
        BadRubric: ``text`` has mistakes.
    """
    return read_rubric_text(text, CATALOG)


def lint_text(text: str) -> Linted:
    """Return the mistakes of the rubric ``text`` or, if it has none, advice; nothing is graded."""
    # This finds the built-in programs, which only linting needs.
    from grader.engine.rubric_text.lint import lint_rubric

    return lint_rubric(text, CATALOG)


def read_bytes(data: bytes, *, filename: str = "", limits: Intake = Intake()) -> Submission:
    """Return the submission in ``data``, a zip archive or one Python file.

    ``filename`` is the sender's name for it: by its suffix :func:`read_upload` tells the two apart.
    It is unpacked in this process: intake executes nothing and unpacks within ``limits``.

    Raises:
        BadArchive: ``data`` cannot be accepted, e.g. is damaged or over a limit (TooLarge).
    """
    return read_upload(data, filename=filename, limits=limits)


def migrate(settings: Settings) -> None:
    """Migrate the database to the newest revision. Several processes may do it at once.

    Without a configured URL it is a SQLite file in the data directory, which is created if it does
    not exist.

    Raises:
        BadSettings: that directory cannot be created, or the URL is neither a SQLite file nor
            PostgreSQL.
        Exception: all other errors of :func:`grader.store.migrate.upgrade`.
    """
    # This loads Alembic, which workers do not need.
    from grader.store.migrate import upgrade

    if not settings.database_url:
        private_folder(settings.data_dir)
    upgrade(settings.database)


def schema_problem(settings: Settings) -> str:
    """Return why this release cannot work with the database, or an empty text if it can.

    The database cannot be read, or its schema is older than this release.

    Raises:
        BadSettings: the URL of the database is neither a SQLite file nor PostgreSQL.
    """
    try:
        DatabaseProbes(settings.database).check_schema()
    except NotReady as error:
        return error.detail
    return ""


def back_up(settings: Settings, file: Path) -> Backup:
    """Write the database to the new ``file``, and then an audit entry to the database.

    Return a description of the backup. The service may be running. If ``file`` exists, that is an
    error; see :func:`grader.store.backup.back_up` for all errors.
    """
    from grader.store import backup

    now = SystemClock().now()
    return backup.back_up(settings.database, file, actor=COMMAND_LINE, now=now)


def restore(settings: Settings, file: Path, *, replace: bool) -> Backup:
    """Replace the database by the backup ``file``, migrate it, and add an audit entry.

    Return a description of the backup as it was before the migration. It is an error if the
    database is not empty, unless with ``replace``. Stop all services first. See
    :func:`grader.store.backup.restore`, also for the errors.
    """
    from grader.store import backup

    now = SystemClock().now()
    return backup.restore(settings.database, file, replace=replace, actor=COMMAND_LINE, now=now)


def build_service(
    settings: Settings, *, clock: Clock | None = None, notifier: Notifier | None = None
) -> Service:
    """Build the use cases on the configured store, and on the configured Redis, if there is one.

    Nothing is connected yet. ``clock`` and ``notifier`` replace the usual ones: the clock of the
    machine, and a notifier of workers and API processes over Redis, which without Redis does
    nothing. The caller closes the service.

    Raises:
        BadSettings: the URL of the database is neither a SQLite file nor PostgreSQL.
    """
    clock = clock or SystemClock()
    notifier = notifier or _notifier(settings)
    timeouts = Timeouts(settings.lock_seconds, settings.statement_seconds)
    store = open_store(settings.database, max_tries=settings.max_tries, timeouts=timeouts)
    rubric_cache = RubricCache(read_rubric, CATALOG)
    capacity = QueueCapacity(store, clock, settings.max_queued)
    access_log = AccessLog(store, clock)
    limits = _limits(settings)
    submit = Submit(store, rubric_cache, read_bytes, clock, notifier, capacity, limits)
    requested = RequestedFacts(store, notifier, engine_identity(CATALOG))
    gate = SampleGate(store, requested, clock)
    publish = Publish(store, rubric_cache, patch_rubric_text, clock, gate)
    drafts = Drafts(store, rubric_cache, patch_rubric_text, clock, publish)
    return Service(
        settings=settings,
        store=store,
        clock=clock,
        notifier=notifier,
        rubric_cache=rubric_cache,
        submit=submit,
        read=Read(store),
        publish=publish,
        drafts=drafts,
        preview=Preview(store, rubric_cache, clock, drafts, requested, lint_text, gate),
        versions=Versions(store, rubric_cache, publish),
        lint=lint_text,
        samples=Samples(store, rubric_cache, read_bytes, clock),
        retry=Retry(store, clock, notifier),
        regrade=Regrade(store, clock, notifier, ScoreMessages(store, score_message_writers())),
        tokens=Tokens(store, clock, access_log),
        access_log=access_log,
        limits=limits,
        sweep=Sweep(store, clock, notifier, settings.lease_time, settings.pause_time),
        purge=Purge(store.retention, clock),
        merge=MergeStudents(store.retention, clock),
        queue_positions=QueuePositions(store, clock),
        readiness=Readiness(_parts(settings, store, clock)),
    )


def _parts(settings: Settings, store: Store, clock: Clock) -> list[Part]:
    """Return the parts that the service needs, as ``/readyz`` names them, in its order."""
    probes, url = store.probes, settings.redis_url
    moves = QueueMoves(store.submissions, clock, timedelta(seconds=settings.stalled_after))
    workers = WorkersWell(store.workers, store.submissions, clock)
    folders = {"temporary files": Path(tempfile.gettempdir())}
    if probes.folder is not None:
        folders["the database"] = probes.folder
    parts = [
        Part("database_readable", "The database can be read.", probes.check_readable),
        Part("database_writable", "The database can be written.", probes.check_writable),
        Part("schema", "The schema is that of this release.", probes.check_schema),
        Part("disk", "The disks have room.", partial(check_room, folders, settings.min_free_disk)),
        Part("queue", "What is queued is graded.", moves.check),
        Part("workers", "Workers grade.", workers.check),
    ]
    if url:
        parts.append(Part("redis", "Redis can be written and read.", partial(check_redis, url)))
    return parts


def _notifier(settings: Settings) -> Notifier:
    return CeleryNotifier(make_celery(settings.redis_url)) if settings.redis_url else NoNotifier()


def _limits(settings: Settings) -> RateLimits:
    quotas = Quotas(
        requests_per_student=settings.requests_per_student,
        requests_per_token=settings.requests_per_token,
        uploads_per_student=settings.uploads_per_student,
        uploads_per_token=settings.uploads_per_token,
        uploads_per_course=settings.uploads_per_course,
    )
    url = settings.redis_url
    return RateLimits(quotas, SharedCounter(url) if url else ProcessCounter())


def build_engine(
    settings: Settings, cache: FactsCache | None = None, *, fork_server: ForkServer | None = None
) -> Engine:
    """Return an engine around ``fork_server``, by default a new one.

    A new one has the limits and the sandbox of ``settings``, and starts with the first job. Without
    a ``cache`` the engine caches facts in memory. Closing the engine closes the fork server, too.

    Raises:
        BadSettings: a new one is needed, and this host does not offer the configured sandbox, or
            there is no sandbox of that name.
    """
    return Engine(CATALOG, fork_server or build_fork_server(settings), cache or MemoryFacts())


def build_grade(service: Service, engine: Engine) -> Grade:
    """Return the grading use case of a worker, around ``engine``, which the caller closes.

    Its claims are renewed by whoever calls ``renew`` of its ``leases``: the thread of a worker.
    """
    settings = service.settings
    leases = Leases(
        service.store,
        service.clock,
        service.notifier,
        lease=settings.lease_time,
        longest=timedelta(seconds=longest_grading(settings)),
    )
    name = f"{gethostname()}/{os.getpid()}"
    return Grade(
        store=service.store,
        rubric_cache=service.rubric_cache,
        read_upload=read_bytes,
        engine=engine,
        clock=service.clock,
        notifier=service.notifier,
        leases=leases,
        host=Host(name, service.store, engine, service.clock, settings.trouble_pause),
        max_tries=settings.max_tries,
        pause=settings.pause_time,
        score_messages=service.regrade.score_messages,
    )


def build_measure_requested(service: Service, grade: Grade) -> MeasureRequested:
    """Return the use case that makes requested measurements, with engine and host of ``grade``."""
    return MeasureRequested(
        store=service.store,
        rubric_cache=service.rubric_cache,
        read_upload=read_bytes,
        engine=grade.engine,
        clock=service.clock,
        host=grade.host,
        pause=grade.pause,
    )
