"""Logging of the long-running processes: one JSON object a line, also for lines of libraries.

No line contains a secret: request URLs, headers and bodies are not logged at all, and secrets in
all other values, also of libraries, are hidden (``redaction.py``).
"""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.processors import CallsiteParameter
from structlog.typing import Processor

from grader.infra.redaction import redact_event


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
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
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
