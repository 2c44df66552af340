"""The fixture with the whole service, started as a user does: by ``grader serve``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.running import Running, started


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Start a service that all tests of a module share, and end it after them."""
    with started(tmp_path_factory.mktemp("serve"), GRADER_SWEEP_EVERY="0.3") as running:
        yield running
