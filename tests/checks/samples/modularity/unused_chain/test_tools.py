from tools import tested


def test_tested():
    assert tested(1) == 3
