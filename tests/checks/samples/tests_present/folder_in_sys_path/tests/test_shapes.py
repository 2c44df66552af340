#! measure tests = 1
import sys

sys.path.append("src")

from data.shapes import area


def test_area():
    assert area(2, 3) == 6
