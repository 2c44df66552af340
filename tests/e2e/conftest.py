"""The whole service as a user starts it: one ``grader serve`` for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.running import Running, started


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One service for the tests of a module."""
    with started(tmp_path_factory.mktemp("serve"), GRADER_SWEEP_EVERY="0.3") as running:
        yield running
