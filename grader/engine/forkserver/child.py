"""A child of the fork server: in its sandbox, it runs one job after another and reports each step.

It is forked from the fork server, which has all tools imported, and never returns. It runs another
job only as long as nothing has failed. A failure is reported only by a child that has run no other
job before, so that no submission fails because of an earlier one.

The messages of a child: a header (:data:`MESSAGE`) and a payload.

- ``STARTED``: the child begins the pair; no payload.
- ``ANSWERED``: the result of the pair, an inspection as JSON.
- ``REFUSED``: the result of a gate that rejects its file, whose checks are skipped.
- ``DONE``: the end of the job; the "file" field is 1 if the child can run another.
"""

from __future__ import annotations

import gc
import json
import math
import os
import struct
from itertools import count
from typing import NoReturn

from grader.domain.check import Catalog
from grader.domain.inspection import Inspection, State
from grader.engine.forkserver.framing import read_frame
from grader.engine.measuring.inspecting import run_steps
from grader.engine.measuring.job import GATE, Job, Pair, decode_job, failed
from grader.engine.sandbox import RESULTS, TASKS, Confinement

#: The header of a message: kind, file index, step index, size of the payload in bytes.
MESSAGE = struct.Struct("<cIII")
#: Kinds of messages; see above.
STARTED, ANSWERED, REFUSED, DONE = b"S", b"A", b"U", b"D"

#: New objects between two runs of the garbage collector, instead of Python's 700: a child lives
#: for seconds, and a run writes to memory that it shares with the fork server. Chosen by hand.
_GC_THRESHOLD = 50_000
#: The exit code of a child that raised: "internal software error" in sysexits.
_EXIT_SOFTWARE = 70


def run_child(catalog: Catalog, results: int, tasks: int, confinement: Confinement) -> NoReturn:
    """Enter ``confinement``, run the jobs that arrive on ``tasks``, and exit; never raise.

    ``results`` and ``tasks`` are file descriptors of pipes, to write messages and to read jobs. If
    a pair (one step, the gate or a check, on one file) fails in the first job, the process runs and
    reports the rest of that job, then exits with 0; if one fails in a later job, it exits with 0 at
    once, without reporting that pair. After any exception, e.g. because ``tasks`` was closed, it
    exits with 70 and prints nothing.
    """
    code = _EXIT_SOFTWARE
    try:
        gc.set_threshold(_GC_THRESHOLD)
        confinement.enter(results, tasks)
        for served in count():
            header, body, pairs = read_frame(TASKS, 3, math.inf)
            confinement.reset_cpu_limit()
            job_pairs = frozenset(map(tuple, json.loads(pairs)))
            if not _ChildJob(decode_job(header, body), job_pairs).run(catalog, fresh=served == 0):
                break
        code = 0
    finally:
        os._exit(code)


class _ChildJob:
    """One job in a child: its open pairs, and the last message, which is not written yet."""

    def __init__(self, job: Job, open_pairs: frozenset[Pair]) -> None:
        self._job, self._open = job, open_pairs
        self._unsent = b""
        self._clean = True

    def run(self, catalog: Catalog, *, fresh: bool) -> bool:
        """Run every open pair with the checks of ``catalog``; return whether none failed.

        If a pair fails in a child that is not ``fresh``, which has run another job before, the
        process exits without reporting it: a new child has to run that pair.
        """
        for index, file in enumerate(self._job.files):
            steps = tuple(step for step in file.steps if (index, step) in self._open)
            for step, inspection in run_steps(file, steps, catalog):
                if inspection is None:
                    self._write(MESSAGE.pack(STARTED, index, step, 0))
                    continue
                self._clean &= inspection.state is not State.FAILED
                if not self._clean and not fresh:
                    os._exit(0)
                # Written with the next start, so that the fork server wakes up half as often.
                self._unsent = _result_message(index, step, inspection)
        self._write(MESSAGE.pack(DONE, self._clean, 0, 0))
        return self._clean

    def _write(self, message: bytes) -> None:
        """Write the unsent message, if any, and ``message``."""
        rest = memoryview(self._unsent + message)
        self._unsent = b""
        while rest:
            rest = rest[os.write(RESULTS, rest) :]


def _result_message(index: int, step: int, inspection: Inspection) -> bytes:
    """Return the message with ``inspection``, the result of the step ``step`` of one file."""
    refused = step == GATE and inspection.state is not State.OK
    try:
        payload = inspection.model_dump_json(exclude_defaults=True).encode("utf-8")
    except ValueError:
        # UTF-8 cannot encode e.g. a lone surrogate of the student's text in facts.
        payload = failed("error").model_dump_json(exclude_defaults=True).encode("ascii")
    return MESSAGE.pack(REFUSED if refused else ANSWERED, index, step, len(payload)) + payload
