"""Find the risky calls that a program reaches with nothing that catches their errors.

A program enters at the code outside functions and at each function ``main``, tests aside. From
there the calls are followed into functions, unless the error in question is caught around the
call. A function that is not reached is assumed to be called with care.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from grader.analysis.syntax.call_targets import Target
from grader.analysis.syntax.raising_calls import Errors
from grader.checks.exceptions.handled import Places
from grader.checks.exceptions.risky_calls import Call, Program, Risk
from grader.domain.source import is_test_path

#: A function: the path of its file, and its name as in `Call.function`.
_Node = tuple[str, str]


class Sketch(NamedTuple):
    """What of one file is needed to judge all files together: risks, calls, and other places.

    ``places`` are by the line of the function around them, see :func:`places_in`.
    """

    risks: list[Risk]
    calls: list[Call]
    places: dict[int, Places]


def sketch_of(program: Program, places: Mapping[int, Places]) -> str:
    """Return the risks, calls and `places` of `program`, the content of one file, as JSON text.

    The risks keep their order; the calls are sorted.
    """
    risks = [[r.function, r.errors, r.message, r.line, r.column, r.within] for r in program.risks]
    calls = [[c.function, c.target.module, c.target.name, c.caught] for c in program.calls]
    return json.dumps([risks, sorted(map(list, calls)), places], separators=(",", ":"))


def read_sketch(text: str) -> Sketch:
    """Return the sketch of one file from `text`, a result of :func:`sketch_of`.

    The target of each call has lost its ``dotted`` name.
    """
    risks, calls, places = json.loads(text)
    return Sketch(
        [Risk(one[0], tuple(one[1]), *one[2:]) for one in risks],
        [Call(one[0], Target(one[1], one[2]), tuple(one[3])) for one in calls],
        {int(line): Places(*numbers) for line, numbers in places.items()},
    )


def unguarded(sketches: Mapping[str, Sketch]) -> dict[str, list[Risk]]:
    """Return, for each path of `sketches`, its risks that are reached with nothing to catch them.

    A program begins in the code outside functions and in each function ``main``, of every file that
    is no test. A risk is reached if it is there itself, or if calls lead from there to its
    function, in any file, and none of its errors is caught around any of these calls. Calls are
    matched by name: ``x.load()`` may be any method ``load``. A path without such risks has an empty
    list.
    """
    every = {risk.errors for one in sketches.values() for risk in one.risks}
    graph = _Graph(sketches)
    reached = {errors: graph.reached(errors) for errors in every}
    return {
        path: [risk for risk in one.risks if (path, risk.function) in reached[risk.errors]]
        for path, one in sketches.items()
    }


class _Graph:
    """The calls between the functions of all files.

    ``_calls``: the calls that each function makes. ``_paths``: the files by the last part of their
    module's name. ``_entries``: the functions that run without being called, see above.
    """

    def __init__(self, sketches: Mapping[str, Sketch]) -> None:
        self._calls: dict[_Node, list[Call]] = {}
        self._paths: dict[str, list[str]] = {}
        #: The files of each function or method (``.name``) that contains a risk or a call.
        self._methods: dict[str, set[str]] = {}
        self._entries: set[_Node] = set()
        for path, (risks, calls, _) in sketches.items():
            self._paths.setdefault(_module(path), []).append(path)
            for call in calls:
                self._calls.setdefault((path, call.function), []).append(call)
            for function in {r.function for r in risks} | {c.function for c in calls}:
                self._methods.setdefault(function, set()).add(path)
            if not is_test_path(path):
                self._entries |= {(path, ""), (path, "main")}

    def reached(self, errors: Errors) -> set[_Node]:
        """Return the functions that an entry leads to by calls with none of `errors` caught.

        The entries are included. An error of these in a reached function ends the program.
        """
        found, waiting = set(self._entries), list(self._entries)
        while waiting:
            path, function = waiting.pop()
            for call in self._calls.get((path, function), ()):
                if set(errors).isdisjoint(call.caught):
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
