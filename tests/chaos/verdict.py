"""Whether the promises were kept: counted at the end, through the API and by SQL."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.chaos.book import Book, Promise
from tests.chaos.databases import Rows
from tests.chaos.watchers import ENDED

#: Reports, scores and tries as they stand in the tables.
_STATES = "SELECT id, state, tries, student FROM submissions"
_REPORTS = "SELECT submission, count(*) AS number FROM reports GROUP BY submission, rubric_version"
_SCORES = "SELECT submission, state FROM passbacks"


@dataclass(frozen=True)
class Tables:
    """What the database holds at the end."""

    states: dict[str, str]
    tries: dict[str, int]
    students: dict[str, str]
    reports: dict[str, int]
    scores: dict[str, str]

    @classmethod
    def of(cls, rows: Rows, deadline: float) -> Tables:
        """Read them, when the database answers."""
        states = rows.ask_until(deadline, _STATES)
        reports: Counter[str] = Counter()
        for row in rows.ask_until(deadline, _REPORTS):
            reports[row.submission] += row.number
        return cls(
            states={row.id: row.state for row in states},
            tries={row.id: row.tries for row in states},
            students={row.id: row.student for row in states},
            reports=reports,
            scores={row.submission: row.state for row in rows.ask_until(deadline, _SCORES)},
        )


@dataclass(frozen=True)
class Verdict:
    """One run's figures. A figure in ``broken`` is a promise that was not kept."""

    figures: dict[str, str]
    broken: tuple[str, ...]


def judge(book: Book, tables: Tables, seen: list[Any], unread: list[str]) -> Verdict:
    """Count. ``seen`` is what the LMS was sent, ``unread`` are reports that the API did not give."""
    accepted = book.accepted()
    state = {one.submission: tables.states.get(one.submission, "") for one in accepted}
    lost = [one.submission for one in accepted if state[one.submission] not in ENDED]
    parked = [one for one in accepted if state[one.submission] == "needs_attention"]
    innocent = [one.submission for one in parked if not one.sending.poison]
    once = [one for one in accepted if _reported_once(one, tables)]
    superseded = [one for one in accepted if state[one.submission] == "superseded"]
    twice = sorted(set(_twice(book, tables, seen)))
    poisons = [one for one in accepted if one.sending.poison]
    unanswered = [one.sending.key for one in book.promises.values() if not one.submission]
    waits = sorted(one.ended_at - one.sent_at for one in accepted if one.ended_at)
    owed = [one for one in once if one.sending.by == "lms"]
    delivered = [one for one in owed if tables.scores.get(one.submission) == "sent"]
    figures = {
        "sent": f"{len(book.promises)}",
        "accepted": f"{len(accepted)}",
        "reported exactly once": f"{len(once)}",
        "superseded by a newer attempt": f"{len(superseded)}",
        "needs_attention, planted poison": f"{len(parked) - len(innocent)} of {len(poisons)}",
        "needs_attention, anything else": f"{len(innocent)}",
        "lost": f"{len(lost)}",
        "graded twice in effect": f"{len(twice)}",
        "scores delivered to the LMS": f"{len(delivered)} of {len(owed)}",
        "claimed more than once": f"{sum(tables.tries[one] > 1 for one in state if one in tables.tries)}",
        "tries of clients that failed": f"{sum(book.failures.values())}",
        "sent again after the restore": f"{book.resent}",
        "graded again after the restore": f"{len(book.taken_back)}",
        "longest wait": f"{waits[-1]:.0f} s" if waits else "none ended",
        "median wait": f"{median(waits):.1f} s" if waits else "none ended",
    }
    checks = {
        "sent and never answered": unanswered,
        "refused": [f"{one.sending.key} {one.refused}" for one in book.promises.values() if one.refused],
        "lost": lost,
        "needs attention without being poison": innocent,
        "poison that was reported": [
            one.submission for one in poisons if state[one.submission] == "graded"
        ],
        "graded twice in effect": twice,
        "graded without a report": [
            one.submission
            for one in accepted
            if state[one.submission] == "graded" and one not in once
        ],
        "reports that the API does not give": unread,
    }
    return Verdict(figures, tuple(_said(checks)))


def _reported_once(one: Promise, tables: Tables) -> bool:
    graded = tables.states.get(one.submission) == "graded"
    return graded and tables.reports.get(one.submission) == 1


def _twice(book: Book, tables: Tables, seen: list[Any]) -> Iterator[str]:
    yield from (one for one, number in tables.reports.items() if number > 1)
    yield from book.changed
    yield from _scored_twice(book, seen)


def _scored_twice(book: Book, seen: list[Any]) -> Iterator[str]:
    """Submissions for which the LMS got scores that differ, or two that it cannot tell are one.

    A score that comes again under its webhook id is the same score. After a restore a submission
    may be graded and its score sent again under a new id: then the points have to be the same.
    """
    scores: dict[str, dict[str, Any]] = defaultdict(dict)
    for _, headers, body in seen:
        said = json.loads(body)
        before = scores[said["submission"]].setdefault(headers["webhook-id"], said)
        if before != said:
            yield said["submission"]
    for submission, by_id in scores.items():
        points = {one["points"] for one in by_id.values()}
        allowed = 2 if submission in book.taken_back else 1
        if len(by_id) > allowed or len(points) > 1:
            yield submission


def _said(checks: dict[str, list[str]]) -> Iterator[str]:
    for what, found in checks.items():
        if found:
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            yield f"{what}: {', '.join(found[:5])}{more}"
