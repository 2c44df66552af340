"""The audit log: entries of changes, entries on their own, and pages of both."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from grader.domain.errors import BadRequest
from grader.service.records import AuditEntry, AuditQuery, Role
from grader.store.sql_store import Store
from tests.contract.material import NOW, SECOND, audit_entries, publish, sent

STORE = Path(__file__).parents[2] / "grader" / "store"


def add(store: Store, number: int, course: str = "mlops", actor: str = "someone") -> None:
    now = NOW + SECOND * number
    store.audit_log.append(
        actor, "report.read", f"s{number}", course=course, now=now, number=number
    )


def subjects(store: Store, query: AuditQuery) -> list[str]:
    return [one.subject for one in store.audit_log.page(query).items]


def test_an_entry_is_read_as_it_was_noted(store: Store) -> None:
    add(store, 1)
    (entry,) = store.audit_log.page(AuditQuery()).items

    expected = AuditEntry(
        "", NOW + SECOND, "someone", "", "report.read", "s1", "mlops", {"number": 1}
    )
    assert replace(entry, id="") == expected


def test_who_has_a_token_is_named(store: Store) -> None:
    made = store.tokens.create(
        "h",
        name="Ada's laptop",
        role=Role.GRADER,
        course="mlops",
        student="",
        expires_at=None,
        actor="command line",
        now=NOW,
    )
    add(store, 1, actor=made.id)

    assert [one.actor_name for one in audit_entries(store)] == ["Ada's laptop", ""]


def test_every_change_names_its_course(store: Store) -> None:
    publish(store)
    store.submissions.accept(sent(), NOW)

    assert [(one.action, one.course) for one in audit_entries(store)] == [
        ("submission.accepted", "mlops"),
        ("rubric.published", "mlops"),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (AuditQuery(), ["s3", "s2", "s1"]),
        (AuditQuery(course="other"), ["s2"]),
        (AuditQuery(actor="someone"), ["s2", "s1"]),
        (AuditQuery(action="archive.read"), []),
        (AuditQuery(subject="s1"), ["s1"]),
        (AuditQuery(since=NOW + SECOND * 2), ["s3", "s2"]),
        (AuditQuery(until=NOW + SECOND * 2), ["s1"]),
        (AuditQuery(course="mlops", since=NOW, until=NOW + SECOND * 9), ["s3", "s1"]),
    ],
)
def test_entries_are_found_by_everything_that_is_asked(
    store: Store, query: AuditQuery, found: list[str]
) -> None:
    add(store, 1)
    add(store, 2, course="other")
    add(store, 3, actor="else")

    assert subjects(store, query) == found


def test_pages_follow_each_other_while_entries_come(store: Store) -> None:
    for number in range(5):
        add(store, number)
    first = store.audit_log.page(AuditQuery(), limit=2)
    add(store, 9)
    second = store.audit_log.page(AuditQuery(), first.next_cursor, 2)
    last = store.audit_log.page(AuditQuery(), second.next_cursor, 2)

    pages = [[one.subject for one in page.items] for page in (first, second, last)]
    assert (pages, last.next_cursor) == ([["s4", "s3"], ["s2", "s1"], ["s0"]], "")
    with pytest.raises(BadRequest):
        store.audit_log.page(AuditQuery(), "made up")


def test_times_of_another_zone_mean_the_same_moment(store: Store) -> None:
    add(store, 1)
    there = (NOW + SECOND).astimezone(timezone(timedelta(hours=5)))

    assert subjects(store, AuditQuery(since=there)) == ["s1"]
    assert subjects(store, AuditQuery(until=there)) == []


def test_entries_never_change_and_go_only_with_the_student_who_is_erased() -> None:
    files = [file for file in STORE.rglob("*.py") if "migrations" not in file.parts]
    texts = {file.name: file.read_text() for file in files}
    assert [name for name, text in texts.items() if re.search(r"update\(\s*audit\b", text)] == []
    taking = [name for name, text in texts.items() if re.search(r"delete\(\s*audit\b", text)]
    assert taking == ["student_data.py"]
