"""Open the service on the configured database, for the commands of an administrator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from grader.bootstrap import Service, build_service
from grader.cli.errors import errors_reported
from grader.settings import Settings


@contextmanager
def open_service() -> Iterator[Service]:
    """Yield the service on the configured database and close it at the end.

    A :class:`GraderError` from building it or from the block is printed and ends the process (see
    :func:`errors_reported`).
    """
    with errors_reported():
        service = build_service(Settings.load())
        try:
            yield service
        finally:
            service.close()
