"""Frames over a pipe arrive whole or not at all, however the pipe splits them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from typing import TypeVar
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.engine.forkserver.framing import (
    PeerFailed,
    pack_answers,
    pack_frame,
    read_answers,
    read_frame,
    send,
)

Told = TypeVar("Told")

PARTS = st.lists(st.binary(max_size=40), min_size=1, max_size=5)
NUMBERS = st.integers(0, 2**32 - 1)
ANSWERS = st.dictionaries(st.tuples(NUMBERS, NUMBERS), st.binary(max_size=40), max_size=5)
PIECES = st.integers(1, 30)


def told(parts: Iterable[bytes], hear: Callable[[int, float], Told], piece: int) -> Told:
    """Send ``parts`` by ``piece`` bytes, close the pipe, and return the result of ``hear``."""
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    deadline = time.monotonic() + 60
    try:
        with patch("grader.engine.forkserver.framing._CHUNK", piece):
            with os.fdopen(writes, "wb"):
                send(writes, parts, deadline)
            return hear(reads, deadline)
    finally:
        os.close(reads)


def all_answers(most: int = 10_000) -> Callable[[int, float], list[tuple[tuple[int, int], bytes]]]:
    return lambda fd, deadline: [*read_answers(fd, deadline, most)]


@given(PARTS, PIECES)
def test_a_frame_arrives_part_by_part_in_any_pieces(parts: list[bytes], piece: int) -> None:
    assert told(pack_frame(*parts), lambda fd, end: read_frame(fd, len(parts), end), piece) == parts


@given(ANSWERS, PIECES)
def test_answers_arrive_as_they_were_given_in_any_pieces(
    answers: dict[tuple[int, int], bytes], piece: int
) -> None:
    assert told(pack_answers(answers), all_answers(), piece) == [*answers.items()]


@given(PARTS, st.data())
def test_of_a_frame_that_is_cut_off_nothing_is_heard(
    parts: list[bytes], data: st.DataObject
) -> None:
    whole = b"".join(pack_frame(*parts))
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(PeerFailed):
        told([whole[:cut]], lambda fd, end: read_frame(fd, len(parts), end), 30)


@example(b"\0" * 8 + b"\5\0\0\0" + b"four")
@given(st.binary(max_size=60))
def test_a_frame_of_answers_is_read_to_its_end_or_is_torn(body: bytes) -> None:
    frame = len(body).to_bytes(8, "little") + body
    try:
        heard = told([frame], all_answers(), 30)
    except PeerFailed:
        return
    records = [pack_answers({pair: payload})[0][8:] for pair, payload in heard]
    assert b"".join(records) == body


@given(ANSWERS)
def test_answers_beyond_the_limit_are_refused(answers: dict[tuple[int, int], bytes]) -> None:
    frame = pack_answers(answers)
    size = len(frame[0]) - 8
    assert len(told(frame, all_answers(size), 30)) == len(answers)
    if size:
        with pytest.raises(PeerFailed):
            told(frame, all_answers(size - 1), 30)
