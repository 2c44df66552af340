"""What uses a function, and what only names it or drops what it returns."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest

from grader.analysis.syntax.known_values import truth_of
from tests.analysis.test_counting import MAIN, counted, program

#: A function that only returns a value, in a module of its own.
SCALE = "def scale(value):\n    value = value * 3 + 1\n    return value - 2\n"


def main(body: str, head: str = "from prices import scale\n") -> Mapping[str, str]:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return {"prices.py": SCALE, "main.py": f"{head}\n\ndef main():\n{lines}\n\n{MAIN}"}


def uses_scale(files: Mapping[str, str], declared: str = "") -> bool:
    return "scale" in counted(files, declared)


@pytest.mark.parametrize(
    "condition",
    [
        "False",
        "None",
        "not True",
        "0 > 1",
        "1 < 2 < 1",
        "24 * 60 > 9_000",
        'len("a") == 2',
        '"a" in ("b", "c")',
        "() and rows",
        "rows and False",
        "not (1 == 1 or rows)",
        "typing.TYPE_CHECKING",
        "bool([])",
    ],
)
def test_a_condition_that_is_never_true(condition: str) -> None:
    assert truth_of(ast.parse(condition, mode="eval").body) is False
    assert not uses_scale(main(f"if {condition}:\n    print(scale(2))\nsave()"))


@pytest.mark.parametrize(
    "condition",
    [
        "rows",
        "rows and True",
        "len(rows) > 999",
        "len(sys.argv) == 2",
        '"a" < 3',
        "len(3)",
        "9 ** 9 ** 9 > 1",
        "1_000_001 * 3 > 1",
        "[rows] == []",
        '__name__ == "__main__"',
        "-1 > 0",
    ],
)
def test_a_condition_that_depends(condition: str) -> None:
    assert truth_of(ast.parse(condition, mode="eval").body) is None
    assert uses_scale(main(f"if {condition}:\n    print(scale(2))\nsave()"))


@pytest.mark.parametrize("depth", [20, 140])
def test_a_deep_condition_depends(depth: int) -> None:
    assert truth_of(ast.parse("not " * depth + "True", mode="eval").body) is None


# -- results that nothing reads


@pytest.mark.parametrize(
    "body",
    [
        "scale(3)",
        "value = scale(3)",
        "value = 1\nvalue = scale(value)\nvalue = scale(value)",
        "value = scale(3)\nother = abs(value) + 2",
        "value: int = scale(3)",
        "value = 0\nvalue += scale(3)",
        "first, second = scale(3), 4",
        "for row in rows:\n    value = scale(row)",
        "values = [scale(row) for row in (1, 2)]",
        "values = [scale, scale]",
        "later = lambda: scale(3)",
        "value = later = scale",
        "value = max((1, 2), key=scale)",
    ],
)
def test_a_result_that_nothing_reads_uses_no_function(body: str) -> None:
    assert not uses_scale(main(f"{body}\nsave()"))


@pytest.mark.parametrize(
    "body",
    [
        "print(scale(3))",
        "return scale(3)",
        "value = scale(3)\nprint(value)",
        "value = scale(3)\nother = value + 1\nreturn other",
        "value = scale(3)\nrows.append(value)",
        "value = scale(3)\nshop.price = value",
        "value = scale(3)\nif value:\n    save()",
        "value = save(scale(3))",
        "value = scale(read())\nsave()",
        "value = 1\n\ndef inner():\n    return value\n\nvalue = scale(3)\nsave(inner)",
        "global value\nvalue = scale(3)",
        "try:\n    scale(3)\nexcept ValueError:\n    save()",
        "with raising():\n    scale(3)",
        "start = time.perf_counter()\nscale(3)\nprint(time.perf_counter() - start)",
        "value = scale(3)\nexec('print(value)')",
        "value = scale >> save",
        "values = []\nvalues += map(scale, values)\nreturn values",
        "rows = load()\nmore = rows\nmore += [scale(2)]\nsave(rows)",
        "save(key=scale)",
        "later = lambda: scale(3)\nsave(later)",
        "value = scale(3) if save() else 0",
    ],
)
def test_a_result_that_something_reads_uses_the_function(body: str) -> None:
    if "read()" in body:  # a function of the program with an effect keeps what it is given
        head = "from prices import scale\n\n\ndef read():\n    return open('a')\n"
        assert "read" in counted(main(body, head))
        return
    assert uses_scale(main(body))


@pytest.mark.parametrize(
    "body",
    [
        "print(value)",
        "raise ValueError(value)",
        "assert value",
        "value.append(1)",
        "value[0] = 1",
        "value.total = 1",
        "value += [1]",
        "rows = value\n    rows += [1]",
        "global total\n    total = value",
        "del value[0]",
        "next(value)",
        "value(3)",
        "yield value",
        "with value:\n        pass",
        "import other",
        "other(value)",
        "value.update(a=1)",
        "for total.count in value:\n        pass",
    ],
)
def test_a_function_with_an_effect_is_used_wherever_it_is_called(body: str) -> None:
    text = f"def scale(value):\n    {body}\n    return value * 3 + 1\n"
    assert uses_scale({**main("value = scale(3)\nsave()"), "prices.py": text})
    calls_it = f"{text}\n\ndef through(value):\n    return scale(value) + 1\n"
    files = {**main("through(3)\nsave()", "from prices import through\n"), "prices.py": calls_it}
    assert {"through", "scale"} <= set(counted(files))


@pytest.mark.parametrize(
    "body",
    [
        "rows = []\n    rows.append(value)\n    rows[0] = 3",
        "table = {}\n    table['a'] = value\n    table.setdefault('b', 2)",
        "for row in range(value):\n        value += 2",
        "return math.sqrt(value) + abs(value)",
        "return 'a b'.split()[value].upper()",
        "while value < 3:\n        value = value + 1",
        "return scale(value - 1) if value else other(value)",
    ],
)
def test_a_function_without_effect_is_unused_where_its_result_is_dropped(body: str) -> None:
    head = "import math\n\n\ndef other(value):\n    return value * 2\n\n\n"
    text = f"{head}def scale(value):\n    {body}\n    return value * 3 + 1\n"
    assert counted({**main("value = scale(3)\nsave()"), "prices.py": text}) == {
        "": 0,
        "main": 1 + 1,
    }


def test_variables_outside_functions_use_what_computes_them_where_they_are_used() -> None:
    text = "from prices import scale\n\nWIDTH = scale(3)\n\n\ndef main():\n    {0}\n\n\n" + MAIN
    files = {"prices.py": SCALE}
    assert uses_scale({**files, "main.py": text.format("print(WIDTH)")})
    assert not uses_scale({**files, "main.py": text.format("print(3 * HEIGHT)")})
    acting = {"prices.py": "def scale(value):\n    print(value)\n    return value * 3\n"}
    assert uses_scale({**acting, "main.py": text.format("print(3 * HEIGHT)")})
    below = 'from prices import scale\n\nif __name__ == "__main__":\n    value = scale(3)\n'
    assert not uses_scale({**files, "main.py": f"{below}    print(4 * rows)\n"})
    assert uses_scale({**files, "main.py": f"{below}    print(value)\n"})
    # What is called there is what the program does, though it may do nothing.
    called = 'from prices import scale\n\nif __name__ == "__main__":\n    scale(3)\n'
    assert uses_scale({**files, "main.py": called})


# -- names that call nothing


@pytest.mark.parametrize(
    ("use", "is_used"),
    [
        ("print(len(STEPS))", False),
        ("print(STEPS)", False),
        ("print(save in STEPS)", False),
        ("STEPS.append(save)", False),
        ("STEPS[0] = save", False),
        ("print(STEPS[0](3))", True),
        ("print(list(map(save, STEPS)))", True),
        ("for step in STEPS:\n        step()", True),
        ("run(STEPS)", True),
        ("return STEPS", True),
    ],
)
@pytest.mark.parametrize(
    "table", ["STEPS = [scale]", "STEPS = []\nSTEPS.append(scale)", "STEPS = {}\nSTEPS[0] = scale"]
)
def test_a_list_uses_functions_where_its_items_are_used(
    table: str, use: str, is_used: bool
) -> None:
    assert uses_scale(main(use, f"from prices import scale\n\n{table}\n")) is is_used


@pytest.mark.parametrize("use", ["print(scale)", "print(scale is None)", "print(type(scale), 1)"])
def test_a_function_that_is_only_looked_at_is_unused(use: str) -> None:
    assert not uses_scale(main(use))


def test_a_class_is_used_where_it_is_looked_at() -> None:
    text = "class Colours(Enum):\n    def name_of(self):\n        return self.names[0]\n\n\n"
    found = counted(f"{text}def main():\n    print(len(Colours))\n\n\n{MAIN}")
    assert "name_of" in found


@pytest.mark.parametrize(
    ("head", "use", "is_used"),
    [
        ("from prices import scale as grow", "print(grow(2))", True),
        ("import prices", "print(prices.scale(2))", True),
        ("import prices as shop", "print(shop.scale(2))", True),
        ("from prices import *", "print(scale(2))", True),
        ("from shop import scale", "print(scale(2))", True),
        ("from shop import prices", "print(prices.scale(2))", True),
        ("import shop", "print(shop.scale(2))", True),
        ("import shop", "print(shop.inner.scale(2))", True),
        ("import prices\nimport other", "print(other.scale(2))", False),
        ("import prices\nfrom other import scale", "print(scale(2))", False),
        ("import prices\nimport json", "print(json.scale(2))", False),
        ("import prices", "print(rows.scale(2))", False),
        ("import prices", "scale = 3\nprint(scale)", False),
        ("import prices", "print(getattr(prices, 'scale')(2))", True),
    ],
)
def test_a_name_stands_for_what_its_file_imports(head: str, use: str, is_used: bool) -> None:
    files = {
        **main(use, f"{head}\n"),
        "other.py": "def scale(value):\n    print(value)\n",
        "shop/__init__.py": "import prices\nfrom .inner import scale\n",
        "shop/inner.py": "from prices import scale\n",
    }
    weights = program(files).weights
    assert bool(weights["prices.py"].get(1)) is is_used


def test_methods_are_used_by_attributes_of_anything() -> None:
    text = "class Basket:\n    def append(self, row):\n        return self.rows[row]\n\n\n"
    found = counted(f"{text}def main():\n    basket = Basket()\n    basket.append(3)\n\n\n{MAIN}")
    assert found["append"] == 1


# -- decorators of the submission


KEEP = "KEPT = []\n\n\ndef keep(function):\n    {0}\n    return function\n\n\n"
KEPT = f"@keep\n{SCALE}\n\n"


@pytest.mark.parametrize(
    ("body", "use", "is_used"),
    [
        ("KEPT.append(function)", "save()", False),
        ("KEPT.append(function)", "print(len(KEPT))", False),
        ("KEPT.append(function)", "print(KEPT[0](2))", True),
        ("print(function.__name__)", "save()", False),
        ("function()", "save()", True),
        ("app.add(function)", "save()", True),
        ("function.is_kept = True", "save()", True),
        ("OTHER[function.__name__] = function", "save()", True),
    ],
)
def test_a_decorator_uses_what_it_calls_or_passes_on(body: str, use: str, is_used: bool) -> None:
    text = KEEP.format(body) + KEPT + f"def main():\n    {use}\n\n\n{MAIN}"
    assert ("scale" in counted(text)) is is_used


FACTORY = """COMMANDS = {0}


def command(name):
    def register(function):
        {1}
        return function

    return register


"""


@pytest.mark.parametrize(
    ("table", "body", "use", "is_used"),
    [
        ("{}", "COMMANDS[name] = function", "save()", False),
        ("{}", "COMMANDS[name] = function", "print(COMMANDS['a'](2))", True),
        ("Registry()", "COMMANDS.add(function)", "save()", True),
        ("{}", "function(name)", "save()", True),
    ],
)
def test_a_decorator_with_arguments(table: str, body: str, use: str, is_used: bool) -> None:
    text = f"@command('a')\n{SCALE}\n\ndef main():\n    {use}\n\n\n{MAIN}"
    assert ("scale" in counted(FACTORY.format(table, body) + text)) is is_used


WRAP = """def timed(function):
    @wraps(function)
    def inner(*arguments):
        return function(*arguments) * 2

    {0}return inner


"""


@pytest.mark.parametrize(
    ("more", "use", "is_used"),
    [("", "print(scale(2))", True), ("", "save()", False), ("inner()\n    ", "save()", True)],
)
def test_a_decorator_that_wraps_calls_nothing_by_itself(more: str, use: str, is_used: bool) -> None:
    text = f"@timed\n{SCALE}\n\ndef main():\n    {use}\n\n\n{MAIN}"
    assert ("scale" in counted(WRAP.format(more) + text)) is is_used


# -- tests


TEST = "from prices import scale\n\n\ndef test_it():\n    assert scale(1) == 2\n"
PACKAGE = '[project]\nname = "shop"\n[build-system]\nrequires = ["hatchling"]\n'


def statements(files: Mapping[str, str], declared: str = "") -> tuple[int, int]:
    """The statements of the program, and how many of them count."""
    parts = [file.part for file in program(files, declared).files]
    return sum(part.statements for part in parts), sum(part.counted for part in parts)


def test_tests_use_nothing_of_a_module_that_the_program_reaches() -> None:
    files = {**main("save()", "import prices\n"), "tests/test_prices.py": TEST}
    assert statements(files) == (3, 1)


def test_what_only_tests_use_is_in_no_share_where_no_entry_leads() -> None:
    files = {**main("save()", "import csv\n"), "tests/test_prices.py": TEST}
    assert statements(files) == (1, 1)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (PACKAGE, (1, 1)),
        ('[tool.poetry]\nname = "shop"\n[build-system]\nrequires = ["poetry"]\n', (1, 1)),
        ('[project]\nname = "shop"\n', (3, 1)),
        ('[build-system]\nrequires = ["hatchling"]\n', (3, 1)),
        ("[tool.black]\nline-length = 99\n", (3, 1)),
        ("[tool", (3, 1)),
    ],
)
def test_others_may_use_what_a_package_has(declared: str, expected: tuple[int, int]) -> None:
    files = {**main("save()", "import prices\n"), "tests/test_prices.py": TEST}
    assert statements(files, declared) == expected
    setup = {"setup.py": "from setuptools import setup\n\nsetup(name='shop')\n"}
    assert statements({**files, **setup}) == (1, 1)


def test_without_an_entry_tests_show_what_is_used() -> None:
    assert statements({"prices.py": SCALE, "tests/test_prices.py": TEST}) == (2, 2)


HELPER = "from prices import scale\n\n\ndef made(number):\n    return scale(number)\n"
HELPED = "from tests.{} import made\n\n\ndef test_it():\n    assert made(1) == 2\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"tests/helper.py": HELPER, "tests/test_it.py": HELPED.format("helper")}, (2, 2)),
        (
            {
                "tests/base/helper.py": HELPER,
                "tests/more.py": "from tests.base.helper import made\n",
                "tests/it_tests.py": HELPED.format("more"),
            },
            (2, 2),
        ),
        ({"tests/helper.py": HELPER, "tests/test_it.py": "def test():\n    assert 1\n"}, (2, 0)),
        (
            {"tests/helper.py": HELPER, "tests/show.py": "from tests.helper import made\nmade()\n"},
            (2, 0),
        ),
    ],
    ids=["a helper", "a helper of a helper", "imported by no test", "imported by a script"],
)
def test_helpers_that_tests_import_use_what_they_call(
    files: Mapping[str, str], expected: tuple[int, int]
) -> None:
    more = {"tests/test_other.py": "import prices\n\n\ndef test_it():\n    assert prices\n"}
    assert statements({"prices.py": SCALE, **files, **more}) == expected
