#! measure tests = 1
from app import app


def test_items():
    prices = {"/items": app.name}
    assert prices.get("/items") == "app"
