"""``python -m workers --queues live,regrade``: a worker on our application.

Celery's own command does the same, ``celery -A workers.app worker``; it loads a shell first.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from celery.utils.nodenames import default_nodename, host_format

from grader.cli.errors import errors_reported
from grader.infra.logs import log_json
from workers.app import celery_app


def main() -> None:
    """Work until told to stop."""
    given = _arguments()
    log_json()
    with errors_reported():
        app = celery_app()
    worker = app.Worker(
        hostname=host_format(default_nodename(given.hostname)),
        pool=given.pool,
        concurrency=given.concurrency,
        queues=given.queues,
        # Workers need not know of each other: what is to be done stands in the database.
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=given.without_heartbeat,
        quiet=True,
    )
    worker.start()
    sys.exit(worker.exitcode)


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m workers", description="A worker of Grader.")
    parser.add_argument("--queues", default="live,regrade", help="names, with commas between")
    parser.add_argument("--concurrency", type=int, default=1, help="tasks at a time")
    parser.add_argument("--pool", choices=("prefork", "threads"), default="prefork")
    parser.add_argument("--hostname", help="the worker's name; %%h stands for the host's")
    parser.add_argument("--without-heartbeat", action="store_true", help="touch no file of life")
    return parser.parse_args()


if __name__ == "__main__":
    main()
