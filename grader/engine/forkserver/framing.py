"""Bytes over pipes: with a deadline where the other end may be ill, and never pickled."""

from __future__ import annotations

import math
import os
import select
import struct
import time
from collections.abc import Iterable, Iterator, Mapping

from grader.engine.measuring.job import Pair

#: What a fork server says once it is warm.
READY = b"\0ready\n"
_CHUNK = 1 << 18
_LENGTH = struct.Struct("<Q")
_RECORD = struct.Struct("<III")


class PeerFailed(Exception):
    """The other end has closed its pipe, or did not move in time."""


def send(fd: int, parts: Iterable[bytes], deadline: float) -> None:
    """Write everything; the descriptor must not block.

    Raises:
        PeerFailed: the reader is gone, or the deadline (of ``time.monotonic``) has passed.
    """
    for part in parts:
        rest = memoryview(part)
        while rest:
            _await(fd, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(fd, rest[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise PeerFailed(f"cannot write: {error.strerror}") from None


def receive(fd: int, size: int, deadline: float) -> bytes:
    """Exactly ``size`` bytes.

    Raises:
        PeerFailed: the writer is gone, or the deadline has passed.
    """
    parts, missing = [], size
    while missing:
        _await(fd, select.POLLIN, deadline)
        part = os.read(fd, min(missing, _CHUNK))
        if not part:
            raise PeerFailed("it has closed its pipe")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _await(fd: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(fd, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(None if left == math.inf else left * 1000):
        raise PeerFailed("it does not answer")


def pack(*parts: bytes) -> list[bytes]:
    """Parts as a frame: all lengths, then the parts."""
    return [b"".join(_LENGTH.pack(len(part)) for part in parts), *parts]


def read(fd: int, count: int, deadline: float) -> list[bytes]:
    """The ``count`` parts of the next frame.

    Raises:
        PeerFailed: there is none.
    """
    lengths = receive(fd, count * _LENGTH.size, deadline)
    return [receive(fd, size, deadline) for (size,) in _LENGTH.iter_unpack(lengths)]


def pack_answers(answers: Mapping[Pair, bytes]) -> list[bytes]:
    """Answers (each an inspection as JSON) as a frame: the length, then the records."""
    parts = [b""]
    for (file, question), payload in answers.items():
        parts += (_RECORD.pack(file, question, len(payload)), payload)
    parts[0] = _LENGTH.pack(sum(map(len, parts)))
    return [b"".join(parts)]


def read_answers(fd: int, deadline: float, most: int) -> Iterator[tuple[Pair, bytes]]:
    """The records of the next frame of answers.

    Raises:
        PeerFailed: there is none, or it is larger than ``most`` bytes or torn.
    """
    (total,) = _LENGTH.unpack(receive(fd, _LENGTH.size, deadline))
    if total > most:
        raise PeerFailed(f"it answers with {total} bytes")
    frame, at = receive(fd, total, deadline), 0
    while at < total:
        try:
            file, question, size = _RECORD.unpack_from(frame, at)
        except struct.error:
            raise PeerFailed("its answer is torn") from None
        at += _RECORD.size + size
        if at > total:
            raise PeerFailed("its answer is torn")
        yield (file, question), frame[at - size : at]
