"""Drafts of rubrics: read, edit, copy, delete and publish them. Nothing is graded by a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.domain.errors import Conflict, NotFound, PreconditionFailed
from grader.domain.rubric.digest import rubric_digest
from grader.service.access import Principal, no_exercise
from grader.service.ports import Clock, PatchRubric, Store
from grader.service.publish import Publish, Published
from grader.service.records import DraftRecord, RubricRecord
from grader.service.rubric_cache import RubricCache
from grader.service.rubric_edits import (
    overtaken,
    read_for,
    require_match,
    visible_newest,
)


@dataclass(frozen=True)
class Drafts:
    """The use cases on the draft of an exercise, the working copy of its next rubric version.

    There is at most one for an exercise, which need not exist yet. A draft is always a valid
    rubric. It remembers the published version that it was begun from. The role of a principal is
    not checked here.
    """

    store: Store
    rubric_cache: RubricCache
    patch_text: PatchRubric
    clock: Clock
    publish: Publish

    def get(self, exercise: str, principal: Principal) -> DraftRecord:
        """Return the draft of ``exercise``.

        Raises:
            NotFound: there is none, or ``principal`` may not see it.
        """
        newest = self._newest(exercise, principal)
        draft = self._visible(exercise, principal)
        if draft is None:
            raise _no_draft(exercise) if newest else no_exercise(exercise)
        return draft

    def put(
        self, exercise: str, text: str, *, if_match: str, rebase: bool, principal: Principal
    ) -> DraftRecord:
        """Store ``text`` as the draft of ``exercise`` and return its record.

        ``if_match`` is the entity tag of the draft that was edited, or ``*``; it may be empty if
        there is none yet. A new draft begins from the newest published version; with ``rebase`` one
        that exists does so, too, after what was published meanwhile was put into it.

        Raises:
            BadRubric: the text has mistakes, or names another exercise.
            PreconditionRequired: ``if_match`` is empty, and there is a draft.
            PreconditionFailed: ``if_match`` is not the tag of the draft.
            NotFound: ``principal`` may not see the exercise, or the course of a new exercise.
            Conflict: the exercise belongs to another course than the rubric says.
        """
        newest = self._newest(exercise, principal)
        draft = self._visible(exercise, principal)
        require_match(draft, if_match)
        return self._store(exercise, text, newest, draft, rebase=rebase, principal=principal)

    def patch(
        self, exercise: str, changes: Mapping[str, Any], *, if_match: str, principal: Principal
    ) -> DraftRecord:
        """Change the draft of ``exercise`` by ``changes``, a JSON merge patch; return its record.

        Only the named values are replaced in its text. Without a draft one is begun from the newest
        published version. ``if_match`` and the errors are as of :meth:`put`; in addition NotFound
        is raised if there is neither a draft nor a version.
        """
        newest = self._newest(exercise, principal)
        draft = self._visible(exercise, principal)
        require_match(draft, if_match)
        base = draft or newest
        if base is None:
            raise no_exercise(exercise)
        text = self.patch_text(base.text, changes)
        return self._store(exercise, text, newest, draft, rebase=False, principal=principal)

    def delete(self, exercise: str, *, if_match: str, principal: Principal) -> None:
        """Delete the draft of ``exercise``; ``if_match`` is its entity tag, or ``*``.

        Raises:
            NotFound: there is none, or ``principal`` may not see it.
            PreconditionRequired: ``if_match`` is empty.
            PreconditionFailed: ``if_match`` is another tag, or the draft is changed just now.
        """
        draft = self.get(exercise, principal)
        require_match(draft, if_match)
        self.store.drafts.delete(draft, actor=principal.actor, now=self.clock.now())

    def publish_draft(
        self,
        exercise: str,
        *,
        if_match: str,
        principal: Principal,
        message: str = "",
        override: str = "",
    ) -> Published:
        """Publish the draft of ``exercise``, which is deleted, and return the new version.

        ``if_match`` is the entity tag of the draft, or ``*``; it may be empty. The errors are those
        of :meth:`get` and of :meth:`Publish.draft`.
        """
        draft = self.get(exercise, principal)
        require_match(draft, if_match or "*")
        return self.publish.draft(draft, principal=principal, message=message, override=override)

    def copy(
        self, source: RubricRecord, exercise: str, course: str, principal: Principal
    ) -> DraftRecord:
        """Store the text of ``source`` as the draft of ``exercise`` in ``course``.

        Only the values of ``exercise:`` and ``course:`` are replaced in it. Return the draft.

        Raises:
            BadRubric: the text is no longer a valid rubric, or ``exercise`` is no id.
            NotFound: ``principal`` may not see the exercise or the course.
            Conflict: the exercise has a draft, or belongs to another course.
        """
        newest = self._newest(exercise, principal)
        draft = self._visible(exercise, principal)
        if draft is not None:
            raise Conflict(
                f"The exercise {exercise} has a draft already, by {draft.author!r}.",
                how_to_fix="Publish or delete that draft first.",
                where="exercise",
            )
        changes = {"exercise": exercise, "course": course}
        text = self.patch_text(source.text, changes)
        return self._store(exercise, text, newest, None, rebase=True, principal=principal)

    def _newest(self, exercise: str, principal: Principal) -> RubricRecord | None:
        """Return the newest version of ``exercise``, ``None`` for a new one; raise NotFound."""
        if self.store.rubrics.newest(exercise) is None:
            return None
        return visible_newest(self.store, exercise, principal)

    def _visible(self, exercise: str, principal: Principal) -> DraftRecord | None:
        """Return the draft of ``exercise``, ``None`` without one.

        Raises:
            NotFound: it is of a course that ``principal`` may not see.
        """
        draft = self.store.drafts.get(exercise)
        if draft is not None and not principal.may_see(draft.course):
            raise no_exercise(exercise)
        return draft

    def _store(
        self,
        exercise: str,
        text: str,
        newest: RubricRecord | None,
        draft: DraftRecord | None,
        *,
        rebase: bool,
        principal: Principal,
    ) -> DraftRecord:
        """Validate ``text`` and store it in place of ``draft``, unless that is the same already."""
        rubric = read_for(self.rubric_cache, exercise, text, newest, principal)
        present = newest.version if newest else 0
        base = present if draft is None or rebase else draft.base_version
        if draft is not None and (draft.text, draft.base_version) == (text, base):
            return draft
        try:
            return self.store.drafts.put(
                rubric,
                text,
                rubric_digest(text),
                replaces=draft,
                base_version=base,
                actor=principal.actor,
                now=self.clock.now(),
            )
        except PreconditionFailed:
            found = self.store.drafts.get(exercise)
            if found is None:
                raise
            raise overtaken(found, "just now") from None


def _no_draft(exercise: str) -> NotFound:
    return NotFound(
        f"There is no draft for the exercise {exercise!r}.",
        how_to_fix="Begin one: PUT the rubric to .../rubric/draft.",
        where=exercise,
    )
