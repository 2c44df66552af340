#! measure tests = 2
from typing import Final

from homework_03.shapes import area, border

SIDE: Final = 2


def test_area():
    assert area(SIDE, 3) == 6


def test_border():
    assert border(2, 3) == 10
