#! measure tests = 0
from django.utils import area


def test_area():  #! test-not-counted
    assert area(2, 3) == 6
