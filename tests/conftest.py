"""Settings of Hypothesis for all tests, their order, and the markers that `make check` omits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A law fails by a counterexample, never because a busy machine was slow: so there is no deadline.
settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For `make check`: 15 examples of each law, chosen by hand; `make test` tries more.
settings.register_profile("quick", parent=settings.get_profile("laws"), max_examples=15)
settings.load_profile("laws")

#: The folders whose files take longest, longest first; the others follow. Workers take a file at a
#: time, so a long file that came last, e.g. a run of chaos, would keep one of them busy alone.
SLOWEST = ("chaos", "e2e", "benchmarks", "integration", "hostile", "contract", "checks")
TESTS = Path(__file__).parent


def _turn(item: pytest.Item) -> int:
    """Return the place of the folder of `item` in :data:`SLOWEST`, or its length."""
    folder = item.path.relative_to(TESTS).parts[0]
    return SLOWEST.index(folder) if folder in SLOWEST else len(SLOWEST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort `items` by :data:`SLOWEST`, and mark those that `make check` omits.

    The marks are `corpus` and `postgresql`, by the fixtures of a test.
    """
    items.sort(key=_turn)
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        parameters = getattr(item, "callspec", None)
        values = parameters.params.values() if parameters else ()
        if "corpus" in fixtures:
            item.add_marker(pytest.mark.corpus)
        if {"postgres", "postgres_url"} & set(fixtures) or "postgresql" in values:
            item.add_marker(pytest.mark.postgresql)
