#! measure tests = 2
import pytest
from app import app
from fastapi.testclient import TestClient


@pytest.fixture
def client():
    return TestClient(app)


def test_index(client):
    response = client.get("/")
    assert response.json() == {"prices": 0}


def test_an_unknown_item(client):
    number = 3
    response = client.get(f"/shop/items/{number}?all=1")
    assert response.status_code == 404


def test_nothing(client):  #! test-without-assertion
    client.post("/shop/items/3")
