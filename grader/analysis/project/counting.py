"""Count the statements of a program: all that do something, and those that are used and new.

A share of statements has all of them in its whole. In its good part it has only those that the
program uses and that repeat nothing, so that copies and unused functions never improve it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from grader.analysis.project.frameworks import is_django
from grader.analysis.project.functions import DEAD, FunctionCode
from grader.analysis.project.summary import FileSummary
from grader.analysis.project.usage import used
from grader.domain.program import Part, Role, Uncounted

#: The fewest statements in a row that repeat others. Runs of three are equal by chance in honest
#: programs (handlers that load, check and answer). Chosen by hand.
LEAST_RUN = 4
#: The fewest statements of a function that repeats another as a whole. Functions of one are often
#: equal by chance: ``return load(PATH)``. Chosen by hand.
LEAST_WHOLE = 2
#: How many functions with uncounted statements a file names. Chosen by hand.
_MOST_UNCOUNTED = 20
#: The largest part of the statements of a library's file that run on import, e.g. 2 of 12. Chosen
#: by hand.
MOST_OUTSIDE = Fraction(1, 5)
#: Prefixes of functions that pytest and Python itself call by their names, e.g. ``__getattr__``.
_CALLED_BY_NAME = ("pytest_", "__")
#: The line of the statements outside functions among the functions of a file.
_OUTSIDE = 0

#: Statements that count, by path and by the line of each function.
Weights = Mapping[str, Mapping[int, int]]


@dataclass(frozen=True)
class Counted:
    """The files of a program with their statements counted, and the weight of each function."""

    parts: Mapping[str, Part]
    weights: Weights


def count_statements(
    summaries: Mapping[str, FileSummary], parts: Mapping[str, Part], called: Iterable[str] = ()
) -> Counted:
    """Return `parts` with the statements of each file counted, and the weights of its functions.

    `summaries` and `parts` are by path. `called` are names that something outside the code calls,
    e.g. a console script. Tests have no statements, and those of leftovers never count: shares are
    about the program.
    """
    tests = {path: summaries[path] for path, part in parts.items() if part.role is Role.TEST}
    program = {path: summaries[path] for path, part in parts.items() if part.is_measured}
    functions = _functions(program, _Uses.of(program, tests, parts, called))
    changes = _changes(functions, _starts(program, parts))
    for path, part in parts.items():
        if part.is_leftover:
            changes[path] = _left_over(summaries[path])
    counted = {path: part.model_copy(update=changes.get(path)) for path, part in parts.items()}
    return Counted(counted, _weights(functions))


class _Function(NamedTuple):
    """One function, or the statements outside functions, with the number of its statements.

    ``dead`` of them never run, and ``repeated`` of the others do what others do. ``is_used`` is
    also true of statements outside.
    """

    name: str
    line: int
    statements: int
    dead: int
    repeated: int
    is_used: bool

    @property
    def counted(self) -> int:
        """The number of statements that are used and repeat nothing."""
        return self.statements - self.dead - self.repeated if self.is_used else 0


def _functions(program: Mapping[str, FileSummary], uses: _Uses) -> dict[str, list[_Function]]:
    """Return the functions of each file of `program`, with what of them `uses` use."""
    seen, found = _Seen(), {path: list[_Function]() for path in program}
    for path, one in _in_order(program, uses):
        statements, dead = len(one.prints), one.prints.count(DEAD)
        counts = _Function(
            one.name, one.line, statements, dead, seen.repeated(one), uses.has(path, one)
        )
        found[path].append(counts)
    return found


def _weights(functions: Mapping[str, Sequence[_Function]]) -> Weights:
    """Return how many statements count, by path and by the line of each used function."""
    return {
        path: {one.line: one.counted for one in of if one.is_used} for path, of in functions.items()
    }


def _changes(
    functions: Mapping[str, Sequence[_Function]], starts: Mapping[str, str]
) -> dict[str, dict[str, object]]:
    """Return the changed fields of the part of each file of the program, by path.

    Without `starts` the program is a library, and each file with functions is a clean start.
    """
    return {path: _part(of, starts.get(path, ""), bool(starts)) for path, of in functions.items()}


def _left_over(file: FileSummary) -> dict[str, object]:
    """Return the changed fields of the part of a leftover `file`, of which no statement counts.

    Each line of a file that cannot be read is one.
    """
    statements = sum(len(one.prints) for one in file.functions)
    return {"statements": statements if file.functions else file.lines}


def _part(functions: Sequence[_Function], start: str, has_starts: bool) -> dict[str, object]:
    """Return the changed fields of a part with these `functions`; see :class:`Part` for `start`.

    With `has_starts` the program starts somewhere, and is no library.
    """
    counted = sum(one.counted for one in functions)
    outside = sum(one.counted for one in functions if one.line == _OUTSIDE)
    has_functions = counted > outside
    left = sorted(filter(_is_left, functions), key=_line)
    return {
        "statements": sum(one.statements for one in functions),
        "counted": counted,
        "uncounted": tuple(map(_uncounted, left[:_MOST_UNCOUNTED])),
        "is_module": not start and has_functions,
        "start": "clean" if has_functions and not has_starts else start,
    }


def _is_left(function: _Function) -> bool:
    """Return whether some statements of `function` do not count."""
    return function.counted < function.statements


def _line(function: _Function) -> int:
    return function.line


def _uncounted(function: _Function) -> Uncounted:
    """Return what of `function` does not count, and most of all why."""
    why: Literal["unused", "dead", "repeated"] = "unused"
    if function.is_used:
        why = "repeated" if function.repeated > function.dead else "dead"
    return Uncounted(
        why=why,
        name=function.name,
        line=max(1, function.line),
        statements=function.statements - function.counted,
    )


def _starts(
    program: Mapping[str, FileSummary], parts: Mapping[str, Part]
) -> dict[str, Literal["clean", "open"]]:
    """Return the files where the program starts, and whether importing them starts nothing.

    Where nothing says where the program starts, each file that runs on import is a start. None is
    returned for a library, of which nothing runs.
    """
    entries = [path for path in program if parts[path].role is Role.ENTRY]
    started = entries or [path for path, file in program.items() if not _hardly_runs(file)]
    return {path: "open" if _runs(program[path]) else "clean" for path in started}


def _runs(file: FileSummary) -> bool:
    """Return whether something in `file` runs as it is imported; not so a lower-case constant."""
    return any(one.line == _OUTSIDE and one.prints for one in file.functions)


def _in_order(
    program: Mapping[str, FileSummary], uses: _Uses
) -> Iterable[tuple[str, FunctionCode]]:
    """Return each function of `program`, and the statements outside them, with its path.

    An earlier one is no copy of a later one: used functions come before unused ones, and longer
    ones before those that repeat a part of them. So neither the name of a file nor a further copy
    changes which statements count.
    """

    def precedence(one: tuple[str, FunctionCode]) -> tuple[bool, int, tuple[int, ...], str, int]:
        path, function = one
        prints = function.prints
        return not uses.has(path, function), -len(prints), prints, path, function.line

    every = ((path, one) for path, file in program.items() for one in file.functions)
    return sorted(every, key=precedence)


def _roots(
    program: Mapping[str, FileSummary],
    tests: Mapping[str, FileSummary],
    open_to_all: Collection[str],
) -> Iterator[str]:
    """Yield the names that are used without a function of the program around the use.

    They are read by code outside functions, a decorator or a test, or called by a framework. Of a
    library all public names are used.
    """
    for path, file in program.items():
        yield from file.work.used_on_import
        yield from file.work.started
        is_open = path in open_to_all
        yield from (one.name for one in file.work.units if _is_called(one.name, is_open))
    for path, file in tests.items():
        if file.tests or path.endswith("conftest.py"):
            yield from file.work.used_on_import
            yield from (name for unit in file.work.units for name in unit.mentions)


def _is_called(name: str, is_open: bool) -> bool:
    """Return whether something outside the program may call `name`, of a file that `is_open`."""
    return (is_open and not name.startswith("_")) or name.startswith(_CALLED_BY_NAME)


def _open_to_all(
    program: Mapping[str, FileSummary], tests: Collection[FileSummary], parts: Mapping[str, Part]
) -> set[str]:
    """Return the files of which something outside the program may use each public name.

    A framework uses them, code that looks for names at run time, or, of a library, anybody.
    """
    if _is_library(program, tests, parts):
        return set(program)
    found = set(_started_by_frameworks(program, tests))
    looked = {name for file in program.values() for name in file.looks_into}
    for path, file in program.items():
        if "" in file.looks_into or not looked.isdisjoint(_names_of(path)):
            found.add(path)
    return found


def _started_by_frameworks(
    program: Mapping[str, FileSummary], tests: Collection[FileSummary]
) -> Iterator[str]:
    """Yield the files of `program` whose functions a framework calls, e.g. Django's `views.py`."""
    uses_django = any("django" in file.packages for file in (*program.values(), *tests))
    for path, file in program.items():
        if file.contract or (uses_django and is_django(path)):
            yield path


def _names_of(path: str) -> set[str]:
    """Return the names by which code may know the module `path`: ``b`` for ``a/b.py``."""
    *folders, name = path.removesuffix(".py").split("/")
    return {folders[-1]} if name == "__init__" and folders else {name}


def _is_library(
    program: Mapping[str, FileSummary], tests: Collection[FileSummary], parts: Mapping[str, Part]
) -> bool:
    """Return whether nothing starts `program`, so that others import it.

    Nothing may say where it starts, no test may show how it is used, and hardly a statement may run
    on import, e.g. ``random.seed(1)`` beside functions.
    """
    starts = any(parts[path].role is Role.ENTRY for path in program)
    if starts or any(file.tests for file in tests):
        return False
    return all(map(_hardly_runs, program.values()))


def _hardly_runs(file: FileSummary) -> bool:
    """Return whether hardly a statement of `file` runs as it is imported."""
    outside = sum(len(one.prints) for one in file.functions if one.line == _OUTSIDE)
    return outside <= MOST_OUTSIDE * sum(len(one.prints) for one in file.functions)


@dataclass(frozen=True)
class _Uses:
    """What the program uses: definitions by (path, number), and names that its used code reads.

    ``beginnings`` are the beginnings of such names, from ``getattr(self, f"do_{name}")``. In the
    files ``open_to_all`` everything with a public name is used.
    """

    definitions: Collection[tuple[str, int]]
    names: Collection[str]
    beginnings: Collection[str]
    open_to_all: Collection[str]

    @staticmethod
    def of(
        program: Mapping[str, FileSummary],
        tests: Mapping[str, FileSummary],
        parts: Mapping[str, Part],
        called: Iterable[str],
    ) -> _Uses:
        """Return what `program` uses, also from `tests` and as `called` names."""
        open_to_all = _open_to_all(program, tests.values(), parts)
        roots = [*called, *_roots(program, tests, open_to_all)]
        works = {path: one.work for path, one in program.items()}
        found = used(works, roots)
        names = {name for path, at in found for name in works[path].units[at].mentions}.union(roots)
        beginnings = {name[:-1] for name in names if name.endswith("*")}
        return _Uses(found, names, beginnings, open_to_all)

    def has(self, path: str, function: FunctionCode) -> bool:
        """Return whether the program uses `function` of the file `path`; also code outside any."""
        if function.unit < 0:
            return True
        if (path, function.unit) not in self.definitions:
            return False
        return not function.by_name or self._reads(path, function.name)

    def _reads(self, path: str, name: str) -> bool:
        """Return whether something reads `name`, of a method or nested function in `path`."""
        if name in self.names:
            return True
        if any(name[:end] in self.beginnings for end in range(len(name) + 1)):
            return True
        return path in self.open_to_all and not name.startswith("_")


class _Seen:
    """The statements that were seen, to find those that repeat them.

    A function repeats another if all its prints are equal, or a part of it if :data:`LEAST_RUN` of
    them in a row are. Prints of statements that never run, and of those that only declare, are in
    no run.
    """

    def __init__(self) -> None:
        self._functions: set[tuple[int, ...]] = set()
        self._runs: set[tuple[int, ...]] = set()

    def repeated(self, function: FunctionCode) -> int:
        """Return how many statements of `function` were seen before, and note all of them.

        Those that never run are left out.
        """
        prints = function.prints
        is_whole = function.line != _OUTSIDE and len(prints) >= LEAST_WHOLE
        repeats = [is_whole and prints in self._functions] * len(prints)
        if is_whole:
            self._functions.add(prints)
        for start in range(len(prints) - LEAST_RUN + 1):
            run = prints[start : start + LEAST_RUN]
            if min(run) <= DEAD:
                continue
            if run in self._runs:
                repeats[start : start + LEAST_RUN] = [True] * LEAST_RUN
            self._runs.add(run)
        return sum(again for again, one in zip(repeats, prints, strict=True) if one != DEAD)


def all_counted(functions: Sequence[FunctionCode]) -> dict[int, int]:
    """Return the weights of `functions` where every statement counts, as in a starter file."""
    return {one.line: len(one.prints) for one in functions}
