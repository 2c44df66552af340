"""The fork server: imports and warms up the tools, then has a sandboxed child run each job.

One single-threaded process in an empty folder, with an empty environment and no descriptors but
its three streams. It reads jobs from standard input, writes their answers to standard output, and
exits when its standard input ends. Started by ``python -I -m grader.engine.forkserver CONFIG``;
CONFIG is JSON: ``{"catalog": "module:CONSTANT", "path": "", "sandbox": "...", "limits": {...}}``.
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
from grader.engine.forkserver.framing import READY, PeerFailed, pack_answers, read_frame, send
from grader.engine.forkserver.job_runner import ClientGone, JobRun
from grader.engine.gate import gate
from grader.engine.measuring.inspecting import prepare_interpreter, run_steps
from grader.engine.measuring.job import CheckRequest, FileJob, Limits, decode_job
from grader.engine.measuring.sample import SAMPLE, default_requests
from grader.engine.sandbox import Confinement, Sandbox, SandboxLevel

_IN, _OUT = 0, 1
_NEVER = math.inf
#: Most pairs (check, options) that are warmed up, i.e. whose parsers, plugins and patterns are
#: loaded before the fork. Chosen by hand: e.g. five rubrics with all checks fit. Later pairs load
#: theirs in every child, so that the memory of this process does not grow without end.
_MOST_WARM = 200


class Server:
    """The main loop of the fork server: read a job, have a child run it, write its answers.

    Call :meth:`prepare` and then :meth:`serve`. Children run the checks of ``catalog``, confined by
    ``limits`` and ``sandbox``. Jobs are read from standard input, and answers written to standard
    output.
    """

    def __init__(self, catalog: Catalog, limits: Limits, sandbox: Sandbox) -> None:
        self._catalog, self._limits, self._sandbox = catalog, limits, sandbox
        self._slot = self._new_slot()
        self._warm: set[tuple[str, str]] = set()

    def prepare(self) -> None:
        """Check that a child can be confined, and warm up every check with its default options.

        To warm up means to run a check in this process, on a sample of our own.

        Raises:
            EngineFault: A child cannot be confined.
        """
        self._slot.verify()
        passed = gate("sample.py", SAMPLE)
        assert isinstance(passed, SourceFile), passed
        self._warm_up([(one.check, one.options) for one in default_requests(self._catalog)])

    def serve(self) -> None:
        """Run jobs until the client closes the pipe; then kill the child and raise, never return.

        Raises:
            PeerFailed: The client closed a pipe between jobs, or while one is read or answered.
            ClientGone: It closed the pipe while a job runs.
        """
        try:
            while True:
                header, body = read_frame(_IN, 2, _NEVER)
                job = decode_job(header, body)
                self._warm_up(
                    [(one.check, one.options) for file in job.files for one in file.requests]
                )
                self._run(JobRun(header, body, job, self._slot, self._limits, _IN))
        finally:
            self._slot.kill()

    def _run(self, job: JobRun) -> None:
        """Run ``job``, send its answers, and release or kill the child afterwards."""
        answers = job.run()
        _empty_folder()
        send(_OUT, pack_answers(answers), _NEVER)
        # After the answer: the kernel needs a millisecond or two to take a child's memory back.
        if job.reusable:
            self._slot.release()
        else:
            self._slot.kill()

    def _warm_up(self, checks: list[tuple[str, str]]) -> None:
        """Run each of ``checks`` (id, options) that is not warm yet on our own sample.

        Children forked afterwards inherit what the tools loaded and cached, so the current child
        is killed.
        """
        new = dict.fromkeys(check for check in checks if check not in self._warm)
        if not new or len(self._warm) + len(new) > _MOST_WARM:
            return
        self._warm.update(new)
        requests = tuple(CheckRequest(check, options) for check, options in new)
        sample = FileJob("sample.py", SAMPLE, requests)
        for _ in run_steps(sample, tuple(sample.steps), self._catalog):
            pass
        # Frozen objects are not touched by the children's garbage collector, so their memory
        # stays shared with this process.
        gc.collect()
        gc.freeze()
        self._slot.kill()
        self._slot = self._new_slot()

    def _new_slot(self) -> ChildSlot:
        """Return an empty slot. The memory limit of its children counts from the present size."""
        return ChildSlot(self._catalog, Confinement.of_children(self._limits, self._sandbox))


def _empty_folder() -> None:
    """Remove everything from the working folder, so that no job finds what another left there."""
    for entry in os.scandir("."):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            os.unlink(entry.path)


def _load_catalog(name: str) -> Catalog:
    """Import a catalog by its name, ``module:CONSTANT``."""
    module, _, constant = name.partition(":")
    found: Catalog = getattr(importlib.import_module(module), constant)
    return found


def _reset_signals() -> None:
    """Restore the default signal handling: this process inherits that of Celery's worker."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def main() -> None:
    """Run the fork server until its client is gone, then delete the working folder.

    The configuration is JSON, the only argument of the command line. The working folder is the one
    in which the client started the process; everything in it is deleted. If the sandbox cannot be
    entered, exit with code 1 and a message.
    """
    _reset_signals()
    config = json.loads(sys.argv[1])
    if config["path"]:
        sys.path.insert(0, config["path"])
    folder = os.getcwd()
    try:
        sandbox = Sandbox.prepare(SandboxLevel(config["sandbox"]), config["path"])
        server = Server(_load_catalog(config["catalog"]), Limits(**config["limits"]), sandbox)
        os.environ.clear()
        prepare_interpreter()
        server.prepare()
        send(_OUT, [READY], _NEVER)
        server.serve()
    except (PeerFailed, ClientGone):
        pass
    except EngineFault as fault:
        sys.exit(f"{fault.detail} {fault.how_to_fix}")
    except OSError as error:  # e.g. no descriptors or processes left for a child
        sys.exit(f"The fork server cannot go on: {error}.")
    finally:
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)
