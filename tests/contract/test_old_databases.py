"""Databases of earlier versions: after a migration by this version they read the same.

``old_databases/`` holds, for each schema revision, a SQLite database and a plain ``pg_dump`` of
PostgreSQL with the same rows, made through the API of the version before, and what that version
read from them (``expected.json``). Add a set when a released version gets a new revision, with the
statements of the version before (``statements.py``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from grader.domain.characters import plain_json
from grader.domain.report import Report
from grader.lms.outgoing.guard import Outgoing
from grader.lms.outgoing.http_exchange import Response
from grader.lms.standard_webhooks.gradebook import StandardWebhooksGradebook
from grader.service.deliver import Deliver
from grader.service.lanes import Lane
from grader.service.records import AuditQuery, PassbackState, Role
from grader.store.migrate import current_revision, head_revision, upgrade
from grader.store.sql_store import Store, open_store
from tests.contract.old_database import OLD

EXPECTED: dict[str, Any] = json.loads((OLD / "v0003.expected.json").read_text())
SUBMISSIONS: dict[str, dict[str, Any]] = EXPECTED["submissions"]
READ_AT = datetime.fromisoformat(EXPECTED["read_at"])


@pytest.fixture
def old_store(old_url: str) -> Iterator[Store]:
    """Migrate the old database, and return its store."""
    assert current_revision(old_url) == EXPECTED["revision"] == "0003"
    upgrade(old_url)
    assert current_revision(old_url) == head_revision()
    store = open_store(old_url)
    yield store
    store.close()


def plain(value: Any) -> Any:
    """Return ``value`` as a JSON value in the form of ``expected.json``."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, bytes):
        return value.decode()
    return value


def sha256(data: str | bytes) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def test_submissions_and_archives_read_as_before(old_store: Store) -> None:
    for name, expected in SUBMISSIONS.items():
        record = old_store.submissions.get(expected["record"]["id"])
        data, filename = old_store.submissions.archive(record.id)
        assert expected["record"].items() <= plain(asdict(record)).items(), name
        assert {"bytes": len(data), "sha256": sha256(data), "filename": filename} == (
            expected["archive"]
        ), name


def as_before(report: Report) -> str:
    """Return the JSON of `report` without the fields that were added since."""
    of_files = {"__all__": {"role", "why"}}
    newer: Any = {"total": {"limited"}, "files": of_files, "patch_withheld": True}
    return plain_json(report.model_dump_json(by_alias=True, indent=2, exclude=newer)) + "\n"


def test_reports_and_facts_have_the_same_bytes(old_store: Store) -> None:
    for name, expected in SUBMISSIONS.items():
        submission = expected["record"]["id"]
        stored, facts = old_store.submissions.report(submission), old_store.submissions.facts(
            submission
        )
        assert (stored is None) == (expected["report"] is None), name
        if stored is not None:
            assert sha256(as_before(stored.report)) == expected["report"]["sha256"], name
            assert stored.rubric_version == expected["report"]["rubric_version"]
            assert plain(stored.graded_at) == expected["report"]["graded_at"]
        later = {"by_function"}
        of_file = {"part": True, "readable": later, "inspections": {"__all__": later}}
        newer: Any = {"files": {"__all__": of_file}, "hidden": True}
        found = None if facts is None else sha256(facts.model_dump_json(exclude=newer))
        assert found == expected["facts_sha256"], name


def test_the_earlier_attempt_is_found(old_store: Store) -> None:
    for name, expected in SUBMISSIONS.items():
        record = old_store.submissions.get(expected["record"]["id"])
        earlier = old_store.submissions.earlier(record)
        found = None if earlier is None else earlier.attempt
        assert found == (expected["earlier"] and expected["earlier"]["attempt"]), name


def test_exercises_rubrics_and_marks_read_as_before(old_store: Store) -> None:
    exercises = old_store.rubrics.page().items
    assert [plain(asdict(one)) for one in exercises] == EXPECTED["exercises"]
    for exercise in exercises:
        newest = old_store.rubrics.newest(exercise.id)
        assert newest is not None and sha256(newest.text) == newest.digest
        expected = EXPECTED["rubrics"][exercise.id]
        assert expected.items() <= {**plain(asdict(newest)), "etag": newest.etag}.items()
        marks = [plain(asdict(mark)) for mark in old_store.submissions.marks(exercise.id)]
        assert marks == EXPECTED["marks"][exercise.id]


def test_the_queue_goes_on(old_store: Store) -> None:
    assert plain(asdict(old_store.submissions.queue())) == EXPECTED["queue"]
    order = old_store.submissions.queue_order(Lane.LIVE, READ_AT)
    assert list(order) == EXPECTED["queue_order"]


def test_tokens_and_the_audit_log_read_as_before(old_store: Store) -> None:
    tokens = old_store.tokens.all()
    assert [plain(asdict(one)) for one in tokens] == EXPECTED["tokens"]
    for token in tokens:
        found = old_store.tokens.by_digest(EXPECTED["token_digests"][token.id], READ_AT)
        assert found is not None and (found.id, found.role) == (token.id, Role(token.role))
    entries = old_store.audit_log.page(AuditQuery(), limit=500).items
    assert [plain(asdict(one)) for one in entries] == EXPECTED["audit"]


def test_columns_of_sources_are_in_their_config(old_store: Store) -> None:
    sources = old_store.sources.all()
    found = [
        {"name": one.name, "course": one.course, "connector": one.connector, **one.config}
        for one in sources
    ]
    assert found == EXPECTED["sources"]


def test_scores_in_the_outbox_read_as_before(old_store: Store) -> None:
    for name, expected in SUBMISSIONS.items():
        passbacks = old_store.passbacks.of(expected["record"]["id"])
        assert [plain(asdict(one)) for one in passbacks] == expected["passbacks"], name


class At:
    """A clock that always returns ``READ_AT``."""

    def now(self) -> datetime:
        return READ_AT


@dataclass(frozen=True)
class Recorder(Outgoing):
    """Records requests in ``sent`` instead of sending them, and answers 204."""

    sent: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        self.sent.append((url, headers, body))
        return Response(204, {}, b"")


def test_scores_that_are_due_are_sent_with_the_same_bytes_and_a_signature(
    old_store: Store,
) -> None:
    due = {
        passback["id"]: passback
        for expected in SUBMISSIONS.values()
        for passback in expected["passbacks"]
        if passback["state"] == "due"
    }
    outgoing = Recorder()
    deliver = Deliver(old_store, {"standard-webhooks": StandardWebhooksGradebook(outgoing)}, At())
    while deliver.next() is not None:
        pass

    assert len(outgoing.sent) == len(due) == 2
    for url, headers, body in outgoing.sent:
        passback = due[headers["webhook-id"]]
        assert (url, body.decode()) == (passback["url"], passback["payload"])
        assert Webhook(EXPECTED["webhook_secret"]).verify(body, dict(headers)) == json.loads(body)
        (settled,) = old_store.passbacks.of(passback["submission"])
        assert (settled.state, settled.tries) == (PassbackState.SENT, passback["tries"] + 1)
