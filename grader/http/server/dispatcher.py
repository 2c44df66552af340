"""Which thread answers a request: some paths have threads of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from waitress.task import ThreadedTaskDispatcher


class Dispatcher:
    """Gives requests to threads: those for the paths of ``own_threads`` to as many of their own.

    All other requests, and decisions on heads, go to ``main``, whose threads may all be stuck, e.g.
    because they wait for the database. The other threads start at once.
    """

    def __init__(self, main: ThreadedTaskDispatcher, own_threads: Mapping[str, int]) -> None:
        self._main = main
        self._own = {path: ThreadedTaskDispatcher() for path in own_threads}
        for path, count in own_threads.items():
            self._own[path].set_thread_count(count)

    def add_task(self, task: Any) -> None:
        """Have a thread run ``task``, a connection with a whole request or a task about a head."""
        requests = getattr(task, "requests", None)
        # A request that could not be parsed has no path.
        path = getattr(requests[0], "path", "") if requests else ""
        self._own.get(path, self._main).add_task(task)

    def is_busy(self) -> bool:
        """Return whether requests wait for a thread, or are being answered, by any thread."""
        every = (self._main, *self._own.values())
        return any(one.queue or one.active_count for one in every)

    def shutdown(self) -> None:
        """End all threads, those of ``main`` last; give up after some seconds."""
        for one in (*self._own.values(), self._main):
            one.shutdown()
