"""What goes wrong: each kind of fault, done to a running service by process id."""

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

_HANG_SECONDS = 6.0
#: How long somebody to kill is waited for.
_VICTIM_SECONDS = 10.0


class Faults:
    """Does the faults of a plan, one after the other."""

    def __init__(self, site: Site, book: Book, clients: Clients, observer: Observer, seed: int):
        self._site, self._book, self._clients = site, book, clients
        self._observer = observer
        self._chance = Random(seed)
        self._backed_up: list[Promise] = []
        #: How often each kind was done, and found somebody to do it to.
        self.done: Counter[str] = Counter()
        #: What a backup held and a restore did not bring back.
        self.missing: list[str] = []
        self.errors: list[str] = []

    def run(self, faults: tuple[Fault, ...], start: float, ended: threading.Event) -> None:
        """Each at its time, or as soon after it as the one before is over."""
        for fault in faults:
            if ended.wait(max(0.0, start + fault.at - time.monotonic())):
                return
            try:
                if self._do(fault):
                    self.done[fault.kind] += 1
            except Exception as error:  # the run goes on, and says at its end what went wrong
                self.errors.append(f"{fault.kind}: {type(error).__name__}: {error}")

    def _do(self, fault: Fault) -> bool:
        if fault.kind == "move_clock":
            self._site.move_clock(fault.by)
            return True
        act: Callable[[], bool] = getattr(self, fault.kind)
        return act()

    def kill_child(self) -> bool:
        """A child that looks at a student's source."""
        return self._kill(self._site.children_of_fork_servers)

    def kill_fork_server(self) -> bool:
        """The process that such children are forked from."""
        return self._kill(self._site.fork_servers)

    def kill_pool(self) -> bool:
        """A process that grades."""
        return self._kill(lambda: [one for one in self._workers() if _under_one(one, WORKER)])

    def kill_worker(self) -> bool:
        """The parent of those: the supervisor starts all anew."""
        return self._kill(lambda: [one for one in self._workers() if not _under_one(one, WORKER)])

    def kill_sender(self) -> bool:
        """The process that sends scores."""
        return self._kill_one_of("--queues delivery")

    def kill_scheduler(self) -> bool:
        """The process that sweeps."""
        return self._kill_one_of("grader scheduler")

    def kill_api(self) -> bool:
        """The process that answers HTTP."""
        return self._kill_one_of("grader api")

    def flush_redis(self) -> bool:
        """Redis forgets everything."""
        client = redis.Redis(unix_socket_path=str(self._site.redis().socket), socket_timeout=2)
        with client, suppress(redis.RedisError):
            return bool(client.flushall())
        return False

    def kill_redis(self) -> bool:
        """Redis dies, and comes back with what it has written down."""
        return self._kill_one_of("redis-server")

    def kill_redis_that_forgets(self) -> bool:
        """Redis dies, and comes back with nothing."""
        killed = self._kill_one_of("redis-server")
        self._site.forget_redis()
        return killed

    def hang_redis(self) -> bool:
        """Redis takes connections and answers nobody for some seconds."""
        for pid in self._site.pids("redis-server")[:1]:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(_HANG_SECONDS)
            os.kill(pid, signal.SIGCONT)
            return True
        return False

    def cut_database(self) -> bool:
        """Every connection breaks, or somebody else holds the lock for an instant."""
        self._site.database.cut()
        return True

    def stop_database(self) -> bool:
        """The database is away for some seconds."""
        self._site.database.stop()
        return True

    def back_up(self) -> bool:
        """Back up while everything runs."""
        # What is accepted while the backup is made may be in it or not.
        self._backed_up = self._book.accepted()
        self._site.command("backup", str(self._site.folder / "backup"))
        return True

    def restore(self) -> bool:
        """Stop, restore, start; then clients send again what they sent since the backup."""
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
        found = Rows(self._site.database.url).ask("SELECT id, state FROM submissions")
        return {row.id: row.state for row in found}

    def _take_stock(self, before: dict[str, str]) -> None:
        """Before anything runs: what the backup held is there, and what has come undone."""
        now = self._states()
        self.missing = [one.submission for one in self._backed_up if one.submission not in now]
        ended = {one for one, state in before.items() if state in ENDED}
        self._book.took_back({one for one in ended if now.get(one) not in ENDED})

    def _workers(self) -> list[int]:
        return self._site.pids(WORKER)

    def _kill_one_of(self, words: str) -> bool:
        return self._kill(lambda: self._site.pids(words))

    def _kill(self, find: Callable[[], list[int]]) -> bool:
        """Kill one of those that are found; the last fault may have left none for a while."""
        end = time.monotonic() + _VICTIM_SECONDS
        while time.monotonic() < end:
            with suppress(IndexError, ProcessLookupError):
                os.kill(self._chance.choice(find()), signal.SIGKILL)
                return True
            time.sleep(0.05)
        return False


def _under_one(pid: int, words: str) -> bool:
    return words in command_of(parent_of(pid))
