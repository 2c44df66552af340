#! measure tests = 1
import unittest

from shapes import area, border


class Base(unittest.TestCase):
    def check(self, found, wanted):
        self.assertEqual(found, wanted)


class AreaChecks(Base):
    def test_area(self):
        self.check(area(2, 3), 6)


class Checks:
    """No test runner looks into this class."""

    def test_border(self):
        assert border(2, 3) == 10
