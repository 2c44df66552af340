"""What the engine asks of whoever inspects, and the answers: plain data for a pipe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from grader.domain.check import Context
from grader.domain.inspection import Inspection, State

#: (index of the file, index of the question); question 0 is the gate, 1 the first ask.
Pair = tuple[int, int]
GATE = 0
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds are wall time; sizes are in bytes.

    ``pair_seconds`` and ``pair_output`` hold for one check on one file, ``seconds`` and ``output``
    for all of them. ``memory`` is what a child may map beyond what the fork server has mapped
    before it forks. ``deaths`` is how many children may die before the rest is given up.
    ``reuse`` is how many submissions a child may serve one after the other; 1 gives every
    submission a child of its own.
    """

    pair_seconds: float = 10.0
    seconds: float = 60.0
    memory: int = 1 << 30
    pair_output: int = 4 << 20
    output: int = 64 << 20
    deaths: int = 5
    reuse: int = 100


@dataclass(frozen=True)
class CheckRequest:
    """One check on one file. ``options`` is canonical JSON, as it stands in the key of facts."""

    check: str
    options: str
    context: Context = ()


@dataclass(frozen=True)
class FileJob:
    """One file: its bytes, whether the gate's outcome is wanted, and what to ask of it.

    Without ``gate`` the file is known to be readable.
    """

    path: str
    data: bytes
    requests: tuple[CheckRequest, ...]
    gate: bool = True

    @property
    def questions(self) -> Iterator[int]:
        """The indexes of the answers that are wanted."""
        return iter(range(GATE if self.gate else GATE + 1, len(self.requests) + 1))


@dataclass(frozen=True)
class Job:
    """Everything to be measured of one submission. ``python`` is the rubric's version, "3.x"."""

    files: tuple[FileJob, ...]
    python: str

    @property
    def pairs(self) -> Iterator[Pair]:
        """Every answer that is wanted, in the order in which it is worked out."""
        return (
            (index, question)
            for index, file in enumerate(self.files)
            for question in file.questions
        )


Answers = Mapping[Pair, Inspection]


class Inspector(Protocol):
    """Whoever answers a job.

    Every pair of the job has an answer, but for the asks of a file whose gate did not say ``ok``.
    """

    def inspect(self, job: Job, meanwhile: Callable[[], None] = ...) -> Answers:
        """The answers. ``meanwhile`` is called at most once, while another process works on them.

        Raises:
            EngineFault: no answer can be had.
        """
        ...


def nothing() -> None:
    """What there is to do meanwhile, where nobody says."""


def canonical_json(data: object) -> str:
    """JSON with sorted keys and no spaces: equal data, equal text (ASCII)."""
    return _CANONICAL.encode(data)


def failed(reason: str) -> Inspection:
    """An inspection that ended on our side."""
    return Inspection(state=State.FAILED, reason=reason)


def encode_job(job: Job) -> tuple[bytes, bytes]:
    """A JSON header, and the files' bytes joined, whose sizes the header tells."""
    files = [
        {
            "path": file.path,
            "size": len(file.data),
            "gate": file.gate,
            "requests": [[ask.check, ask.options, ask.context] for ask in file.requests],
        }
        for file in job.files
    ]
    header = json.dumps({"python": job.python, "files": files}, separators=(",", ":"))
    return header.encode("ascii"), b"".join(file.data for file in job.files)


def decode_job(header: bytes, body: bytes) -> Job:
    """The inverse of :func:`encode_job`."""
    told = json.loads(header)
    files, at = [], 0
    for file in told["files"]:
        data = body[at : at + file["size"]]
        at += len(data)
        asks = tuple(
            CheckRequest(check, options, tuple(context))
            for check, options, context in file["requests"]
        )
        files.append(FileJob(file["path"], data, asks, file["gate"]))
    return Job(tuple(files), told["python"])
