"""The fork server: ``python -I -m grader.engine.forkserver '{"catalog": ..., "limits": ...}'``.

One single-threaded process with the tools imported and warm, in an empty folder, with an empty
environment and no descriptors but its three streams. It reads jobs from standard input, has a
child answer each, and writes the answers to standard output; it ends with its standard input.
"""

from __future__ import annotations

import gc
import importlib
import json
import math
import os
import shutil
import signal
import sys

from grader.domain.check import Catalog
from grader.domain.errors import EngineFault
from grader.domain.source import SourceFile
from grader.engine.forkserver.child_slot import ChildSlot
from grader.engine.forkserver.framing import READY, PeerFailed, pack_answers, read, send
from grader.engine.forkserver.job_runner import ClientGone, JobRun
from grader.engine.gate import gate
from grader.engine.measuring.inspecting import answer, prepare_interpreter
from grader.engine.measuring.job import CheckRequest, FileJob, Limits, canonical_json, decode_job
from grader.engine.sandbox import Confinement, Sandbox, SandboxLevel

_IN, _OUT = 0, 1
_NEVER = math.inf
#: Sets of options whose warm state (parsers, flake8's plugins) children inherit.
_MOST_WARM = 200

#: Our own text, never a student's: it wakes what the tools load only when first used.
_SAMPLE = b'''"""A sample."""

import sys
import os


@staticmethod
def f(a, *b, c: int = 1, **d) -> str:
    """Say it."""
    with open(os.devnull) as g:
        try:
            return f"{a!r:>{c}}\\N{BULLET}" if a else [x for x in b if x]
        except (ValueError, OSError) as error:
            raise KeyError( 'x' ) from error


class A(B):
    x = {1: 2, **{}}
    async def m(self): return (await  self.x)


if __name__ == "__main__":
    f(*sys.argv, **{})
'''


class Server:
    """The loop: a job, its answers, the next job."""

    def __init__(self, catalog: Catalog, limits: Limits, sandbox: Sandbox) -> None:
        self._catalog, self._limits, self._sandbox = catalog, limits, sandbox
        self._slot = self._new_slot()
        self._warm: set[tuple[str, str]] = set()

    def prepare(self) -> None:
        """Wake every tool before the first job.

        Raises:
            EngineFault: a child cannot be confined.
        """
        self._slot.verify()
        passed = gate("sample.py", _SAMPLE)
        assert isinstance(passed, SourceFile), passed
        defaults = {id: check.options() for id, check in self._catalog.items()}
        self._warm_up(
            [(id, canonical_json(o.model_dump(mode="json"))) for id, o in defaults.items()]
        )

    def serve(self) -> None:
        """Answer jobs until the client closes the pipe.

        Raises:
            PeerFailed, ClientGone: it did.
        """
        try:
            while True:
                header, body = read(_IN, 2, _NEVER)
                job = decode_job(header, body)
                self._warm_up(
                    [(ask.check, ask.options) for file in job.files for ask in file.requests]
                )
                self._answer(JobRun(header, body, job, self._slot, self._limits, _IN))
        finally:
            self._slot.kill()

    def _answer(self, run: JobRun) -> None:
        answers = run.answers()
        _sweep()
        send(_OUT, pack_answers(answers), _NEVER)
        # After the answer: the kernel needs a millisecond or two to take a child's memory back.
        if run.reusable:
            self._slot.release()
        else:
            self._slot.kill()

    def _warm_up(self, asks: list[tuple[str, str]]) -> None:
        """JobRun checks whose options are new here on our own sample, so that children need not."""
        new = dict.fromkeys(ask for ask in asks if ask not in self._warm)
        if not new or len(self._warm) + len(new) > _MOST_WARM:
            return
        self._warm.update(new)
        questions = tuple(CheckRequest(check, options) for check, options in new)
        sample = FileJob("sample.py", _SAMPLE, questions)
        for _ in answer(sample, tuple(sample.questions), self._catalog, "3.11"):
            pass
        # What is warm stays: kept out of the children's collections, it stays shared as well.
        gc.collect()
        gc.freeze()
        self._slot.kill()
        self._slot = self._new_slot()

    def _new_slot(self) -> ChildSlot:
        return ChildSlot(self._catalog, Confinement.here(self._limits, self._sandbox))


def _sweep() -> None:
    """Leave nothing in the working folder that the next submission could find."""
    for entry in os.scandir("."):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            os.unlink(entry.path)


def _catalog(name: str) -> Catalog:
    module, _, constant = name.partition(":")
    found: Catalog = getattr(importlib.import_module(module), constant)
    return found


def _own_signals() -> None:
    """Undo what the worker's library made of signals: all of it is inherited."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def main() -> None:
    """Start, say so, serve; remove the working folder at the end."""
    _own_signals()
    told = json.loads(sys.argv[1])
    if told["path"]:
        sys.path.insert(0, told["path"])
    folder = os.getcwd()
    try:
        sandbox = Sandbox.prepare(SandboxLevel(told["sandbox"]), told["path"])
        server = Server(_catalog(told["catalog"]), Limits(**told["limits"]), sandbox)
        os.environ.clear()
        prepare_interpreter()
        server.prepare()
        send(_OUT, [READY], _NEVER)
        server.serve()
    except (PeerFailed, ClientGone):
        pass
    except EngineFault as fault:
        sys.exit(f"{fault.detail} {fault.how_to_fix}")
    finally:
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)
