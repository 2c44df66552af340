"""Versions of a rubric: list them, get any of them, compare two, restore one."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from grader.domain.errors import NotFound
from grader.domain.rubric.changes import Change, rubric_changes
from grader.service.access import Principal
from grader.service.ports import Store
from grader.service.publish import Publish, Published
from grader.service.records import DraftRecord, Page, RubricRecord
from grader.service.rubric_cache import RubricCache
from grader.service.rubric_edits import visible_newest


@dataclass(frozen=True)
class RubricDiff:
    """How a rubric differs from another: ``changes`` in words, ``text`` as a unified diff.

    ``before`` and ``after`` name the two, e.g. ``version 3`` and ``draft``.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    text: str


@dataclass(frozen=True)
class Versions:
    """The use cases that read the versions of a rubric, and the one that restores one.

    The role of a principal is not checked here.
    """

    store: Store
    rubric_cache: RubricCache
    publish: Publish

    def page(
        self, exercise: str, principal: Principal, *, cursor: str, limit: int
    ) -> tuple[RubricRecord, Page[RubricRecord]]:
        """Return the newest version of ``exercise``, and a page of all, newest first.

        Raises:
            NotFound: there is no such exercise, or ``principal`` may not see it.
            BadRequest: ``cursor`` is invalid.
        """
        newest = visible_newest(self.store, exercise, principal)
        return newest, self.store.rubrics.versions(exercise, cursor=cursor, limit=limit)

    def get(self, exercise: str, number: int, principal: Principal) -> RubricRecord:
        """Return the version ``number`` of the rubric of ``exercise``; 0 is the newest.

        Raises:
            NotFound: there is none, or ``principal`` may not see the exercise.
        """
        newest = visible_newest(self.store, exercise, principal)
        if number in (0, newest.version):
            return newest
        found = self.store.rubrics.version(exercise, number)
        if found is None:
            raise NotFound(
                f"There is no version {number} of the rubric of {exercise}.",
                how_to_fix=f"The versions are 1 to {newest.version}.",
                where="version",
            )
        return found

    def diff(
        self, exercise: str, number: int, against: int | None, principal: Principal
    ) -> RubricDiff:
        """Return how the version ``number`` differs from ``against``, by default the one before.

        The first version has none before it: it is compared with itself.

        Raises:
            NotFound: one of them does not exist, or ``principal`` may not see the exercise.
            BadRubric: one of them is no longer a valid rubric.
        """
        after = self.get(exercise, number, principal)
        other = max(1, after.version - 1) if against is None else against
        before = self.get(exercise, other, principal)
        return self.compare(before, after)

    def compare(self, before: RubricRecord, after: RubricRecord | DraftRecord) -> RubricDiff:
        """Return how ``after`` differs from ``before``; raise BadRubric if one is not valid."""
        old, new = (self.rubric_cache.of(record).rubric for record in (before, after))
        names = _name(before), _name(after)
        lines = difflib.unified_diff(
            before.text.splitlines(), after.text.splitlines(), *names, lineterm=""
        )
        return RubricDiff(*names, rubric_changes(old, new), "\n".join(lines))

    def restore(
        self,
        exercise: str,
        number: int,
        *,
        if_match: str,
        principal: Principal,
        override: str = "",
    ) -> Published:
        """Publish the text of the version ``number`` of ``exercise`` as a new version.

        Its message is "Restores version 3." for 3. ``if_match`` and the errors are those of
        :class:`Publish`; in addition NotFound is raised for a version that does not exist.
        """
        text = self.get(exercise, number, principal).text
        message = f"Restores version {number}."
        return self.publish(
            exercise,
            text,
            if_match=if_match,
            principal=principal,
            message=message,
            override=override,
        )


def _name(record: RubricRecord | DraftRecord) -> str:
    return "draft" if isinstance(record, DraftRecord) else f"version {record.version}"
