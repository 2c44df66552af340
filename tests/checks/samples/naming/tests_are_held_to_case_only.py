"""In a test, short and numbered names are fine; the case still counts."""
#! path tests/test_prices.py


def test1():
    foo = 1
    s = foo
    assert s


def Helper():  #! N802
    pass
