"""The faults that a chaos run causes in a running service, by process id."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random

import redis

from tests.chaos.book import Book, Promise
from tests.chaos.clients import Clients
from tests.chaos.databases import Rows
from tests.chaos.plan import Fault
from tests.chaos.site import WORKER, Site
from tests.chaos.watchers import ENDED, Observer
from tests.processes import command_of, parent_of

#: How long Redis hangs. Longer than its clients' time limit of 5 s. Chosen by hand.
_HANG_SECONDS = 6.0
#: How long to wait for a process that can be killed. Chosen by hand.
_VICTIM_SECONDS = 10.0


class Faults:
    """Causes the faults of a plan, one after the other. A method for each kind of fault.

    Each returns whether it found a process or a server to act on.
    """

    def __init__(self, site: Site, book: Book, clients: Clients, observer: Observer, seed: int):
        self._site, self._book, self._clients = site, book, clients
        self._observer = observer
        self._chance = Random(seed)
        self._backed_up: list[Promise] = []
        #: How often each kind of fault was caused, not counting those that found no target.
        self.done: Counter[str] = Counter()
        #: Submissions that were accepted before the backup and are missing after the restore.
        self.missing: list[str] = []
        self.errors: list[str] = []

    def run(self, faults: tuple[Fault, ...], start: float, ended: threading.Event) -> None:
        """Cause each of ``faults`` at its time, or as soon after it as the one before is over.

        ``start`` is time 0 of the plan, on the monotonic clock. Stop when ``ended`` is set.
        """
        for fault in faults:
            if ended.wait(max(0.0, start + fault.at - time.monotonic())):
                return
            try:
                if self._do(fault):
                    self.done[fault.kind] += 1
            except Exception as error:  # the run goes on, and says at its end what went wrong
                self.errors.append(f"{fault.kind}: {type(error).__name__}: {error}")

    def _do(self, fault: Fault) -> bool:
        """Cause ``fault``; return whether it found something to act on."""
        if fault.kind == "move_clock":
            self._site.move_clock(fault.by)
            return True
        act: Callable[[], bool] = getattr(self, fault.kind)
        return act()

    def kill_child(self) -> bool:
        """Kill a child that reads a student's source."""
        return self._kill(self._site.children_of_fork_servers)

    def kill_fork_server(self) -> bool:
        """Kill a fork server, from which such children are forked."""
        return self._kill(self._site.fork_servers)

    def kill_pool(self) -> bool:
        """Kill a pool process of a worker: a process that grades."""
        return self._kill(lambda: [one for one in self._workers() if _under_one(one, WORKER)])

    def kill_worker(self) -> bool:
        """Kill a worker, the parent of pool processes; the supervisor starts a new one."""
        return self._kill(lambda: [one for one in self._workers() if not _under_one(one, WORKER)])

    def kill_sender(self) -> bool:
        """Kill the worker that sends scores."""
        return self._kill_one_of("--queues delivery")

    def kill_scheduler(self) -> bool:
        """Kill the scheduler, which sweeps."""
        return self._kill_one_of("grader scheduler")

    def kill_api(self) -> bool:
        """Kill the process that serves HTTP."""
        return self._kill_one_of("grader api")

    def flush_redis(self) -> bool:
        """Delete everything in Redis."""
        client = redis.Redis(unix_socket_path=str(self._site.redis().socket), socket_timeout=2)
        with client, suppress(redis.RedisError):
            return bool(client.flushall())
        return False

    def kill_redis(self) -> bool:
        """Kill Redis; it is started again with the data that it has stored."""
        return self._kill_one_of("redis-server")

    def kill_redis_that_forgets(self) -> bool:
        """Kill Redis and delete its files; it is started again without data."""
        killed = self._kill_one_of("redis-server")
        self._site.forget_redis()
        return killed

    def hang_redis(self) -> bool:
        """Stop Redis for some seconds: it accepts connections and answers nothing."""
        for pid in self._site.pids("redis-server")[:1]:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(_HANG_SECONDS)
            os.kill(pid, signal.SIGCONT)
            return True
        return False

    def cut_database(self) -> bool:
        """Break every connection to the database, or hold its lock for a short time."""
        self._site.database.cut()
        return True

    def stop_database(self) -> bool:
        """Make the database unreachable for some seconds."""
        self._site.database.stop()
        return True

    def back_up(self) -> bool:
        """Make a backup while the service runs."""
        # Submissions that are accepted while the backup is made may be in it or not.
        self._backed_up = self._book.accepted()
        self._site.command("backup", str(self._site.folder / "backup"))
        return True

    def restore(self) -> bool:
        """Stop the service, restore the backup and start again.

        Then clients send again the submissions that were accepted since the backup.
        """
        self._site.stop()
        since = [one for one in self._book.accepted() if one not in self._backed_up]
        with self._observer.quiet:
            before = self._states()
            self._site.command("restore", str(self._site.folder / "backup"), "--replace")
            self._take_stock(before)
        self._site.start()
        with ThreadPoolExecutor(8) as senders:
            list(senders.map(lambda one: self._clients.send(one.sending), since))
        return True

    def _states(self) -> dict[str, str]:
        """Return the state of every submission in the database, by id."""
        found = Rows(self._site.database.url).ask("SELECT id, state FROM submissions")
        return {row.id: row.state for row in found}

    def _take_stock(self, before: dict[str, str]) -> None:
        """Compare the states after a restore with ``before``, while nothing runs.

        Record the submissions that the restore lost, and those that had ended and are open again.
        """
        now = self._states()
        self.missing = [one.submission for one in self._backed_up if one.submission not in now]
        ended = {one for one, state in before.items() if state in ENDED}
        self._book.took_back({one for one in ended if now.get(one) not in ENDED})

    def _workers(self) -> list[int]:
        """Return the ids of the grading workers and of their pool processes."""
        return self._site.pids(WORKER)

    def _kill_one_of(self, words: str) -> bool:
        """Kill a process whose command line contains ``words``; return whether there was one."""
        return self._kill(lambda: self._site.pids(words))

    def _kill(self, find: Callable[[], list[int]]) -> bool:
        """Kill one of the processes that ``find`` returns, and return whether there was one.

        After the last fault there may be none for a while, so this waits for one.
        """
        end = time.monotonic() + _VICTIM_SECONDS
        while time.monotonic() < end:
            with suppress(IndexError, ProcessLookupError):
                os.kill(self._chance.choice(find()), signal.SIGKILL)
                return True
            time.sleep(0.05)
        return False


def _under_one(pid: int, words: str) -> bool:
    """Return whether the command line of the parent of ``pid`` contains ``words``."""
    return words in command_of(parent_of(pid))
