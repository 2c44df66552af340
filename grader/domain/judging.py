"""Judging the stored facts of a submission, and whether they serve another rubric.

A submission is measured once. A later version of the rubric, or a draft of one, judges the same
facts again, unless it asks for something that was not measured.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import NamedTuple

from grader.domain.facts import EngineIdentity, SubmissionFacts
from grader.domain.inspection import State
from grader.domain.leftovers import settle_parts
from grader.domain.rubric import CompiledRubric
from grader.domain.scoring import Ledger, judge
from grader.domain.starter import subtract_starter


class Judged(NamedTuple):
    """A judged submission: its facts as they were judged, and its ledger.

    The facts are those of the student's own code, with the part of each file in the program.
    """

    facts: SubmissionFacts
    ledger: Ledger


def judge_submission(
    compiled: CompiledRubric, facts: SubmissionFacts, starter: SubmissionFacts | None
) -> Judged:
    """Judge the measured ``facts`` of a submission by the rubric compiled as ``compiled``.

    ``starter`` are the facts of the rubric's starter files, ``None`` if there are none.

    Raises:
        KeyError: a readable file lacks the inspection that a criterion needs.
    """
    own = settle_parts(compiled, subtract_starter(compiled, facts, starter))
    return Judged(own, judge(compiled, own))


@dataclass(frozen=True)
class Basis:
    """Everything in a rubric that the facts of a submission depend on.

    ``probes`` are the keys of its probes, ``notebooks`` is whether it accepts notebooks, and
    ``named`` are the paths that its criteria name without a wildcard, which decide what belongs to
    the program. Points, scales and starter files are not part of it.
    """

    probes: frozenset[str]
    notebooks: bool
    named: frozenset[str]

    @classmethod
    def of(cls, compiled: CompiledRubric) -> Basis:
        """Return the basis of the rubric compiled as ``compiled``."""
        criteria = compiled.rubric.criteria.values()
        return cls(
            probes=frozenset(probe.key for probe in compiled.probes),
            notebooks=compiled.rubric.intake.notebooks == "accepted",
            named=frozenset(path for one in criteria for path in one.exact_paths),
        )

    def covers(self, other: Basis) -> bool:
        """Return whether facts that were measured on this basis have all that ``other`` needs."""
        return (
            self.probes >= other.probes
            and self.notebooks == other.notebooks
            and self.named == other.named
        )

    def key(self, engine: EngineIdentity) -> str:
        """Return a SHA-256, in hexadecimal, of this basis and of the ``engine`` that measures.

        Facts of one upload with the same key are the same.
        """
        parts = [sorted(self.probes), self.notebooks, sorted(self.named)]
        text = json.dumps([*parts, engine.model_dump(mode="json")], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def serves(
    facts: SubmissionFacts, measured_on: Basis, needed: Basis, engine: EngineIdentity
) -> bool:
    """Return whether ``facts`` can be judged as if they had been measured now, for ``needed``.

    ``measured_on`` is the basis of the rubric that they were measured for, and ``engine`` the
    identity of the engine that would measure now. They cannot be if it is another engine than
    theirs, or if an inspection failed on our side, which a new measurement might not repeat.
    """
    return facts.engine == engine and measured_on.covers(needed) and not _has_failed(facts)


def _has_failed(facts: SubmissionFacts) -> bool:
    """Return whether an inspection of ``facts`` failed on our side."""
    return any(
        one.state is State.FAILED
        for file in facts.files
        for one in (file.readable, *file.inspections.values())
    )
