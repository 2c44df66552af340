#! measure tests = 1
#! measure tests_without_assertion = 0
import pytest
from users import User


@pytest.fixture
def test_user():
    return User("Ann")


def test_greet(test_user):
    assert test_user.greet() == "Hello, Ann"
