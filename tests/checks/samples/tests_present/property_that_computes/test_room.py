#! measure coverage = 50
from room import Room


def test_width():
    assert Room(2, 3).width == 2
