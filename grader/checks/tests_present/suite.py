"""Decide which tests count, and which functions of the submission they cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from grader.analysis.syntax.imports import STAR, Import, Modules
from grader.checks.tests_present.asserted_calls import AssertedCall, AssertedCalls, Key, is_covered
from grader.checks.tests_present.public_functions import PublicFunction
from grader.checks.tests_present.routines import Routine
from grader.domain.source import is_test_path

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

    ``inspect`` stores it as JSON in the ``sketch`` of an inspection. ``depth``: the number of
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
        self._modules = Modules.of(
            {path: one.depth for path, one in summaries.items()},
            {path: one.imports for path, one in summaries.items()},
        )
        #: The files that are no tests.
        self._program = {path for path in summaries if not is_test_path(path)}

    def verdicts(self) -> dict[str, list[Verdict]]:
        """Return the verdicts on the tests of each file, by path; an empty list without tests.

        A test counts if it has an assertion that can fail, is neither skipped, allowed to fail nor
        replaced by a later one of its name, uses something of the program, i.e. of the files that
        are no test files (if there are any), and is no copy of an earlier test that counts. A copy
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
        if self._program and key not in self._testing_program:
            return "tries out nothing of your program"
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
        method, is found by its name in each module from which that file, or a ``conftest.py``,
        imports.
        """
        counted = {
            id(one.routine) for of_file in verdicts.values() for one in of_file if not one.reason
        }
        tests = [key for key, routine in self._routines.items() if id(routine) in counted]
        # The imports of conftest.py count for all tests, since all can use its fixtures.
        shared = [path for path in self._summaries if path.endswith("conftest.py")]
        covered: Covered = set()
        for path, calls in self._asserted_calls.of(tests).items():
            covered.update(self._covered_by(path, calls, shared))
        return covered

    def _covered_by(
        self, path: str, calls: Mapping[str, set[AssertedCall]], shared: Iterable[str]
    ) -> Iterator[tuple[str, int]]:
        """Yield the public functions that the asserted `calls` in the file `path` cover.

        `calls` are by the called name. A function has to be imported by `path` or defined in it. A
        method is found by its name alone, in every module that `path`, or one of the files in
        `shared`, imports.
        """
        by_definition: dict[tuple[str, str], set[AssertedCall]] = defaultdict(set)
        for definition, name in self._definitions_of(path, calls):
            by_definition[definition].update(calls[name])
        modules = {module for file in (path, *shared) for module in self._imported_modules[file]}
        if path in self._program:
            modules.add(path)
            by_definition.update(((path, name), found) for name, found in calls.items())
        for module in modules:
            for index, public in enumerate(self._summaries[module].public):
                candidates = calls.get(f".{public.name}", set())
                if not public.is_method:
                    candidates = candidates | by_definition[(module, public.name)]
                if is_covered(public, candidates):
                    yield module, index

    def _definitions_of(
        self, path: str, names: Mapping[str, object]
    ) -> Iterator[tuple[tuple[str, str], str]]:
        """Yield ((module, name), name used) for each of `names` that the file `path` imports.

        The first two say where the object is defined, the last how the file calls it.
        """
        for one, module in self._program_imports[path]:
            if one.name == STAR:
                for name in names.keys() & set(self._summaries[module].defined):
                    yield self._resolve(module, name), name
            elif one.bound in names and one.name:
                yield self._resolve(module, one.name), one.bound

    def _resolve(self, module: str, name: str) -> tuple[str, str]:
        """Return the module that defines `name` of `module`, and the name there.

        e.g. the ``__init__.py`` of a package may import it from one of its modules. If no module
        is found to define it, the result is the last module that imports it.
        """
        seen: set[tuple[str, str]] = set()
        while name not in self._summaries[module].defined and (module, name) not in seen:
            seen.add((module, name))
            for one, source in self._program_imports[module]:
                by_star = one.name == STAR and name in self._summaries[source].defined
                if by_star or (one.bound == name and one.name):
                    module, name = source, name if one.name == STAR else one.name
                    break
        return module, name

    @cached_property
    def _program_imports(self) -> Mapping[str, list[tuple[Import, str]]]:
        """By file, its imports of modules of the program, each with the path of the module."""
        found: dict[str, list[tuple[Import, str]]] = {}
        for path, summary in self._summaries.items():
            meant = ((one, self._modules.meant(path, one)) for one in summary.imports)
            found[path] = [(one, to) for one, to in meant if to is not None and to in self._program]
        return found

    @cached_property
    def _imported_modules(self) -> Mapping[str, set[str]]:
        """By file, the modules of the program that it imports.

        If one of them is the ``__init__.py`` of a package, also those that this file imports.
        """
        found = {}
        for path, imports in self._program_imports.items():
            direct = {module for _, module in imports}
            of_packages = (
                other
                for module in direct
                if module.endswith("__init__.py")
                for _, other in self._program_imports[module]
            )
            found[path] = direct.union(of_packages)
        return found

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

        They are the helpers of a name in the file `path`, or else the first one in any file. A
        mention ``.check`` is also a helper ``check``.
        """
        in_file, anywhere = self._helpers_by_name
        names = sorted({mention.lstrip(".") for mention in mentions})
        return [key for name in names for key in in_file.get((path, name), anywhere.get(name, []))]

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
            imports = self._program_imports[key[0]]
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
        return _closure(direct, lambda key: self._users.get(key, ()))

    @cached_property
    def _testing_program(self) -> set[Key]:
        """Routines that use something of the program, themselves or through a helper.

        Mentioning the file name of a module counts too, e.g. to run ``main.py``.
        """
        names = {path: self._names_of_program(path) for path in self._summaries}
        files = {path.split("/")[-1] for path in self._program}
        direct = [
            key
            for key, routine in self._routines.items()
            if not files.isdisjoint(routine.mentions)
            or self._asserted_calls.uses(key, names[key[0]])
        ]
        return _closure(direct, lambda key: self._users.get(key, ()))

    @cached_property
    def _asserted_calls(self) -> AssertedCalls:
        """Finds the asserted calls of the tests of this suite."""
        return AssertedCalls(self._routines, self._helpers_named, self._asserting)

    def _names_of_program(self, path: str) -> set[str]:
        """Return the names in the file `path` of modules and objects of the program.

        They are its imports of the program and, if it is no test file, its own definitions.
        """
        names: set[str] = set()
        for one, module in self._program_imports[path]:
            names.update(self._summaries[module].defined if one.name == STAR else (one.bound,))
        return names | set(self._summaries[path].defined) if path in self._program else names


def _closure(starts: Iterable[Key], following: Callable[[Key], Iterable[Key]]) -> set[Key]:
    """Return `starts` and everything that can be reached from them by `following`."""
    waiting = list(starts)
    seen = set(waiting)
    while waiting:
        for key in following(waiting.pop()):
            if key not in seen:
                seen.add(key)
                waiting.append(key)
    return seen
