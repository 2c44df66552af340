"""The most expensive uploads within the limits: memory and time stay proportional to size.

They are read in a child process with limits of address space and CPU time.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.hostile.zip_bytes import CODE, Part, archive

MEGABYTE = 1 << 20
#: The CPU seconds of a read. A hang would take hours, an honest read a few seconds.
SECONDS = 60
#: The memory of a read: the files (20 MB) and a list of 65,000 entries, with some reserve.
SPACE = 64 * MEGABYTE
READER = """
import resource, sys
from grader.domain.errors import BadArchive
from grader.engine.intake import read_upload
data = sys.stdin.buffer.read()
pages = int(open("/proc/self/statm").read().split()[0])
space, seconds = pages * resource.getpagesize() + int(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (space, space))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
try:
    print(len(read_upload(data, filename="upload.zip").files))
except BadArchive as error:
    print(error.code)
"""


def empty(names: Iterable[bytes], extra: bytes = b"") -> list[Part]:
    return [Part(n, b"", method=0, extra=extra, local_extra=extra) for n in names]


def scripts(text: bytes, count: int = 30) -> list[Part]:
    """Return the largest graded files, and an artifact that they might import."""
    parts = [Part(name=b"m%d.py" % n, content=text * (199_000 // len(text))) for n in range(count)]
    return [Part(name=b"__pycache__/x.py"), *parts]


def empty_blocks() -> bytes:
    """Return 10 MB of empty deflate blocks, each with a Huffman table of its own."""
    lengths = {18: 1, 1: 1}
    order = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1)
    header = [(0, 1), (2, 2), (0, 5), (0, 5), (14, 4), *((lengths.get(one, 0), 3) for one in order)]
    codes = [(1, 1), (127, 7), (1, 1), (107, 7), (0, 1), (0, 1), (0, 1)]
    bits = "".join(format(value, f"0{width}b")[::-1] for value, width in header + codes)
    eight = int((bits * 8)[::-1], 2).to_bytes(len(bits), "little")
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return eight * (10_400_000 // len(eight)) + squeezer.compress(CODE) + squeezer.flush()


NUMBERS = range(78)
EXTRA = struct.pack("<HH", 0x5455, 0) * 16_000
#: Description -> (function that makes it, code of the refusal or number of graded files).
WORST: dict[str, tuple[Callable[[], bytes], str]] = {
    "files by the ten thousand": (
        lambda: archive(*empty(b"%05d.py" % n for n in range(60_000))),
        "too-many-entries",
    ),
    "leftovers by the ten thousand": (
        lambda: archive(
            Part(content=b"import bin\n"),
            *empty(b"d/" * 15 + b"%d/__pycache__/x.py" % n for n in range(30_000)),
        ),
        "1",
    ),
    "names of thousands of folders": (
        lambda: archive(Part(), *empty(b".git/" + b"a/" * 32_000 + b"%d.py" % n for n in NUMBERS)),
        "1",
    ),
    "thousands of extra fields": (
        lambda: archive(Part(), *empty((b".git/%d" % n for n in NUMBERS), extra=EXTRA)),
        "1",
    ),
    "blocks without content": (lambda: archive(Part(packed=empty_blocks())), "1"),
    "open brackets": (lambda: archive(*scripts(b"import (\n")), "30"),
    "words": (
        lambda: archive(*scripts(b"import " + b" ".join(b"%x" % n for n in range(30_000)))),
        "30",
    ),
}


@pytest.mark.parametrize(("made", "graded"), WORST.values(), ids=list(WORST))
def test_the_most_expensive_uploads(made: Callable[[], bytes], graded: str) -> None:
    data = made()
    assert len(data) <= 10 * MEGABYTE
    done = subprocess.run(
        [sys.executable, "-c", READER, str(SPACE), str(SECONDS)],
        input=data,
        capture_output=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().strip() == graded
