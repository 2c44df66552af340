"""Count the statements of a program: all that do something, and those that are used and new.

A share of statements has all of them in its whole. In its good part it has only those that the
program uses and that repeat nothing, so that copies and unused functions never improve it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from grader.analysis.project.boxes import Box, in_boxes
from grader.analysis.project.functions import DEAD, OUTSIDE, FunctionCode
from grader.analysis.project.summary import FileSummary
from grader.analysis.project.usage import Kind
from grader.analysis.project.uses import Uses, is_run, libraries_in
from grader.domain.program import Part, Role, Uncounted

#: The fewest statements in a row that repeat others. Runs of three are equal by chance in honest
#: programs (handlers that load, check and answer). Chosen by hand.
LEAST_RUN = 4
#: The fewest statements of a function that repeats another as a whole. Functions of one are often
#: equal by chance: ``return load(PATH)``. Chosen by hand.
LEAST_WHOLE = 2
#: How many functions with uncounted statements a file names. Chosen by hand.
_MOST_UNCOUNTED = 20

#: Why statements are in no good part, see :class:`Uncounted`.
_Why = Literal["unused", "dead", "repeated", "boxed", "outside"]
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
    about the program. Where that starts somewhere, what only tests use is unused, or in no share at
    all: see :meth:`Uses.of_each`.
    """
    program = {path: summaries[path] for path, part in parts.items() if part.is_measured}
    libraries = libraries_in(program, parts)
    functions = _functions(program, *Uses.of_each(summaries, parts, libraries, called))
    changes = _changes(functions, _starts(program, parts), libraries)
    for path, part in parts.items():
        if part.is_leftover:
            changes[path] = _left_over(summaries[path])
    for path, file in program.items():
        changes[path]["demanded"] = file.demanded
    counted = {path: part.model_copy(update=changes.get(path)) for path, part in parts.items()}
    return Counted(counted, _weights(functions))


class _Function(NamedTuple):
    """One function, or the statements outside functions, with the number of its statements.

    ``dead`` of them never run, and ``repeated`` of the others do what others do. ``is_used`` is
    also true of statements outside, whose ``line`` is 0; the first of them is in the line
    ``first``. ``is_boxed``: it passes its values on in a box, see :func:`in_boxes`, so that at most
    half of its statements count. ``users`` says what uses it if the program does not.
    """

    name: str
    line: int
    first: int
    statements: int
    dead: int
    repeated: int
    is_used: bool
    is_boxed: bool
    users: str

    @property
    def counted(self) -> int:
        """The number of statements that are used and repeat nothing."""
        if not self.is_used:
            return 0
        found = self.statements - self.dead - self.repeated
        return found // 2 if self.is_boxed else found


def _functions(
    program: Mapping[str, FileSummary], uses: Uses, tested: Uses
) -> dict[str, list[_Function]]:
    """Return the functions of each file of `program`, with what of them `uses` use.

    Those are left out that only the uses `tested` use, which are in no share.
    """
    seen, found = _Seen(), {path: list[_Function]() for path in program}
    boxed, ordered = _boxed(program), _in_order(program, uses)
    copies = _copies(program, ordered)
    for path, one in ordered:
        is_used = uses.has(path, one)
        if tested.has(path, one) and not is_used:
            continue
        counts = _Function(
            name=one.name,
            line=one.line,
            first=one.first,
            statements=len(one.prints),
            dead=one.prints.count(DEAD),
            repeated=seen.repeated(one, is_copy=(path, one.unit) in copies),
            is_used=is_used,
            is_boxed=(path, one.line) in boxed,
            users="" if is_used else uses.users_of(path, one),
        )
        found[path].append(counts)
    return found


def _boxed(program: Mapping[str, FileSummary]) -> set[tuple[str, int]]:
    """Return the path and line of each function of `program` that passes values on in a box."""
    functions: dict[tuple[str, int], Box] = {}
    methods: dict[tuple[str, int], list[FunctionCode]] = {}
    for path, file in program.items():
        for one in file.functions:
            if one.unit >= 0 and file.work.units[one.unit].kind is Kind.CLASS:
                methods.setdefault((path, one.unit), []).append(one)
            elif one.box.written:
                functions[path, one.line] = one.box
    return in_boxes(functions, _boxes_by_class(program, methods))


def _boxes_by_class(
    program: Mapping[str, FileSummary], methods: Mapping[tuple[str, int], Sequence[FunctionCode]]
) -> Mapping[str, Sequence[Box]]:
    """Return the boxes of all `methods`, by the name of the class, of classes that have some.

    `methods` are by path and unit. A class with no more than an ``__init__`` has none.
    """
    found: dict[str, list[Box]] = {}
    for (path, unit), of in methods.items():
        if not all(one.name.startswith("__") for one in of):
            name = program[path].work.units[unit].name
            found.setdefault(name, []).extend(one.box for one in of)
    return found


def _weights(functions: Mapping[str, Sequence[_Function]]) -> Weights:
    """Return how many statements count, by path and by the line of each used function."""
    return {
        path: {one.line: one.counted for one in of if one.is_used} for path, of in functions.items()
    }


def _changes(
    functions: Mapping[str, Sequence[_Function]],
    starts: Mapping[str, str],
    libraries: Collection[str],
) -> dict[str, dict[str, object]]:
    """Return the changed fields of the part of each file of the program, by path.

    Of `libraries`, each file with functions is a clean start.
    """
    return {
        path: _part(of, starts.get(path, ""), path in libraries) for path, of in functions.items()
    }


def _left_over(file: FileSummary) -> dict[str, object]:
    """Return the changed fields of the part of a leftover `file`, of which no statement counts.

    Each line of a file that cannot be read is one.
    """
    statements = sum(len(one.prints) for one in file.functions)
    return {"statements": statements if file.functions else file.lines}


def _part(functions: Sequence[_Function], start: str, is_library: bool) -> dict[str, object]:
    """Return the changed fields of a part with these `functions`; see :class:`Part` for `start`."""
    counted = sum(one.counted for one in functions)
    outside = sum(one.counted for one in functions if one.line == OUTSIDE)
    has_functions = counted > outside
    left = [item for one in sorted(functions, key=_line) for item in _uncounted(one)]
    return {
        "statements": sum(one.statements for one in functions),
        "counted": counted,
        "uncounted": tuple(left[:_MOST_UNCOUNTED]),
        "is_module": not start and has_functions,
        "start": "clean" if has_functions and is_library else start,
    }


def _line(function: _Function) -> int:
    return function.line


def _uncounted(function: _Function) -> Iterator[Uncounted]:
    """Yield what of `function` is in no good part, and most of all why; all that is outside any."""
    numbers: dict[_Why, int]
    if function.line == OUTSIDE:
        numbers = {"outside": function.statements - function.dead, "dead": function.dead}
    else:
        numbers = {_reason(function): function.statements - function.counted}
    for because, number in numbers.items():
        if number:
            line = max(1, function.first)
            users = function.users if because == "unused" else ""
            yield Uncounted(
                why=because, name=function.name, line=line, statements=number, users=users
            )


def _reason(function: _Function) -> _Why:
    """Return why most of the statements of `function` that do not count are in no good part."""
    if not function.is_used:
        return "unused"
    boxed = function.statements - function.dead - function.repeated - function.counted
    if boxed > max(function.repeated, function.dead):
        return "boxed"
    return "repeated" if function.repeated > function.dead else "dead"


def _starts(
    program: Mapping[str, FileSummary], parts: Mapping[str, Part]
) -> dict[str, Literal["clean", "open"]]:
    """Return the files where the program starts, and whether importing them starts nothing.

    What a framework finds beside a program, e.g. an extension of a bot, is a module of it. Where
    nothing says where the program starts, each file that runs on import is a start. Files of a
    library are none.
    """
    entries = [path for path in program if parts[path].role is Role.ENTRY]
    started = entries or [path for path, file in program.items() if is_run(path, file)]
    whole = [path for path in started if not _is_plugged_in(path, program[path])]
    return {path: _manner(program[path]) for path in whole or started}


def _is_plugged_in(path: str, file: FileSummary) -> bool:
    """Return whether a framework finds the file `path`, which starts in no other way."""
    is_main = path.split("/")[-1] in ("main.py", "__main__.py")
    return bool(file.contract.names) and not file.guarded and not is_main


def _manner(file: FileSummary) -> Literal["clean", "open"]:
    """Return "open" if `file` runs something as it is imported; not so a lower-case constant."""
    runs = any(one.line == OUTSIDE and one.prints for one in file.functions)
    return "open" if runs else "clean"


def _copies(
    program: Mapping[str, FileSummary], ordered: Iterable[tuple[str, FunctionCode]]
) -> set[tuple[str, int]]:
    """Return the path and unit of each function that repeats one before it in `ordered`.

    It does so with the functions inside it, each of which may be too short to be a repetition.
    """
    wholes: dict[tuple[str, int], list[tuple[int, ...]]] = {}
    for path, one in ordered:
        if one.unit >= 0 and program[path].work.units[one.unit].kind is Kind.FUNCTION:
            wholes.setdefault((path, one.unit), []).append(one.prints)
    seen, found = set[tuple[tuple[int, ...], ...]](), set()
    for place, prints in wholes.items():
        whole = tuple(sorted(prints))
        if sum(map(len, whole)) >= LEAST_WHOLE and whole in seen:
            found.add(place)
        seen.add(whole)
    return found


def _in_order(program: Mapping[str, FileSummary], uses: Uses) -> list[tuple[str, FunctionCode]]:
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


class _Seen:
    """The statements that were seen, to find those that repeat them.

    A function repeats another if all its prints are equal, or a part of it if :data:`LEAST_RUN` of
    them in a row are. Prints of statements that never run, and of those that only declare, are in
    no run.
    """

    def __init__(self) -> None:
        self._functions: set[tuple[int, ...]] = set()
        self._runs: set[tuple[int, ...]] = set()

    def repeated(self, function: FunctionCode, *, is_copy: bool = False) -> int:
        """Return how many statements of `function` were seen before, and note all of them.

        Those that never run are left out. With `is_copy` all of them were seen.
        """
        prints = function.prints
        is_whole = function.line != OUTSIDE and len(prints) >= LEAST_WHOLE
        repeats = [is_copy or (is_whole and prints in self._functions)] * len(prints)
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
