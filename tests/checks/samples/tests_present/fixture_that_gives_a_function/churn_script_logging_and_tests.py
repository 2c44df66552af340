#! measure tests = 1
import logging

import pytest


def test_import(import_data):
    try:
        rows = import_data("customers.csv")
        assert len(rows) > 1
    except AssertionError:
        logging.error("no rows")
        raise


if __name__ == "__main__":
    pytest.main([__file__])
