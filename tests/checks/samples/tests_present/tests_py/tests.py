#! measure tests = 1
#! measure coverage = 50
import unittest

from shapes import area


class ShapeTests(unittest.TestCase):
    def test_area(self):
        self.assertEqual(area(2, 3), 6)


if __name__ == "__main__":
    unittest.main()
