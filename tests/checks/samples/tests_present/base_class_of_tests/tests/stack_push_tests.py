#! measure tests = 1
from tests.base.stack_base import StackTestBase


class StackPushTests(StackTestBase):
    def test_push(self):
        stack = self.make_stack(1)
        result = stack.push(2)
        self.assertEqual(result, [1, 2])
