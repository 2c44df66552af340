"""Names that follow PEP 8 and tell what they stand for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from grader.analysis.tools.recursion import room_for_recursion
from grader.checks.naming import CHECK
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.source import SourceFile
from tests.checks.test_check_laws import padded

#: Real files that flake8's own command line is held against.
COMPARED = 220


def look(text: str, *, path: str = "code.py", **options: object) -> Inspection:
    source = SourceFile(path, text.encode())
    return CHECK.inspect(source, CHECK.options.model_validate(options), ())


def value(measure_id: str, facts: Facts) -> object:
    measure = CHECK.measure(measure_id)
    assert measure is not None
    return measure.value(facts, None)


def codes(text: str, *, path: str = "code.py", advice: bool = False) -> list[str]:
    found = look(text, path=path).findings
    return [each.code for each in found if advice or each.code != "no-verb"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("class shopping_cart:\n    pass\n", "N801"),
        ("def loadFile():\n    pass\n", "N802"),
        ("def load(fileName):\n    pass\n", "N803"),
        ("class A:\n    @classmethod\n    def make(this):\n        pass\n", "N804"),
        ("class A:\n    def move():\n        pass\n    def stop(this):\n        pass\n", "N805"),
        ("def load():\n    Total = 1\n    return Total\n", "N806"),
        ("from a import LIMIT as limit\n", "N811"),
        ("class A:\n    mixedCase = 1\n", "N815"),
        ("totalPrice = 1\n", "N816"),
    ],
)
def test_case_is_what_pep8_naming_says(text: str, code: str) -> None:
    found = look(text)
    assert [each.code for each in found.findings if each.code != "no-verb"] == [code]
    assert value("case_violations", found.facts) == 1
    assert value("unclear_names", found.facts) == 0


def test_good_names_are_left_alone() -> None:
    text = (
        "LIMIT = 3\n\n\n"
        "class ShoppingCart:\n"
        "    def add_item(self, item, *, price=0):\n"
        "        result = [value for value in self.items]\n"
        "        for i, s in enumerate(result):\n"
        "            print(i, s)\n"
        "        with open(item) as f:\n"
        "            data = f.read()\n"
        "        return data\n\n\n"
        "def main():\n"
        "    ShoppingCart().add_item('x')\n"
    )
    assert look(text).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "def do_stuff():\n    return 1\n",
        "def do_it():\n    return 1\n",
        "def my_func():\n    return 1\n",
        "def data():\n    return 1\n",
        "def test():\n    return 1\n",
        "def load(foo):\n    return foo\n",
        "my_list = [1]\n",
        "the_data = input()\n",
        "stuff = input()\n",
        "class MyClass:\n    pass\n",
        "class Thing:\n    pass\n",
        "for thing in range(3):\n    print(thing)\n",
        "print([foo for foo in range(3)])\n",
    ],
)
def test_vague_names(text: str) -> None:
    assert codes(text) == ["vague-name"]


@pytest.mark.parametrize(
    "text",
    [
        "def load():\n    data = result = value = item = temp = 1\n    return data\n",
        "def get_value():\n    return 1\n",
        "class Reply:\n    def value(self):\n        return 1\n    def data(self):\n        pass\n",
        "bar = draw_progress()\n",
        "spam = is_unwanted(mail)\n",
        "new_value = compute()\n",
        "def decorate(name):\n    def func():\n        return name\n    return func\n",
        "import foo as bar\n",
        "__thing__ = 1\n",
    ],
)
def test_names_that_say_enough_where_they_stand(text: str) -> None:
    assert codes(text) == []


def test_bar_beside_foo_is_a_placeholder() -> None:
    assert codes("foo = 1\nbar = 2\n") == ["vague-name"] * 2


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("df1 = load()\ndf2 = load()\n", 2),
        ("rows = load()\nrows2 = load()\n", 1),
        ("list_3 = load()\n", 1),
        ("data2 = load()\n", 1),
        ("def func1():\n    return 1\n", 1),
        ("def test1():\n    return 1\n", 1),
        ("def add(num1, num2):\n    return num1 + num2\n", 2),
        ("def run(step1, step2, step3):\n    return step1\n", 3),
        ("a1 = a2 = a3 = a4 = load()\n", 4),
    ],
)
def test_numbered_names(text: str, count: int) -> None:
    assert codes(text) == ["numbered-name"] * count


@pytest.mark.parametrize(
    "text",
    [
        "x1, y1, x2, y2 = read_corners()\n",
        "def measure(point1, point2):\n    return point2 - point1\n",
        "utf8 = utf16 = load()\n",
        "sha1 = sha256 = load()\n",
        "sqrt2 = sqrt3 = load()\n",
        "data64 = data32 = load()\n",
        "LEVEL_1 = 1\nLEVEL_2 = 2\n",
        "def load():\n    rows1 = 1\n    return rows1\n\n\nrows2 = load()\n",
        "year_2023 = load()\n",
        "class Color:\n    grey_1 = 1\n    grey_2 = 2\n",
    ],
)
def test_numbers_that_belong_to_a_name(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "s = input()\n",
        "def load(p):\n    return open(p)\n",
        "def show(a):\n    print(a + 1)\n",
        "def g():\n    return 1\n",
        "def price_of(cart):\n    t = sum(cart)\n    return t\n",
    ],
)
def test_single_letters(text: str) -> None:
    assert codes(text) == ["single-letter"]


@pytest.mark.parametrize(
    "text",
    [
        "T = TypeVar('T')\n",
        "for s in load():\n    print(s)\n",
        "print({k: v for k, v in load()})\n",
        "print(sorted(load(), key=lambda p: p.age))\n",
        "try:\n    load()\nexcept OSError as e:\n    print(e)\n",
        "f = open('a.txt')\n",
        "i = j = k = n = x = y = z = _ = 0\n",
        "def add(a, b):\n    return a + b\n",
        "def solve(a, b, c):\n    d = b * b - 4 * a * c\n    return d\n",
        "def distance(lat, lon):\n    a = sin(lat) ** 2 + cos(lon)\n    return sqrt(a)\n",
        "def divide(a, b):\n    '''Doc.'''\n    if b == 0:\n        raise ValueError('zero')\n"
        "    return a / b\n",
        "class Colour:\n    r: int = 0\n    g: int = 0\n",
        "match load():\n    case [a, *b]:\n        print(a, b)\n",
    ],
)
def test_single_letters_by_custom(text: str) -> None:
    assert codes(text) == []


def test_each_name_of_a_scope_counts_once() -> None:
    text = "def load():\n    s = 1\n    s = 2\n    s = s + 1\n    return s\n\n\ns = load()\ns = 3\n"
    found = look(text)
    assert [each.line for each in found.findings] == [2, 8]
    assert value("unclear_names", found.facts) == 2


def test_a_global_name_is_the_modules() -> None:
    text = "s = 0\n\n\ndef load():\n    global s\n    s = 1\n"
    assert value("unclear_names", look(text).facts) == 1


def test_messages_name_the_thing() -> None:
    (finding,) = look("def load(stuff):\n    return stuff\n").findings
    assert finding.message == "The argument `stuff` does not say what it stands for"
    assert (finding.line, finding.column) == (1, 10)
    (finding,) = look("def load():\n    Total = 1\n").findings
    assert finding.message == "variable `Total` in function should be lowercase"
    assert (finding.line, finding.column) == (2, 5)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("def average(values):\n    return sum(values) / len(values)\n", 1),
        ("def load_file():\n    pass\n\n\ndef __special__():\n    pass\n", 0),
        ("def is_prime(n):\n    return True\n\n\ndef to_text(n):\n    return ''\n", 0),
        ("class A:\n    @property\n    def area(self):\n        return 1\n", 0),
        ("@pytest.fixture(name='x')\ndef corpus():\n    return 1\n", 0),
        ("@app.route('/')\ndef index():\n    return ''\n", 0),
        ("def main():\n    pass\n\n\ndef _matches():\n    pass\n\n\ndef reload():\n    pass\n", 0),
        ("class A:\n    def name(self):\n        pass\n    def owner(self):\n        pass\n", 1),
    ],
)
def test_functions_begin_with_a_verb(text: str, count: int) -> None:
    found = look(text)
    assert value("functions_without_verb", found.facts) == count
    assert value("unclear_names", found.facts) == 0


def test_tests_are_only_held_to_pep8() -> None:
    text = "def test1():\n    foo = 1\n    s = foo\n\n\ndef Helper():\n    pass\n"
    assert codes(text, path="tests/test_it.py", advice=True) == ["N802"]


def test_names_may_be_allowed() -> None:
    text = "def visit_Name(node):\n    X = 1\n    return X\n"
    assert codes(text) == ["N802", "N806"]
    found = look(text, ignore_names=["visit_*", "X"])
    assert value("case_violations", found.facts) == 0
    assert value("case_violations", look(text).facts) == 2, "options never outlive their run"
    assert CHECK.command is not None
    assert "visit_*" in CHECK.command(CHECK.options.model_validate({"ignore_names": ["visit_*"]}))
    assert "ignore" not in CHECK.command(CHECK.options()).replace("extend-ignore", "")


def test_nothing_to_judge() -> None:
    for text in ("", "# comment\n", "print(1)\n", "import os\n"):
        assert look(text).state is State.NOT_APPLICABLE
    assert value("case_violations", Facts()) is None


def test_evidence() -> None:
    found = look("def loadFile(s):\n    return s\n\n\ndef area(width):\n    return width\n")
    told = {
        measure.id: [each.code for each in found.findings if measure.evidence(each, None)]
        for measure in CHECK.measures
    }
    assert told == {
        "case_violations": ["N802"],
        "unclear_names": ["single-letter"],
        "functions_without_verb": ["no-verb"],
    }


TRICKS = {
    "more good names": "price = 1\ncount = 2\n\n\ndef load_rows():\n    return price\n",
    "binding the bad name again": "s = 3\n",
    "a loop over the bad name": "for s in []:\n    pass\n",
    "importing under the bad name": "import os as s\n",
    "a stub of the same name": "def my_func():\n    pass\n",
    "comments": "# s = students\n# foo\n\n",
}


@pytest.mark.parametrize("trick", sorted(TRICKS))
def test_padding_hides_no_bad_name(trick: str) -> None:
    bad = "s = input()\n\n\ndef my_func():\n    Total = 1\n    return Total\n"
    before, after = look(bad).facts, look(bad + TRICKS[trick]).facts
    for measure in ("case_violations", "unclear_names"):
        assert value(measure, before) == value(measure, after)


@pytest.mark.parametrize(
    "text",
    [
        "_s = input()\n",
        "s_ = input()\n",
        "_my_func = input()\n",
        "foo_ = input()\n",
        "MyList = input()\n",
        "data_2 = input()\n",
        "data__2 = input()\n",
        "if (s := input()):\n    pass\n",
        "s: str = input()\n",
        "s, _ = input()\n",
        "[s, *_] = input()\n",
        "my_foo_thing = input()\n",
    ],
)
def test_a_bad_name_in_disguise(text: str) -> None:
    assert value("unclear_names", look(text).facts) == 1


def test_a_dead_sum_makes_no_formula_of_a_function_that_talks() -> None:
    text = "def load(s):\n    1 + 1\n    print(s)\n"
    assert codes(text) == ["single-letter"]


def test_deep_trees() -> None:
    branches = "".join(f"elif x == {at}:\n    aB = {at}\n" for at in range(2_500))
    deep = f"if x:\n    pass\n{branches}total = {' + '.join(['x'] * 3_000)}\n"
    inside = "class A:\n" + "".join(f"    {line}\n" for line in deep.splitlines())
    with room_for_recursion():
        flat, nested = look(deep), look(inside)
    assert value("case_violations", flat.facts) == value("case_violations", nested.facts) == 2_500
    heirs = "".join(f"class C{at}(C{at - 1}):\n    pass\n\n\n" for at in range(2_000))
    assert value("case_violations", look(heirs).facts) == 0


def test_a_class_inside_match() -> None:
    text = "match 1:\n    case 1:\n        class little:\n            pass\n"
    assert codes(text) == ["N801"]


@settings(max_examples=100)
@given(padded())
def test_padding_changes_no_measure(pair: tuple[str, str]) -> None:
    plain, more = (look(text, path="main.py") for text in pair)
    assert plain.state is more.state
    assert plain.facts == more.facts


def test_findings_are_those_of_the_command_line(corpus: Any, tmp_path: Path) -> None:
    """Over real files, all codes but N818, whose rule is no rule of case."""
    ours: Counter[tuple[str, int, int, str]] = Counter()
    longest = sorted(corpus.files, key=lambda each: len(each.data))[-COMPARED:]
    for at, file in enumerate(longest):
        (tmp_path / f"file_{at}.py").write_bytes(file.text.encode())
        found = CHECK.inspect(file, CHECK.options(), ()).findings
        ours.update((f"file_{at}.py", *place(each)) for each in found if each.code[:2] == "N8")
    assert len(longest) >= 200 and sum(ours.values()) > 100
    assert ours == said_by_flake8(tmp_path)


def place(finding: Any) -> tuple[int, int, str]:
    return finding.line, finding.column, finding.code


def said_by_flake8(folder: Path) -> Counter[tuple[str, int, int, str]]:
    """Columns are one less than flake8 prints: it adds one to the library's, which has it."""
    command = [sys.executable, "-m", "flake8", "--isolated", "--disable-noqa", "-j1"]
    chosen = ["--select=N", "--extend-ignore=N818", "--format=%(path)s|%(row)d|%(col)d|%(code)s"]
    done = subprocess.run(
        [*command, *chosen, "."], cwd=folder, env=dict(os.environ), capture_output=True, text=True
    )
    assert not done.stderr, done.stderr
    rows = (line.split("|") for line in done.stdout.splitlines())
    return Counter(
        (path.removeprefix("./"), int(row), int(column) - 1, code)
        for path, row, column, code in rows
    )
