"""Find the risky calls that a program reaches with nothing that catches their errors.

A program enters at the code outside functions, at each function ``main`` and at each command, tests
aside. From there the calls are followed into functions, unless the error in question is caught
around the call. A function that is not reached is assumed to be called with care, unless it asks
the user.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from grader.analysis.syntax.call_targets import Target
from grader.analysis.syntax.raising_calls import Errors
from grader.checks.exceptions.handled import Places
from grader.checks.exceptions.risky_calls import Call, Judged, Program, Risk
from grader.domain.source import is_test_path

#: A function: the path of its file, and its name as in `Call.function`.
_Node = tuple[str, str]


class Sketch(NamedTuple):
    """What of one file is needed to judge all files together: risks, calls, and other places.

    ``places`` are by the line of the function around them, see :func:`places_in`. ``commands`` are
    the functions that a framework starts at a command of the user.
    """

    risks: list[Risk]
    calls: list[Call]
    places: dict[int, Places]
    commands: list[str]


def sketch_of(program: Program, places: Mapping[int, Places]) -> str:
    """Return the risks, calls and `places` of `program`, the content of one file, as JSON text.

    The risks keep their order; the calls are sorted.
    """
    risks = [
        [r.function, r.errors, r.message, r.line, r.column, r.within, r.asks] for r in program.risks
    ]
    calls = sorted(
        [c.function, c.target.module, c.target.name, c.caught, c.careful] for c in program.calls
    )
    return json.dumps([risks, calls, places, program.commands], separators=(",", ":"))


def read_sketch(text: str) -> Sketch:
    """Return the sketch of one file from `text`, a result of :func:`sketch_of`.

    The target of each call has lost its ``dotted`` name.
    """
    risks, calls, places, commands = json.loads(text)
    return Sketch(
        [Risk(one[0], tuple(one[1]), *one[2:]) for one in risks],
        [Call(one[0], Target(one[1], one[2]), tuple(one[3]), tuple(one[4])) for one in calls],
        {int(line): Places(*numbers) for line, numbers in places.items()},
        commands,
    )


def judge(sketches: Mapping[str, Sketch]) -> dict[str, Judged]:
    """Return, for each path of `sketches`, which of its risks something guards, and which nothing.

    A program begins in the code outside functions, in each function ``main`` and in each command,
    of every file that is no test. A risk is unguarded if it is there itself, or if calls lead from
    there to its function, in any file, and none of its errors is caught around any of these calls.
    It is guarded if such calls lead to it, and on each way a clause without a fault catches one of
    its errors. A risk that asks the user is no part of a library: for it a program begins in each
    function that nothing calls, too. Calls are matched by name: ``x.load()`` may be any method
    ``load``.
    """
    kinds = {(risk.errors, risk.asks) for one in sketches.values() for risk in one.risks}
    if not kinds:
        return {path: Judged([], []) for path in sketches}
    graph = _Graph(sketches)
    open_to = {kind: graph.reached(*kind, lambda call: call.caught) for kind in kinds}
    not_careful = {kind: graph.reached(*kind, lambda call: call.careful) for kind in kinds}
    anyhow = {asks: graph.reached((), asks, lambda call: ()) for _, asks in kinds}

    def of_file(path: str, risks: Iterable[Risk]) -> Judged:
        found = Judged([], [])
        for risk in risks:
            node, kind = (path, risk.function), (risk.errors, risk.asks)
            if node in open_to[kind]:
                found.unguarded.append(risk)
            elif node in anyhow[risk.asks] and node not in not_careful[kind]:
                found.guarded.append(risk)
        return found

    return {path: of_file(path, one.risks) for path, one in sketches.items()}


class _Graph:
    """The calls between the functions of all files.

    ``_calls``: the calls that each function makes. ``_paths``: the files by the last part of their
    module's name. ``_entries``: the functions that run without being called, see :func:`judge`.
    ``_uncalled``: the functions that no other one calls.
    """

    def __init__(self, sketches: Mapping[str, Sketch]) -> None:
        self._calls: dict[_Node, list[Call]] = {}
        self._paths: dict[str, list[str]] = {}
        #: The files of each function or method (``.name``) that contains a risk or a call.
        self._methods: dict[str, set[str]] = {}
        self._entries: set[_Node] = set()
        for path, sketch in sketches.items():
            self._paths.setdefault(_module(path), []).append(path)
            for call in sketch.calls:
                self._calls.setdefault((path, call.function), []).append(call)
            names = {one.function for one in sketch.risks}
            for name in names | {one.function for one in sketch.calls}:
                self._methods.setdefault(name, set()).add(path)
            if not is_test_path(path):
                self._entries |= {(path, name) for name in ("", "main", *sketch.commands)}
        self._uncalled = self._find_uncalled()

    def _find_uncalled(self) -> set[_Node]:
        """Return the functions with a risk or a call that no function but itself calls."""
        every = {(path, name) for name, paths in self._methods.items() for path in paths}
        called = {
            node
            for caller, calls in self._calls.items()
            for call in calls
            for node in self._meant(caller[0], call.target)
            if node != caller
        }
        return {node for node in every - called if not is_test_path(node[0])}

    def reached(self, errors: Errors, asks: bool, guards: Callable[[Call], Errors]) -> set[_Node]:
        """Return the functions that an entry leads to by calls whose `guards` have no `errors`.

        The entries are included, and if the user is asked (`asks`) all uncalled functions are.
        """
        found = self._entries | self._uncalled if asks else set(self._entries)
        waiting = list(found)
        while waiting:
            path, function = waiting.pop()
            for call in self._calls.get((path, function), ()):
                if set(errors).isdisjoint(guards(call)):
                    new = set(self._meant(path, call.target)) - found
                    found |= new
                    waiting.extend(new)
        return found

    def _meant(self, path: str, target: Target) -> Iterator[_Node]:
        """Return the functions that a call of `target` in the file `path` may run.

        A method on any object may be each method of that name in any file. A function of module
        ``m`` is looked up in every file called ``m``, in any folder, and one without a module in
        `path`; it need not exist there.
        """
        if target.module == "*":
            paths: list[str] = sorted(self._methods.get(target.name, ()))
        else:
            paths = self._paths.get(target.module, []) if target.module else [path]
        return ((one, target.name) for one in paths)


def _module(path: str) -> str:
    """Return the last part of the module name: ``b`` for ``a/b.py`` and ``a/b/__init__.py``."""
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem == "__init__" else pure.stem
