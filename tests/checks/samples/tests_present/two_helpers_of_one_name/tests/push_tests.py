#! measure tests = 1
from tests.b_base import make_items as make


def test_push():
    assert make().push(1) == [1]
