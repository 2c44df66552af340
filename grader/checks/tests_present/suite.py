"""Which tests try out the submission, and which of its functions do they call?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from grader.analysis.syntax.imports import STAR, Import, Modules
from grader.checks.tests_present.asserted_calls import Key, Trial, Trials, tries
from grader.checks.tests_present.public_functions import Public
from grader.checks.tests_present.routines import Routine
from grader.domain.source import is_test_path

#: A public function in the same way.
Covered = set[tuple[str, int]]
#: What makes two tests copies: the same words, of themselves and of their helpers, that mean the
#: same modules.
_Meaning = tuple[str, ...]
_Same = tuple[_Meaning, ...]
_NOTHING = "asserts nothing that can fail"


class TestSketch(BaseModel):
    """What one file tells of itself. ``defined`` are the functions and classes at its top."""

    __test__ = False
    model_config = ConfigDict(frozen=True)

    depth: int
    imports: tuple[Import, ...]
    defined: tuple[str, ...]
    public: tuple[Public, ...]
    routines: tuple[Routine, ...]


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one test; ``why`` it counts nothing, or empty where it counts."""

    routine: Routine
    asserts: bool
    why: str


class Suite:
    """The tests of a submission against its modules."""

    def __init__(self, sketches: Mapping[str, TestSketch]) -> None:
        self._sketches = sketches
        mains = [path for path in sketches if path.split("/")[-1] == "main.py"]
        mains = sorted(mains, key=lambda path: (is_test_path(path), path.count("/"), path))
        depths = {path: one.depth for path, one in sketches.items()}
        self._modules = Modules(depths, next(iter(mains), ""))
        self._own = {path for path in sketches if not is_test_path(path)}

    def verdicts(self) -> dict[str, list[Verdict]]:
        """Each test of each file, and whether it counts."""
        seen: set[_Same] = set()
        found: dict[str, list[Verdict]] = {path: [] for path in self._sketches}
        for (path, at), routine in self._routines.items():
            if routine.is_test:
                asserts = (path, at) in self._asserting
                why = self._why((path, at), routine, seen) if asserts else _NOTHING
                found[path].append(Verdict(routine, asserts, why))
        return found

    def _why(self, key: Key, routine: Routine, seen: set[_Same]) -> str:
        if routine.silent == "skipped":
            return "is skipped, or allowed to fail"
        if routine.silent:
            return "never runs: a later test of the same name takes its place"
        if self._own and key not in self._about_own:
            return "tries out nothing of your program"
        helpers = (self._meanings[helper] for helper in self._helpers[key])
        same = (self._meanings[key], *helpers)
        if same in seen:
            return "is a copy of another test"
        seen.add(same)
        return ""

    def covered(self, verdicts: Mapping[str, Iterable[Verdict]]) -> Covered:
        """The public functions that tests which count try out, themselves or through helpers."""
        counted = {id(one.routine) for all_ in verdicts.values() for one in all_ if not one.why}
        starts = [key for key, routine in self._routines.items() if id(routine) in counted]
        trials = self._trials.of(starts)
        shared = [path for path in self._sketches if path.endswith("conftest.py")]
        found: Covered = set()
        for path, by_name in trials.items():
            found.update(self._functions_tried(path, by_name, shared))
        return found

    def _functions_tried(
        self, path: str, trials: Mapping[str, set[Trial]], shared: Iterable[str]
    ) -> Iterator[tuple[str, int]]:
        meant: dict[tuple[str, str], set[Trial]] = defaultdict(set)
        for place, name in self._real_names(path, trials):
            meant[place].update(trials[name])
        modules = {module for file in (path, *shared) for module in self._imported[file]}
        if path in self._own:
            modules.add(path)
            meant.update(((path, name), found) for name, found in trials.items())
        for module in modules:
            for at, public in enumerate(self._sketches[module].public):
                tried = trials.get(f".{public.name}", set())
                if not public.is_method:
                    tried = tried | meant[(module, public.name)]
                if tries(public, tried):
                    yield module, at

    def _real_names(
        self, path: str, mentions: Mapping[str, object]
    ) -> Iterator[tuple[tuple[str, str], str]]:
        """Where each name that a file imports, and its tests use, is really defined."""
        for one, target in self._targets[path]:
            if one.name == STAR:
                for name in mentions.keys() & self._offered(target):
                    yield self._located(target, name), name
            elif one.bound in mentions and one.name:
                yield self._located(target, one.name), one.bound

    def _located(self, module: str, name: str) -> tuple[str, str]:
        """The module that defines a name which another one only passes on."""
        seen: set[tuple[str, str]] = set()
        while name not in self._sketches[module].defined and (module, name) not in seen:
            seen.add((module, name))
            for one, target in self._targets[module]:
                if (
                    one.bound == name
                    and one.name
                    or one.name == STAR
                    and name in self._offered(target)
                ):
                    module, name = target, name if one.name == STAR else one.name
                    break
        return module, name

    def _offered(self, module: str) -> set[str]:
        return set(self._sketches[module].defined)

    @cached_property
    def _targets(self) -> Mapping[str, list[tuple[Import, str]]]:
        """What each file imports of the submission, tests aside."""
        found: dict[str, list[tuple[Import, str]]] = {}
        for path, sketch in self._sketches.items():
            meant = ((one, self._modules.meant(path, one)) for one in sketch.imports)
            found[path] = [(one, to) for one, to in meant if to is not None and to in self._own]
        return found

    @cached_property
    def _imported(self) -> Mapping[str, set[str]]:
        """The modules that a file imports; with a package, those that the package shows."""
        found = {}
        for path, targets in self._targets.items():
            direct = {target for _, target in targets}
            shown = (
                other
                for target in direct
                if target.endswith("__init__.py")
                for _, other in self._targets[target]
            )
            found[path] = direct.union(shown)
        return found

    @cached_property
    def _routines(self) -> Mapping[Key, Routine]:
        return {
            (path, at): routine
            for path, sketch in self._sketches.items()
            for at, routine in enumerate(sketch.routines)
        }

    @cached_property
    def _helpers(self) -> Mapping[Key, list[Key]]:
        """The helpers that each routine names."""
        return {
            key: self._helpers_named(key[0], routine.mentions)
            for key, routine in self._routines.items()
        }

    def _helpers_named(self, path: str, mentions: Iterable[str]) -> list[Key]:
        """The helpers of these names: of the file itself, else of another one with tests."""
        near, far = self._by_name
        names = sorted({mention.lstrip(".") for mention in mentions})
        return [key for name in names for key in near.get((path, name), far.get(name, []))]

    @cached_property
    def _by_name(self) -> tuple[Mapping[tuple[str, str], list[Key]], Mapping[str, list[Key]]]:
        near: dict[tuple[str, str], list[Key]] = defaultdict(list)
        far: dict[str, list[Key]] = {}
        for key, routine in self._routines.items():
            if not routine.is_test:
                near[(key[0], routine.name)].append(key)
                far.setdefault(routine.name, [key])
        return near, far

    @cached_property
    def _meanings(self) -> Mapping[Key, _Meaning]:
        """Each routine's words, and the modules that they mean: files may import other things
        under one name."""
        found = {}
        for key, routine in self._routines.items():
            mentions = set(routine.mentions)
            meant = (to for one, to in self._targets[key[0]] if one.bound in mentions)
            found[key] = (routine.digest, *meant)
        return found

    @cached_property
    def _users(self) -> Mapping[Key, list[Key]]:
        found: dict[Key, list[Key]] = defaultdict(list)
        for key, helpers in self._helpers.items():
            for helper in helpers:
                found[helper].append(key)
        return found

    @cached_property
    def _asserting(self) -> set[Key]:
        """Routines that assert something, themselves or through a helper."""
        first = [key for key, routine in self._routines.items() if routine.assertions]
        return _spread(first, lambda key: self._users.get(key, ()))

    @cached_property
    def _about_own(self) -> set[Key]:
        """Routines that use something of the submission, themselves or through a helper."""
        subjects = {path: self._subjects(path) for path in self._sketches}
        files = {own.split("/")[-1] for own in self._own}
        first = [
            key
            for key, routine in self._routines.items()
            if not files.isdisjoint(routine.mentions) or self._trials.uses(key, subjects[key[0]])
        ]
        return _spread(first, lambda key: self._users.get(key, ()))

    @cached_property
    def _trials(self) -> Trials:
        return Trials(self._routines, self._helpers_named, self._asserting)

    def _subjects(self, path: str) -> set[str]:
        """What a file calls things of the submission."""
        found: set[str] = set()
        for one, target in self._targets[path]:
            found.update(self._offered(target) if one.name == STAR else (one.bound,))
        return found | self._offered(path) if path in self._own else found


def _spread(starts: Iterable[Key], following: Callable[[Key], Iterable[Key]]) -> set[Key]:
    """Everything that can be come by from where it starts."""
    waiting = list(starts)
    seen = set(waiting)
    while waiting:
        for key in following(waiting.pop()):
            if key not in seen:
                seen.add(key)
                waiting.append(key)
    return seen
