"""The first run of an installation: create tables, publish exercises, create a token."""

from __future__ import annotations

import os
from pathlib import Path

from grader.bootstrap import Service, build_service, migrate
from grader.domain.errors import Unauthorized
from grader.infra.broker import NoNotifier
from grader.infra.private_files import usable
from grader.service.records import Role
from grader.settings import Settings

#: The course in which shipped exercises are published.
COURSE = "mlops"


def prepare(settings: Settings, token_file: Path | None) -> str:
    """Migrate the database, publish missing exercises, and ensure that there is a token.

    Return the secret of the token if one was created, an instructor's of the course :data:`COURSE`,
    else ``""``. Without ``token_file`` a token is created only if the database has none, not even
    an expired or revoked one. With it, that file contains a valid token afterwards: it stays if its
    content is a valid token, of any role; otherwise a token is created and written to it, in place
    of what it contained.
    """
    migrate(settings)
    service = build_service(settings, notifier=NoNotifier())
    try:
        service.seed()
        if token_file is not None:
            with usable(token_file):
                return _ensure_token_file(service, token_file)
        return "" if service.store.tokens.all() else _create_token(service)
    finally:
        service.close()


def _ensure_token_file(service: Service, file: Path) -> str:
    """Write a new token to ``file``, with mode 0600, unless the file contains a valid one.

    Return the secret of the new token, else ``""``.
    """
    if file.exists():
        try:
            service.tokens.authenticate(file.read_text().strip())
            return ""
        except Unauthorized:
            file.unlink()
    secret = _create_token(service)
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(secret + "\n")
    return secret


def _create_token(service: Service) -> str:
    """Create an instructor's token for the course and return its secret."""
    secret, _ = service.tokens.create(
        name="first instructor", role=Role.INSTRUCTOR, course=COURSE, actor="grader serve"
    )
    return secret
