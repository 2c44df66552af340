"""One chaos run: start the service, send and break things by a plan, judge, and end everything."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from random import Random

from tests.chaos.book import Book
from tests.chaos.clients import Clients, send_all
from tests.chaos.databases import Rows
from tests.chaos.disks import unmount_all
from tests.chaos.faults import Faults
from tests.chaos.health import Health
from tests.chaos.plan import OUTAGES, Plan, Sending
from tests.chaos.site import Site, site
from tests.chaos.troubles import Troubles
from tests.chaos.verdict import Tables, Verdict, judge
from tests.chaos.watchers import Observer, Poison
from tests.lms_server import Script, answer
from tests.processes import descendants

#: Seconds for everything to be graded after a trouble, more than is promised. Chosen by hand.
RECOVERY_SECONDS = 120.0
#: Seconds for the end of a run beyond its limit: to read every report and end every process.
#: Chosen by hand.
GRACE_SECONDS = 45.0
_DUE = "SELECT count(*) FROM passbacks WHERE state = 'due'"


@dataclass
class Run:
    """The result of a run. ``faults`` counts the faults that were caused, by kind.

    ``left_out`` are the kinds of trouble that this host or database does not have, and why.
    """

    verdict: Verdict
    faults: dict[str, int]
    seconds: float
    poison_kills: int
    left_out: dict[str, str]
    notes: list[str] = field(default_factory=list)


def chaos(kind: str, plan: Plan, folder: Path) -> Run:
    """Run ``plan`` on a database of ``kind``, with all files in ``folder``; return the result.

    If something hangs, the whole process ends after the limit of the plan and some grace.

    Raises:
        AssertionError: the service did not start.
    """
    start = time.monotonic()
    troubles = sum(plan.scale.seconds_of(kind) + RECOVERY_SECONDS for kind in plan.bursts)
    lifeline = _lifeline(plan.scale.limit + troubles + GRACE_SECONDS)
    with site(kind, folder, plan.scale) as place:
        place.lms.script = _moody(plan.seed)
        run = _on(place, plan, start)
    lifeline.cancel()
    return replace(run, seconds=time.monotonic() - start)


def _on(place: Site, plan: Plan, start: float) -> Run:
    """Run ``plan`` on the running service, and return the result without its duration."""
    book, ended = Book(), threading.Event()
    rows = Rows(place.database.url)
    clients = Clients(place, book, ended)
    observer, poison = Observer(rows, clients, book), Poison(place, book)
    faults = Faults(place, book, clients, observer, plan.seed)
    deadline = start + plan.scale.limit
    health, begin = Health(place.url, lambda: place.pids("grader api")), time.monotonic()
    health.begin(ended)
    _thread(observer.watch, ended)
    _thread(poison.watch, ended)
    acting = [
        _thread(faults.run, plan.faults, begin, ended),
        _thread(send_all, clients, plan.sendings, begin, ended),
    ]
    with health.trouble("the faults of the plan"):
        for one in acting:
            one.join(max(0.0, deadline - time.monotonic()))
    in_time = _settle(book, rows, deadline)
    place.set_lease(plan.scale.calm_lease)
    for kind, burst in plan.bursts.items():
        if kind in place.impossible:
            continue
        seconds = plan.scale.seconds_of(kind)
        deadline += seconds + RECOVERY_SECONDS
        if _go_through(kind, burst, seconds, place, clients, book, health, ended, deadline):
            faults.done[kind] += 1
    in_time = in_time and _settle(book, rows, deadline)
    ended.set()
    book.outran = {one.submission for one in book.accepted() if poison.outran(one.submission)}
    verdict = _count(place, book, rows, clients, observer, health, deadline + GRACE_SECONDS / 2)
    clients.close()
    notes = list(faults.errors)
    notes += [f"the backup held {one}, the restore lost it" for one in faults.missing]
    if not in_time:
        notes.append(f"the time was over with {len(book.open())} open")
    if any(one.is_alive() for one in acting):
        notes.append("the time was over before every fault was done")
    broken = (*verdict.broken, *notes)
    verdict = replace(verdict, broken=broken)
    return Run(verdict, dict(faults.done), 0.0, poison.kills, place.impossible)


def _go_through(
    kind: str,
    burst: tuple[Sending, ...],
    seconds: float,
    place: Site,
    clients: Clients,
    book: Book,
    health: Health,
    ended: threading.Event,
    deadline: float,
) -> bool:
    """Send ``burst``, cause the trouble ``kind`` for ``seconds``, and wait until all have ended.

    Then wait until the service says that it is well. Return whether the trouble found something to
    act on.
    """
    senders = send_all(clients, burst, time.monotonic(), ended)
    with health.trouble(kind, OUTAGES.get(kind, ())):
        found = Troubles(place).cause(kind, seconds)
    well_at = time.monotonic()
    for one in senders:
        one.join(max(0.0, deadline - time.monotonic()))
    while book.open() and time.monotonic() < deadline:
        time.sleep(0.2)
    book.recovered(kind, burst, well_at)
    health.wait_until_well()
    return found


def _settle(book: Book, rows: Rows, deadline: float) -> bool:
    """Wait until every submission has ended and no score is due; return False if too late."""
    while time.monotonic() < deadline:
        if not book.open() and not rows.ask_until(deadline, _DUE)[0][0]:
            return True
        time.sleep(0.2)
    return False


def _count(
    place: Site,
    book: Book,
    rows: Rows,
    clients: Clients,
    observer: Observer,
    health: Health,
    deadline: float,
) -> Verdict:
    """Read the tables and all reports at the end, and return the verdict."""
    tables = Tables.of(rows, deadline)
    graded = [one for one, state in tables.states.items() if state == "graded"]
    unread = observer.read_all(graded)
    return judge(book, tables, list(place.lms.seen), unread, health)


def _moody(seed: int) -> Script:
    """Return the script of an LMS that sometimes fails, but never twice for the same score."""
    chance, met = Random(seed), set[str]()

    def script(request: BaseHTTPRequestHandler) -> None:
        name = request.headers.get("webhook-id", "")
        mood = chance.random() if name not in met else 1.0
        met.add(name)
        if mood < 0.1:
            answer(500)(request)
        elif mood < 0.2:
            answer(503, Retry_After="1")(request)
        elif mood < 0.25:
            request.close_connection = True  # the LMS has the score, but sends no response
        else:
            answer(200)(request)

    return script


def _thread(act: Callable[..., object], *given: object) -> threading.Thread:
    """Start a daemon thread that calls ``act``, and return it."""
    thread = threading.Thread(target=act, args=given, daemon=True)
    thread.start()
    return thread


def _lifeline(seconds: float) -> threading.Timer:
    """Start and return a timer that kills every descendant and this process after ``seconds``."""

    def cut() -> None:
        print(
            f"\nNothing moved for too long: everything is ended after {seconds:.0f} s.", flush=True
        )
        for pid in descendants(os.getpid()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        unmount_all()
        os._exit(2)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    return timer
