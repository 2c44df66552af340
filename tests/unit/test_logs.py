"""Logging never fails: a line that cannot be written is dropped, counted and told of later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.cli.serve.log_files import LogFiles
from grader.infra.logs import LineSink

#: A program that logs in both ways, and then prints how many lines it could not write.
LOGS = """
import logging, structlog
from grader.infra.logs import SINK, log_json
log_json()
structlog.get_logger("ours").warning("first")
logging.getLogger("library").error("second")
print(SINK.dropped)
"""


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Return the ends of a pipe that takes what fits and refuses the rest, like a full disk."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    os.set_blocking(reader, False)
    yield reader, writer
    os.close(reader)
    os.close(writer)


def lines(reader: int) -> list[str]:
    """Return the lines that have arrived."""
    return os.read(reader, 1 << 20).decode().splitlines()


def test_lines_that_cannot_be_written_are_no_errors() -> None:
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run(
            [sys.executable, "-c", LOGS], stdout=subprocess.PIPE, stderr=full, check=True
        )
    assert run.stdout == b"2\n"


def test_what_was_dropped_is_told_when_there_is_room_again(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    sink = LineSink(writer)
    sink.write("first\n")
    while not sink.dropped:
        sink.write("x" * 10_000 + "\n")
    assert sink.dropped == 1
    sink.write("y" * 10_000 + "\n")
    assert lines(reader)[0] == "first"
    sink.write("last\n")
    *_, last, told = lines(reader)
    event = json.loads(told)
    assert (last, event["event"], event["lines"]) == ("last", "log_lines_dropped", 2)


def test_a_line_after_a_torn_one_begins_anew(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    sink = LineSink(writer)
    sink.write("x" * (1 << 20) + "\n")
    assert sink.dropped == 1
    (torn,) = lines(reader)
    sink.write("whole\n")
    ended, whole, _ = lines(reader)
    assert torn and (ended, whole) == ("", "whole")


def test_a_large_log_is_rotated_while_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "api.log"
    files = LogFiles(tmp_path, size=10, kept=2)
    with file.open("ab", buffering=0) as opened:
        for text in (b"0 too long\n", b"1 too long\n", b"2 too long\n", b"short\n"):
            opened.write(text)
            files.rotate()
    found = {one.name: one.read_text() for one in tmp_path.iterdir()}
    assert found == {
        "api.log": "short\n",
        "api.log.1": "2 too long\n",
        "api.log.2": "1 too long\n",
    }


def test_a_log_that_is_no_file_or_keeps_no_old_ones(tmp_path: Path) -> None:
    (tmp_path / "full.log").symlink_to("/dev/full")
    (tmp_path / "api.log").write_text("too long")
    LogFiles(tmp_path, size=1, kept=0).rotate()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["api.log", "full.log"]
    assert (tmp_path / "api.log").read_text() == ""
