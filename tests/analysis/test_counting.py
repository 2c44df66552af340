"""Which statements of a program count: those that do something, are used and repeat nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import pytest

from grader.analysis.project.functions import DEAD, FunctionCode, functions_of
from grader.analysis.project.summary import FileSummary, summary_of
from grader.domain.facts import FileFacts
from grader.domain.inspection import Inspection
from grader.domain.program import Part
from grader.domain.source import SourceFile
from grader.engine.measuring.combining import Program, with_parts

MAIN = 'if __name__ == "__main__":\n    main()\n'


def source(text: str, path: str = "main.py") -> SourceFile:
    return SourceFile(path, text.encode())


def program(files: Mapping[str, str], declared: str = "") -> Program:
    """The program of `files`, with the text of a ``pyproject.toml`` beside it."""
    facts = [
        FileFacts(
            path=path,
            sha256=path,
            readable=Inspection(sketch=summary_of(source(text, path)).model_dump_json()),
        )
        for path, text in files.items()
    ]
    name = "pyproject.toml"
    sketch = summary_of(source(declared, name)).model_dump_json()
    return with_parts(facts, {name: Inspection(sketch=sketch)} if declared else {}, ())


def counted(files: Mapping[str, str] | str, declared: str = "") -> dict[str, int]:
    """How many statements of each used function count, by name; "" for those outside functions."""
    files = {"main.py": files} if isinstance(files, str) else files
    weights = program(files, declared).weights
    return {
        one.name: weights[path][one.line]
        for path, text in files.items()
        for one in functions_of(source(text, path))
        if one.line in weights.get(path, {})
    }


def parts_in(files: Mapping[str, str]) -> dict[str, Part]:
    """The part of each of `files` by path."""
    return {file.path: file.part for file in program(files).files}


def part(text: str) -> Part:
    return parts_in({"main.py": text})["main.py"]


def functions(text: str) -> dict[str, FunctionCode]:
    return {one.name: one for one in functions_of(source(text))}


def prints(text: str) -> tuple[int, ...]:
    """The prints of the one function with the body `text`."""
    body = "".join(f"    {line}\n" for line in text.splitlines())
    return functions(f"def function(rows, path):\n{body}")["function"].prints


WORK = "    total = sum(rows) * {0}\n    return total + {0}\n"


def test_what_the_program_uses_counts() -> None:
    text = f"def used(rows):\n{WORK.format(1)}\n\ndef main():\n    print(used([1]))\n\n\n{MAIN}"
    unused = f"\n\ndef unused(rows):\n    for row in rows:\n{' ' * 8}print(row)\n"
    assert counted(text) == {"": 0, "used": 2, "main": 1}
    assert counted(text + unused) == counted(text)
    whole = part(text + unused)
    assert (whole.statements, whole.counted) == (5, 3)
    assert [(one.why, one.name, one.statements) for one in whole.uncounted] == [
        ("unused", "unused", 2)
    ]


def test_the_statements_outside_functions_are_named_with_the_first_line() -> None:
    outside = "import csv\n\nLIMIT = 3\nrows = list(csv.reader(open('a')))\nfor row in rows:\n"
    whole = part(f"{outside}    print(row)\n\n\ndef total(rows):\n{WORK.format(1)}")
    assert (whole.statements, whole.counted) == (5, 3)
    assert [(one.why, one.name, one.line, one.statements) for one in whole.uncounted] == [
        ("outside", "", 4, 3),
        ("unused", "total", 9, 2),
    ]
    assert part(f"def main():\n    print(open('a'))\n\n\n{MAIN}").uncounted == ()


def test_the_script_beside_a_library_is_no_part_of_it() -> None:
    library = f"def public(rows):\n{WORK.format(1)}"
    script = "import csv\n\nrows = list(csv.reader(open('a')))\nprint(rows[0])\n"
    files = {"lib.py": library, "run.py": script}
    found = program(files)
    assert found.weights == {"lib.py": {0: 0, 1: 2}, "run.py": {0: 2}}
    assert [(one.path, one.part.start) for one in found.files] == [
        ("lib.py", "clean"),
        ("run.py", "open"),
    ]
    # What a script imports is the script's, and its functions are used where the script uses them.
    helped = {"run.py": f"import help\n\n{script}", "help.py": library}
    assert program(helped).weights["help.py"] == {0: 0}


def test_a_function_that_only_an_unused_one_uses_is_unused() -> None:
    text = f"def helper(rows):\n{WORK.format(1)}\n\ndef unused(rows):\n    helper(rows)\n\n\n"
    assert counted(text + f"def main():\n    print(open('a'))\n\n\n{MAIN}") == {"": 0, "main": 1}


def test_whoever_imports_a_library_uses_what_is_public() -> None:
    text = f"def public(rows):\n{WORK.format(1)}\n\ndef _private(rows):\n    return rows[0] + 3\n"
    assert counted({"lib.py": text}) == {"": 0, "public": 2}


def test_tests_use_functions_of_a_library() -> None:
    text = f"def tested(rows):\n{WORK.format(1)}\n\ndef not_tested(rows):\n    return rows[0] + 3\n"
    test = "from lib import tested\n\n\ndef test_it():\n    assert tested([1]) == 2\n"
    found = counted({"lib.py": text, "tests/test_lib.py": test})
    assert found == {"": 0, "tested": 2}


def test_console_scripts_start_functions() -> None:
    text = f"def run():\n    print(load([1]))\n\n\ndef load(rows):\n{WORK.format(1)}"
    files = {"shop/cli.py": text, "shop/main.py": "import shop.cli\n"}
    declared = '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:run"\n'
    assert counted(files) == {"": 0}
    assert counted(files, declared) == {"": 0, "run": 1, "load": 2}


def test_a_framework_calls_what_fulfils_its_contract() -> None:
    text = "import flask\n\napp = flask.Flask(__name__)\n\n\n@app.get('/')\ndef index():\n"
    assert counted({"app.py": text + "    return flask.render_template('a')\n"})["index"] == 1


def test_a_framework_calls_only_the_names_of_a_contract() -> None:
    spider = "import scrapy\n\n\nclass Prices(scrapy.Spider):\n    def parse(self, response):\n"
    text = f"{spider}        print(response)\n\n\ndef unused():\n    print(open('a'))\n"
    assert counted({"spiders/prices.py": text}) == {"": 0, "parse": 1}


@pytest.mark.parametrize(("head", "is_used"), [("import scrapy\n\n\n", True), ("", False)])
def test_a_framework_calls_methods_of_any_class(head: str, is_used: bool) -> None:
    step = "class Clean:\n    def process_item(self, item):\n        self.item = sorted(item)\n\n\n"
    never = "def open_spider(rows):\n    return sum(rows)\n\n\n"
    text = f"{head}{step}{never}def main():\n    print(Clean())\n\n\n{MAIN}"
    assert ("process_item" in counted(text)) is is_used
    assert "open_spider" not in counted(text)


@pytest.mark.parametrize(
    ("bases", "method", "is_used"),
    [
        ("threading.Thread", "run", True),
        ("threading.Thread", "walk", False),
        ("cmd.Cmd", "do_add", True),
        ("http.server.BaseHTTPRequestHandler", "do_GET", True),
        ("ast.NodeVisitor", "visit_Name", True),
        ("logging.Handler", "emit", True),
        ("json.JSONEncoder", "default", True),
        ("socketserver.BaseRequestHandler", "handle", True),
        ("tkinter.Tk", "add", False),
        ("pygame.sprite.Sprite", "update", True),
        ("torch.nn.Module", "forward", True),
        ("library.Base", "add", True),
        ("Generic[int]", "add", False),
        ("Exception", "add", False),
        ("ValueError, dict", "add", False),
        ("abc.ABC", "add", False),
        ("metaclass=abc.ABCMeta", "add", False),
        ("library='a'", "add", True),
        ("Own", "add", False),
        ("OwnThread", "run", True),
        ("OwnThread", "add", False),
        ("Round", "add", False),
    ],
)
def test_a_base_class_may_call_a_method(bases: str, method: str, is_used: bool) -> None:
    packages = "abc ast cmd http json library logging pygame socketserver threading tkinter torch"
    text = "".join(f"import {package}\n" for package in packages.split())
    text += "from typing import Generic\n\n\nclass Own:\n    size = 3\n\n\n"
    text += "class OwnThread(Own, threading.Thread):\n    size = 4\n\n\n"
    text += "class Round(Round):\n    a = 3\n"
    text += f"\n\nclass Shop({bases}):\n    def {method}(self):\n        print(open('a'))\n\n\n"
    text += "def main():\n    print(Shop())\n\n\n"
    assert (method in counted(text + MAIN)) is is_used
    called = text.replace("Shop())", f"Shop().{method}())")
    assert method in counted(called + MAIN)


def test_what_a_framework_finds_is_a_module_and_no_start() -> None:
    spider = "import scrapy\n\n\nclass Prices(scrapy.Spider):\n    def parse(self, response):\n"
    files = {"main.py": f"def main():\n    print(open('a'))\n\n\n{MAIN}"}
    parts = parts_in({**files, "prices.py": f"{spider}        print(response)\n"})
    assert (parts["main.py"].start, parts["prices.py"].start) == ("clean", "")
    assert parts["prices.py"].is_module
    # Without a program beside it, it is the start.
    alone = parts_in({"prices.py": f"{spider}        print(response)\n"})
    assert alone["prices.py"].start == "clean"


@pytest.mark.parametrize(
    ("decorator", "is_used"),
    [("@app.route('/')", True), ("@lru_cache(maxsize=3)", False), ("@staticmethod", False)],
)
def test_decorators_may_register_a_function(decorator: str, is_used: bool) -> None:
    text = f"{decorator}\ndef page(rows):\n{WORK.format(1)}\n\ndef main():\n    print(open('a'))\n"
    assert ("page" in counted(f"{text}\n\n{MAIN}")) is is_used


@pytest.mark.parametrize(
    ("main", "is_used"),
    [
        ("COMMANDS[input()]()", True),
        ("print(open('a'))", False),
        ("getattr(commands, f'run_{input()}')()", False),
        ("getattr(commands, f'ad{input()}')()", True),
        ("getattr(commands, 'ad' + input())()", True),
        ("getattr(commands, 'add')()", True),
        ("getattr(commands, 'sub')()", False),
    ],
)
def test_a_dispatch_table_uses_functions_where_it_is_used(main: str, is_used: bool) -> None:
    table = 'def add():\n    print(open("x"))\n\n\nCOMMANDS = {"add": add}\n\n\n'
    text = f"{table}def main():\n    {main}"
    assert ("add" in counted(f"{text}\n\n\n{MAIN}")) is is_used


def test_a_table_that_is_made_by_a_call_uses_its_functions_at_once() -> None:
    text = f"def add(rows):\n{WORK.format(1)}\n\nadded = register(add)\n\n\ndef main():\n    pass\n"
    assert counted(f"{text}\n\n{MAIN}")["add"] == 2


# -- what never runs


@pytest.mark.parametrize(
    "condition", ["False", "0", "not True", "TYPE_CHECKING", "typing.TYPE_CHECKING", "None"]
)
def test_code_below_a_false_condition_never_counts(condition: str) -> None:
    dead = (
        f"if {condition}:\n    def good(rows):\n        return sum(rows) * 3\n\n    good(load())\n"
    )
    text = f"def main():\n    good(1)\n    print(good(2))\n\n\n{dead}\n\n{MAIN}"
    assert counted(text)["good"] == 0
    assert part(text).counted == 2
    assert counted(
        f"def main():\n    load(1)\n    if {condition}:\n        load(2)\n\n\n{MAIN}"
    ) == {
        "": 0,
        "main": 1,
    }


def test_the_other_branch_of_a_true_condition_never_counts() -> None:
    assert prints("if True:\n    load(path)\nelse:\n    load(path)").count(DEAD) == 1
    assert DEAD not in prints("if rows:\n    load(path)\nelse:\n    load(path)")
    assert DEAD not in prints("while True:\n    load(path)")
    assert prints("while False:\n    load(path)\nelse:\n    save(path)").count(DEAD) == 1
    assert prints("while False:\n    load(path)") == (DEAD, DEAD)


@pytest.mark.parametrize("leaves", ["return", "raise ValueError", "return load(path)"])
def test_statements_after_the_end_of_a_block_never_count(leaves: str) -> None:
    found = prints(f"if rows:\n    {leaves}\n    load(path)\nfor row in rows:\n    load(row)")
    assert found.count(DEAD) == 1
    assert prints("for row in rows:\n    continue\n    load(row)")[1:] == (DEAD,)


def test_a_function_that_dead_code_uses_is_unused() -> None:
    text = "def unused(rows):\n    return rows[0] * 3\n\n\ndef main():\n    load()\n"
    for dead in ("    if False:\n        unused(1)\n", "    return\n    unused(1)\n"):
        assert "unused" not in counted(f"{text}{dead}\n\n{MAIN}")


def test_a_function_that_is_replaced_before_it_is_read_never_counts() -> None:
    first = "def load(rows):\n    rows[0] += 1\n    return rows[1] * 2\n\n\n"
    second = "def load(rows):\n    return len(rows) - 3\n\n\n"
    main = f"def main():\n    print(load(3))\n\n\n{MAIN}"
    text = first + second + main
    assert part(text).statements == 2 + 1 + 1
    assert part(text).counted == 1 + 1
    for between in ("print(load([3]))\n\n\n", "for row in load([1]):\n    print(row)\n\n\n"):
        found = part(first + between + second + main).uncounted
        assert [one.why for one in found] == ["outside"]
    branches = "if WINDOWS:\n    def get(rows):\n        return rows[0] + 1\n"
    branches += "else:\n    def get(rows):\n        return rows[1] * 2\n"
    assert part(f"{branches}\n\ndef main():\n    print(get(3))\n\n\n{MAIN}").uncounted == ()


def test_overloads_and_properties_replace_nothing() -> None:
    text = (
        "class Shop:\n"
        "    @property\n    def size(self):\n        return self.rows[0]\n\n"
        "    @size.setter\n    def size(self, rows):\n        self.rows[0] = rows\n\n\n"
        f"def main():\n    Shop().size = 3\n\n\n{MAIN}"
    )
    assert part(text).counted == part(text).statements == 3 - 1 + 0


# -- methods and nested functions


def shop(methods: str, bases: str = "", body: str = "") -> str:
    start = "    def start(self):\n        self.used(3)\n\n"
    used = "    def used(self, row):\n        return self.rows[row]\n\n"
    main = f"def main():\n    Shop().start()\n\n\n{MAIN}"
    return f"class Shop{bases}:\n{body}{start}{used}{methods}\n\n{main}"


UNUSED = "    def unused(self):\n        return self.rows[0] + 3\n"


@pytest.mark.parametrize(
    ("methods", "bases", "is_used"),
    [
        (UNUSED, "", False),
        (UNUSED, "(object)", False),
        (UNUSED, "(Thread)", True),
        (UNUSED, "(metaclass=Registry)", True),
        (UNUSED.replace("unused", "__len__"), "", True),
        (f"    @property\n{UNUSED}", "", False),
        (f"    @app.on('sale')\n{UNUSED}", "", True),
        (f"{UNUSED}\n    def __call__(self):\n        self.unused()\n", "", True),
        (f"{UNUSED}\n    def __call__(self):\n        getattr(self, f'un{{self}}')\n", "", True),
    ],
)
def test_a_method_is_used_where_its_name_is_read(methods: str, bases: str, is_used: bool) -> None:
    found = counted(shop(methods, bases))
    assert found["used"] == 1
    assert (("unused" in found) or ("__len__" in found)) is is_used


def test_nested_functions_count_apart_and_where_they_are_used() -> None:
    inner = "    def inner(row):\n        return row[0] + 3\n\n"
    text = f"def main():\n{inner}    print(map(inner, open('a')))\n\n\n{MAIN}"
    assert counted(text) == {"": 0, "main": 1, "inner": 1}
    unused = f"def main():\n{inner}    print(map(int, open('a')))\n\n\n{MAIN}"
    assert counted(unused) == {"": 0, "main": 1}
    assert part(unused).statements == 2


def test_the_body_of_a_class_is_outside_and_fields_are_nothing() -> None:
    fields = "    size: int = 3\n    rows: list[int]\n    name = 'a'\n"
    assert counted(shop("", body=fields)) == counted(shop(""))
    loop = "    for name in fields():\n        print(name)\n"
    found = program({"main.py": shop("", body=loop)})
    assert found.weights["main.py"][0] == 2
    # The statements of methods below the loop are no statements of the body.
    assert [one.why for one in part(shop("", body=loop)).uncounted] == ["outside"]
    assert part(shop("", body=loop)).counted == part(shop("")).counted + 2


def test_code_of_a_class_in_a_function_is_that_of_the_function() -> None:
    text = "class Row:\n    size = len(rows)\n    rows: list[int]\n\n"
    text += "    def get(self):\n        load()"
    body = "".join(f"    {line}\n" for line in text.splitlines())
    found = functions(f"def function(rows):\n{body}")
    assert (len(found["function"].prints), len(found["get"].prints)) == (1, 1)
    assert found["get"].unit == found["function"].unit == 0


def test_async_functions_match_and_blocks_are_read() -> None:
    text = (
        "async def main():\n"
        "    match await load():\n"
        "        case 1:\n            print(load)\n"
        "        case _:\n            save()\n"
        "    try:\n        run()\n"
        "    except OSError:\n        stop()\n"
        "    finally:\n        end()\n\n\n"
        'if __name__ == "__main__":\n    asyncio.run(main())\n'
    )
    assert counted(text) == {"": 0, "main": 7}


def test_a_long_guard_is_code_outside() -> None:
    lines = "".join(f"    step_{letter}(load())\n" for letter in "abcdefgh")
    assert counted(f'if __name__ == "__main__":\n{lines}')[""] == 3


# -- what does something


@pytest.mark.parametrize(
    "statement",
    [
        "'a docstring'",
        "...",
        "pass",
        "x = 3",
        "x = 60 * 60",
        "x = f'abc'",
        "x = (1, 2)[0]",
        "rows: list[int]",
        "rows: list[int] = path",
        "rows: list[int] = [path]",
        "x = rows",
        "rows == path",
        "rows[0]",
        "import csv",
        "return",
        "global x",
    ],
)
def test_trivial_statements_are_no_statements(statement: str) -> None:
    assert prints(statement) == ()


@pytest.mark.parametrize(
    "statement",
    [
        "load(path)",
        "x = 60 * rows",
        "rows[0] = 0",
        "rows: list[int] = load(path)",
        "rows: list[int] = path + rows",
        "rows += 1",
        "return rows[0]",
        "await load(path)",
        "yield",
        "del rows[0]",
        "assert rows",
        "x = lambda: 0",
        "(x := path)()",
    ],
)
def test_statements_that_do_something_have_a_print(statement: str) -> None:
    assert len(prints(statement)) == 1


# -- what repeats

LONG = """def {0}({1}, limit):
    total = {2}
    for row in {1}:
        if row > limit:
            total += row * {2}
    return round(total, {2})


"""


def used_by_main(text: str, *names: str) -> str:
    calls = "".join(f"    print({name}([1], 2))\n" for name in names)
    return f"{text}def main():\n{calls}\n\n{MAIN}"


def test_a_copy_with_other_names_and_constants_does_not_count() -> None:
    copied = LONG.format("add", "rows", 2) + LONG.format("add_all", "values", 7)
    found = counted(used_by_main(copied, "add", "add_all"))
    assert found == {"": 0, "add": 4, "add_all": 0, "main": 2}
    assert [one.why for one in part(used_by_main(copied, "add", "add_all")).uncounted] == [
        "repeated"
    ]


def test_a_copy_with_hints_and_other_literals_does_not_count() -> None:
    one = "def one(path):\n    rows = load(path, 3)\n    return save(rows, [1])\n\n\n"
    two = "def two(path: str) -> int:\n    rows: list = load(path, -4)\n"
    two += "    return save(rows, 'a')\n\n\n"
    assert counted(used_by_main(one + two, "one", "two"))["two"] == 0


@pytest.mark.parametrize(
    "text",
    [
        "def {0}(n):\n    if n:\n        {0}(n - 1)\n\n\n",
        "def {0}(n):\n    if n:\n        {0}(n)\n\n\n",
    ],
)
def test_a_copy_of_a_recursive_function_does_not_count(text: str) -> None:
    found = counted(used_by_main(text.format("one") + text.format("two"), "one", "two"))
    assert found["one"] and not found["two"]
    method = text.replace("(n)", "(self, n)", 1).replace("    ", "        ")
    method = method.replace(" {0}(n", " self.{0}(n").replace("def self.", "def ")
    both = "".join(f"    {method.format(name)}" for name in ("one", "two"))
    found = counted(used_by_main(f"class A:\n{both}\n\n", "A().one", "A().two"))
    assert found["one"] and not found["two"]


RUN = """    rows[0] += 1
    rows[1] *= limit
    rows[2] -= limit[0]
    rows[3] = limit + rows[1]
"""


def test_a_run_of_four_statements_is_repeated_and_one_of_three_is_not() -> None:
    run = RUN
    one = f"def one(rows, limit):\n    rows.sort()\n{run}    return rows[0]\n\n\n"
    two = f"def two(rows, limit):\n{run}    return limit(rows)\n\n\n"
    assert counted(used_by_main(one + two, "one", "two"))["two"] == 1
    two = "\n".join(line for line in two.splitlines() if "rows[2]" not in line) + "\n\n\n"
    assert counted(used_by_main(one + two, "one", "two"))["two"] == 4


def test_calls_in_sequence_that_pass_results_on_repeat_nothing() -> None:
    steps = "    a = load(path)\n    b = clean(a)\n    c = train(b)\n    return report(c, 3)\n"
    other = "    a = read(path)\n    b = parse(a)\n    c = check(b)\n    return show(c, 3)\n"
    text = f"def one(path, x):\n{steps}\n\ndef two(path, x):\n{other}\n\n"
    assert counted(used_by_main(text, "one", "two")) == {"": 0, "one": 4, "two": 4, "main": 2}


def test_the_rows_of_an_argument_parser_repeat_nothing() -> None:
    rows = [
        '    parser.add_argument("--size", type=int, default=-1, choices=[1, 2])',
        '    parser.add_argument("--name", type=str, help=f"of {rows}")',
        '    parser.add_argument("path")',
    ]
    parser = (
        "def {0}(rows):\n    parser = ArgumentParser()\n{1}\n    return parser.parse_args()\n\n\n"
    )
    table = "\n".join(row.replace("--", f"--{at}") for at in range(4) for row in rows)
    one = parser.format("one", table)
    assert counted(used_by_main(one, "one"))["one"] == 14
    two = parser.format("two", table.replace("--", "--other-"))
    assert counted(used_by_main(one + two, "one", "two"))["two"] == 14
    # The same options again are a copy.
    copied = counted(used_by_main(one + parser.format("two", table), "one", "two"))
    assert copied["two"] == 0


def test_equal_statements_in_a_row_repeat_one_another() -> None:
    rows = "".join(f"    rows.append(limit * {number})\n" for number in range(6))
    assert counted(used_by_main(f"def one(rows, limit):\n{rows}\n\n", "one"))["one"] == 1


@pytest.mark.parametrize("first", ["a.py", "z.py"])
def test_the_used_copy_counts_whatever_the_order_of_files(first: str) -> None:
    files = {
        first: LONG.format("used", "rows", 2),
        "m.py": LONG.format("unused", "values", 3),
        "main.py": f"import m\nfrom {first[0]} import used\n\n\n{used_by_main('', 'used')}",
    }
    assert counted(files) == {"": 0, "used": 4, "main": 1}


@pytest.mark.parametrize("first", ["a.py", "z.py"])
def test_the_longer_function_counts_whatever_the_names_of_files(first: str) -> None:
    files = {
        first: f"def long(rows, limit):\n{RUN}    return rows[0] * 3\n",
        "m.py": f"def part_of(rows, limit):\n{RUN}",
        "main.py": "from m import part_of\n"
        f"from {first[0]} import long\n\n\n{used_by_main('', 'long', 'part_of')}",
    }
    assert counted(files) == {"": 0, "long": 5, "part_of": 0, "main": 2}


CHEAP = """def {0}(rows):
    def {1}(row):
        return row[{2}] < 3

    return list(filter({1}, rows))


"""


def test_a_copy_repeats_the_short_functions_inside_it_as_well() -> None:
    names = "cheap_rows", "short_rows"
    files = {
        "m.py": CHEAP.format(names[0], "cheap", 0) + CHEAP.format(names[1], "short", 1),
        "main.py": f"from m import {', '.join(names)}\n\n\n{used_by_main('', *names)}",
    }
    found = counted(files)
    assert [found[name] for name in ("cheap_rows", "cheap")] == [1, 1]
    assert [found[name] for name in ("short_rows", "short")] == [0, 0]


def test_star_imports_and_packages_use_what_is_named() -> None:
    files = {
        "shop/__init__.py": "from .prices import *\n",
        "shop/prices.py": LONG.format("total", "rows", 2) + LONG.format("other", "x", 2),
        "main.py": f"from shop import *\n\n\n{used_by_main('', 'total')}",
    }
    assert counted(files) == {"": 0, "total": 4, "main": 1}


# -- work


def calls_for(text: str) -> int:
    """Return how many functions, also built-in ones, are called to read and count `text`."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    file = source(text)
    assert file.tree
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        sketch = Inspection(sketch=summary_of(file).model_dump_json())
        with_parts([FileFacts(path="main.py", sha256="a", readable=sketch)], {}, ())
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize(
    "line",
    [
        "x = load(x) + {0}\n",
        "def f{0}(rows):\n    f{0}(rows)\n    return rows[{0}] + g{0}\n",
        "import m{0}\n\n\ndef f{0}(rows):\n    return m{0}.x(rows)\n",
        "getattr(x, 'f{0}' + y)\n\n\ndef f{0}():\n    return x[0]\n",
        "x += {0};",
        "def f():\n    return x[0]\n",
    ],
)
def test_the_work_of_counting_grows_with_the_size(line: str) -> None:
    few, many = ("".join(line.format(at) for at in range(count)) for count in (200, 1_200))
    # 6 times as many lines are about 6 times as much work; 36 times if it were quadratic.
    assert calls_for(many) < 9 * calls_for(few)


def test_a_summary_is_stored_and_read_again() -> None:
    summary = summary_of(source(shop(UNUSED)))
    assert FileSummary.model_validate_json(summary.model_dump_json()) == summary
