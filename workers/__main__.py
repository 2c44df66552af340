"""``python -m workers --queues live,regrade``: run a worker.

Celery's own command, ``celery -A workers.app worker``, does the same but starts more slowly,
because it loads its command line and an interactive shell first.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from celery.utils.nodenames import default_nodename, host_format

from grader.cli.errors import errors_reported
from grader.infra.logs import log_json
from workers.app import celery_app


def main() -> None:
    """Run a Celery worker until it is stopped, and exit the process with its exit code.

    The command line names its queues and the kind and size of its pool. A mistake there or in a
    setting is printed, and the exit code is 2.
    """
    given = _arguments()
    log_json()
    with errors_reported():
        app = celery_app()
    worker = app.Worker(
        hostname=host_format(default_nodename(given.hostname)),
        pool=given.pool,
        concurrency=given.concurrency,
        queues=given.queues,
        # Workers need not know of each other, because the database says which rows are due.
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=given.without_heartbeat,
        quiet=True,
    )
    worker.start()
    sys.exit(worker.exitcode)


def _arguments() -> Namespace:
    """Return the parsed command line; exit with an error if it is invalid."""
    parser = ArgumentParser(prog="python -m workers", description="A worker of Grader.")
    parser.add_argument("--queues", default="live,regrade", help="names, with commas between")
    parser.add_argument("--concurrency", type=int, default=1, help="tasks at a time")
    parser.add_argument("--pool", choices=("prefork", "threads"), default="prefork")
    parser.add_argument("--hostname", help="the worker's name; %%h stands for the host's")
    parser.add_argument("--without-heartbeat", action="store_true", help="touch no file of life")
    return parser.parse_args()


if __name__ == "__main__":
    main()
