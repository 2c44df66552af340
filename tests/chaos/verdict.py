"""Judge at the end of a run whether the promises were kept, from the API and the database."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.chaos.book import Book, Promise
from tests.chaos.databases import Rows
from tests.chaos.health import Health
from tests.chaos.plan import KILLED_WORKERS, OUTAGES, TROUBLES
from tests.chaos.watchers import ENDED

#: How long the last submission may wait, in seconds, after the workers were killed in the midst of
#: their work, and after the end of any other trouble, as operators are promised.
MOST_AFTER_KILL = 90.0
MOST_AFTER_TROUBLE = 60.0
#: The queries for submissions, their reports and their scores.
_STATES = "SELECT id, state, tries, problem, superseded_by FROM submissions"
_REPORTS = "SELECT submission, count(*) AS number FROM reports GROUP BY submission, rubric_version"
_SCORES = "SELECT submission, state FROM passbacks"


@dataclass(frozen=True)
class Tables:
    """The content of the database at the end, by submission id.

    ``problems`` says why the last try failed, ``newer`` is the attempt that superseded a
    submission, ``reports`` is how many there are.
    """

    states: dict[str, str]
    tries: dict[str, int]
    problems: dict[str, str]
    newer: dict[str, str | None]
    reports: dict[str, int]
    scores: dict[str, str]

    @classmethod
    def of(cls, rows: Rows, deadline: float) -> Tables:
        """Read the tables; try until ``deadline`` if the database does not answer."""
        states = rows.ask_until(deadline, _STATES)
        reports: Counter[str] = Counter()
        for row in rows.ask_until(deadline, _REPORTS):
            reports[row.submission] += row.number
        return cls(
            states={row.id: row.state for row in states},
            tries={row.id: row.tries for row in states},
            problems={row.id: row.problem for row in states},
            newer={row.id: row.superseded_by for row in states},
            reports=reports,
            scores={row.submission: row.state for row in rows.ask_until(deadline, _SCORES)},
        )


@dataclass(frozen=True)
class Verdict:
    """The figures of a run by name, and a text for each promise that was ``broken``."""

    figures: dict[str, str]
    broken: tuple[str, ...]


def judge(
    book: Book, tables: Tables, seen: list[Any], unread: list[str], health: Health
) -> Verdict:
    """Return the verdict on a run.

    ``seen`` are the requests that the LMS received, ``unread`` the graded submissions whose report
    could not be read; ``health`` has the answers of ``/healthz`` and ``/readyz``.
    """
    count = Count(book, tables, sorted(set(_twice(book, tables, seen))), unread)
    figures = count.figures() | {
        "/healthz and /readyz, answers": f"{health.asked}",
        "/healthz and /readyz, waited for an API to start": f"{health.waited}",
        "/healthz and /readyz, late": f"{len(health.late)}",
        "/readyz, in a trouble that it must name": f"{health.telling}",
        "/readyz, untrue": f"{len(health.untrue)}",
    }
    said = {"late answers": health.late, "untrue answers of /readyz": health.untrue}
    return Verdict(figures, tuple(_said(count.checks() | said)))


class Count:
    """Counts submissions by their state at the end."""

    def __init__(self, book: Book, tables: Tables, twice: list[str], unread: list[str]) -> None:
        self._book, self._tables = book, tables
        self._twice, self._unread = twice, unread
        self._accepted = book.accepted()
        self._lost = [one for one in self._accepted if one.submission not in tables.states]
        ended = [one for one in self._accepted if self._state(one) in ENDED]
        self._open = [one for one in self._accepted if one not in ended + self._lost]
        self._graded = self._in("graded")
        poisoned = (one for one in self._graded if one.sending.poison)
        self._outran = [one for one in poisoned if one.submission in book.outran]
        self._parked = self._in("needs_attention")
        self._superseded = self._in("superseded")
        reports = tables.reports
        self._once = [one for one in self._graded if reports.get(one.submission) == 1]
        self._owed = [one for one in self._once if one.sending.by == "lms"]
        scores = tables.scores
        self._unsent = [one for one in self._owed if scores.get(one.submission) != "sent"]

    def _recovery(self, kinds: Iterable[str]) -> float:
        """Return the longest time from the end of a trouble of ``kinds`` to the last report."""
        return max((self._book.recoveries.get(kind, 0.0) for kind in kinds), default=0.0)

    def _state(self, one: Promise) -> str:
        """Return the state of the submission at the end; empty if it is lost."""
        return self._tables.states.get(one.submission, "")

    def _in(self, state: str) -> list[Promise]:
        """Return the accepted promises whose submission is in ``state``."""
        return [one for one in self._accepted if self._state(one) == state]

    def figures(self) -> dict[str, str]:
        """Return the figures for the table, by name."""
        poisoned = (one for one in self._accepted if one.sending.poison)
        poisons = [one for one in poisoned if one not in self._outran]
        caught = [one for one in self._parked if one.sending.poison]
        again = self._book.undone & set(_names(self._graded))
        tries = self._tables.tries
        waits = [one.ended_at - one.sent_at for one in self._accepted if one.ended_at]
        return {
            "sent": f"{len(self._book.promises)}",
            "accepted": f"{len(self._accepted)}",
            "reported exactly once": f"{len(self._once)}",
            "superseded by a newer attempt": f"{len(self._superseded)}",
            "needs_attention, planted poison": f"{len(caught)} of {len(poisons)}",
            "reported poison, too fast to be killed": f"{len(self._outran)}",
            "needs_attention, anything else": f"{len(self._parked) - len(caught)}",
            "lost": f"{len(self._lost)}",
            "still open when the time was over": f"{len(self._open)}",
            "graded twice in effect": f"{len(self._twice)}",
            "scores delivered": f"{len(self._owed) - len(self._unsent)} of {len(self._owed)}",
            "claimed more than once": f"{sum(number > 1 for number in tries.values())}",
            "tries of clients that failed": f"{sum(self._book.failures.values())}",
            "sent again after the restore": f"{self._book.resent}",
            "graded again after the restore": f"{len(again)}",
            "end of a trouble to the last report": f"{self._recovery((*TROUBLES, *OUTAGES)):.0f} s",
            "longest wait after a killed worker": f"{self._recovery((KILLED_WORKERS,)):.0f} s",
            "longest wait": f"{max(waits, default=0):.0f} s",
            "median wait": f"{median(waits or [0]):.1f} s",
        }

    def checks(self) -> dict[str, list[str]]:
        """Return, for each promise, the submissions that broke it; none if it was kept."""
        silent = [one for one in self._book.promises.values() if not one.submission]
        return {
            "sent and never answered": [one.sending.key for one in silent if not one.refused],
            "refused": [f"{one.sending.key} {one.refused}" for one in silent if one.refused],
            "lost": _names(self._lost),
            "still open when the time was over": _names(self._open),
            "needs attention without being poison": [
                f"{name}: {self._tables.problems.get(name, '')}"
                for name in _names(self._parked, poison=False)
            ],
            "poison that was reported": _names(
                [one for one in self._graded if one not in self._outran], poison=True
            ),
            "graded twice in effect": self._twice,
            "graded without a report": [
                one.submission for one in self._graded if one.submission not in self._tables.reports
            ],
            "superseded by nothing": [
                one.submission
                for one in self._superseded
                if self._tables.newer.get(one.submission) not in self._tables.states
            ],
            "went on too late": [
                f"{kind} after {seconds:.0f} s"
                for kind, seconds in self._book.recoveries.items()
                if seconds > (MOST_AFTER_KILL if kind == KILLED_WORKERS else MOST_AFTER_TROUBLE)
            ],
            "scores that did not arrive": _names(self._unsent),
            "reports that the API does not give": self._unread,
        }


def _names(promises: list[Promise], poison: bool | None = None) -> list[str]:
    """Return the submissions of ``promises``: only poison, only others, or with ``None`` all."""
    return [one.submission for one in promises if poison in (None, bool(one.sending.poison))]


def _twice(book: Book, tables: Tables, seen: list[Any]) -> Iterator[str]:
    """Yield the submissions with two reports, a report that changed, or two scores."""
    yield from (one for one, number in tables.reports.items() if number > 1)
    yield from book.changed
    yield from _scored_twice(book, seen)


def _scored_twice(book: Book, seen: list[Any]) -> Iterator[str]:
    """Yield the submissions for which the LMS got different scores, or one score under two ids.

    A score that is sent again under its webhook id is the same score. After a restore a submission
    may be graded and its score sent again under a new id: then the points must be the same.
    """
    scores: dict[str, dict[str, Any]] = defaultdict(dict)
    for _, headers, body in seen:
        said = json.loads(body)
        before = scores[said["submission"]].setdefault(headers["webhook-id"], said)
        if before != said:
            yield said["submission"]
    for submission, by_id in scores.items():
        points = {one["points"] for one in by_id.values()}
        allowed = 2 if submission in book.undone else 1
        if len(by_id) > allowed or len(points) > 1:
            yield submission


def _said(checks: dict[str, list[str]]) -> Iterator[str]:
    """Yield a text for each broken promise, with the first five submissions that broke it."""
    for what, found in checks.items():
        if found:
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            yield f"{what}: {', '.join(found[:5])}{more}"
