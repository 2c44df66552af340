"""Runs a server until it is told to stop, and then drops no request that has reached it.

Waitress alone ends where it is: whoever has just connected, e.g. a proxy that replaces one API
after the other, gets no answer.
"""

from __future__ import annotations

import select
import time
from typing import Any

#: Seconds between two looks at the connections while the server stops. Chosen by hand.
_LOOK_SECONDS = 0.02
#: Seconds in which whoever has just connected must begin to send. Chosen by hand: a proxy connects
#: to send, a browser sometimes to be early.
_SILENT_SECONDS = 1.0


def serve(server: Any, seconds: float) -> None:
    """Run ``server`` until :func:`stop` or Ctrl-C, then end its threads.

    After :func:`stop` nobody else can connect. For ``seconds`` at most, requests that have begun to
    arrive are received and answered; each answer closes its connection.
    """
    try:
        while not server.is_stopping:
            _poll(server, server.adj.asyncore_loop_timeout)
        _refuse_connections(server)
        deadline = time.monotonic() + seconds
        while _is_at_work(server) and time.monotonic() < deadline:
            _poll(server, _LOOK_SECONDS)
        # At once, so that nobody sends another request on a connection that nobody reads.
        for channel in list(server.active_channels.values()):
            channel.handle_close()
    except KeyboardInterrupt:
        pass
    finally:
        server.task_dispatcher.shutdown()


def stop(server: Any) -> None:
    """Let ``server`` stop. The handler of a signal may call this."""
    server.is_stopping = True
    server.pull_trigger()


def _poll(server: Any, seconds: float) -> None:
    """Handle what happens on the connections; wait for that, for ``seconds`` at most."""
    server.asyncore.loop(timeout=seconds, use_poll=True, map=server._map, count=1)


def _refuse_connections(server: Any) -> None:
    """Accept who has connected, and close the listening socket: others are refused from now on.

    Closing alone would reset connections that wait to be accepted, on which a request may be sent.
    """
    for _ in range(server.adj.backlog):
        if not select.select([server.socket], [], [], 0)[0]:
            break
        server.handle_accept()
    server.asyncore.dispatcher.close(server)


def _is_at_work(server: Any) -> bool:
    """Return whether a request is being received or answered, or may be about to come."""
    since = time.time() - _SILENT_SECONDS
    return server.task_dispatcher.is_busy() or any(
        one.request is not None
        or one.requests
        or one.total_outbufs_len
        or one.last_activity == one.creation_time > since
        for one in list(server.active_channels.values())
    )
