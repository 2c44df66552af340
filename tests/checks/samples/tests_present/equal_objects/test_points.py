#! measure tests = 1
#! measure tests_without_assertion = 1
from points import Point, mirror


def test_equal():
    assert Point(1, 2) == Point(1, 2)


def test_mirror():  #! test-without-assertion
    assert mirror(Point(1, 2)) == mirror(Point(1, 2))  #! assertion-cannot-fail
