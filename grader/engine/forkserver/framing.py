"""Frames of bytes over pipes, with a deadline for every read and write. Nothing is pickled.

All sizes are little-endian. A frame of parts has the sizes of all parts (8 bytes each), then the
parts. A frame of answers has its size (8 bytes), then for every answer a record of 12 bytes (file
index, step index, payload size) and the payload.
"""

from __future__ import annotations

import math
import os
import select
import struct
import time
from collections.abc import Iterable, Iterator, Mapping

from grader.engine.measuring.job import Pair

#: The bytes that a fork server writes once it is warm.
READY = b"\0ready\n"
#: Bytes to read or write at a time. Chosen by hand, above the 64 KiB of a pipe's buffer.
_CHUNK = 1 << 18
_LENGTH = struct.Struct("<Q")
_RECORD = struct.Struct("<III")


class PeerFailed(Exception):
    """The process at the other end closed its pipe, missed a deadline or broke the protocol."""


def send(fd: int, parts: Iterable[bytes], deadline: float) -> None:
    """Write ``parts`` to the non-blocking descriptor ``fd``, waiting while its buffer is full.

    ``deadline`` is an instant of ``time.monotonic``, or infinity.

    Raises:
        PeerFailed: The reader has closed the pipe, writing fails, or ``deadline`` has passed.
    """
    for part in parts:
        rest = memoryview(part)
        while rest:
            _wait_until_ready(fd, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(fd, rest[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise PeerFailed(f"cannot write: {error.strerror}") from None


def receive(fd: int, size: int, deadline: float) -> bytes:
    """Read exactly ``size`` bytes from ``fd``; ``deadline`` is that of :func:`send`.

    Raises:
        PeerFailed: The writer has closed the pipe, or ``deadline`` has passed.
    """
    parts, missing = [], size
    while missing:
        _wait_until_ready(fd, select.POLLIN, deadline)
        part = os.read(fd, min(missing, _CHUNK))
        if not part:
            raise PeerFailed("it has closed its pipe")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _wait_until_ready(fd: int, event: int, deadline: float) -> None:
    """Wait until ``fd`` can be read (``POLLIN``) or written (``POLLOUT``).

    Raises:
        PeerFailed: ``deadline`` has passed.
    """
    poll = select.poll()
    poll.register(fd, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(None if left == math.inf else left * 1000):
        raise PeerFailed("it does not answer")


def pack_frame(*parts: bytes) -> list[bytes]:
    """Return the frame of ``parts`` as pieces to send, in one piece all sizes, then each part.

    :func:`read_frame` reads it, and its caller must know the number of parts.
    """
    return [b"".join(_LENGTH.pack(len(part)) for part in parts), *parts]


def read_frame(fd: int, count: int, deadline: float) -> list[bytes]:
    """Return the parts of the next frame, which the writer must have packed from ``count`` parts.

    A frame does not say how many it has, so that another number is not noticed: the bytes are then
    misread. ``deadline`` is that of :func:`send`, for the whole frame.

    Raises:
        PeerFailed: The writer has closed the pipe, or ``deadline`` has passed.
    """
    lengths = receive(fd, count * _LENGTH.size, deadline)
    return [receive(fd, size, deadline) for (size,) in _LENGTH.iter_unpack(lengths)]


def pack_answers(answers: Mapping[Pair, bytes]) -> list[bytes]:
    """Return a frame of ``answers``, each an inspection as JSON, as pieces to send.

    Only :func:`read_answers` can read it, not :func:`read_frame`.
    """
    parts = [b""]
    for (file, step), payload in answers.items():
        parts += (_RECORD.pack(file, step, len(payload)), payload)
    parts[0] = _LENGTH.pack(sum(map(len, parts)))
    return [b"".join(parts)]


def read_answers(fd: int, deadline: float, most: int) -> Iterator[tuple[Pair, bytes]]:
    """Read the next frame of answers and yield each (pair, inspection as JSON), not validated.

    The whole frame is read before the first answer is yielded, and nothing before that is asked
    for. ``deadline`` is that of :func:`send`.

    Raises:
        PeerFailed: As :func:`read_frame`; or the frame has more than ``most`` bytes, or a record
            is cut off.
    """
    (total,) = _LENGTH.unpack(receive(fd, _LENGTH.size, deadline))
    if total > most:
        raise PeerFailed(f"it answers with {total} bytes")
    frame, position = receive(fd, total, deadline), 0
    while position < total:
        try:
            file, step, size = _RECORD.unpack_from(frame, position)
        except struct.error:
            raise PeerFailed("its answer is torn") from None
        position += _RECORD.size + size
        if position > total:
            raise PeerFailed("its answer is torn")
        yield (file, step), frame[position - size : position]
