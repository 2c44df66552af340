#! measure tests = 1
from app import Stack


def test_push():
    stack = Stack([])
    assert stack.push(1) == [1]
