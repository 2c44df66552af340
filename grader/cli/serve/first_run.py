"""What a new installation needs before anybody can use it: tables, exercises and a token."""

from __future__ import annotations

import os
from pathlib import Path

from grader.bootstrap import Service, build_service, migrate
from grader.domain.errors import Unauthorized
from grader.infra.broker import NoNotifier
from grader.service.records import Role
from grader.settings import Settings

#: The course of the shipped exercises.
COURSE = "mlops"


def prepare(settings: Settings, token_file: Path | None) -> str:
    """Migrate, seed and see to a token; the secret of a new one, else an empty text.

    Without ``token_file`` one is made only while there is none at all. With it, the file holds
    a valid token afterwards: the one that it had, if that is still good, else a new one.
    """
    migrate(settings)
    service = build_service(settings, notifier=NoNotifier())
    try:
        service.seed()
        if token_file is not None:
            return _token_in(service, token_file)
        return "" if service.store.tokens.all() else _new_token(service)
    finally:
        service.close()


def _token_in(service: Service, file: Path) -> str:
    if file.exists():
        try:
            service.tokens.authenticate(file.read_text().strip())
            return ""
        except Unauthorized:
            file.unlink()
    secret = _new_token(service)
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(secret + "\n")
    return secret


def _new_token(service: Service) -> str:
    secret, _ = service.tokens.create(
        name="first instructor", role=Role.INSTRUCTOR, course=COURSE, actor="grader serve"
    )
    return secret
