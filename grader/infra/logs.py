"""Logging of the long-running processes: one JSON object a line, also for lines of libraries.

No line contains a secret: request URLs, headers and bodies are not logged at all, and secrets in
all other values, also of libraries, are hidden (``redaction.py``). A line that cannot be written,
e.g. because the disk is full, is dropped and counted: logging never fails.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from typing import TextIO, cast

import structlog
from structlog.processors import CallsiteParameter
from structlog.typing import Processor

from grader.infra.redaction import redact_event


class LineSink:
    """Writes lines to an open file descriptor at once, in one call each, and never fails.

    ``dropped`` counts the lines that could not be written. The first one that can be written again
    is followed by a line that says how many were dropped before it.
    """

    def __init__(self, descriptor: int) -> None:
        self.dropped = 0
        self._descriptor = descriptor
        self._untold = 0
        #: Whether a line was written in part, so that the next one must begin on a new line.
        self._is_torn = False

    def write(self, text: str) -> None:
        """Write ``text``, one line or several whole ones, or drop it."""
        # No lock: the kernel appends what one call writes, and a forked child could inherit a lock
        # that nobody releases.
        if not self._put(text):
            self.dropped += 1
            self._untold += 1
        elif self._untold:
            untold, self._untold = self._untold, 0
            if not self._put(_dropped_line(untold)):
                self._untold += untold

    def flush(self) -> None:
        """Do nothing: no line is kept back."""

    def _put(self, text: str) -> bool:
        """Write ``text`` and return whether all of it was written."""
        data = ("\n" * self._is_torn + text).encode(errors="backslashreplace")
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
                self._is_torn = True
        except OSError:
            return False
        self._is_torn = False
        return True


def _dropped_line(count: int) -> str:
    """Return the line that says that ``count`` lines before it were dropped."""
    event = {
        "event": "log_lines_dropped",
        "lines": count,
        "level": "warning",
        "timestamp": datetime.now(UTC).isoformat(),
        "process": os.getpid(),
    }
    return json.dumps(event) + "\n"


#: Standard error, where all lines of this process go.
SINK = LineSink(2)


def log_json() -> None:
    """Configure structlog and ``logging`` to write JSON lines to standard error from level INFO on.

    Other handlers of the root logger are removed. Secrets in the lines are hidden, and each line
    has the process id. Warnings of Python are logged, too; httpx and httpcore only from WARNING on.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.CallsiteParameterAdder({CallsiteParameter.PROCESS}),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, redact_event, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # It calls ``write`` and ``flush``.
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, SINK)),
    )
    handler = logging.StreamHandler(SINK)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact_event,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.captureWarnings(True)
    # At INFO, httpx logs the URL of every request.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
