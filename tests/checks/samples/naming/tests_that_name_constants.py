"""The name of a test may have a constant of Python in it, in its own case."""
#! path tests/test_prices.py
#! measure case_violations = 3


def test_None_price():
    assert True


def test_sum_of_NaN():
    assert True


def test_whenNone_price():  #! N802
    assert True


def test_None_Price():  #! N802
    assert True


def check_None():  #! N802
    assert True
