"""Facts as they are stored: what points depend on in one text, findings in another."""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Sequence

from pydantic import TypeAdapter

from grader.domain.facts import EngineIdentity, FindingsByFile, SubmissionFacts

_FINDINGS: TypeAdapter[FindingsByFile] = TypeAdapter(FindingsByFile)


def take_apart(facts: SubmissionFacts) -> tuple[str, str]:
    """JSON of the facts without findings, and JSON of the findings alone."""
    findings = _FINDINGS.dump_json(facts.findings()).decode()
    return facts.without_findings().model_dump_json(), findings


def put_together(facts: str, findings: str) -> SubmissionFacts:
    """The inverse of :func:`take_apart`."""
    return read_facts(facts).with_findings(_FINDINGS.validate_json(findings))


def read_facts(facts: str) -> SubmissionFacts:
    """Facts without their findings."""
    return SubmissionFacts.model_validate_json(facts)


def read_many(texts: Sequence[str]) -> list[SubmissionFacts]:
    """Facts of a whole class.

    The garbage collector rests meanwhile: facts hold no cycles, and walking them again and again
    as they pile up took two thirds of the time (0.64 s instead of 0.23 s for 1,000 submissions).
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return [read_facts(text) for text in texts]
    finally:
        if was_enabled:
            gc.enable()


def engine_version(engine: EngineIdentity) -> str:
    """SHA-256 over everything that measured, the same whatever the order of tools and checks."""
    canonical = json.dumps(engine.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
