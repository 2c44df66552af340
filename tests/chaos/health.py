"""The watcher of a run that asks ``/healthz`` and ``/readyz``, and counts late and untrue answers.

An answer is late after 2 seconds and a margin for a busy machine. A thread of the watcher measures
how much longer than 50 ms a sleep of 50 ms takes; the margin is ten times the longest such delay
while the answer was awaited, because about ten threads in turn take part in an answer. The socket
of the API outlives its process: a question may wait there until a killed API runs again. Such an
answer is counted apart.
"""

from __future__ import annotations

import http.client
import json
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.processes import started_at

PATHS = ("/healthz", "/readyz")
#: Seconds in which both must answer, and between two questions.
MOST_SECONDS = 2.0
_EVERY_SECONDS = 0.5
#: Seconds after which a trouble must show on ``/readyz``, and after which none must show any more.
SHOWN_AFTER = 3.0
WELL_AFTER = 60.0
#: Seconds after which the watcher gives an answer up. It counts as late.
_PATIENCE = 10.0
#: Seconds in which the API may start, on a busy machine. Chosen by hand.
_START_SECONDS = 20.0
_TICK = 0.05
_SWITCHES = 10


@dataclass(frozen=True)
class Answer:
    """An answer of ``path``, asked at a time of the monotonic clock, after so many ``seconds``.

    ``margin`` is what the machine was behind, in seconds. ``failed`` are the parts that do not
    work, or ``None`` if the answer never came.
    """

    path: str
    asked_at: float
    seconds: float
    margin: float
    failed: frozenset[str] | None

    @property
    def is_late(self) -> bool:
        """Whether the answer came too late, or never."""
        return self.failed is None or self.seconds > MOST_SECONDS + self.margin


@dataclass
class Trouble:
    """A trouble ``kind``, of which one of ``parts`` must tell, from ``began`` to ``ended``."""

    kind: str
    parts: frozenset[str]
    began: float
    ended: float | None = None


@dataclass
class Health:
    """All answers of the service at ``url``, judged by the troubles that were begun and ended.

    ``api`` returns the ids of the processes of the API.
    """

    url: str
    api: Callable[[], list[int]] = list
    asked: int = 0
    #: How many answers waited for the start of an API.
    waited: int = 0
    late: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    #: How many answers had to tell of a trouble.
    telling: int = 0
    #: When the newest answer that came in time was asked for.
    _in_time_at: float = 0.0
    #: When the last answer of ``/readyz`` was asked for that said that all is well.
    _well_at: float = 0.0
    _trouble: Trouble | None = None
    _ticks: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=1_000))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, ended: threading.Event) -> None:
        """Watch in threads of its own, until ``ended`` is set."""
        threading.Thread(target=self._tick, args=(ended,), daemon=True).start()
        for path in PATHS:
            threading.Thread(target=self._watch, args=(path, ended), daemon=True).start()

    @contextmanager
    def trouble(self, kind: str, parts: Collection[str] = ()) -> Iterator[None]:
        """Expect during the block that ``/readyz`` tells of one of ``parts``, if there are any."""
        trouble = Trouble(kind, frozenset(parts), time.monotonic())
        with self._lock:
            self._trouble = trouble
        try:
            yield
        finally:
            with self._lock:
                trouble.ended = time.monotonic()

    def wait_until_well(self) -> None:
        """Wait until ``/readyz`` says that all is well after the last trouble, or it is too late.

        If it is too late, :attr:`untrue` has a line about it.
        """
        last = self._trouble
        assert last is not None and last.ended is not None
        while self._well_at < last.ended:
            # One question more than is allowed, so that its answer is judged.
            if time.monotonic() > last.ended + WELL_AFTER + _PATIENCE:
                return
            time.sleep(0.1)

    def _tick(self, ended: threading.Event) -> None:
        """Measure the delays of the machine until ``ended`` is set."""
        while not ended.is_set():
            began = time.monotonic()
            time.sleep(_TICK)
            now = time.monotonic()
            self._ticks.append((now, now - began - _TICK))

    def _watch(self, path: str, ended: threading.Event) -> None:
        """Ask ``path`` every half second until ``ended`` is set."""
        while not ended.wait(_EVERY_SECONDS):
            answer = self.ask(path)
            if answer is not None and not ended.is_set():
                self.judge(answer)

    def ask(self, path: str, patience: float = _PATIENCE) -> Answer | None:
        """Ask ``path``, for ``patience`` seconds at most.

        Return ``None`` if nobody is there, or the server has ended meanwhile: the faults of a run
        kill the API, and the restore stops it.
        """
        asked_at = time.monotonic()
        failed: frozenset[str] | None
        try:
            failed = _failed(self.url, path, patience)
        except TimeoutError:
            failed = None
        except (OSError, http.client.HTTPException):
            return None
        seconds = time.monotonic() - asked_at
        delays = [late for at, late in list(self._ticks) if at > asked_at]
        return Answer(path, asked_at, seconds, _SWITCHES * max(delays, default=0.0), failed)

    def judge(self, answer: Answer) -> None:
        """Count ``answer``, and record it if it is late or untrue."""
        with self._lock:
            trouble = self._trouble
            self.asked += 1
            kind = trouble.kind if trouble else "no trouble yet"
            if not answer.is_late:
                self._in_time_at = max(self._in_time_at, answer.asked_at)
            elif self._is_starting():
                self.waited += 1
            else:
                self.late.append(
                    f"{answer.path} after {answer.seconds:.1f} s"
                    f" (margin {answer.margin:.1f} s), {kind}"
                )
            if answer.failed is None or answer.path != "/readyz":
                return
            if not answer.failed:
                self._well_at = answer.asked_at
            if trouble is not None:
                self._compare(answer, answer.failed, trouble)

    def _is_starting(self) -> bool:
        """Return whether the API is gone, or has just started and not answered in time so far."""
        start = max(map(started_at, self.api()), default=math.inf)
        return self._in_time_at < start and time.monotonic() - start < _START_SECONDS

    def _compare(self, answer: Answer, failed: frozenset[str], trouble: Trouble) -> None:
        """Compare the parts ``failed`` of ``answer`` with ``trouble``, the last one."""
        lasted = answer.asked_at - trouble.began
        if trouble.ended is None:
            if trouble.parts and lasted > SHOWN_AFTER:
                self.telling += 1
                if not failed & trouble.parts:
                    self.untrue.append(f"nothing of {trouble.kind} after {lasted:.1f} s")
            return
        since = answer.asked_at - trouble.ended
        if failed and since > WELL_AFTER:
            names = ", ".join(sorted(failed))
            self.untrue.append(f"{names} {since:.0f} s after {trouble.kind}")


def _failed(url: str, path: str, patience: float) -> frozenset[str]:
    """Return the parts that do not work as ``path`` tells within ``patience`` seconds.

    Raises:
        TimeoutError: there was no answer.
        OSError: nobody is there.
        HTTPException: the connection ended before the answer did.
    """
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=patience)
    try:
        connection.request("GET", path, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        said = json.loads(answer.read())
    finally:
        connection.close()
    parts = [one["name"] for one in said.get("parts", ()) if one["status"] == "failed"]
    # Whatever is no 200 says that something is wrong, with or without the name of a part.
    return frozenset(parts or () if answer.status == 200 else parts or ["unnamed"])
