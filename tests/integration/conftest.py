"""Fixtures: the real service on SQLite, its application, tokens for every role, a real engine."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from flask.testing import FlaskClient

from grader.bootstrap import Service, build_engine, build_grade, build_service, migrate
from grader.engine.measuring.engine import Engine
from grader.engine.rubric_text import shipped_rubrics
from grader.http.app import create_app
from grader.infra.broker import NoNotifier
from grader.service.access import Principal
from grader.service.lanes import Lane
from grader.service.records import Role
from grader.settings import Settings

COURSE = "mlops"
EXERCISE = "numbers-refactor"

Headers = dict[str, str]


@pytest.fixture(autouse=True, scope="session")
def plain_tracebacks() -> Iterator[None]:
    """Log readable lines, with plain tracebacks: local variables in them would take seconds."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            renderer,
        ]
    )
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def prepared_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with a migrated and seeded database, to be copied for every test."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("prepared"))
    migrate(settings)
    service = build_service(settings, notifier=NoNotifier())
    service.seed()
    # So that rubrics are published without a worker; test_api_gate.py is about samples.
    for name in shipped_rubrics():
        for sample in service.store.samples.of(name):
            service.store.samples.remove(name, sample.name, "test", service.clock.now())
    service.close()
    return settings.data_dir


@pytest.fixture
def settings(tmp_path: Path, prepared_database: Path) -> Settings:
    """Return settings with a data folder of the test's own, which has a seeded database."""
    data_dir = tmp_path / "data"
    shutil.copytree(prepared_database, data_dir)
    return Settings(data_dir=data_dir, threads=4)


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    """Return every use case on the test's own database, without a notifier."""
    service = build_service(settings, notifier=NoNotifier())
    yield service
    service.close()


@pytest.fixture
def client(service: Service) -> FlaskClient:
    """Return a client of the real application."""
    return create_app(service).test_client()


@pytest.fixture
def auth(service: Service) -> Callable[..., Headers]:
    """Return a function: ``auth(Role.STUDENT, student="ada")`` is the header with a new token."""

    def make(role: Role, course: str = COURSE, student: str = "") -> Headers:
        course = "" if role is Role.ADMIN else course
        secret, _ = service.tokens.create(
            name=f"{role.value} {student}", role=role, course=course, student=student, actor="test"
        )
        return {"Authorization": f"Bearer {secret}"}

    return make


@pytest.fixture
def every_attempt(service: Service) -> None:
    """Publish the exercise's rubric with the policy that every attempt is graded."""
    record = service.store.rubrics.newest(EXERCISE)
    assert record is not None
    _, token = service.tokens.create(name="policy", role=Role.ADMIN, actor="test")
    text = record.text + "\nattempts: {superseded: grade}\n"
    service.publish(EXERCISE, text, if_match=record.etag, principal=Principal.of_token(token))


@pytest.fixture
def instructor(auth: Callable[..., Headers]) -> Headers:
    """Return the header with the token of an instructor."""
    return auth(Role.INSTRUCTOR)


@pytest.fixture
def student(auth: Callable[..., Headers]) -> Headers:
    """Return the header with the token of the student ``ada``."""
    return auth(Role.STUDENT, student="ada")


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return the real engine with its fork server, shared by all tests."""
    engine = build_engine(Settings(data_dir=tmp_path_factory.mktemp("engine")))
    yield engine
    engine.close()


@pytest.fixture
def grade(service: Service, engine: Engine) -> Callable[[], int]:
    """Return a function that grades everything that is due, and returns how many that were."""
    use_case = build_grade(service, engine)

    def run() -> int:
        count = 0
        while any(use_case.next(lane) for lane in Lane):
            count += 1
        return count

    return run


@pytest.fixture(scope="session")
def zipped() -> Callable[..., bytes]:
    """Return a function: ``zipped({"main.py": "..."})`` is the bytes of a zip archive."""

    def make(files: dict[str, str] | None = None) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in (files or {"main.py": "print(1 + 1)\n"}).items():
                archive.writestr(zipfile.ZipInfo(name), text)
        return buffer.getvalue()

    return make
