"""Check for unit tests: do they run, can they fail, and which functions do they cover?"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from grader.analysis.syntax.imports import depth_in, imports_in, packages_around
from grader.analysis.syntax.module import module_of
from grader.analysis.syntax.statements import has_statements
from grader.checks.tests_present.bodies import bodies_of
from grader.checks.tests_present.calls_made import ModuleNames
from grader.checks.tests_present.measures import (
    CANNOT_FAIL,
    LESSON,
    MEASURES,
    NOT_COUNTED,
    NOTHING_ASSERTED,
    NOTHING_TO_CALL,
    UNTESTED,
)
from grader.checks.tests_present.public_functions import (
    Definition,
    PublicFunction,
    definitions,
    doctests,
    public_functions,
    units_of,
    untested_in,
)
from grader.checks.tests_present.routines import FoundRoutine, has_test_case, routines
from grader.checks.tests_present.spared import spared_lines
from grader.checks.tests_present.suite import Covered, Suite, TestSummary, Verdict
from grader.domain.check import Check, Context, FileDigests, Guidance, Inspections, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.source import SourceFile, is_test_path

GUIDANCE = Guidance(
    explanation=(
        "A test is a small function that calls one of yours and asserts what should come out. It"
        " tells you within seconds whether a change broke something that worked."
    ),
    how_to_fix=(
        "Make a file `test_<module>.py`, import a function from your module, call it with a value"
        " whose answer you know, and write `assert area(2, 3) == 6`. Run it with `pytest`."
    ),
    url="https://docs.pytest.org/en/stable/getting-started.html",
)

_UNTESTED = Guidance(
    explanation=(
        "No test calls this function and says what should come of it. If it breaks tomorrow, nobody"
        " notices until someone runs the program and looks closely."
    ),
    how_to_fix=(
        "Write a test that calls it with an easy value, and then one with an odd value: an empty"
        " list, zero, a negative number."
    ),
    url="https://docs.pytest.org/en/stable/getting-started.html",
)

_NOTHING_TO_CALL = Guidance(
    explanation=(
        "Every function here draws, waits for a person or needs a camera, so no test can call any"
        " of them. What they compute on the way cannot be tested either."
    ),
    how_to_fix=(
        "Move what is computed (points, moves, totals) into functions that take values and return"
        " one, call them from the functions of the screen, and test them."
    ),
    url="https://docs.pytest.org/en/stable/getting-started.html",
)

_NOTHING_ASSERTED = Guidance(
    explanation=(
        "This test runs code but never says what should come out of it. It passes whatever the"
        " answer is, as long as nothing crashes."
    ),
    how_to_fix=(
        "Keep what the function returns and assert what it should be: `assert result == 6`. If"
        " the point is that it raises an error, use `with pytest.raises(ValueError):`."
    ),
    url="https://docs.pytest.org/en/stable/how-to/assert.html",
)

_CANNOT_FAIL = Guidance(
    explanation=(
        "This assertion holds whatever your program does, so it can never tell you that something"
        " broke. `assert (a, b)`, for example, is true for every `a` and `b`, and"
        " `pytest.raises(Exception)` is content even with a slip in the test itself."
    ),
    how_to_fix=(
        "Compare what your function returns with a value that you worked out yourself. To see that"
        " a test works, break the function for a moment: the test must fail."
    ),
    url="https://docs.python.org/3/reference/simple_stmts.html#the-assert-statement",
)

_NOT_COUNTED = Guidance(
    explanation=(
        "This test asserts something, and still it cannot show that your program works: it does"
        " not run, its failure is not heard, or it tries out something else."
    ),
    how_to_fix=(
        "Let it import and call a function of yours, give it a name of its own, and take away the"
        " mark that skips it."
    ),
    url="https://docs.pytest.org/en/stable/how-to/skipping.html",
)


#: Context entry of a file of the program if there are tests beside it.
_TESTS = "tests"


def context(path: str, files: FileDigests) -> Context:
    """Return the number of packages around `path`, and whether tests may run this file."""
    may_run = not is_test_path(path) and _has_tests(files)
    return ((_TESTS,) if may_run else ()) + packages_around(path, files)


@lru_cache(maxsize=4)
def _has_tests(files: FileDigests) -> bool:
    """Return whether one of `files` is a test. Cached, since every file of a submission asks."""
    return any(is_test_path(path) for path, _ in files)


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with the tests of `source`, its helpers and public functions.

    They are its sketch, a ``TestSummary`` as JSON; the only count is ``files``, which is 1. There
    is a finding for each assertion in a test (not in a helper or doctest) that shows nothing: it
    holds, or fails, whatever the program does, or its failure is caught. Which tests count and
    which functions are tested is decided by ``combine``, which sees all files. ``.pyi`` files and
    files without statements give ``NOTHING_TO_SAY``. `context` is that of
    :func:`context`; `options` is unused.
    """
    if not has_statements(source) or source.kind == "stub":
        return NOTHING_TO_SAY
    imports, in_tests = imports_in(source.tree), source.kind in ("test", "test_init")
    defined, found = definitions(source.tree), []
    if in_tests or has_test_case(source.tree):
        found = routines(source.tree, imports, _top_level(defined), in_tests)
    module_names = ModuleNames.of(imports, _top_level(defined))
    summary = TestSummary(
        depth=depth_in(context),
        imports=imports,
        defined=_top_level(defined),
        public=() if in_tests else _public(source, defined),
        routines=(*(one.routine for one in found), *doctests(source.tree, defined, module_names)),
        bodies=tuple(bodies_of(source.tree, defined, module_names)) if _TESTS in context else (),
    )
    return Inspection(
        facts=Facts(counts={"files": 1}),
        findings=tuple(_ineffective(node, one) for one in found for node in one.ineffective),
        sketch=summary.model_dump_json(),
    )


def _public(source: SourceFile, defined: list[Definition]) -> tuple[PublicFunction, ...]:
    """Return the public functions among those `defined` in `source`."""
    return tuple(public_functions(defined, spared_lines(module_of(source))))


def _top_level(definitions: list[Definition]) -> tuple[str, ...]:
    """Return the names of the functions and classes in `definitions` that are in no class."""
    return tuple(one.qualified_name for one in definitions if not one.is_method)


def _ineffective(node: ast.AST, found: FoundRoutine) -> Finding:
    """Return the finding that `node`, an assertion in the test `found`, cannot fail."""
    return Finding(
        code=CANNOT_FAIL,
        line=getattr(node, "lineno", 1),
        column=getattr(node, "col_offset", 0) + 1,
        message=f"An assertion of `{found.routine.name}` cannot fail",
    )


def combine(inspections: Inspections, options: Options) -> Inspections:
    """Return `inspections` with the final counts, and with findings of two more kinds.

    `Suite` decides which tests count. The counts of each file are all its tests, those that count,
    the different assertions of these (at least one a test), the tests that assert nothing, and its
    public functions, tested and untested. Each test that does not count has a finding (with a code
    of its own if it asserts nothing), and so has each public function that no counted test covers,
    in the file where it is defined. Functions that no test can reasonably call are in no count; if
    there are no others, they are one function without a test. The findings of ``inspect`` stay. All
    `inspections` must come from ``inspect``, and none may be ``NOTHING_TO_SAY``. `options` is
    unused.
    """
    summaries = {
        path: TestSummary.model_validate_json(one.sketch) for path, one in inspections.items()
    }
    suite = Suite(summaries)
    verdicts = suite.verdicts()
    covered = suite.covered(verdicts)
    coverages = {path: _coverage(path, one.public, covered) for path, one in summaries.items()}
    alone = _with_nothing_to_call(coverages)
    combined = {}
    for path, one in inspections.items():
        coverage = coverages[path]
        untested = [*map(_untested, coverage.untested)]
        untested += [_nothing_to_call(coverage.spared)] if path == alone else []
        counts = {
            **one.facts.counts,
            **_counts(verdicts[path]),
            "public_functions": coverage.tested + len(untested),
            "functions_tested": coverage.tested,
            "untested_functions": len(untested),
        }
        not_counted = (_not_counted(verdict) for verdict in verdicts[path] if verdict.reason)
        update = {
            "facts": Facts(counts=counts),
            "findings": (*one.findings, *not_counted, *untested),
        }
        combined[path] = one.model_copy(update=update)
    return combined


class _Coverage(NamedTuple):
    """How many public functions of a file are tested, those that are not, and those spared."""

    tested: int
    untested: list[PublicFunction]
    spared: list[PublicFunction]


def _coverage(path: str, public: tuple[PublicFunction, ...], covered: Covered) -> _Coverage:
    """Return the coverage of the file `path` with these `public` functions."""
    tested = {index for index in range(len(public)) if (path, index) in covered}
    missing = [untested_in(unit, public, tested) for unit in units_of(public)]
    left = [public[index] for index in missing if index is not None]
    return _Coverage(
        tested=missing.count(None),
        untested=[one for one in left if not one.is_spared],
        spared=[one for one in left if one.is_spared],
    )


def _with_nothing_to_call(coverages: Mapping[str, _Coverage]) -> str:
    """Return the first file with spared functions, if there are no others; else ""."""
    if any(one.tested or one.untested for one in coverages.values()):
        return ""
    return next((path for path in sorted(coverages) if coverages[path].spared), "")


def _nothing_to_call(spared: list[PublicFunction]) -> Finding:
    """Return the finding on a program of nothing but `spared` functions."""
    first = spared[0]
    return Finding(
        code=NOTHING_TO_CALL,
        line=first.line,
        column=first.column,
        message=f"No test can call `{first.qualified_name}`, nor any other function of the program",
    )


def _counts(verdicts: list[Verdict]) -> dict[str, int]:
    """Return the counts for the tests of one file, e.g. ``tests``: the number that count."""
    counted = [one.routine for one in verdicts if not one.reason]
    return {
        "test_functions": len(verdicts),
        "tests": len(counted),
        # A test that asserts only through a helper counts as one assertion.
        "assertions": sum(max(1, routine.assertions) for routine in counted),
        "tests_without_assertion": sum(not one.asserts for one in verdicts),
    }


def _not_counted(verdict: Verdict) -> Finding:
    """Return the finding for a test that does not count, with the reason of `verdict`."""
    routine = verdict.routine
    return Finding(
        code=NOT_COUNTED if verdict.asserts else NOTHING_ASSERTED,
        line=routine.line,
        column=routine.column,
        message=f"`{routine.name}` {verdict.reason}",
    )


def _untested(public: PublicFunction) -> Finding:
    """Return the finding that no counted test covers `public`."""
    return Finding(
        code=UNTESTED,
        line=public.line,
        column=public.column,
        message=f"No test tries out `{public.qualified_name}`",
    )


CHECK = Check(
    id="tests_present",
    version=8,
    title="Unit tests",
    synonyms=("pytest", "unittest", "tests", "unit_tests", "test_coverage"),
    guidance=GUIDANCE,
    guidance_by_code={
        UNTESTED: _UNTESTED,
        NOTHING_TO_CALL: _NOTHING_TO_CALL,
        NOTHING_ASSERTED: _NOTHING_ASSERTED,
        CANNOT_FAIL: _CANNOT_FAIL,
        NOT_COUNTED: _NOT_COUNTED,
    },
    lesson=LESSON,
    context=context,
    measures=MEASURES,
    options=Options,
    inspect=inspect,
    combine=combine,
    needs_tests=False,
)
