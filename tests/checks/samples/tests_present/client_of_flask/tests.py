#! measure tests = 1
import unittest

from app import app


class ItemTests(unittest.TestCase):
    def setUp(self):
        self.client = app.test_client()

    def test_item(self):
        self.assertEqual(self.client.get("/items/3").data, b"4")
