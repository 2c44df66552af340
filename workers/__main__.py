"""``python -m workers``: Celery's worker command on our application."""

from __future__ import annotations

import sys

from grader.cli.problems import kind_errors
from grader.logs import log_json
from workers.celery_app import celery_app

log_json()
with kind_errors():
    app = celery_app()
app.worker_main(["--quiet", "worker", *sys.argv[1:]])
