"""Which risky calls does a program get to without anything that catches their errors?

What runs on its own is the code outside functions, and ``main``. From there calls lead into
functions, unless the errors in question are caught around them. A function that nobody calls is
taken for one that others call with care.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from grader.analysis.syntax.call_targets import Target
from grader.analysis.syntax.raising_calls import Errors
from grader.checks.exceptions.risky_calls import Call, Program, Risk
from grader.domain.source import is_test_path

#: A function of a file.
_Node = tuple[str, str]
_Sketch = tuple[list[Risk], list[Call]]


def sketch_of(program: Program) -> str:
    """A file's risks and calls as text."""
    risks = [[r.function, r.errors, r.message, r.line, r.column] for r in program.risks]
    calls = [[c.function, c.target.module, c.target.name, c.caught] for c in program.calls]
    return json.dumps([risks, sorted(map(list, calls))], separators=(",", ":"))


def read_sketch(text: str) -> _Sketch:
    """The inverse of :func:`sketch_of`."""
    risks, calls = json.loads(text)
    return (
        [Risk(one[0], tuple(one[1]), *one[2:]) for one in risks],
        [Call(one[0], Target(one[1], one[2]), tuple(one[3])) for one in calls],
    )


def unguarded(sketches: Mapping[str, _Sketch]) -> dict[str, list[Risk]]:
    """The risks of each file that are reached with nothing that catches them."""
    every = {risk.errors for risks, _ in sketches.values() for risk in risks}
    graph = _Graph(sketches)
    reached = {errors: graph.reached(errors) for errors in every}
    return {
        path: [risk for risk in risks if (path, risk.function) in reached[risk.errors]]
        for path, (risks, _) in sketches.items()
    }


class _Graph:
    """The calls between the functions of all files."""

    def __init__(self, sketches: Mapping[str, _Sketch]) -> None:
        self._calls: dict[_Node, list[Call]] = {}
        self._paths: dict[str, list[str]] = {}
        #: Files by the methods that stand in them and have a risk or calls of their own.
        self._methods: dict[str, set[str]] = {}
        self._entries: set[_Node] = set()
        for path, (risks, calls) in sketches.items():
            self._paths.setdefault(_module(path), []).append(path)
            for call in calls:
                self._calls.setdefault((path, call.function), []).append(call)
            for function in {r.function for r in risks} | {c.function for c in calls}:
                self._methods.setdefault(function, set()).add(path)
            if not is_test_path(path):
                self._entries |= {(path, ""), (path, "main")}

    def reached(self, errors: Errors) -> set[_Node]:
        """The functions that an uncaught error of these would come back from."""
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
        if target.module == "*":
            paths: list[str] = sorted(self._methods.get(target.name, ()))
        else:
            paths = self._paths.get(target.module, []) if target.module else [path]
        return ((one, target.name) for one in paths)


def _module(path: str) -> str:
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem == "__init__" else pure.stem
