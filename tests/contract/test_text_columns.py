"""Laws of ids, cursors, and facts as text."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine.default import DefaultDialect

from grader.domain.errors import BadRequest
from grader.domain.facts import Cell, DroppedFile, FileFacts, SubmissionFacts
from grader.domain.inspection import Facts, Finding, Inspection, State
from grader.store.columns import UtcDateTime
from grader.store.cursors import cursor_after, key_before
from grader.store.ids import first_id, new_id
from grader.store.repositories.facts_text import engine_version, join_facts, read_many, split_facts
from tests.contract.material import ENGINE, NOW, facts

moments = st.datetimes(
    min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)
)


@given(moments, moments)
def test_ids_sort_as_their_times_do(one: datetime, other: datetime) -> None:
    first, second = new_id(one), new_id(other)

    if one != other:
        assert (first < second) == (one < other)


@given(moments)
def test_an_id_is_a_uuid_of_version_7(now: datetime) -> None:
    made = uuid.UUID(new_id(now))

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == (now - datetime(1970, 1, 1, tzinfo=UTC)) // (
        datetime.resolution * 1000
    )


@given(moments, moments)
def test_the_first_id_of_a_moment_parts_what_was_made_before_it(
    made: datetime, moment: datetime
) -> None:
    assert (new_id(made) < first_id(moment)) == (made < moment)


def test_ids_of_one_moment_differ_and_sort_as_they_were_made() -> None:
    made = [new_id(NOW) for _ in range(500)]

    # The counter starts again once in 65,536 ids, which may happen during this test.
    assert len(set(made)) == 500
    assert sum(one > other for one, other in zip(made, made[1:], strict=False)) <= 1


@given(st.text(min_size=1).filter(lambda key: key.isprintable()))
def test_a_cursor_gives_its_key_back(key: str) -> None:
    assert key_before(cursor_after(key)) == key


@example("YWZ0ZXI6/w")
@example("YWZ0ZXI6")
@given(st.text() | st.binary().map(lambda data: cursor_after(data.decode("latin-1"))))
def test_a_cursor_is_one_of_ours_or_refused(cursor: str) -> None:
    try:
        key = key_before(cursor)
    except BadRequest as refused:
        assert refused.where == "cursor"
    else:
        assert bool(key) == bool(cursor)
        assert not key or key_before(cursor_after(key)) == key


def test_an_empty_cursor_is_the_beginning() -> None:
    assert key_before("") == ""


@given(st.integers(min_value=0, max_value=30))
def test_facts_that_were_split_are_joined_to_the_same(findings: int) -> None:
    whole = facts(findings)
    small, found = split_facts(whole)

    assert join_facts(small, found) == whole
    assert "E501" not in small


NAMES = st.text(max_size=8)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
COUNTED = st.dictionaries(NAMES, NUMBERS, max_size=2)
FOUND = st.builds(
    Finding,
    code=NAMES,
    line=NUMBERS,
    message=NAMES,
    value=st.none() | NUMBERS,
    hunk=st.none() | NAMES,
    before=st.none() | NAMES,
    after=st.none() | NAMES,
    anchor=NAMES,
)
INSPECTED = st.builds(
    Inspection,
    state=st.sampled_from(State),
    facts=st.builds(
        Facts,
        counts=COUNTED,
        maxima=COUNTED,
        minima=COUNTED,
        histograms=st.dictionaries(
            NAMES, st.dictionaries(NUMBERS, NUMBERS, max_size=2), max_size=2
        ),
    ),
    findings=st.lists(FOUND, max_size=2).map(tuple),
    reason=NAMES,
)
FILES = st.builds(
    FileFacts,
    path=NAMES,
    sha256=NAMES,
    readable=INSPECTED,
    inspections=st.dictionaries(NAMES.map("style{}".format), INSPECTED, max_size=2),
    cells=st.lists(st.builds(Cell, number=NUMBERS, line=NUMBERS, skipped=NUMBERS), max_size=2).map(
        tuple
    ),
    top_folder=NAMES,
)
MEASURED = st.builds(
    SubmissionFacts,
    files=st.lists(FILES, max_size=3, unique_by=lambda file: file.path).map(tuple),
    dropped=st.lists(st.builds(DroppedFile, path=NAMES, reason=NAMES), max_size=2).map(tuple),
    digest=NAMES,
    archive_sha256=NAMES,
    engine=st.just(ENGINE),
)


@settings(max_examples=25)
@given(MEASURED)
def test_whatever_was_measured_is_read_again_as_it_was(whole: SubmissionFacts) -> None:
    small, found = split_facts(whole)
    assert join_facts(small, found) == whole
    assert read_many([small]) == [whole.without_findings()]


def test_the_order_of_tools_does_not_change_the_engine() -> None:
    tools = {"black": "1", "isort": "2"}
    one = ENGINE.model_copy(update={"tools": tools})
    other = ENGINE.model_copy(update={"tools": dict(reversed(tools.items()))})

    assert engine_version(one) == engine_version(other) != engine_version(ENGINE)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), DefaultDialect())
