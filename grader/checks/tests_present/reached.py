"""Follow a test that runs the program as its user does, to the functions that do the work.

A test may call ``main(["add", "milk"])``, invoke a command, ask for a route, or start ``python -m
shop``, and look at what is printed or answered. It tries out what this run always calls, and what
it calls for the words of its command line, see `bodies`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from grader.checks.tests_present.asserted_calls import AssertedCall
from grader.checks.tests_present.bodies import ALWAYS, Body
from grader.checks.tests_present.calls_made import ANY, Call
from grader.checks.tests_present.clients import (
    ANY_COMMAND,
    MOST_WORDS,
    command_of,
    is_request,
    run_by,
    words_of,
)
from grader.checks.tests_present.imported_names import ImportedNames

#: A function of the program: the path of its file, and its qualified name.
Place = tuple[str, str]
#: The asserted calls of each file, by the called name.
Calls = Mapping[str, Mapping[str, set[AssertedCall]]]


@dataclass(frozen=True)
class Reached:
    """Finds what runs of the program call.

    ``bodies`` are those of each file of the program. ``serving`` returns the functions that serve a
    request, and ``returns_nothing`` whether a function returns no value.
    """

    bodies: Mapping[str, tuple[Body, ...]]
    imported: ImportedNames
    serving: Callable[[str], Iterable[Place]]
    returns_nothing: Callable[[Place], bool]

    def by(self, path: str, calls: Mapping[str, set[AssertedCall]]) -> Calls:
        """Return the calls that the runs among the asserted `calls` of the file `path` lead to."""
        outputs = {name for name, every in calls.items() if any(one.sees_output for one in every)}
        words = [word for name in outputs for word in words_of(name)]
        found: dict[str, dict[str, set[AssertedCall]]] = defaultdict(lambda: defaultdict(set))
        commands = set(self._commands(outputs))
        for file, name in commands:
            called = name.rpartition(".")[2]
            found[file][called].add(AssertedCall(Call(called, ANY), is_direct=True))
        seen = {*commands, *self._starts(path, outputs)}
        waiting = sorted(seen)
        while waiting:
            file, name = waiting.pop()
            for call in self._calls_of((file, name), words):
                found[file][call.name].add(AssertedCall(call, is_direct=True))
                new = set(self._called(file, call.name)) - seen
                seen |= new
                waiting += sorted(new)
        return found

    def _commands(self, outputs: Collection[str]) -> Iterator[Place]:
        """Yield the functions for the commands that calls of `outputs` name, if one runs any."""
        if ANY_COMMAND in outputs or any(map(run_by, outputs)):
            for name in outputs:
                for word in words_of(name)[:MOST_WORDS]:
                    yield from self.serving(command_of(word))

    def _starts(self, path: str, outputs: Iterable[str]) -> Iterator[Place]:
        """Yield the functions and files with which the calls of `outputs` in `path` start a run."""
        for name in outputs:
            yield from ((file, "") for file in self.imported.run_files(run_by(name)))
            yield from self.serving(name) if is_request(name) else ()
            yield from self._called(path, name, is_entry=True)

    def _calls_of(self, place: Place, words: Iterable[str]) -> Iterator[Call]:
        """Yield what the function at `place` calls in a run with the `words` of a command line."""
        chosen = {ALWAYS, *words}
        yield from (call for word, call in self._by_place.get(place, ()) if word in chosen)

    def _called(self, path: str, name: str, *, is_entry: bool = False) -> Iterator[Place]:
        """Yield the functions that a call of `name` in the file `path` may run.

        With `is_entry` only those with which the program starts.
        """
        for place in self._meant(path, name):
            if place in self._by_place and (not is_entry or self._is_entry(place)):
                yield place

    def _meant(self, path: str, name: str) -> Iterator[Place]:
        """Yield the places of the functions that `name` may stand for in the file `path`."""
        if name.startswith("."):
            for module in (path, *self.imported.modules.get(path, ())):
                yield from ((module, one) for one in self._by_name.get((module, name[1:]), ()))
            return
        own = ((path, name),) if path in self.bodies else ()
        meant = (place for place, _ in self.imported.definitions_of(path, {name: None}))
        for module, found in (*own, *meant):
            yield from ((module, found), (module, f"{found}.__init__"))

    def _is_entry(self, place: Place) -> bool:
        """Return whether the program starts with the function at `place`."""
        return place[1] == "main" or (place in self._started and self.returns_nothing(place))

    @cached_property
    def _started(self) -> set[Place]:
        """The functions that code outside functions calls."""
        return {
            place
            for path in self.bodies
            for _, call in self._by_place.get((path, ""), ())
            for place in self._meant(path, call.name)
        }

    @cached_property
    def _by_place(self) -> Mapping[Place, tuple[tuple[str, Call], ...]]:
        return {
            (path, body.name): body.calls for path, bodies in self.bodies.items() for body in bodies
        }

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], list[str]]:
        """By file and the last part of a name, the qualified names of its functions."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for path, name in self._by_place:
            found[path, name.rpartition(".")[2]].append(name)
        return found
