"""History: which findings of a student's last attempt are fixed, new or still there.

A finding is recognised by its fingerprint: a hash of the check, the code, the message without its
numbers, and the text of its line. Line numbers and paths are not part of it, so that a finding
is recognised in a moved line, in a renamed file and in a function moved to another module.
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

#: How many fixed findings a report lists at most; their number is always given.
MOST_FIXED_LISTED = 50

#: Whether the last attempt had a finding that the present one has.
Since = Literal["new", "still_there"]

#: A name in backticks (with or without folders), or a number outside them.
#: e.g. "`src/a2.py` has 31 lines": "`a2.py`" is kept, "31" is dropped.
_NAMED_OR_NUMBER = re.compile(r"`(?:[^`]*/)?([^`/]*)`|\d+")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FixedLine(_Frozen):
    """A finding of the last attempt that the present attempt no longer has.

    ``path`` and ``message`` are those of the last attempt; it has no line.
    """

    check: str
    code: str
    path: str
    message: str


class History(_Frozen):
    """What changed since the last graded attempt; both attempts are judged by the same rubric.

    ``fixed``, ``new`` and ``still_there`` count findings, ``points_before`` is the last total under
    that rubric. ``previous_attempt`` is the last attempt's number, null if two folders are compared
    (``grader check --against``). ``fixed_findings`` are the first 50 of the ``fixed`` findings.
    """

    previous_attempt: int | None
    points_before: int | float
    fixed: int
    new: int
    still_there: int
    fixed_findings: tuple[FixedLine, ...]


@dataclass(frozen=True)
class Earlier:
    """An earlier attempt, with which a report compares the present one.

    ``facts`` are as measured, starter code included. ``attempt`` is its number, from 1, or ``None``
    for a folder that no server has numbered.
    """

    facts: SubmissionFacts
    attempt: int | None = None

    def answers(self, compiled: CompiledRubric, engine: EngineIdentity) -> bool:
        """Return whether these facts can be compared with those of ``engine`` under ``compiled``.

        They cannot if any version in ``engine`` differs, or if a probe of ``compiled`` reads a file
        that it did not inspect then: what the check finds there would be reported as new. Files
        that the gate refused do not matter. Of the files that were dropped only documents do, not
        e.g. notebooks.
        """
        return self.facts.engine == engine and not any(map(self._lacks, compiled.probes))

    def _lacks(self, probe: Probe) -> bool:
        """Return whether ``probe`` reads a file of this attempt that it did not inspect.

        That includes documents that were dropped because no probe read them then.
        """
        return any(
            file.readable.state is State.OK and probe.key not in file.inspections
            for file in self.facts.files
            if probe.reads(file.path)
        ) or any(is_document(one.path) and probe.reads(one.path) for one in self.facts.dropped)


class ComparedFinding(Protocol):
    """The attributes of a report's finding that a comparison needs."""

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


Line = TypeVar("Line", bound=ComparedFinding)


@dataclass(frozen=True)
class Compared(Generic[Line]):
    """The result of :func:`compare`: which findings are new, still there or fixed.

    ``since`` has an entry for each present finding, in their order: ``new`` or ``still_there``.
    ``fixed`` are the earlier findings that no present finding matches.
    """

    since: tuple[Since, ...]
    fixed: tuple[Line, ...]


def fingerprint(check: str, finding: Finding) -> str:
    """Return 16 hexadecimal digits by which ``finding`` of ``check`` is recognised in an attempt.

    It depends on the check, the code, the message and the text of the line (less its spacing), but
    not on the path or where the line is. In the message, numbers outside backticks and folders of
    paths in backticks do not matter. Several findings of one attempt may share it.
    """
    parts = (check, finding.code, _without_numbers(finding.message), finding.anchor)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def compare(before: Sequence[Line], now: Sequence[Line]) -> Compared[Line]:
    """Match each finding of ``now`` with at most one of ``before`` and return the result.

    Findings with the same fingerprint match: in the same path if possible, then in a file of the
    same name, then anywhere. Those left over match if path, check, code and message (compared as in
    :func:`fingerprint`) are the same, provided that the message has something in backticks, or the
    finding has a ``hunk`` or stands at line 1, column 1, i.e. concerns the whole file. Equal
    findings are matched in their order.
    """
    pairs: dict[int, int] = {}
    for key in _KEYS:
        _match(before, now, key, pairs)
    known = set(pairs.values())
    return Compared(
        since=tuple("still_there" if at in pairs else "new" for at in range(len(now))),
        fixed=tuple(one for at, one in enumerate(before) if at not in known),
    )


def history_of(compared: Compared[Line], attempt: int | None, points: int | float) -> History:
    """Return the report's history for ``compared``; the last ``attempt`` earned ``points``.

    It counts all fixed findings and lists the first :data:`MOST_FIXED_LISTED` of them.
    """
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
    key: Callable[[ComparedFinding], Hashable],
    pairs: dict[int, int],
) -> None:
    """Add to ``pairs`` (index in ``now`` -> index in ``before``) unpaired findings of equal key.

    Findings with the same key are paired in their order. A key of ``None`` matches nothing.
    """
    paired = set(pairs.values())
    free: dict[Hashable, deque[int]] = {}
    for at, one in enumerate(before):
        if at not in paired and key(one):
            free.setdefault(key(one), deque()).append(at)
    for at, one in enumerate(now):
        waiting = free.get(key(one)) if at not in pairs else None
        if waiting:
            pairs[at] = waiting.popleft()


def _same_path(one: ComparedFinding) -> Hashable:
    """Return a key that is equal for findings with the same path and fingerprint."""
    return one.path, one.fingerprint


def _same_file_name(one: ComparedFinding) -> Hashable:
    """Return a key that is equal for findings with the same file name and fingerprint."""
    return one.path.rpartition("/")[2], one.fingerprint


def _anywhere(one: ComparedFinding) -> Hashable:
    """Return the fingerprint, a key that is equal wherever the findings are."""
    return one.fingerprint


def _same_message(one: ComparedFinding) -> Hashable:
    """Return a key of the message, or ``None`` if the message does not identify its subject.

    It does if it names something in backticks ("`area` has no docstring") or concerns the whole
    file; "Line too long" does not.
    """
    whole = one.hunk is not None or (one.line, one.column) == (1, 1)
    if not whole and "`" not in one.message:
        return None
    return one.path, one.check, one.code, _without_numbers(one.message)


#: The keys by which findings are matched, in this order.
_KEYS = (_same_path, _same_file_name, _anywhere, _same_message)


def _without_numbers(message: str) -> str:
    """Return ``message`` with ``#`` for each number; names in backticks lose only their folders."""
    return _NAMED_OR_NUMBER.sub(lambda found: f"`{found[1]}`" if found[1] else "#", message)
