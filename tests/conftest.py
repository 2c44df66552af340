"""Settings of Hypothesis for all tests, and the markers of the tests that `make check` omits."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# A law fails by a counterexample, never because a busy machine was slow: so there is no deadline.
settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For `make check`: 15 examples of each law, chosen by hand; `make test` tries more.
settings.register_profile("quick", parent=settings.get_profile("laws"), max_examples=15)
settings.load_profile("laws")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each of `items` that `make check` omits: `corpus` or `postgresql`, by its fixtures."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        parameters = getattr(item, "callspec", None)
        values = parameters.params.values() if parameters else ()
        if "corpus" in fixtures:
            item.add_marker(pytest.mark.corpus)
        if {"postgres", "postgres_url"} & set(fixtures) or "postgresql" in values:
            item.add_marker(pytest.mark.postgresql)
