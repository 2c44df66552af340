#! measure tests = 1
from homework_03.drawing.shapes import area


def test_area():
    assert area(2, 3) == 6
