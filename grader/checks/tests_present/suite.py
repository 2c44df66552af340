"""Decide which tests count, and which functions of the submission they cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, filterfalse

from pydantic import BaseModel, ConfigDict

from grader.analysis.syntax.imports import Import
from grader.checks.tests_present.asserted_calls import AssertedCall, AssertedCalls, Key, is_covered
from grader.checks.tests_present.bodies import Body
from grader.checks.tests_present.calls_made import Call
from grader.checks.tests_present.clients import (
    ANY_COMMAND,
    MAKERS,
    is_command,
    is_request,
    run_by,
    served_for,
)
from grader.checks.tests_present.imported_names import MOST_HELPING, ImportedNames, closure
from grader.checks.tests_present.outcomes import Group
from grader.checks.tests_present.public_functions import PublicFunction
from grader.checks.tests_present.reached import Reached
from grader.checks.tests_present.routines import Routine
from grader.domain.source import is_conftest

#: Public functions, each as the path of its file and its index there.
Covered = set[tuple[str, int]]
#: The digest of a routine, and the paths of the modules that its names refer to.
_RoutineIdentity = tuple[str, ...]
#: The identity of a test and of its helpers. Two tests with the same one are copies.
_TestIdentity = tuple[_RoutineIdentity, ...]
#: The reason of a verdict on a test without an effective assertion.
_NO_ASSERTION = "asserts nothing that can fail"


class TestSummary(BaseModel):
    """What `Suite` needs to know of one file: its tests, helpers and public functions.

    ``inspect`` stores it as JSON in the ``sketch`` of an inspection. ``bodies``: what its functions
    call; none in a test file, or without tests in the submission. ``depth``: the number of
    packages around the file. ``imports``: its imports, at every depth. ``defined``: the names of
    the functions and classes that are in no other one. ``public``: the functions in it that tests
    should cover; none in a test file. ``routines``: its tests and helpers, then its doctests.
    """

    __test__ = False
    model_config = ConfigDict(frozen=True)

    depth: int
    imports: tuple[Import, ...]
    defined: tuple[str, ...]
    public: tuple[PublicFunction, ...]
    routines: tuple[Routine, ...]
    bodies: tuple[Body, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """Whether the test ``routine`` counts. ``reason`` says why it does not; it is empty if it does.

    It ends a sentence about the test, e.g. "is a copy of another test". ``asserts``: the test has
    an assertion that can fail, itself or through a helper; without one it never counts.
    """

    routine: Routine
    asserts: bool
    reason: str


class Suite:
    """Decides which tests of a submission count, and which public functions they cover.

    ``summaries`` are those of all files, test files and others, by path. :meth:`verdicts` judges
    each test; :meth:`covered` returns the functions that the tests which count cover.
    """

    def __init__(self, summaries: Mapping[str, TestSummary]) -> None:
        self._summaries = summaries
        self._imported = ImportedNames(
            depths={path: one.depth for path, one in summaries.items()},
            imports={path: one.imports for path, one in summaries.items()},
            defined={path: one.defined for path, one in summaries.items()},
        )

    def verdicts(self) -> dict[str, list[Verdict]]:
        """Return the verdicts on the tests of each file, by path; an empty list without tests.

        A test counts if it has an assertion that can fail, is neither skipped, allowed to fail nor
        replaced by a later one of its name, uses something of the program, i.e. of the files that
        are no test files (if there are any), looks at more than the result of functions that have
        none, and is no copy of an earlier test that counts. A copy
        has equal code, whatever its name, and equal helpers, and its names mean the same modules.
        """
        seen: set[_TestIdentity] = set()
        verdicts: dict[str, list[Verdict]] = {path: [] for path in self._summaries}
        for key, routine in self._routines.items():
            if routine.is_test:
                asserts = key in self._asserting
                reason = self._reason(key, routine, seen) if asserts else _NO_ASSERTION
                verdicts[key[0]].append(Verdict(routine, asserts, reason))
        return verdicts

    def _reason(self, key: Key, routine: Routine, seen: set[_TestIdentity]) -> str:
        """Return why the test `routine`, which asserts, does not count; "" if it does.

        `seen` has the identities of the tests that count so far; that of a test that counts is
        added.
        """
        if routine.silent == "skipped":
            return "is skipped, or allowed to fail"
        if routine.silent:
            return "never runs: a later test of the same name takes its place"
        missing = next(filterfalse(self._imported.is_there, routine.needs), None)
        if missing is not None:
            return f"is skipped without `{missing}`, which your program does not import"
        if self._imported.program and key not in self._testing_program:
            return "tries out nothing of your program"
        if name := self._compared_without_value(key):
            return f"only looks at what `{name}` returns, which is always None"
        helpers = (self._identities[helper] for helper in self._helpers[key])
        identity = (self._identities[key], *helpers)
        if identity in seen:
            return "is a copy of another test"
        seen.add(identity)
        return ""

    def covered(self, verdicts: Mapping[str, Iterable[Verdict]]) -> Covered:
        """Return (path, index in its ``public``) of each public function that counted tests cover.

        Those are the tests without a reason in `verdicts`, which must be those of
        :meth:`verdicts`; ``public`` is that of the file's summary. A test covers a function if it,
        or a helper whose result it uses, calls it with a number of arguments that it accepts, and
        an assertion checks the result; if it returns no value, a later assertion about e.g. a file
        will do. The calling file has to import or define it. What is called as an attribute, e.g. a
        method, is found by its name in each module from which that file imports, or a file whose
        helpers it uses, or a ``conftest.py``. What serves a route or command is covered by an
        asserted request of a client, see `clients`.
        """
        every = chain.from_iterable(verdicts.values())
        counted = {id(one.routine) for one in every if not one.reason}
        tests = [key for key, routine in self._routines.items() if id(routine) in counted]
        # The imports of conftest.py count for all tests, since all can use its fixtures.
        shared = {path for path in self._summaries if is_conftest(path)}
        covered: Covered = set()
        for path, calls in self._asserted_calls.of(tests).items():
            makers = {path, *shared, *self._helping_files.get(path, ())}
            covered.update(self._covered_by(path, calls, makers))
            has_client = not self._with_client.isdisjoint(makers)
            if has_client:
                covered.update(self._requested(calls))
            for file, reached in self._reached(has_client).by(path, calls).items():
                covered.update(self._covered_by(file, reached, (file,)))
        return covered

    def _reached(self, has_client: bool) -> Reached:
        """Return what finds the calls of runs; of routes only if a test `has_client`."""

        def serving(request: str) -> Iterator[tuple[str, str]]:
            for served in served_for(request) if has_client or is_command(request) else ():
                yield from self._bodies_serving.get(served, ())

        nothing = {
            (path, public.qualified_name)
            for path, summary in self._summaries.items()
            for public in summary.public
            if not public.returns_value
        }
        bodies = {path: self._summaries[path].bodies for path in self._imported.program}
        return Reached(bodies, self._imported, serving, nothing.__contains__)

    def _covered_by(
        self, path: str, calls: Mapping[str, set[AssertedCall]], makers: Iterable[str]
    ) -> Iterator[tuple[str, int]]:
        """Yield the public functions that the asserted `calls` in the file `path` cover.

        `calls` are by the called name. A function has to be imported by `path` or defined in it. A
        method is found by its name alone, in every module that one of the files `makers` imports,
        which may make its object.
        """
        by_definition: dict[tuple[str, str], set[AssertedCall]] = defaultdict(set)
        for definition, name in self._imported.definitions_of(path, calls):
            by_definition[definition].update(calls[name])
        modules = {module for file in makers for module in self._imported.modules[file]}
        if path in self._imported.program:
            modules.add(path)
            by_definition.update(((path, name), found) for name, found in calls.items())
        for module in modules:
            for index, public in enumerate(self._summaries[module].public):
                candidates = calls.get(f".{public.name}", set())
                if not public.is_method:
                    candidates = candidates | by_definition[(module, public.name)]
                if is_covered(public, candidates):
                    yield module, index

    def _compared_without_value(self, key: Key) -> str:
        """Return the function whose result is all that the test `key` looks at, if it returns none.

        "" if an assertion of the test is about anything else, e.g. about a file.
        """
        groups = [one for one in self._routines[key].groups if one.link == "asserted"]
        compared = [[call for call in one.calls if call.is_compared] for one in groups]
        every = list(chain.from_iterable(compared))
        if not all(compared) or not all(self._returns_nothing(key[0], call) for call in every):
            return ""
        return every[0].name.lstrip(".") if every else ""

    def _returns_nothing(self, path: str, call: Call) -> bool:
        """Return whether `call` in the file `path` is one of functions that return no value."""
        asserted = AssertedCall(call._replace(is_compared=False), True)
        found = self._covered_by(path, {call.name: {asserted}}, (path,))
        values = [self._summaries[file].public[at].returns_value for file, at in found]
        return bool(values) and not any(values)

    def _requested(self, calls: Mapping[str, set[AssertedCall]]) -> Iterator[tuple[str, int]]:
        """Yield the public functions that the asserted `calls` of a client reach, in any file."""
        for request in filter(is_request, calls):
            for at, public in chain.from_iterable(map(self._serving, served_for(request))):
                if is_covered(public, calls[request]):
                    yield at

    @cached_property
    def _with_client(self) -> set[str]:
        """The files whose tests or helpers mention what makes a client of an application."""
        return {
            path for (path, _), one in self._routines.items() if not MAKERS.isdisjoint(one.mentions)
        }

    def _serving(self, served: str) -> Sequence[tuple[tuple[str, int], PublicFunction]]:
        """Return the public functions that serve the route or command `served`."""
        return self._all_serving.get(served, ())

    @cached_property
    def _all_serving(self) -> Mapping[str, list[tuple[tuple[str, int], PublicFunction]]]:
        """By route or command, the public functions that serve it."""
        found = defaultdict(list)
        for path, summary in self._summaries.items():
            for index, public in enumerate(summary.public):
                for served in public.serves:
                    found[served].append(((path, index), public))
        commands = [one for served, of in found.items() if is_command(served) for one in of]
        # An application of one command takes no name of one, unless it has a callback.
        if len(commands) == 1 and ANY_COMMAND not in self._bodies_serving:
            found[ANY_COMMAND] += commands
        return found

    @cached_property
    def _bodies_serving(self) -> Mapping[str, list[tuple[str, str]]]:
        """By route or command, the path and qualified name of each function that serves it."""
        found = defaultdict(list)
        for path, summary in self._summaries.items():
            for body in summary.bodies:
                for served in body.serves:
                    found[served].append((path, body.name))
        return found

    @cached_property
    def _helping_files(self) -> Mapping[str, set[str]]:
        """By file, the files whose helpers its tests and helpers use, directly or indirectly."""
        direct: dict[str, set[str]] = defaultdict(set)
        for key, helpers in self._helpers.items():
            direct[key[0]].update(path for path, _ in helpers)
        return {
            path: closure(found, lambda each: direct.get(each, ()), MOST_HELPING)
            for path, found in direct.items()
        }

    @cached_property
    def _routines(self) -> Mapping[Key, Routine]:
        """The tests and helpers of all files, by the path of the file and their index in it."""
        return {
            (path, index): routine
            for path, summary in self._summaries.items()
            for index, routine in enumerate(summary.routines)
        }

    @cached_property
    def _helpers(self) -> Mapping[Key, list[Key]]:
        """By routine, the helpers that it mentions."""
        return {
            key: self._helpers_named(key[0], routine.mentions)
            for key, routine in self._routines.items()
        }

    def _helpers_named(self, path: str, mentions: Iterable[str]) -> list[Key]:
        """Return the helpers named in `mentions`, in the order of their names.

        They are the helpers of a name in the file `path`, or else in a test file that it imports,
        or else the first one in any file. A mention ``.check`` is also a helper ``check``.
        """
        names = sorted({mention.lstrip(".") for mention in mentions})
        return [key for name in names for key in self._helpers_called(path, name)]

    def _helpers_called(self, path: str, name: str) -> list[Key]:
        """Return the helpers that `name` may be in the file `path`."""
        in_file, anywhere = self._helpers_by_name
        original, sources = self._imported.from_tests(path, name)
        keys = [(path, name), *((source, original) for source in sources)]
        return next((in_file[key] for key in keys if key in in_file), anywhere.get(name, []))

    @cached_property
    def _helpers_by_name(
        self,
    ) -> tuple[Mapping[tuple[str, str], list[Key]], Mapping[str, list[Key]]]:
        """The helpers by file and name, and the first helper of each name in any file."""
        in_file: dict[tuple[str, str], list[Key]] = defaultdict(list)
        anywhere: dict[str, list[Key]] = {}
        for key, routine in self._routines.items():
            if not routine.is_test:
                in_file[(key[0], routine.name)].append(key)
                anywhere.setdefault(routine.name, [key])
        return in_file, anywhere

    @cached_property
    def _identities(self) -> Mapping[Key, _RoutineIdentity]:
        """By routine, its identity. Equal code is no copy if its names refer to other modules.

        e.g. ``assert solve(1) == 2`` in two files, one with ``from week1 import solve`` and one
        with ``from week2 import solve``.
        """
        found = {}
        for key, routine in self._routines.items():
            mentions = set(routine.mentions)
            imports = self._imported.from_program[key[0]]
            meant = (module for one, module in imports if one.bound in mentions)
            found[key] = (routine.digest, *meant)
        return found

    @cached_property
    def _users(self) -> Mapping[Key, list[Key]]:
        """By helper, the tests and helpers that mention it."""
        found: dict[Key, list[Key]] = defaultdict(list)
        for key, helpers in self._helpers.items():
            for helper in helpers:
                found[helper].append(key)
        return found

    @cached_property
    def _asserting(self) -> set[Key]:
        """Routines that assert something, themselves or through a helper."""
        direct = [key for key, routine in self._routines.items() if routine.assertions]
        return closure(direct, lambda key: self._users.get(key, ()))

    @cached_property
    def _testing_program(self) -> set[Key]:
        """Routines that use something of the program, themselves or through a helper.

        Mentioning the file name of a module counts too, e.g. to run ``main.py``.
        """
        names = {path: self._imported.of_program(path) for path in self._summaries}
        files = {path.split("/")[-1] for path in self._imported.program}
        direct = [
            key
            for key, routine in self._routines.items()
            if not files.isdisjoint(routine.mentions)
            or any(map(self._runs_program, routine.groups))
            or self._asserted_calls.uses(key, names[key[0]])
        ]
        return closure(direct, lambda key: self._users.get(key, ()))

    def _runs_program(self, group: Group) -> bool:
        """Return whether `group` runs a module of the program: ``python -m shop``."""
        targets = (run_by(call.name) for call in group.calls)
        return any(any(self._imported.run_files(target)) for target in targets)

    @cached_property
    def _asserted_calls(self) -> AssertedCalls:
        """Finds the asserted calls of the tests of this suite."""
        return AssertedCalls(self._routines, self._helpers_named, self._asserting)
