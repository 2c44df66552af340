"""Trouble that lasts: of the host, of its disks, of the database and of Redis."""

from __future__ import annotations

import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import redis

from tests.chaos.site import FORK_SERVER, WORKER, Site
from tests.processes import children_of, is_running, parent_of

#: Seconds between two looks for fork servers to kill, and for children of those that are known: so
#: soon that none has measured anything of weight.
_LOOK_SECONDS = 0.1
_CHILD_SECONDS = 0.002
#: Most descriptors of a process that has few: fewer than it has open, so that it gets none more.
_FEW = 5


class Troubles:
    """The kinds of trouble, each a method that lasts for ``seconds`` and then leaves all well.

    Each returns whether it found something to act on.
    """

    def __init__(self, site: Site) -> None:
        self._site = site

    def cause(self, kind: str, seconds: float) -> bool:
        """Cause the trouble ``kind``, the name of a method."""
        act: Callable[[float], bool] = getattr(self, kind)
        return act(seconds)

    def kill_every_child(self, seconds: float) -> bool:
        """Kill the children that read students' source as they come, as if memory ran out."""
        killed, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            servers, again = self._site.fork_servers(), time.monotonic() + _LOOK_SECONDS
            while time.monotonic() < again:
                killed += sum(_kill(child) for pid in servers for child in children_of(pid))
                time.sleep(_CHILD_SECONDS)
        return killed > 0

    def kill_every_fork_server(self, seconds: float) -> bool:
        """Kill the fork servers as they come: none gets as far as to start a child."""
        killed, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            killed += sum(map(_kill, self._site.fork_servers()))
            time.sleep(_LOOK_SECONDS)
        return killed > 0

    def few_descriptors(self, seconds: float) -> bool:
        """Let the grading workers, and what they start, open no descriptor.

        Their fork servers are killed once, so that they need some.
        """
        with self._limited(_FEW) as limited:
            for pid in self._site.fork_servers():
                _kill(pid)
            time.sleep(seconds)
        return limited

    def kill_workers_at_work(self, seconds: float) -> bool:
        """Kill every pool process of the grading workers, as soon as all have a child at work.

        After ``seconds`` whatever they do.
        """
        end = time.monotonic() + seconds
        workers = set(self._site.pids(WORKER))
        pool = [pid for pid in workers if parent_of(pid) in workers]
        while not all(map(_works, pool)) and time.monotonic() < end:
            time.sleep(_CHILD_SECONDS)
        return sum(map(_kill, pool)) > 0

    def lock_database(self, seconds: float) -> bool:
        """Hold a lock that every writer of the database waits for."""
        self._site.database.lock(seconds)
        return True

    def read_only_database(self, seconds: float) -> bool:
        """Make the database read-only, as after a failover."""
        self._site.database.read_only(seconds)
        return True

    def fill_database(self, seconds: float) -> bool:
        """Leave no room on the disk of the database."""
        self._site.database.fill(seconds)
        return True

    def fill_logs(self, seconds: float) -> bool:
        """Leave no room on the disk of the logs."""
        if self._site.logs is not None:
            self._site.logs.fill(seconds)
        return self._site.logs is not None

    def fill_redis(self, seconds: float) -> bool:
        """Let Redis store nothing, for want of memory."""
        with self._redis() as client:
            client.config_set("maxmemory", 1)
            time.sleep(seconds)
            client.config_set("maxmemory", 0)
        return True

    def read_only_redis(self, seconds: float) -> bool:
        """Make Redis the replica of a server that does not exist: it can be read only."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with self._redis() as client:
            client.replicaof("127.0.0.1", port)
            time.sleep(seconds)
            client.replicaof("NO", "ONE")
        return True

    def _redis(self) -> redis.Redis:
        """Return a client of the service's Redis."""
        return redis.Redis(unix_socket_path=str(self._site.redis().socket), socket_timeout=5)

    @contextmanager
    def _limited(self, most: int) -> Iterator[bool]:
        """Limit the descriptors of all processes that grade to ``most``, and give them back later.

        Processes that they start inherit the limit. Yield whether there were any.
        """
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        found = self._set(most)
        try:
            yield found
        finally:
            # Twice, for a process that was started while the first round went on.
            for _ in range(2):
                self._set(hard[0])
                threading.Event().wait(0.1)

    def _set(self, most: int) -> bool:
        """Set the soft limit of descriptors of all processes that grade; return if there are any.

        A child has a hard limit of its own, which is lower, and is left alone.
        """
        pids = {*self._site.pids(WORKER), *self._site.pids(FORK_SERVER)}
        for pid in pids - set(self._site.children_of_fork_servers()):
            with suppress(ProcessLookupError):
                _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (min(most, hard), hard))
        return bool(pids)


def _kill(pid: int) -> bool:
    """Kill the process ``pid``; return False if it has ended."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def _works(pid: int) -> bool:
    """Return whether the pool process ``pid`` has a fork server with a child that is running."""
    found = [child for server in children_of(pid) for child in children_of(server)]
    return any(is_running(child) for child in found)
