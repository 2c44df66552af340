"""What changed since a student's last attempt: fixed, new, still there.

A finding is known again by its fingerprint: a hash of the check, the code, the message without its
numbers and the text of the line it stands on. So it survives lines that moved and, because no path
is part of it, files that were renamed and functions that went into another module.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from grader.domain.facts import EngineIdentity, SubmissionFacts
from grader.domain.inspection import Finding, State
from grader.domain.rubric import CompiledRubric, Probe
from grader.domain.source import is_document

#: So many fixed findings are listed; their number is always told.
MOST_FIXED_LISTED = 50

Since = Literal["new", "still_there"]

#: What a message names stands between backticks and is kept; other numbers change with the code.
_NAMED_OR_NUMBER = re.compile(r"`(?:[^`]*/)?([^`/]*)`|\d+")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FixedLine(_Frozen):
    """One finding of the last attempt that is gone."""

    check: str
    code: str
    path: str
    message: str


class History(_Frozen):
    """What changed since the last graded attempt, both judged by the same rubric.

    ``previous_attempt`` is null where somebody compares two folders of their own. At most 50 of
    the ``fixed`` findings stand in ``fixed_findings``.
    """

    previous_attempt: int | None
    points_before: int | float
    fixed: int
    new: int
    still_there: int
    fixed_findings: tuple[FixedLine, ...]


@dataclass(frozen=True)
class Earlier:
    """The facts of an earlier attempt; ``attempt`` is its number, where it has one."""

    facts: SubmissionFacts
    attempt: int | None = None

    def answers(self, compiled: CompiledRubric, engine: EngineIdentity) -> bool:
        """Whether the same engine measured all that a compiled rubric asks for.

        Where it did not, a change of ours would be told as a change of the student's.
        """
        return self.facts.engine == engine and not any(map(self._lacks, compiled.probes))

    def _lacks(self, probe: Probe) -> bool:
        """Whether a file that a probe reads was not asked, or was left out since nobody read it."""
        return any(
            file.readable.state is State.OK and probe.key not in file.inspections
            for file in self.facts.files
            if probe.reads(file.path)
        ) or any(is_document(one.path) and probe.reads(one.path) for one in self.facts.dropped)


class Told(Protocol):
    """What is compared: a finding as a report tells it."""

    @property
    def check(self) -> str: ...

    @property
    def code(self) -> str: ...

    @property
    def path(self) -> str: ...

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...

    @property
    def message(self) -> str: ...

    @property
    def hunk(self) -> str | None: ...

    @property
    def fingerprint(self) -> str: ...


Line = TypeVar("Line", bound=Told)


@dataclass(frozen=True)
class Compared(Generic[Line]):
    """For each finding of now whether it was there before, and those of before that are gone."""

    since: tuple[Since, ...]
    fixed: tuple[Line, ...]


def fingerprint(check: str, finding: Finding) -> str:
    """What a finding is known by wherever its line goes: 16 hexadecimal digits, not unique."""
    parts = (check, finding.code, _without_numbers(finding.message), finding.anchor)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def compare(before: Sequence[Line], now: Sequence[Line]) -> Compared[Line]:
    """Each finding of now is matched with at most one of before, the nearest place first."""
    pairs: dict[int, int] = {}
    for key in _KEYS:
        _match(before, now, key, pairs)
    known = set(pairs.values())
    return Compared(
        since=tuple("still_there" if at in pairs else "new" for at in range(len(now))),
        fixed=tuple(one for at, one in enumerate(before) if at not in known),
    )


def history_of(compared: Compared[Line], attempt: int | None, points: int | float) -> History:
    """What is told of a comparison with an attempt that earned so many points."""
    listed = compared.fixed[:MOST_FIXED_LISTED]
    return History(
        previous_attempt=attempt,
        points_before=points,
        fixed=len(compared.fixed),
        new=compared.since.count("new"),
        still_there=compared.since.count("still_there"),
        fixed_findings=tuple(
            FixedLine(check=one.check, code=one.code, path=one.path, message=one.message)
            for one in listed
        ),
    )


def _match(
    before: Sequence[Line],
    now: Sequence[Line],
    key: Callable[[Told], Hashable],
    pairs: dict[int, int],
) -> None:
    """Pair (now, before) what has no pair yet and the same key; equals pair off in order."""
    taken = set(pairs.values())
    free: dict[Hashable, deque[int]] = {}
    for at, one in enumerate(before):
        if at not in taken and key(one):
            free.setdefault(key(one), deque()).append(at)
    for at, one in enumerate(now):
        waiting = free.get(key(one)) if at not in pairs else None
        if waiting:
            pairs[at] = waiting.popleft()


def _in_its_file(one: Told) -> Hashable:
    return one.path, one.fingerprint


def _in_a_file_of_its_name(one: Told) -> Hashable:
    return one.path.rpartition("/")[2], one.fingerprint


def _anywhere(one: Told) -> Hashable:
    return one.fingerprint


def _by_its_words(one: Told) -> Hashable:
    """The same words in the same file, where they tell what they are about without its line.

    They do where they name it, and where they speak of the file as a whole.
    """
    whole = one.hunk is not None or (one.line, one.column) == (1, 1)
    if not whole and "`" not in one.message:
        return None
    return one.path, one.check, one.code, _without_numbers(one.message)


_KEYS = (_in_its_file, _in_a_file_of_its_name, _anywhere, _by_its_words)


def _without_numbers(message: str) -> str:
    """A message without numbers and folders: names between backticks keep theirs."""
    return _NAMED_OR_NUMBER.sub(lambda found: f"`{found[1]}`" if found[1] else "#", message)
