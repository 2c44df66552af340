#! measure coverage = 100
import pytest
from box import Box


def test_negative_size():
    box = Box(1)
    with pytest.raises(ValueError):
        box.size = -1
