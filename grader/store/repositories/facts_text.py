"""The stored form of facts: two JSON texts, facts that points depend on, and findings."""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Sequence

from pydantic import TypeAdapter

from grader.domain.facts import EngineIdentity, FindingsByFile, SubmissionFacts

_FINDINGS: TypeAdapter[FindingsByFile] = TypeAdapter(FindingsByFile)


def split_facts(facts: SubmissionFacts) -> tuple[str, str]:
    """Return the JSON of ``facts`` without findings, and the JSON of the findings."""
    findings = _FINDINGS.dump_json(facts.findings()).decode()
    return facts.without_findings().model_dump_json(), findings


def join_facts(facts: str, findings: str) -> SubmissionFacts:
    """Return the facts with their findings, from the two texts of :func:`split_facts`."""
    return read_facts(facts).with_findings(_FINDINGS.validate_json(findings))


def read_facts(facts: str) -> SubmissionFacts:
    """Return the facts without findings, from ``facts``, the first text of :func:`split_facts`."""
    return SubmissionFacts.model_validate_json(facts)


def read_many(texts: Sequence[str]) -> list[SubmissionFacts]:
    """Return the facts in each of ``texts``, in their order, without findings.

    Each text is the first one of :func:`split_facts`. The garbage collector is off during this,
    because it would walk all facts again and again, and they contain no cycles. Measured on 1,000
    submissions: 0.64 s -> 0.23 s (``tests/benchmarks/regrading.py``).
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return [read_facts(text) for text in texts]
    finally:
        if was_enabled:
            gc.enable()


def engine_version(engine: EngineIdentity) -> str:
    """Return the SHA-256 of ``engine`` in hexadecimal; the order of tools and checks is ignored."""
    canonical = json.dumps(engine.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
