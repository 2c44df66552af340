"""Publish a version of a rubric. The next grading uses it; old reports stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.domain.errors import PreconditionFailed
from grader.domain.rubric import Rubric
from grader.domain.rubric.digest import rubric_digest
from grader.service.access import Principal
from grader.service.ports import Clock, PatchRubric, Store
from grader.service.records import DraftRecord, Override, RubricRecord
from grader.service.rubric_cache import RubricCache
from grader.service.rubric_edits import (
    overtaken,
    read_for,
    require_match,
    visible_newest,
)
from grader.service.sample_gate import SampleGate


@dataclass(frozen=True)
class Published:
    """The newest version after a publication; ``is_new`` is false if the text was its already."""

    record: RubricRecord
    is_new: bool


@dataclass(frozen=True)
class Publish:
    """The use case that publishes a rubric: validate its text, and store it as the next version.

    Call the instance for the text that a principal sends, :meth:`patch` for a change of some
    values, :meth:`draft` for a draft, and :meth:`seed` for a rubric that is shipped with Grader.
    From then on submissions to the exercise are graded by the new version; stored reports stay as
    they are. The text of the newest version makes no new one.

    Before that the golden samples of the exercise are tried, except by :meth:`seed`: if they do not
    earn what they should, or are not measured yet, all methods raise the errors of
    :meth:`SampleGate.check`, unless ``override`` has a reason to publish the rubric all the same.
    """

    store: Store
    rubric_cache: RubricCache
    patch_text: PatchRubric
    clock: Clock
    gate: SampleGate

    def __call__(
        self,
        exercise: str,
        text: str,
        *,
        if_match: str,
        principal: Principal,
        message: str = "",
        override: str = "",
    ) -> Published:
        """Validate ``text``, store it as the next version of ``exercise``, and return its record.

        ``if_match`` is the entity tag of the version that was edited, or ``*`` for any version. For
        a new exercise, which this creates, it must be empty or ``*``. If the newest version has
        this very text, an older tag will do, so that a request may be sent again. ``message`` says
        what the change is about. The role of ``principal`` is not checked here.

        Raises:
            BadRubric: the text has mistakes, or names another exercise.
            PreconditionRequired: ``if_match`` is empty, and the exercise exists.
            PreconditionFailed: ``if_match`` is not the tag of the newest version, or names a
                version of an exercise that does not exist; or another version is published just
                now. The error names the author.
            NotFound: ``principal`` may not see the exercise, or the course of a new exercise.
            Conflict: the exercise belongs to another course than the rubric says.
        """
        newest = self.store.rubrics.newest(exercise)
        rubric = read_for(self.rubric_cache, exercise, text, newest, principal)
        is_same = newest is not None and newest.text == text
        require_match(newest, newest.etag if newest and if_match and is_same else if_match)
        return self._store(rubric, text, newest, principal, message, override)

    def patch(
        self,
        exercise: str,
        changes: Mapping[str, Any],
        *,
        if_match: str,
        principal: Principal,
        message: str = "",
        override: str = "",
    ) -> Published:
        """Publish the newest version of ``exercise`` with ``changes``, a JSON merge patch.

        Only the named values are replaced in its text. The parameters and errors are those of a
        call; in addition NotFound is raised for an exercise that does not exist.
        """
        newest = visible_newest(self.store, exercise, principal)
        require_match(newest, if_match)
        text = self.patch_text(newest.text, changes)
        rubric = read_for(self.rubric_cache, exercise, text, newest, principal)
        return self._store(rubric, text, newest, principal, message, override)

    def draft(
        self,
        draft: DraftRecord,
        *,
        principal: Principal,
        message: str = "",
        override: str = "",
    ) -> Published:
        """Publish ``draft``, which ``principal`` may see, and delete it.

        Raises:
            BadRubric: the text is no longer a valid rubric, e.g. after a check was removed.
            PreconditionFailed: another version was published since the draft was begun, or it was
                changed since it was read.
            Conflict: as in a call.
        """
        newest = self.store.rubrics.newest(draft.exercise)
        rubric = read_for(self.rubric_cache, draft.exercise, draft.text, newest, principal)
        if newest is not None and newest.version != draft.base_version:
            raise overtaken(
                newest,
                "since this draft was begun",
                how_to_fix="Compare both with GET .../rubric/draft/diff, put the other change into "
                "the draft, and send it with ?rebase=true.",
            )
        return self._store(rubric, draft.text, newest, principal, message, override, draft)

    def seed(self, text: str) -> RubricRecord | None:
        """Publish ``text``, a rubric shipped with Grader, unless its exercise exists already.

        Return its record, or ``None`` if it exists. The audit log names ``seed`` as the actor.

        Raises:
            BadRubric: the text has mistakes.
        """
        rubric = self.rubric_cache.read(text).rubric
        if self.store.rubrics.newest(rubric.exercise):
            return None
        try:
            return self.store.rubrics.publish(
                rubric, text, rubric_digest(text), base=None, actor="seed", now=self.clock.now()
            )
        except PreconditionFailed:  # another process was faster
            return None

    def _store(
        self,
        rubric: Rubric,
        text: str,
        newest: RubricRecord | None,
        principal: Principal,
        message: str,
        override: str,
        draft: DraftRecord | None = None,
    ) -> Published:
        """Store the valid ``text`` as the version after ``newest``, unless that has this text.

        Raises:
            SamplesNotMeasured, SamplesDiffer: as :meth:`SampleGate.check`.
            PreconditionFailed: ``newest`` is not the newest any more, or ``draft`` was changed.
        """
        now = self.clock.now()
        if newest is not None and newest.text == text:
            if draft is not None:
                self.store.drafts.delete(draft, actor=principal.actor, now=now)
            return Published(newest, is_new=False)
        digest = rubric_digest(text)
        compiled = self.rubric_cache.text(text, digest)
        expected = self.gate.check(compiled, text, principal.actor, override)
        try:
            record = self.store.rubrics.publish(
                rubric,
                text,
                digest,
                base=newest.version if newest else None,
                actor=principal.actor,
                now=now,
                message=message,
                draft=draft,
                override=Override(override, expected) if override else None,
            )
        except PreconditionFailed:
            present = self.store.rubrics.newest(rubric.exercise)
            if present is None or present == newest:
                raise  # it is the draft that was changed
            raise overtaken(present, "just now") from None
        return Published(record, is_new=True)
