from app import Calculator


def test_wage():
    assert Calculator.wage(None, 42) == 430
