"""A small chaos run on each database; and the verdict of a run names every broken promise."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chaos.book import Book
from tests.chaos.health import Health
from tests.chaos.plan import FULL, OUTAGES, SMALL, Sending, make_plan
from tests.chaos.run import chaos
from tests.chaos.verdict import Tables, judge
from tests.chaos.work import archive

SEED = 4_711


@pytest.mark.timeout(600)  # two minutes on an idle machine
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whatever_dies_nothing_is_lost_and_nothing_graded_twice(kind: str, tmp_path: Path) -> None:
    plan = make_plan(SMALL, SEED)
    run = chaos(kind, plan, tmp_path)
    assert run.verdict.broken == ()
    troubles = [one for one in SMALL.troubles if one not in run.left_out]
    assert run.faults == dict.fromkeys((*SMALL.faults, *troubles), 1) | {"move_clock": 4}
    figures = run.verdict.figures
    assert figures["needs_attention, anything else"] == "0"
    planted = sum(SMALL.poisons.values()) + len({*troubles} - OUTAGES.keys())
    poisoned = planted - int(figures["reported poison, too fast to be killed"])
    assert poisoned and figures["needs_attention, planted poison"] == f"{poisoned} of {poisoned}"
    ended = int(figures["reported exactly once"]) + int(figures["superseded by a newer attempt"])
    assert ended == SMALL.submissions + SMALL.burst * len(troubles) - poisoned


def test_a_seed_gives_the_same_plan_and_the_same_archives() -> None:
    plan, again, other = make_plan(FULL, 1), make_plan(FULL, 1), make_plan(FULL, 2)
    assert plan == again != other
    assert archive(plan.sendings[0]) == archive(again.sendings[0])


def test_a_full_plan_has_all_that_was_asked_for() -> None:
    plan = make_plan(FULL, 1)
    assert len(plan.sendings) == 500
    assert len({one.student for one in plan.sendings if not one.poison}) == 60
    sizes = [archive(one).count(b"totals_") // 2 for one in plan.sendings]
    assert min(sizes) == 1 and max(sizes) > 3
    assert {one.poison for one in plan.sendings} == {"", "worker", "child"}
    kinds = [one.kind for one in plan.faults]
    assert kinds.index("back_up") < kinds.index("restore")
    assert set(kinds) == {*FULL.faults, "move_clock", "back_up", "restore"}


def promised(*sendings: Sending) -> Book:
    """Return a book in which each of ``sendings`` was accepted as ``s<number>`` and graded."""
    book = Book()
    for one in sendings:
        book.sent(one)
        book.answered(one, httpx.Response(202, json={"id": f"s{one.number}"}))
        book.saw_end(f"s{one.number}")
        book.saw_report(f"s{one.number}", report(5))
    return book


def report(points: float) -> bytes:
    """Return the JSON of a report with ``points``."""
    return json.dumps({"total": {"points": points}}).encode()


def graded(*names: str) -> Tables:
    """Return tables in which each submission of ``names`` was graded at its first try."""
    return Tables(
        states=dict.fromkeys(names, "graded"),
        tries=dict.fromkeys(names, 1),
        problems=dict.fromkeys(names, ""),
        newer=dict.fromkeys(names),
        reports=dict.fromkeys(names, 1),
        scores=dict.fromkeys(names, "sent"),
    )


def score(submission: str, webhook_id: str, points: float) -> tuple[str, dict[str, str], bytes]:
    """Return the request that reports ``points`` of ``submission`` to the LMS."""
    body = json.dumps({"submission": submission, "points": points}).encode()
    return "POST /scores", {"webhook-id": webhook_id}, body


ONE = Sending(1, 0, "ada", "get-data", (1,), 1)
POISON = Sending(2, 0, "worker-poison-2", "get-data", (1,), 2, poison="worker")


def test_what_is_kept_is_not_complained_of() -> None:
    book, tables = promised(ONE, POISON), graded("s1", "s2")
    tables.states["s2"] = "needs_attention"
    seen = [score("s1", "w1", 5), score("s1", "w1", 5)]
    assert judge(book, tables, seen, [], Health("")).broken == ()


BROKEN: dict[str, tuple[dict[str, Any], list[Any], str]] = {
    "gone": ({"states": {}}, [], "lost: s1"),
    "still running": ({"states": {"s1": "running"}}, [], "still open when the time was over: s1"),
    "innocent": ({"states": {"s1": "needs_attention"}}, [], "needs attention without being"),
    "overtaken by nothing": ({"states": {"s1": "superseded"}}, [], "superseded by nothing: s1"),
    "two reports": ({"reports": {"s1": 2}}, [], "graded twice in effect: s1"),
    "no report": ({"reports": {}}, [], "graded without a report: s1"),
    "score not sent": ({"scores": {"s1": "failed"}}, [], "scores that did not arrive: s1"),
    "two scores": ({}, [score("s1", "w1", 5), score("s1", "w2", 5)], "graded twice in effect: s1"),
    "other score": ({}, [score("s1", "w1", 5), score("s1", "w1", 6)], "graded twice in effect: s1"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_promise_is_named(what: str) -> None:
    tables, seen, said = BROKEN[what]
    book = promised(replace(ONE, by="lms"))
    (broken,) = judge(book, replace(graded("s1"), **tables), seen, [], Health("")).broken
    assert broken.startswith(said)


def test_a_report_that_changed_is_named() -> None:
    book = promised(ONE)
    book.saw_report("s1", report(6))
    (broken,) = judge(book, graded("s1"), [], [], Health("")).broken
    assert broken == "graded twice in effect: s1"


def test_what_was_never_answered_or_refused_is_named() -> None:
    book = promised()
    book.sent(ONE)
    assert judge(book, graded(), [], [], Health("")).broken == ("sent and never answered: chaos-1",)
    book.answered(ONE, httpx.Response(422, text="no"))
    assert judge(book, graded(), [], [], Health("")).broken == ("refused: chaos-1 422: no",)


def test_a_trouble_that_goes_on_for_too_long_is_named() -> None:
    book, waits = promised(ONE, POISON), replace(ONE, number=3, student="bob")
    book.recovered("few_descriptors", (ONE, POISON), well_at=0.0)
    assert book.recoveries["few_descriptors"] == book.promises[1].ended_at
    book.sent(waits)
    book.recovered("kill_every_child", (ONE, waits), well_at=0.0)
    book.recoveries |= {"few_descriptors": 60.0, "kill_workers_at_work": 60.0}
    verdict = judge(book, graded("s1", "s2"), [], [], Health(""))
    assert verdict.figures["longest wait after a killed worker"] == "60 s"
    assert "went on too late: kill_every_child after inf s" in verdict.broken
    assert sum("too late" in one for one in verdict.broken) == 1


def test_poison_that_was_reported_is_named() -> None:
    (broken,) = judge(promised(POISON), graded("s2"), [], [], Health("")).broken
    assert broken == "poison that was reported: s2"


def test_poison_that_was_graded_before_the_kill_breaks_no_promise() -> None:
    book = promised(POISON)
    book.outran.add("s2")
    verdict = judge(book, graded("s2"), [], [], Health(""))
    assert verdict.broken == ()
    assert verdict.figures["reported poison, too fast to be killed"] == "1"


def test_a_report_that_a_restore_took_back_may_come_again_with_the_same_points() -> None:
    book = promised(replace(ONE, by="lms"))
    book.took_back({"s1"})
    same, other = score("s1", "w2", 5), score("s1", "w2", 6)
    assert judge(book, graded("s1"), [score("s1", "w1", 5), same], [], Health("")).broken == ()
    assert judge(book, graded("s1"), [score("s1", "w1", 5), other], [], Health("")).broken
    book.saw_report("s1", report(5))
    assert not book.changed
    book.saw_report("s1", report(6))
    assert book.changed == {"s1"}
