#! measure tests = 1
from tests.queue_base import make_queue


def test_push():
    assert make_queue(1).push(2) == [1, 2]
