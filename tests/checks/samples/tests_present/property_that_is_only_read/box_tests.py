#! measure coverage = 0
from box import Box


def test_size():
    assert Box(1).size == 1
