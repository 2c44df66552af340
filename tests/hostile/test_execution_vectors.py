"""No code of a submission is run, imported, opened or obeyed: audit hooks record what happens.

The hooks record what the worker's side and the child do while each submission is measured. The
child has the lowest level of the sandbox, so that only the engine's own way of working keeps a
submission from creating its marker file.
"""

from __future__ import annotations

import io
import re
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.domain.facts import FileFacts
from grader.domain.source import Submission
from grader.engine.forkserver import ForkServer
from grader.engine.intake import read_upload
from grader.engine.measuring.engine import Engine
from grader.engine.rubric_text import read_rubric_text
from grader.engine.sandbox.levels import SandboxLevel
from tests.benchmarks.engine_figures import NoFacts
from tests.benchmarks.rubric import every_check_text
from tests.hostile import witness_checks
from tests.hostile.execution_vectors import VICTIM, Files, vectors

_ONE_MORE = """\
  {0}:
    title: {0}
    points: 0
    check: {0}
    scale: {{measure: lines, full_at: 0, zero_at: 1}}
"""
_REST = _ONE_MORE.format("stray") + _ONE_MORE.format("witness") + "intake: {notebooks: accepted}"
_TEXT = every_check_text().replace("patch: false", "patch: true").replace("fix: false", "fix: true")
RUBRIC = read_rubric_text(_TEXT + _REST, witness_checks.CATALOG)

#: The only audit events of a child, apart from its own memory and its two pipes.
DONE = re.compile(
    r"compile (b'|b\"|<ast\.Module).*"  # a text is parsed, a tree is compiled
    r"|resource\.setrlimit .*"
    r"|open '/dev/null', None, \d+"
    # The parser, to show the line of a syntax error; the working folder is empty.
    r"|open '<unknown>', 'rb', 0",
    re.DOTALL,
)

_watching = False
_seen: list[str] = []
#: Threads that earlier tests of this process left, e.g. one that still connects to a database.
_others: set[int] = set()


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if (
        _watching
        and threading.get_ident() not in _others
        and not event.startswith(witness_checks.HARMLESS)
    ):
        _seen.append(f"{event} {arguments!r:.300}")


@contextmanager
def watched() -> Iterator[list[str]]:
    """Return the audit events of this process during the block, but for threads from before it."""
    global _watching
    _seen.clear()
    _others.clear()
    _others.update(sys._current_frames().keys() - {threading.get_ident()})
    _watching = True
    try:
        yield _seen
    finally:
        _watching = False


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Yield an engine whose child records audit events and could create a marker file."""
    sys.addaudithook(_hook)
    folder = str(Path(witness_checks.__file__).parent)
    catalog = "witness_checks:CATALOG"
    with ForkServer(catalog=catalog, path=folder, sandbox=SandboxLevel.RLIMITS) as fork_server:
        engine = Engine(witness_checks.CATALOG, fork_server, NoFacts())
        graded(engine, {})
        yield engine


def zipped(files: Files) -> bytes:
    """Return a zip archive of ``files``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return buffer.getvalue()


def graded(engine: Engine, files: Files) -> tuple[Submission, tuple[FileFacts, ...], list[str]]:
    """Return the submission, its facts, and the recorded events of the child."""
    # The last file is there so that the witness reports the events of the file before it.
    archive = zipped({"victim.py": VICTIM, **files, "zzz.py": b"x = 1\n"})
    submission = read_upload(archive, limits=RUBRIC.intake)
    facts = engine.measure(submission, RUBRIC)
    told = [file.inspections["witness"] for file in facts.files if "witness" in file.inspections]
    done = [finding.message for one in told for finding in one.findings]
    return submission, facts.files, done


def measured(files: tuple[FileFacts, ...]) -> dict[str, object]:
    """Return the inspections of every Python file."""
    return {
        file.path: {key: one for key, one in file.inspections.items() if key != "witness"}
        for file in files
        if file.path.endswith(".py")
    }


@pytest.mark.parametrize("vector", vectors("marker"))
def test_a_submission_is_only_read(engine: Engine, tmp_path: Path, vector: str) -> None:
    marker = tmp_path / "marker"
    files = vectors(str(marker))[vector]
    with watched() as ours:
        submission, found, done = graded(engine, files)
    assert not marker.exists()
    assert [event for event in done if not DONE.fullmatch(event)] == []
    assert len(done) > 10
    assert ours == []
    victim = next(file for file in found if file.path == "victim.py")
    assert victim.inspections["style"].facts.counts["violations"] > 5
    kept = {file.path: file.data for file in submission.files if file.path.endswith(".py")}
    assert measured(found) == measured(graded(engine, kept)[1])


def test_the_recording_detects_execution(engine: Engine) -> None:
    with watched() as ours:
        _, _, done = graded(engine, {"a.py": b"x = 'stray'\n"})
        assert ours == []
        assert Path(__file__).read_bytes()
    assert any(event.startswith("open ") for event in ours)
    strange = [event for event in done if not DONE.fullmatch(event)]
    assert any(event.startswith("open 'stray'") for event in strange)
    assert any(event.startswith("import 'stray'") for event in strange)
