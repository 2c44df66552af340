"""A job: the checks to run on the files of one submission, and their results, as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from grader.domain.check import Context
from grader.domain.inspection import Inspection, State

#: (index of the file in the job, index of the step in the file): identifies one unit of work and
#: its answer. Step 0 is the gate, step n is the n-th check request of the file.
Pair = tuple[int, int]
#: The step of the gate.
GATE = 0
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Limits:
    """The limits of one job. Seconds are CPU time of its children; sizes are bytes.

    Where a limit is exceeded, the inspections concerned are failed, with a reason such as ``cpu``
    or ``memory``; only ``reuse`` merely replaces the child. The defaults were chosen by hand;
    settings of the service change ``pair_seconds``, ``seconds``, ``wall_factor`` and ``memory``.
    """

    #: For one check on one file.
    pair_seconds: float = 10.0
    #: For the whole job.
    seconds: float = 60.0
    #: Wall time may be this many times as long as CPU time, for a pair and for the job: a child
    #: that waits for a busy processor is no fault, and one that never gets on ends all the same,
    #: with the reason ``timeout``. E.g. 3 s of CPU time at a quarter of a core take 12 s.
    wall_factor: float = 4.0
    #: Address space of a child beyond that of the fork server at the moment of the fork.
    memory: int = 1 << 30
    #: For the result of one check on one file, as JSON.
    pair_output: int = 4 << 20
    #: For all results of the job together.
    output: int = 64 << 20
    #: How many children may die of the job before the open pairs fail with ``gave_up``.
    deaths: int = 5
    #: How many jobs a child may run in turn; with 1, every job has a child of its own.
    reuse: int = 100

    @property
    def pair_wall_seconds(self) -> float:
        """The most seconds of wall time for one check on one file."""
        return self.pair_seconds * self.wall_factor

    @property
    def wall_seconds(self) -> float:
        """The most seconds of wall time for the whole job."""
        return self.seconds * self.wall_factor


@dataclass(frozen=True)
class CheckRequest:
    """One check to run on one file.

    ``check`` is its id and ``options`` their canonical JSON, as in the key of the stored facts.
    ``context`` is what the check may know of the submission's other files; most checks need none.
    """

    check: str
    options: str
    context: Context = ()


@dataclass(frozen=True)
class FileJob:
    """One file, as it was sent, with the checks to run on it.

    The gate, which decides whether the file can be read, runs before them; not with ``gate=False``,
    because the file is then known to be readable.
    """

    path: str
    data: bytes
    requests: tuple[CheckRequest, ...]
    gate: bool = True

    @property
    def steps(self) -> Iterator[int]:
        """The indexes of the steps to run: 0 is the gate, if it runs, n the n-th request."""
        return iter(range(GATE if self.gate else GATE + 1, len(self.requests) + 1))


@dataclass(frozen=True)
class Job:
    """The files of one submission to inspect; files whose results are all known are left out.

    Of files with equal bytes and the same kind of name only the first is in it. A pair whose child
    is killed from outside is run again twice; if not ``tolerant``, it fails at once.
    """

    files: tuple[FileJob, ...]
    tolerant: bool = True

    @property
    def pairs(self) -> Iterator[Pair]:
        """Every (file index, step index) of the job, in the order of execution."""
        return ((index, step) for index, file in enumerate(self.files) for step in file.steps)


#: One inspection for every pair of a job, except the checks of a file that the gate rejected.
Answers = Mapping[Pair, Inspection]


class RunningJob(Protocol):
    """A job that was started and whose answers can be collected."""

    def collect(self) -> Answers:
        """Wait for the answers and return them: an inspection for each pair of the job.

        Only the checks of a file that the gate did not pass have none.

        Raises:
            EngineFault: The inspector failed.
        """
        ...


class Inspector(Protocol):
    """Runs jobs: the fork server, or a stand-in of a test."""

    def start(self, job: Job) -> RunningJob:
        """Start ``job`` and return without waiting for its answers; ``collect`` waits for them."""
        ...


def canonical_json(data: object) -> str:
    """Return ``data`` as ASCII JSON with sorted keys and no spaces, to be hashed or compared.

    The order of keys, and whether a sequence is a list or a tuple, make no difference; ``1``,
    ``1.0`` and ``true`` are different texts.

    Raises:
        TypeError: ``data`` contains something else than dicts, lists, tuples, strings, numbers,
            bools and ``None``.
    """
    return _CANONICAL.encode(data)


def failed(reason: str) -> Inspection:
    """Return a failed inspection: a fault on our side, not the student's.

    ``reason`` is a stable word for the report, e.g. ``timeout`` or ``crash``.
    """
    return Inspection(state=State.FAILED, reason=reason)


def encode_job(job: Job) -> tuple[bytes, bytes]:
    """Return ``job`` as a JSON header, which has the files' sizes, and the files' bytes joined."""
    files = [
        {
            "path": file.path,
            "size": len(file.data),
            "gate": file.gate,
            "requests": [[one.check, one.options, one.context] for one in file.requests],
        }
        for file in job.files
    ]
    header = json.dumps({"files": files, "tolerant": job.tolerant}, separators=(",", ":"))
    return header.encode("ascii"), b"".join(file.data for file in job.files)


def decode_job(header: bytes, body: bytes) -> Job:
    """Return the job from the ``header`` and ``body`` that :func:`encode_job` returned.

    They are trusted: nothing is checked.
    """
    fields = json.loads(header)
    files, start = [], 0
    for file in fields["files"]:
        data = body[start : start + file["size"]]
        start += len(data)
        requests = tuple(
            CheckRequest(check, options, tuple(context))
            for check, options, context in file["requests"]
        )
        files.append(FileJob(file["path"], data, requests, file["gate"]))
    return Job(tuple(files), fields["tolerant"])
