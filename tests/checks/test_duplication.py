"""The check ``duplication``: repeated statements, in one file, between files, with other names."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given

from grader.analysis.tools.recursion import room_for_recursion
from grader.checks.duplication import CHECK
from grader.checks.duplication.fingerprints import read_sketch
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.source import SourceFile
from tests.checks.test_check_laws import BLOCKS, padded

AVERAGE = """\
def average_of_large(numbers):
    total = 0
    for number in numbers:
        if number > 10:
            total += number
    average = total / len(numbers)
    return round(average, 2)
"""

BODY = AVERAGE.partition("\n")[2]

#: The same program with other names, other literals, a docstring and type hints.
RENAMED = '''\
def mean_price(prices: list[float]) -> float:
    """The mean of the prices."""
    money: float = 5
    for price in prices:
        if price > 0.5:
            # only what costs something
            money += price

    mean: float = money / len(prices)
    return round(mean, 1)
'''

OTHER = """\
def longest_word(text):
    words = [word.strip(".,") for word in text.lower().split()]
    best = max(words, key=len)
    while best.endswith("s"):
        best = best[:-1]
    return {"word": best, "size": len(best)}
"""

MENU = """\
def {name}(things):
    choice = input("?").strip().lower()
    if choice == "a":
        {first}(things, "all")
    elif choice == "b":
        {second}(things, "some")
    elif choice == "c":
        {third}(things, "none")
    else:
        print("?")
"""


def look(path: str, text: str) -> Inspection:
    return CHECK.inspect(SourceFile(path, text.encode()), CHECK.options(), ())


def together(files: Mapping[str, str]) -> Mapping[str, Inspection]:
    assert CHECK.combine is not None
    return CHECK.combine({path: look(path, files[path]) for path in files}, CHECK.options())


def merged(files: Mapping[str, str]) -> Facts:
    return Facts.merge(found.facts for found in together(files).values())


def value(measure_id: str, facts: Facts) -> Fraction | None:
    measure = CHECK.measure(measure_id)
    assert measure is not None
    return measure.value(facts, None)


def repeated(*texts: str) -> Fraction:
    """Return the number of repeated statements in files with ``texts``."""
    files = {f"{name}.py": text for name, text in zip("abcdefgh", texts, strict=False)}
    found = value("repeated_statements", merged(files))
    assert found is not None
    return found


def test_a_renamed_copy_in_another_file_is_named_with_both_places() -> None:
    found = together({"b.py": RENAMED, "a.py": AVERAGE})
    assert found["a.py"].findings == ()
    (finding,) = found["b.py"].findings
    assert (finding.code, finding.line, finding.value) == ("repeated-code", 4, 5)
    assert finding.message == "Lines 4-10 (5 statements) repeat lines 3-7 of `a.py`"
    assert found["b.py"].facts.counts == {"statements": 5, "repeated_statements": 5, "clones": 1}


def test_a_copy_in_the_same_file() -> None:
    found = together({"a.py": f"{AVERAGE}\n\n{OTHER}\n\n{RENAMED}"})["a.py"]
    (finding,) = found.findings
    assert finding.message == "Lines 21-27 (5 statements) repeat lines 3-7"
    assert value("share", found.facts) == Fraction(500, 15)
    assert value("clones", found.facts) == 1


def test_code_that_differs_is_no_copy() -> None:
    assert repeated(AVERAGE, OTHER) == 0
    assert repeated(AVERAGE, AVERAGE.replace("total += number", "total -= number")) == 0
    assert repeated(OTHER, OTHER.replace("endswith", "startswith")) == 0
    assert repeated(OTHER, OTHER.replace("max(", "min(").replace("[:-1]", ".strip()")) == 0


def test_a_part_of_a_function_is_enough() -> None:
    lines = AVERAGE.splitlines()
    part = "\n".join(["def total(values):", *lines[1:6], "    print(values.pop(), average)", ""])
    assert repeated(AVERAGE, part) == 4


def test_every_further_copy_counts() -> None:
    assert [repeated(*[AVERAGE] * times) for times in (1, 2, 3, 4)] == [0, 5, 10, 15]


def test_a_block_that_repeats_at_once_ends_before_its_repeat() -> None:
    unit = "x = load(y)\nz.append(x + 1)\nsave(z[x], y)\n"
    (finding,) = together({"a.py": unit * 4})["a.py"].findings
    assert finding.message == "Lines 4-12 (9 statements) repeat lines 1-3"


@pytest.mark.parametrize(
    "text",
    [
        "import os\nimport sys\nfrom a import b\nfrom c import d\nimport e.f as g\nimport h\n",
        "A = 1\nB = {'x': [1, 2, -3]}\nC = 'c'\nD = (1, 2)\nE = None\nF = [[1, 2], [3, 4]]\n",
        "print(a)\nprint('x', b, sep='')\nprint(f'{a} and {b}')\nprint()\nprint(a + b)\n",
        "class A:\n" + "".join(f"    {name}: int = field(default=len(b))\n" for name in "abcdef"),
        "class A:\n    def __init__(self, a, b, c, d, e):\n"
        + "".join(f"        self.{name} = {name}\n" for name in "abcde"),
        "def options(parser):\n"
        + "".join(f"    parser.add_argument('--{n}', type=int, help=h['{n}'])\n" for n in "abcdef"),
        "".join(f"register('{name}', handlers['{name}'], {{}})\n" for name in "abcdef"),
        "def grade(x):\n    if x > 9:\n        y = 'a'\n"
        + "".join(f"    elif x > {at}:\n        y = '{at}'\n" for at in range(8)),
        'if __name__ == "__main__":\n    args = parse_args()\n    main(args.path)\n',
        "class A(Base):\n    def run(self):\n        raise NotImplementedError\n" * 4,
    ],
)
def test_what_honest_code_repeats_is_no_copy(text: str) -> None:
    assert repeated(text, text) == 0


def test_two_menus_are_not_alike_when_they_call_other_functions() -> None:
    one = MENU.format(name="main", first="add", second="drop", third="show")
    other = MENU.format(name="admin", first="lock", second="free", third="list_users")
    assert repeated(one, other) == 0
    assert repeated(one, one.replace("things", "items")) > 0


def test_a_table_is_one_statement() -> None:
    table = "\n".join(f"    ({at}, 'a', -{at})," for at in range(1_000))
    found = look("a.py", f"X = [\n{table}\n]\ny = f(X)\n")
    assert found.facts.counts == {"statements": 1}
    assert read_sketch(found.sketch).blocks == []


JUNK = [
    "pass",
    '"""A text in mid-air."""',
    "unused = 0",
    'print("---")',
    "import os",
    "def inner(): pass",
    "unused: int",
    "global unused",
]


@pytest.mark.parametrize("junk", JUNK)
def test_junk_between_the_lines_hides_no_copy(junk: str) -> None:
    lines = RENAMED.splitlines()
    at = lines.index("    mean: float = money / len(prices)")
    more = "\n".join([*lines[:at], f"    {junk}", lines[at], f"    {junk}", *lines[at + 1 :]])
    assert repeated(AVERAGE, more + "\n") == 5


@pytest.mark.parametrize(
    ("hidden", "still"),
    [
        (AVERAGE.replace("number", "n").replace("total", "t"), 5),
        ("from builtins import len as size\n\n" + AVERAGE.replace("len(", "size("), 5),
        ("class Tools:\n" + "".join(f"    {line}\n" for line in AVERAGE.splitlines()), 5),
        (AVERAGE.replace("def average", "async def average"), 5),
        ("def f(numbers):\n    while True:\n" + BODY.replace("  ", "    "), 5),
        ('if __name__ == "__main__":\n' + BODY.replace("return", "x ="), 4),
        (OTHER + AVERAGE + OTHER.replace("word", "name"), 10),
    ],
)
def test_tricks_that_hide_no_copy(hidden: str, still: int) -> None:
    assert repeated(AVERAGE, hidden) == still


def test_an_import_under_another_name_hides_no_copy() -> None:
    text = (
        "import math\nfrom shop import price as cost\n\ndef f(a, b):\n"
        "    c = math.sqrt(a * a + b)\n"
        "    d = cost(c, a) + math.floor(b)\n    e = cost(d, b) - c\n    return e * d + c * a\n"
    )
    hidden = text.replace("import math", "import math as m").replace("math.", "m.")
    assert repeated(text, hidden.replace("as cost", "as p").replace("cost(", "p(")) == 4
    assert repeated(text, text.replace("import price", "import weight")) == 0


def test_the_order_of_functions_and_of_files_changes_nothing() -> None:
    parts = [AVERAGE, OTHER, RENAMED, OTHER.replace("best", "top")]
    forward, backward = "\n".join(parts), "\n".join(reversed(parts))
    counts = merged({"a.py": forward, "b.py": AVERAGE}).counts
    assert merged({"b.py": AVERAGE, "a.py": backward}).counts == counts
    assert merged({"z.py": forward, "b.py": AVERAGE}).counts == counts


def test_overlapping_copies_count_the_same_under_every_name() -> None:
    lines = [f"    {name} = tool.{name}(x, y) + x * {name}(y)\n" for name in "abcdefgh"]
    whole = "def f(x, y):\n" + "".join(lines)
    start, end = "def g(x, y):\n" + "".join(lines[:5]), "def h(x, y):\n" + "".join(lines[3:])
    found = {repeated(whole, start, end), repeated(start, end, whole), repeated(end, whole, start)}
    assert found == {10}


def test_more_code_lowers_nothing() -> None:
    before = repeated(AVERAGE, RENAMED)
    assert repeated(AVERAGE, RENAMED, OTHER) == before
    assert repeated(AVERAGE + OTHER, RENAMED) == before
    assert repeated(OTHER, AVERAGE, RENAMED) == before


def test_trivial_padding_lowers_no_share() -> None:
    padding = "".join(f"x{at} = {at}\nprint(x{at})\ny.append(x{at})\n" for at in range(50))
    plain = value("share", merged({"a.py": AVERAGE + RENAMED}))
    constants = padding.replace("y.append", "print")
    assert plain == value("share", merged({"a.py": AVERAGE + RENAMED + constants})) == 50
    more = value("share", merged({"a.py": AVERAGE + RENAMED + padding}))
    assert more == Fraction(500, 11)


def test_tests_are_no_part_of_it() -> None:
    found = together({"a.py": AVERAGE, "tests/test_a.py": AVERAGE})
    assert found["tests/test_a.py"].state is State.NOT_APPLICABLE
    assert value("repeated_statements", found["a.py"].facts) == 0
    assert CHECK.skips_tests


def test_nothing_to_judge() -> None:
    for text in ("", "# nothing\n", '"""Doc."""\n'):
        assert look("a.py", text).state is State.NOT_APPLICABLE
    assert value("share", Facts()) is None
    assert value("share", merged({"a.py": "X = 1\n"})) is None
    assert value("repeated_statements", merged({"a.py": "X = 1\n"})) == 0


@pytest.mark.slow
def test_thousands_of_statements() -> None:
    assert repeated("x = f(x)\n" * 20_000) == 0
    assert repeated("x = f(x) + 1\ny.append(x + 1)\n" * 2_500) == 4_998


def deep(text: str) -> SourceFile:
    """Return the file ``text``, parsed; its tree may be too deep for the normal recursion limit."""
    source = SourceFile("a.py", text.encode())
    with room_for_recursion():
        assert isinstance(source.tree, ast.Module)
    return source


def test_deep_trees() -> None:
    assert CHECK.combine is not None
    chain = "if x == 0:\n    a.b(c)\n" + "".join(
        f"elif x == {at}:\n    a.b{at}(c)\n" for at in range(1_500)
    )
    terms = "x = " + " + ".join(f"f(a{at})" for at in range(2_500)) + "\n"
    for text in (chain, terms):
        found = CHECK.inspect(deep(text), CHECK.options(), ())
        both = CHECK.combine({"a.py": found, "b.py": found}, CHECK.options())
        assert both["a.py"].facts.counts["repeated_statements"] == 0
        again = 3_002 if text == chain else 0
        assert both["b.py"].facts.counts["repeated_statements"] == again


def test_the_sketch_is_small() -> None:
    text = "".join(AVERAGE.replace("round", f"tool.round{at}") + "\n\n" for at in range(100))
    assert len(look("a.py", text).sketch) < len(text)


@given(padded())
def test_padding_changes_no_measure(pair: tuple[str, str]) -> None:
    plain, more = (merged({"main.py": text, "other.py": text + AVERAGE}) for text in pair)
    assert plain == more


@given(BLOCKS, BLOCKS)
def test_a_copy_counts_whatever_it_is_called(one: list[str], other: list[str]) -> None:
    texts = ["\n".join(lines) + "\n" for lines in (one, other)]
    forward = merged({"a.py": texts[0], "b.py": texts[1], "c.py": texts[0]})
    renamed = merged({"z.py": texts[0], "b.py": texts[1], "c.py": texts[0]})
    count = forward.counts.get("repeated_statements")
    assert count == renamed.counts.get("repeated_statements")
    alone = merged({"a.py": texts[0], "b.py": texts[1]}).counts.get("repeated_statements", 0)
    assert (count or 0) >= alone
