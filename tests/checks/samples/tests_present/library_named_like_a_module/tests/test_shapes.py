#! measure tests = 0
from geometry.shapes import area


def test_area():  #! test-not-counted
    assert area(2, 3) == 6
