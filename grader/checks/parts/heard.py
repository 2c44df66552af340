"""What the tests that count call with an outcome that is heard, themselves or through helpers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from grader.checks.parts.calls_made import ANY, READ, Call
from grader.checks.parts.outcomes import Group
from grader.checks.parts.public_functions import Public
from grader.checks.parts.test_routines import SETUPS, Routine

#: A routine by the path of its file and its index there.
Key = tuple[str, int]
HelpersOf = Callable[[str, Iterable[str]], Iterable[Key]]
_ON_SELF = "self."


class Trial(NamedTuple):
    """A call with an outcome that is heard. ``surely``: not only by what stands near it."""

    call: Call
    surely: bool


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
            path, group, surely, chooses = waiting.pop()
            for call in _calls(group, chooses):
                found[path][call.name].add(Trial(call, surely))
            for more in self._behind(path, group, surely, chooses):
                if more not in seen:
                    seen.add(more)
                    waiting.append(more)
        return found

    def _heard_in(self, key: Key) -> Iterator[tuple[str, Group, bool, bool]]:
        """The groups of a test whose outcome is heard."""
        for group in self._routines[key].groups:
            asserted = group.heard == "asserted" or any(
                helper in self._asserting for helper in self._helpers(key[0], group.names)
            )
            if asserted or group.heard:
                yield key[0], group, asserted or group.heard == "watched", group.chooses

    def _behind(
        self, path: str, group: Group, surely: bool, chooses: bool
    ) -> Iterator[tuple[str, Group, bool, bool]]:
        """The groups of helpers that this one leans on."""
        own = {name.removeprefix("self") for name in group.names if name.startswith(_ON_SELF)}
        names = SETUPS.union(group.names) if own else group.names
        for key in self._helpers(path, names):
            routine = self._routines[key]
            prepares = routine.name in SETUPS
            for other in routine.groups:
                if other.leaves or other.heard == "asserted":
                    if not prepares or not own.isdisjoint(other.names):
                        yield key[0], other, surely, chooses or other.chooses


def _calls(group: Group, chooses: bool) -> Iterator[Call]:
    yield from group.calls
    if chooses:
        yield from (Call(name, ANY) for name in group.names)


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
