"""``python -m tests.benchmarks.bare_api FD DATABASE``: the least that an upload can cost.

One route on the same framework and the same server stores the bytes in SQLite as durably as the
service does, and nothing else: no token, no reading of archives, no limits, no audit, no log.
"""

from __future__ import annotations

import socket
import sqlite3
import sys
import threading

from flask import Flask, Response, request

from grader.http.server import Bodies, ClientLimits, Spool, make_server

_THREADS = 16
_LONGEST = 10_485_760


def bare_app(database: str) -> Flask:
    """Return an application that stores every request body in the SQLite file ``database``."""
    app = Flask(__name__)
    connection, turn = _opened(database), threading.Lock()

    @app.post("/<path:anything>")
    def keep(anything: str) -> Response:
        data = request.get_data()
        with turn:
            stored = connection.execute("INSERT INTO kept (data) VALUES (?)", (data,))
        return Response(f'{{"id": {stored.lastrowid}}}', 202, mimetype="application/json")

    return app


def _opened(database: str) -> sqlite3.Connection:
    """Return a connection for all threads that commits each statement durably, like the service."""
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, data BLOB)")
    return connection


def main() -> None:
    """Serve on an open listening socket until killed."""
    listening = socket.socket(fileno=int(sys.argv[1]))
    app = bare_app(sys.argv[2])
    server = make_server(
        app,
        listening,
        threads=_THREADS,
        bodies=Bodies(_LONGEST, Spool(1 << 30)),
        limits=ClientLimits(),
        own_threads={},
    )
    server.run()


if __name__ == "__main__":
    main()
