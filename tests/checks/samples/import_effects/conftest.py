"""Pytest calls hooks and fixtures by their names and decorators."""
#! path tests/conftest.py
#! measure effects = 0

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))
pytest_plugins = ["shop.fixtures"]


def pytest_addoption(parser):
    parser.addoption("--slow")


@pytest.fixture
def prices():
    return [2, 3]
