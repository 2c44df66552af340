import churn
import pytest


@pytest.fixture
def import_data():
    return churn.import_data


@pytest.fixture
def count_rows():
    return churn.count_rows
