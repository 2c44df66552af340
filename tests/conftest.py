"""What holds for all tests."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# A law is broken by an example, never by a machine that had other work in the meantime.
settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For `make check`: fewer examples of each law; `make test` looks further.
settings.register_profile("quick", parent=settings.get_profile("laws"), max_examples=15)
settings.load_profile("laws")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each of `items` that `make check` leaves out, by the fixtures that it asks for."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        parameters = getattr(item, "callspec", None)
        values = parameters.params.values() if parameters else ()
        if "corpus" in fixtures:
            item.add_marker(pytest.mark.corpus)
        if {"postgres", "postgres_url"} & set(fixtures) or "postgresql" in values:
            item.add_marker(pytest.mark.postgresql)
