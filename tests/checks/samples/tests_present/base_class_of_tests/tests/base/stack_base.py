import unittest

from stack import Stack


class StackTestBase(unittest.TestCase):
    def make_stack(self, *items):
        return Stack(list(items))
