"""What the tests that count call with an outcome that is heard, themselves or through helpers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from grader.checks.tests_present.calls_made import ANY, READ, Call
from grader.checks.tests_present.outcomes import Group
from grader.checks.tests_present.public_functions import Public
from grader.checks.tests_present.routines import SETUPS, Routine

#: A routine by the path of its file and its index there.
Key = tuple[str, int]
HelpersOf = Callable[[str, Iterable[str]], Iterable[Key]]
_ON_SELF = "self."


class Trial(NamedTuple):
    """A call with an outcome that is heard. ``surely``: not only by what stands near it."""

    call: Call
    surely: bool


class _Reached(NamedTuple):
    """A group whose outcome is heard, in the file of that path."""

    path: str
    group: Group
    surely: bool
    chooses: bool


class Trials:
    """The trials of each file, by the name that is called."""

    def __init__(
        self, routines: Mapping[Key, Routine], helpers: HelpersOf, asserting: Collection[Key]
    ) -> None:
        self._routines, self._helpers, self._asserting = routines, helpers, asserting

    def of(self, tests: Iterable[Key]) -> Mapping[str, Mapping[str, set[Trial]]]:
        """What these tests try out, by the path of the file and the name there."""
        found: dict[str, dict[str, set[Trial]]] = defaultdict(lambda: defaultdict(set))
        waiting = [start for key in tests for start in self._heard_in(key)]
        seen = set(waiting)
        while waiting:
            one = waiting.pop()
            for call in _calls(one):
                found[one.path][call.name].add(Trial(call, one.surely))
            for more in self._behind(one):
                if more not in seen:
                    seen.add(more)
                    waiting.append(more)
        return found

    def uses(self, key: Key, subjects: Collection[str]) -> bool:
        """Whether a helper names one of some subjects, or a test looks at what comes of one."""
        if not self._routines[key].is_test:
            return any(name in subjects for name in self._routines[key].mentions)
        return any(_acts_on(one.group, subjects) for one in self._heard_in(key))

    def _heard_in(self, key: Key) -> Iterator[_Reached]:
        for group in self._routines[key].groups:
            asserted = group.heard == "asserted" or any(
                helper in self._asserting for helper in self._helpers(key[0], group.names)
            )
            if asserted or group.heard:
                yield _Reached(key[0], group, asserted or group.heard == "watched", group.chooses)

    def _behind(self, one: _Reached) -> Iterator[_Reached]:
        """The groups of helpers that this one leans on."""
        names = one.group.names
        own = {name.removeprefix("self") for name in names if name.startswith(_ON_SELF)}
        for key in self._helpers(one.path, SETUPS.union(names) if own else names):
            routine = self._routines[key]
            for group in filter(_gets_out, routine.groups):
                if routine.name not in SETUPS or not own.isdisjoint(group.names):
                    yield _Reached(key[0], group, one.surely, one.chooses or group.chooses)


def _gets_out(group: Group) -> bool:
    return group.leaves or group.heard == "asserted"


def _calls(one: _Reached) -> Iterator[Call]:
    yield from one.group.calls
    if one.chooses:
        yield from (Call(name, ANY) for name in one.group.names)


def _acts_on(group: Group, subjects: Collection[str]) -> bool:
    """Whether a group does more with some subjects than to name them; constants have but names."""
    named = [name for name in group.names if name in subjects]
    acts = bool(group.calls) or group.chooses
    return any(acts or name.isupper() for name in named)


def tries(public: Public, trials: Iterable[Trial]) -> bool:
    """Whether one of some trials of its name is one of a public function."""
    return any(_fits(public, one) for one in trials)


def _fits(public: Public, trial: Trial) -> bool:
    """Such a call can be made, and where the result is what matters, it is looked at."""
    if public.gives and not trial.surely:
        return False
    count = trial.call.arguments
    if count == READ:
        return public.is_read
    return count == ANY or public.least <= count <= public.most
