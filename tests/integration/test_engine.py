"""The engine: its jobs, its cache, and hostile files with the real checks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.checks.catalog import CATALOG
from grader.domain.check import AnyCheck, Catalog, Check, Context, FileDigests, Guidance, Options
from grader.domain.errors import EngineFault
from grader.domain.facts import FileFacts, SubmissionFacts
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.judging import judge_submission
from grader.domain.measures import count_measure
from grader.domain.rubric import CompiledRubric, Rubric
from grader.domain.rubric.reading import read_rubric
from grader.domain.scoring import judge
from grader.domain.source import Dropped, SourceFile, Submission
from grader.engine.forkserver import ForkServer
from grader.engine.measuring.engine import ClosableInspector, Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.engine.measuring.identity import engine_identity
from grader.engine.measuring.job import (
    Answers,
    CheckRequest,
    FileJob,
    Job,
    Limits,
    RunningJob,
    decode_job,
    encode_job,
    failed,
)
from tests.in_process import InProcess

GUIDANCE = Guidance("What it is.", "How to mend it.", "https://example.org")


class Size(Options):
    """Options of a check in these tests."""

    unit: int = 1


def _lines(source: SourceFile, options: Size, context: Context) -> Inspection:
    return Inspection(facts=Facts(counts={"lines": len(source.lines) * options.unit}))


def _siblings(source: SourceFile, options: Options, context: Context) -> Inspection:
    return Inspection(facts=Facts(counts={"siblings": len(context)}))


def _paths(path: str, files: FileDigests) -> Context:
    return tuple(name for name, _ in files)


LINES = Check("lines", 1, "Lines", GUIDANCE, (count_measure("lines", "L", "l"),), _lines, Size)
SIBLINGS = Check(
    "siblings",
    1,
    "Siblings",
    GUIDANCE,
    (count_measure("siblings", "S", "s"),),
    _siblings,
    Options,
    context=_paths,
    tools=("black",),
)
SMALL: Catalog = {"lines": LINES, "siblings": SIBLINGS}


@dataclass
class Counting:
    """An inspector that records its jobs."""

    catalog: Catalog = field(default_factory=lambda: SMALL)
    jobs: list[Job] = field(default_factory=list)
    closed: int = 0

    def start(self, job: Job) -> RunningJob:
        self.jobs.append(job)
        return InProcess(self.catalog).start(job)

    def close(self) -> None:
        self.closed += 1

    def asked(self) -> list[tuple[str, bool, tuple[str, ...]]]:
        """Return (path, gate, checks) of each file in the jobs since the last call."""
        jobs, self.jobs = self.jobs, []
        return [
            (file.path, file.gate, tuple(ask.check for ask in file.requests))
            for job in jobs
            for file in job.files
        ]


def a_rubric(
    catalog: Catalog = SMALL, python: str = "3.11", names: Sequence[str] = (), **options: object
) -> Rubric:
    """Return a rubric with a criterion for every gradable check of ``catalog``."""
    checks = [check for check in catalog.values() if check.gradable]
    criteria = {
        check.id: {
            "title": check.title,
            "points": 10,
            "check": check.id,
            "options": options if check.id == "lines" else {},
            "scale": _scale(check),
        }
        for check in checks
    }
    data = {"exercise": "e", "course": "c", "title": "t", "python": python, "names": names}
    return read_rubric(data | {"total": 10 * len(checks), "criteria": criteria}, catalog)


def _scale(check: AnyCheck) -> dict[str, object]:
    measure = check.measures[0]
    low, high = (0, 50) if measure.better == "lower" else (50, 0)
    limit = {"limit": 10} if measure.takes_limit else {}
    return {"measure": measure.id, "full_at": low, "zero_at": high, **limit}


def submitted(files: Mapping[str, bytes]) -> Submission:
    return Submission(tuple(SourceFile(path, data) for path, data in sorted(files.items())))


def by_path(facts: SubmissionFacts) -> dict[str, FileFacts]:
    return {file.path: file for file in facts.files}


@pytest.fixture
def inspector() -> Counting:
    return Counting()


@pytest.fixture
def engine(inspector: Counting) -> Engine:
    return Engine(SMALL, inspector, MemoryFacts())


def test_assembles_facts_in_path_order(engine: Engine) -> None:
    files = (SourceFile("b.py", b"x = 1\n"), SourceFile("a.py", b"x = (\n"))
    submission = Submission(files, (Dropped("notes.txt", "not Python"),), "abc")
    facts = engine.measure(submission, a_rubric())
    assert [file.path for file in facts.files] == ["a.py", "b.py"]
    broken, fine = facts.files
    assert (broken.readable.state, broken.inspections) == (State.UNREADABLE, {})
    assert fine.inspections["lines"].facts.counts == {"lines": 1}
    assert fine.inspections["siblings"].facts.counts == {"siblings": 2}
    assert [(one.path, one.reason) for one in facts.dropped] == [("notes.txt", "not Python")]
    assert (facts.digest, facts.archive_sha256) == (submission.digest, "abc")
    assert facts.engine == engine.identity == engine_identity(SMALL)


def test_a_folder_around_everything_changes_no_points(engine: Engine) -> None:
    rubric = a_rubric()
    narrowed = rubric.criteria["lines"].model_copy(update={"files": ("src/**",)})
    criteria = {**rubric.criteria, "lines": narrowed}
    compiled = CompiledRubric.of(rubric.model_copy(update={"criteria": criteria}), SMALL)
    files = {"src/a.py": b"x = 1\n" * 7, "b.py": b"y = 2\n" * 9}
    inside = {f"numbers-main/{path}": data for path, data in files.items()}
    plain, wrapped = (engine.measure(submitted(each), rubric) for each in (files, inside))
    assert [row.points for row in judge(compiled, plain).rows] == [
        row.points for row in judge(compiled, wrapped).rows
    ]
    assert judge(compiled, wrapped).rows[0].paths == ("numbers-main/src/a.py",)


def test_the_same_submission_is_measured_once(engine: Engine, inspector: Counting) -> None:
    submission = submitted({"a.py": b"x = 1\n", "b.py": b"x = (\n"})
    first = engine.measure(submission, a_rubric())
    assert inspector.asked() == [
        ("a.py", True, ("lines", "siblings")),
        ("b.py", True, ("lines", "siblings")),
    ]
    assert engine.measure(submission, a_rubric()) == first
    assert inspector.asked() == []


def test_a_changed_file_alone_is_measured_again(engine: Engine, inspector: Counting) -> None:
    engine.measure(submitted({"a.py": b"x = 1\n", "b.py": b"y = 1\n"}), a_rubric())
    inspector.asked()
    engine.measure(submitted({"a.py": b"x = 1\n", "b.py": b"y = 2\n"}), a_rubric())
    assert inspector.asked() == [("b.py", True, ("lines", "siblings"))]


def test_a_new_sibling_touches_only_checks_that_look_at_siblings(
    engine: Engine, inspector: Counting
) -> None:
    engine.measure(submitted({"a.py": b"x = 1\n"}), a_rubric())
    inspector.asked()
    facts = engine.measure(submitted({"a.py": b"x = 1\n", "b.py": b"y = 1\n"}), a_rubric())
    assert inspector.asked() == [
        ("a.py", False, ("siblings",)),
        ("b.py", True, ("lines", "siblings")),
    ]
    assert by_path(facts)["a.py"].inspections["siblings"].facts.counts == {"siblings": 2}


def test_other_options_touch_only_their_check(engine: Engine, inspector: Counting) -> None:
    submission = submitted({"a.py": b"x = 1\n"})
    engine.measure(submission, a_rubric())
    inspector.asked()
    facts = engine.measure(submission, a_rubric(unit=7))
    assert inspector.asked() == [("a.py", False, ("lines",))]
    assert facts.files[0].inspections['lines{"unit": 7}'].facts.counts == {"lines": 7}


def test_prescribed_names_touch_only_the_check_of_names() -> None:
    catalog = {name: CATALOG[name] for name in ("naming", "type_hints")}
    inspector = Counting(catalog)
    engine = Engine(catalog, inspector, MemoryFacts())
    submission = submitted({"a.py": b"def calcTotal():\n    print(1)\n"})
    found: list[tuple[list[tuple[str, bool, tuple[str, ...]]], list[str]]] = []
    for names in ([], ["runGame", "calcTotal"], ["calcTotal", "runGame"], []):
        rubric = a_rubric(catalog, names=names)
        facts = engine.measure(submission, rubric)
        ledger = judge_submission(CompiledRubric.of(rubric, catalog), facts, None).ledger
        found.append((inspector.asked(), [str(row.value) for row in ledger.rows]))
    first, named, reordered, again = found
    assert first == ([("a.py", True, ("naming", "type_hints"))], ["1", "0"])
    assert named == ([("a.py", False, ("naming",))], ["0", "0"])
    assert (reordered, again) == (([], ["0", "0"]), ([], ["1", "0"]))


def test_the_kind_of_name_belongs_to_the_key_and_the_python_of_the_rubric_does_not(
    engine: Engine, inspector: Counting
) -> None:
    engine.measure(submitted({"a.py": b"x = 1\n"}), a_rubric())
    inspector.asked()
    engine.measure(submitted({"test_a.py": b"x = 1\n"}), a_rubric())
    assert inspector.asked() == [("test_a.py", True, ("lines", "siblings"))]
    engine.measure(submitted({"a.py": b"x = 1\n"}), a_rubric(python="3.12"))
    assert inspector.asked() == []


def test_another_version_of_a_check_measures_again(inspector: Counting) -> None:
    cache = MemoryFacts()
    submission = submitted({"a.py": b"x = 1\n"})
    Engine(SMALL, inspector, cache).measure(submission, a_rubric())
    newer: Catalog = {**SMALL, "lines": replace(LINES, version=2)}
    inspector.asked()
    Engine(newer, inspector, cache).measure(submission, a_rubric(newer))
    assert inspector.asked() == [("a.py", False, ("lines",))]


def test_the_same_bytes_are_asked_once_and_told_of_every_file(
    engine: Engine, inspector: Counting
) -> None:
    facts = engine.measure(submitted({"a.py": b"x = 1\n", "p/b.py": b"x = 1\n"}), a_rubric())
    assert inspector.asked() == [("a.py", True, ("lines", "siblings"))]
    first, second = facts.files
    assert first.inspections == second.inspections
    assert second.path == "p/b.py"


def test_a_failure_of_ours_is_told_and_never_remembered(inspector: Counting) -> None:
    def fails(source: SourceFile, options: Options, context: Context) -> Inspection:
        raise RuntimeError

    inspector.catalog = {**SMALL, "lines": replace(LINES, inspect=fails)}
    engine = Engine(SMALL, inspector, MemoryFacts())
    submission = submitted({"a.py": b"x = 1\n"})
    broken = engine.measure(submission, a_rubric()).files[0].inspections
    assert (broken["lines"], broken["siblings"].state) == (failed("error"), State.OK)
    inspector.asked()
    inspector.catalog = SMALL
    mended = engine.measure(submission, a_rubric()).files[0].inspections
    assert inspector.asked() == [("a.py", False, ("lines",))]
    assert mended["lines"].state is State.OK


@dataclass(frozen=True)
class Forgotten:
    """A running job whose last answer is lost."""

    answers: Answers

    def collect(self) -> Answers:
        return dict([*self.answers.items()][:-1])


def test_an_inspector_that_leaves_something_out_is_a_fault_of_ours() -> None:
    class Forgetful(Counting):
        def start(self, job: Job) -> RunningJob:
            return Forgotten(super().start(job).collect())

    engine = Engine(SMALL, Forgetful(), MemoryFacts())
    with pytest.raises(EngineFault):
        engine.measure(submitted({"a.py": b"x = 1\n"}), a_rubric())


def test_close_closes_the_inspector(engine: Engine, inspector: Counting) -> None:
    engine.close()
    assert inspector.closed == 1


def test_memory_keeps_what_was_used_last() -> None:
    cache = MemoryFacts(size=2)
    now = datetime.now(UTC)
    cache.put_many({"a": Inspection(), "b": failed("crash")}, now)
    assert cache.get_many(["a"]) == {"a": Inspection()}
    cache.put_many({"c": Inspection()}, now)
    assert set(cache.get_many(["a", "b", "c"])) == {"a", "c"}


def test_identity_names_what_measures() -> None:
    identity = engine_identity(CATALOG)
    assert {"black", "isort", "flake8", "radon"} <= set(identity.tools)
    assert identity.grammar == ".".join(identity.python.split(".")[:2])
    assert identity.checks["readable"] >= 1
    assert set(CATALOG) < set(identity.checks)


def test_a_job_survives_the_pipe() -> None:
    asks = (CheckRequest("lines", '{"unit":1}', ("ä", "b")), CheckRequest("siblings", "{}"))
    files = (FileJob("ä.py", b"\xff\0", asks, gate=False), FileJob("b.py", b"", ()))
    job = Job(files)
    assert decode_job(*encode_job(job)) == job


# With the real checks, in real children.

LIMITS = Limits(pair_seconds=5, seconds=60, memory=768 << 20)

HOSTILE = {
    "12,000 minus": b"x = " + b"-" * 12_000 + b"1\n",
    "20,000 not on one line": b"x = " + b"not " * 20_000 + b"1\n",
    "4,000 not on 4,000 lines": b"x = (\n" + b"not\n" * 4_000 + b"1)\n",
    "a dotted import of 80,000 characters": b"import a" + (b".a" * 900 + b".\\\na") * 45 + b"\n",
    "a rot13 cookie": b"# coding: rot13\nk = 1\n",
    "a utf-7 cookie": b"# coding: utf-7\nx = '+'\n",
    "a dictionary of 2,000 lines": b"x = {\n" + b"    'a': [1, 2],\n" * 2_000 + b"}\n",
    "a sum of 140 terms": b"x = (" + b"+".join(b"a" for _ in range(140)) + b")\n",
    "140 times elif": b"if a:\n    b()\n" + b"elif a:\n    b()\n" * 140,
    "subscripts of 140": b"x = a" + b"[0]" * 140 + b"\n",
    "nested brackets of 40 on 400 lines": (b"x = " + b"[" * 40 + b"]" * 40 + b"\n") * 400,
    "nested calls of 38 on 100 lines": (b"f(a, b, " * 38 + b")" * 38 + b"\n") * 100,
    "spaces before an equals sign": b"x" + b" " * 1_990 + b"= 1\n",
    "names imported by the thousand": (
        b"from m import (\n" + b"".join(b"    n%d,\n" % n for n in range(5_000)) + b")\n"
    ),
    "20,000 lambdas": b"x = [\n" + (b"lambda:0," * 200 + b"\n") * 95 + b"]\n",
    "form feed before an indent": b"if a:\n\x0c    b()\n",
    "format strings": b"x = f'" + b"{a}" * 600 + b"'\n",
    "lone surrogates": b"x = '%(\\ud800)s' % {'\\ud800': 1, 'a': 2}\n",
    "bidirectional marks": "x = 'a\u202eb'\n".encode(),
    "an annotation like a directive": b"def f(fmt: only, isort: skipped) -> None:\n    pass\n",
}


@pytest.fixture(scope="module")
def fork_server() -> Iterator[ForkServer]:
    with ForkServer(LIMITS) as fork_server:
        yield fork_server


class Nothing:
    """A facts cache that stores nothing."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Inspection]:
        return {}

    def put_many(self, inspections: Mapping[str, Inspection], at: datetime) -> None:
        pass


def real(inspector: ClosableInspector) -> Engine:
    return Engine(CATALOG, inspector, Nothing())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_as_a_state_and_harms_nobody(
    fork_server: ForkServer, name: str
) -> None:
    calm = b"import os\nx=os.name\n"
    rubric = a_rubric(CATALOG)
    facts = real(fork_server).measure(
        submitted({"calm.py": calm, "evil.py": HOSTILE[name]}), rubric
    )
    files = by_path(facts)
    alone = real(InProcess(CATALOG)).measure(submitted({"calm.py": calm, "evil.py": b""}), rubric)
    # Its part in the program may differ, because of what the other file imports.
    calm_here, calm_alone = files["calm.py"], by_path(alone)["calm.py"]
    assert calm_here.model_copy(update={"part": calm_alone.part}) == calm_alone
    evil = files["evil.py"]
    outcomes = [evil.readable, *evil.inspections.values()]
    assert all((one.reason != "") == (one.state in FINAL) for one in outcomes)
    assert (evil.readable.state is State.OK) == bool(evil.inspections)


FINAL = (State.UNREADABLE, State.FAILED)

UNREADABLE = {
    "12,000 minus": "too_large",
    "20,000 not on one line": "too_large",
    "4,000 not on 4,000 lines": "too_deep",
    "a rot13 cookie": "encoding",
    "a utf-7 cookie": "encoding",
}


@pytest.mark.parametrize(("name", "reason"), UNREADABLE.items())
def test_hostile_files_that_are_no_python_are_the_students(
    fork_server: ForkServer, name: str, reason: str
) -> None:
    facts = real(fork_server).measure(submitted({"evil.py": HOSTILE[name]}), a_rubric(CATALOG))
    assert facts.files[0].readable.reason == reason


def test_no_fact_depends_on_what_a_child_served_before(fork_server: ForkServer) -> None:
    """The facts are equal in two orders through one child, and in a new child for each file."""
    paths = sorted(Path(os.__file__).parent.glob("*.py"))
    small = [path for path in paths if 500 < path.stat().st_size < 9_000][:12]
    assert len(small) == 12
    rubric = a_rubric(CATALOG)

    def facts(inspector: ClosableInspector, order: Sequence[Path]) -> dict[str, SubmissionFacts]:
        engine = real(inspector)
        return {
            path.name: engine.measure(submitted({"a.py": path.read_bytes()}), rubric)
            for path in order
        }

    forward, backward = facts(fork_server, small), facts(fork_server, small[::-1])
    with ForkServer(replace(LIMITS, reuse=1)) as single:
        alone = facts(single, small)
    assert forward == backward == alone


def test_children_and_this_process_agree_on_this_repository(fork_server: ForkServer) -> None:
    """Children and this process give the same facts for the files of the engine itself."""
    import grader.engine.forkserver.job_runner as c
    import grader.engine.gate as a
    import grader.engine.measuring.engine as b

    files = {}
    for module in (a, b, c):
        assert module.__file__ is not None
        with open(module.__file__, "rb") as file:
            files[f"{module.__name__.rpartition('.')[2]}.py"] = file.read()
    rubric = a_rubric(CATALOG)
    isolated = real(fork_server).measure(submitted(files), rubric)
    assert isolated == real(InProcess(CATALOG)).measure(submitted(files), rubric)
    assert {one.state for file in isolated.files for one in file.inspections.values()} <= {
        State.OK,
        State.NOT_APPLICABLE,
    }
    assert sorted(files) == [file.path for file in isolated.files]
