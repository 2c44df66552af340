"""A child of the fork server: in its sandbox, it runs one job after another and reports each step.

It is forked from a fork server that has the tools imported, and never returns. It goes on from one
submission to the next only as long as nothing broke: what broke is always told by a child that
has seen nothing else, so that no submission answers for the one before it.
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
from grader.engine.forkserver.framing import read
from grader.engine.measuring.inspecting import answer
from grader.engine.measuring.job import GATE, Job, Pair, decode_job, failed
from grader.engine.sandbox import RESULTS, TASKS, Confinement

#: Kind, file, question, length of what follows. In DONE, "file" is 1 where the child can go on.
FRAME = struct.Struct("<cIII")
STARTED, ANSWERED, REFUSED, DONE = b"S", b"A", b"U", b"D"

#: New objects between two searches for garbage: a child lives for seconds, not for days.
_GARBAGE = 50_000


def run_child(catalog: Catalog, results: int, tasks: int, confinement: Confinement) -> NoReturn:
    """Serve the tasks that come through one pipe, and tell of them through the other."""
    code = 70
    try:
        gc.set_threshold(_GARBAGE)
        confinement.enter(results, tasks)
        for served in count():
            header, body, left = read(TASKS, 3, math.inf)
            confinement.reset_cpu_limit()
            work = _Work(decode_job(header, body), frozenset(map(tuple, json.loads(left))))
            if not work.done(catalog, fresh=served == 0):
                break
        code = 0
    finally:
        os._exit(code)


class _Work:
    """One submission's questions, as far as they are still open."""

    def __init__(self, job: Job, left: frozenset[Pair]) -> None:
        self._job, self._left = job, left
        self._unsent = b""
        self._clean = True

    def done(self, catalog: Catalog, *, fresh: bool) -> bool:
        """Answer them all; true where nothing broke. Ends the process where it is not fresh."""
        for index, file in enumerate(self._job.files):
            wanted = tuple(q for q in file.questions if (index, q) in self._left)
            for question, inspection in answer(file, wanted, catalog, self._job.python):
                if inspection is None:
                    self._tell(FRAME.pack(STARTED, index, question, 0))
                    continue
                self._clean &= inspection.state is not State.FAILED
                if not self._clean and not fresh:
                    os._exit(0)
                # Told with the next start: half as many wake-ups of the fork server.
                self._unsent = _answered(index, question, inspection)
        self._tell(FRAME.pack(DONE, self._clean, 0, 0))
        return self._clean

    def _tell(self, frame: bytes) -> None:
        rest = memoryview(self._unsent + frame)
        self._unsent = b""
        while rest:
            rest = rest[os.write(RESULTS, rest) :]


def _answered(index: int, question: int, inspection: Inspection) -> bytes:
    refused = question == GATE and inspection.state is not State.OK
    try:
        payload = inspection.model_dump_json(exclude_defaults=True).encode("utf-8")
    except ValueError:
        # A message that quotes a lone surrogate of the student's text is no UTF-8.
        payload = failed("error").model_dump_json(exclude_defaults=True).encode("ascii")
    return FRAME.pack(REFUSED if refused else ANSWERED, index, question, len(payload)) + payload
