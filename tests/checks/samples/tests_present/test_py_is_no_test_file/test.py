#! measure tests = 0
from shapes import area


def test_area():
    assert area(2, 3) == 6


print(area(4, 5))
