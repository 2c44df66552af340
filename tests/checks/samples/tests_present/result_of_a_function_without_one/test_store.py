#! measure tests = 4
from pathlib import Path

import pytest
from store import Box, append, check, clear, load, save, show


def test_save():  #! test-not-counted: only looks at what `save` returns, which is always None
    assert save(3) != ""
    assert save(4) is None


def test_clear():  #! test-not-counted: `clear`
    result = clear(3)
    assert result is None


def test_show():  #! test-not-counted: `show`
    assert not show(3)


def test_append():
    result = append(3)
    assert result is None
    assert Path("number.txt").read_text() == "3"


def test_load():
    assert load("number.txt") != ""


def test_box():
    box = Box()
    assert box.put(3) is None
    assert box.items == [3]


def test_drop():  #! test-not-counted: `drop`
    box = Box()
    box.put(3)
    assert box.drop(3) is None


def test_check():
    assert check(3) is None
    with pytest.raises(ValueError):
        check(-3)
