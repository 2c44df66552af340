"""Odd files that must neither win nor lose points in shares."""

from __future__ import annotations

import pytest

from tests.hostile.grading import CHAPTER, REFACTOR, Files, grade

#: A small library of functions that a test uses.
LIBRARY = {
    "shop.py": '"""Prices."""\n\n\ndef total(prices: list[float]) -> float:\n'
    '    """Return all prices, added up."""\n    return sum(prices) * 2\n',
    "test_shop.py": '"""Tests."""\n\nfrom shop import total\n\n\ndef test_total() -> None:\n'
    '    """Add two."""\n    assert total([1, 2]) == 6\n',
}


def points(files: Files, criterion: str) -> float:
    """Return the points of ``criterion`` of the chapter's rubric."""
    return grade(files, CHAPTER).points[criterion]


@pytest.mark.parametrize("text", ["", "# a comment\n", '"""A docstring."""\n'])
def test_a_file_without_statements_earns_nothing(text: str) -> None:
    for rubric in (CHAPTER, REFACTOR):
        assert grade({"a.py": text}, rubric).total == 0


def test_a_file_that_calls_its_own_functions_is_no_library() -> None:
    called = {"shop.py": f"{LIBRARY['shop.py']}\n\ntotal([1.0, 2.0])\n"}
    assert points(called, "main_script") == 0
    guarded = called["shop.py"].replace("total([1", 'if __name__ == "__main__":\n    total([1')
    assert points({"shop.py": guarded}, "main_script") == 4


def test_what_a_helper_of_tests_does_on_import_costs_nothing() -> None:
    helper = {"tests/prices.py": "from shop import total\n\nprint(total([1.0]))\n" * 9}
    assert points({**LIBRARY, **helper}, "import_effects") == points(LIBRARY, "import_effects")


def test_a_constant_in_lower_case_does_not_start_a_program() -> None:
    beside = {**LIBRARY, "shop.py": f"{LIBRARY['shop.py']}\n\nlimit = 10\n"}
    assert points(LIBRARY, "main_script") == points(beside, "main_script") == 4


def test_functions_called_compile_or_exec_of_one_s_own_run_no_text() -> None:
    own = f'{LIBRARY["shop.py"]}\n\ndef compile(rows: list[str]) -> str:\n    """Join."""\n'
    own += '    return ", ".join(rows) + "' + "a long text " * 40 + '"\n'
    used = LIBRARY["test_shop.py"].replace("import total", "import compile, total")
    used += "\n\ndef test_compile() -> None:\n    assert compile([])\n"
    assert points({"shop.py": own, "test_shop.py": used}, "short_functions") == 6


@pytest.mark.parametrize("name", ["'*'", "'a' + name", "f'{name}'"])
def test_a_getattr_of_any_name_uses_no_function(name: str) -> None:
    unused = "def add(rows):\n    for row in rows:\n        print(row + 1)\n"
    main = f"{unused}\n\nname = input()\nprint(getattr(3, {name}, None))\n"
    assert grade({"main.py": main}, CHAPTER).total <= 20


def test_a_name_that_cannot_be_encoded_is_read() -> None:
    odd = LIBRARY["shop.py"]
    odd += "\n\ndef odd(number):\n    return getattr(number, '\\ud800run' + 'n')\n"
    assert grade({**LIBRARY, "shop.py": odd}, CHAPTER).total > 50


@pytest.mark.parametrize("criterion", ["no_repetition", "main_script", "modules"])
def test_a_broken_copy_beside_a_library_earns_no_more_than_a_whole_one(criterion: str) -> None:
    text = LIBRARY["shop.py"] + "\n\ndef more(rows):\n" + "    rows.append(sum(rows) + 1)\n" * 6
    kept = {"a.py": text, "b.py": text}
    broken = {"a.py": text, "b.py": f"{text}def broken(:\n"}
    assert points(broken, criterion) <= points(kept, criterion)


def test_lines_that_cannot_be_read_make_no_program_large_enough() -> None:
    small = {
        "main.py": "def main():\n    print(input() + 'a')\n\n\nmain()\n",
        "b.py": "x = (\n" * 40,
    }
    assert grade(small, REFACTOR).total <= 20
