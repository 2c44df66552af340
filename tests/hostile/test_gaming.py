"""Tricks that students play on graders; none of these earns points.

Each is tried on a bad script, on a worse one without functions, on a script of functions and on a
program with some modules. The list cannot be complete.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from functools import cache
from textwrap import indent

import pytest

from grader.domain.errors import BadArchive
from tests.hostile.grading import CHAPTER, GOLDEN, REFACTOR, Files, grade

Trick = Callable[[Files], Files]

UNTESTED = {
    "receipt.py": "receipt import doit",
    "prices.py": "prices import read_prices",
    "tool.py": "tool import report",
}
GUARD = 'if __name__ == "__main__":\n    '
MAIN = f"""import sys
from prices import read_prices, total_price

def main():
    data = read_prices(sys.argv[1])
    print("Total", round(total_price(data), 2))

{GUARD}main()
"""
PRICES = '''"""Prices of a shop."""
import json, os
rate = 0.21
seen = 0

def read_prices(path):
    """Read the prices from a file of JSON."""
    try:
        with open(path) as file:
            return json.load(file)
    except:
        return []

def total_price(prices: list[float]):
    global seen
    tmp = 0
    for price in prices:
        seen = seen + 1
        print("price:", price)
        tmp += price * (1 + rate)
    return tmp
'''
TEST = "from prices import total_price\n\n\ndef test_it():\n    assert total_price([]) == 0\n"
#: A script most of which is in functions, without a main.py.
LONG = """import sys

def read(path):
    lines = open(path).read().split("\\n")
    Numbers = []
    for line in lines:
        if line != "":
            Numbers.append(float(line))
    return Numbers

def report(Numbers):
    biggest = max(Numbers)
    for n in Numbers:
        print(n, "#" * int(40 * n / biggest))
    print("mean", sum(Numbers) / len(Numbers))

data = read(sys.argv[1])
print("read", len(data))
report(data)
"""
BASES: Mapping[str, Files] = {
    "script": {"receipt.py": (GOLDEN / "chapter-practices/script/receipt.py").read_text()},
    "monolith": {"numbers.py": (GOLDEN / "numbers-refactor/monolith/numbers.py").read_text()},
    "functions": {"tool.py": LONG},
    "halfway": {"main.py": MAIN, "prices.py": PRICES, "test_prices.py": TEST},
}
WITH_FUNCTIONS = ("script", "functions", "halfway")
PRACTICES = "chapter-practices"
RUBRICS = {PRACTICES: CHAPTER, "numbers-refactor": REFACTOR}
#: By how many points a total may differ where only the layout does. Chosen by hand.
NOISE = 3
#: What the total of a script is at most, by rubric.
CAPS = {PRACTICES: 20, "numbers-refactor": 5}


def each(change: Callable[[str], str]) -> Trick:
    return lambda files: {path: change(text) for path, text in files.items()}


def above(added: str) -> Trick:
    return each(lambda text: added + text)


def below(added: str) -> Trick:
    return each(lambda text: text + added)


def lines(change: Callable[[str], str]) -> Trick:
    return each(lambda text: "".join(change(line) + "\n" for line in text.splitlines()))


def on_each(comment: str) -> Trick:
    """Return a trick that adds the comment to every line of code that ends no open string."""
    return lines(lambda it: f"{it}  {comment}" if it.strip() and "'''" not in it else it)


def in_a_block(opening: str, closing: str = "") -> Trick:
    """Return a trick that moves every import into a block that begins with ``opening``."""
    taken = ("import ", "from ")
    return lines(lambda it: f"{opening}\n    {it}{closing}" if it.startswith(taken) else it)


def beside(*paths: str, text: str) -> Trick:
    return lambda files: {**files, **dict.fromkeys(paths, text)}


def moved(pattern: str) -> Trick:
    return lambda files: {pattern.format(path): text for path, text in files.items()}


def asserting(body: str) -> Trick:
    """Return a trick that adds a test with ``body`` of an untested function, imported as ``it``."""
    text = f"\n\n\ndef test_it():\n    {body}\n"

    def play(files: Files) -> Files:
        name = next(name for path, name in UNTESTED.items() if path in files)
        return {**files, "tests/test_more.py": f"from {name} as it{text}"}

    return play


HEADINGS = """# flake8: noqa|# flake8: NOQA: E501|# fmt: off|#fmt:off|# yapf: disable|# isort: off
# isort: skip_file|# isort:skip_file|# isort: split|# isort: dont-add-imports|# ruff: noqa"""
ENDINGS = """# noqa|#noqa|# NOQA:E501,W291|# noqa : F401|# NoQA: all of it|# fmt: skip|#fmt:skip
# isort: skip|# isort:skip|# isort: split|# pragma: no cover"""
IN_STRINGS = ("isort:skip_file", "isort: skip_file", "# flake8: noqa", "# fmt: off")
LAX = (
    "[flake8]\nexclude = *\n[isort]\nskip_glob = *\n[radon]\nexclude = *\n[*.py]\nindent_size = 1\n"
)
SETTINGS = {
    **dict.fromkeys(("setup.cfg", "tox.ini", ".flake8", ".isort.cfg", "radon.cfg"), LAX),
    "pyproject.toml": '[tool.black]\nforce-exclude = "."\n[tool.isort]\nskip_glob = ["*"]\n',
    ".editorconfig": "root = true\n[*.py]\nmax_line_length = 300\n",
    ".gitignore": "*.py\n",
}
SILENCING: Mapping[str, Trick] = {
    **{f"above: {it}": above(it + "\n") for it in HEADINGS.replace("\n", "|").split("|")},
    **{f"on each line: {it}": on_each(it) for it in ENDINGS.replace("\n", "|").split("|")},
    **{f"in a string: {it}": below(f'"""{it}"""\n') for it in IN_STRINGS},
    **{f"settings in {path}": beside(path, text=text) for path, text in SETTINGS.items()},
}
PADDING = {"comments": "# It is explained.\n", "blank lines": "\n"}
FILES = {"nothing": "", "pass": "pass\n", "a docstring": '"""Sums."""\n', "a value": "LIMIT = 3\n"}
TERMS = "TOTAL = " + " + ".join(["1"] * 3_000) + "\n"
ELIF = "if total == 0:\n    pass\n" + "elif total == 1:\n    pass\n" * 400
LAMBDAS = "".join(f"    {at}: lambda x: x + {at} if x > {at} else -x,\n" for at in range(30))
FOLDERS = ("build", "dist", "venv", ".venv", "env", ".hidden", "tests")
ANYWHERE: Mapping[str, Trick] = {
    **{f"{what} above": above(text * 200) for what, text in PADDING.items()},
    **{f"{what} below": below(text * 200) for what, text in PADDING.items()},
    "strings below": below(('"""' + "It is explained here.\n" * 50 + '"""\n') * 5),
    **{f"files of {it}": beside(*"a.py b.py c/d.py".split(), text=FILES[it]) for it in FILES},
    "a main.py of comments": beside("main.py", text=f"# {GUARD[:-5]} main()\n"),
    **{f"a main.py of {it}": beside("main.py", text=f"{GUARD}{it}\n") for it in ("pass", "...")},
    "names in __all__": below('\n\n__all__ = ["sys", "json", "os", "math", "collections"]\n'),
    "star imports": above("from math import *\nfrom os import *\nfrom sys import *\n"),
    "an encoding that hides code": above("# coding: rot13\n"),
    "a sum of 3,000 terms": below(TERMS),
    "400 elif": below(ELIF),
    "an error that is silenced": below("def broken(:  # noqa\n"),
    "a dict of lambdas": below("\n\nCHOICES = {\n" + LAMBDAS + "}\n"),
    "files named like an option": moved("--config={}"),
    "a file named like an option": beside("--config=x.py", text="[flake8]\nignore = E, F\n"),
    **{f"moved to {folder}": moved(folder + "/{}") for folder in FOLDERS},
    "named as tests": moved("test_{}"),
}
SUMS = [f'\n\ndef f{at}() -> int:\n    """Return {at}."""\n    return {at}\n' for at in range(300)]
BARE = "".join(f"\n\ndef f{at}():\n    return {at}\n" for at in range(300))
IDLE = '\n\ndef compute() -> None:\n    """Compute the sum of all prices."""\n    pass\n'
FUNCTIONS: Mapping[str, Trick] = {
    "trivial functions": below(BARE),
    "trivial functions with docstrings": below("".join(SUMS)),
    "functions of pass": below(IDLE),
    "a lambda by a name": below("\n\nchoose = lambda x: x if x > 1 else -x if x else 1\n"),
}
MODULES: Mapping[str, Trick] = {
    "a module of trivial functions": beside("sums.py", text=BARE.lstrip()),
    "one with docstrings": beside("sums.py", text=f'"""Sums."""{"".join(SUMS)}'),
}
IN_MAIN = (
    f'"""Sums."""\n\n\ndef main() -> None:\n    """Print sums."""\n    {{}}\n\n\n{GUARD}main()\n'
)
EXECS: Mapping[str, Callable[[str], str]] = {
    "exec": lambda it: f"exec({it!r})",
    "exec of lines": lambda it: "exec(\n    '''" + it.replace("'''", '"""') + "'''\n    )",
    "exec of a list": lambda it: f"exec(chr(10).join({it.splitlines()!r}))",
    "eval of compile": lambda it: f'eval(compile({it!r}, "", "exec"))',
    "exec of base64": lambda it: f"exec(b64decode({b64encode(it.encode())!r}))",
    "a string": lambda it: f"CODE = {it!r}",
}


def executed(to: Callable[[str], str]) -> Trick:
    """Return a trick that turns each file into code that executes its text, by ``to``."""
    return each(lambda it: to(it) + "\n")


def executed_in_main(to: Callable[[str], str]) -> Trick:
    """Return a trick that executes the whole text, by ``to``, in the main() of one main.py."""
    return lambda files: {"main.py": IN_MAIN.format(to("\n".join(files.values())))}


EXECUTED: Mapping[str, Trick] = {
    **{name: executed(to) for name, to in EXECS.items()},
    **{f"{name} in main": executed_in_main(to) for name, to in EXECS.items()},
}


def under_a_guard(files: Files) -> Files:
    """Return all code in one main.py, inside its guard."""
    whole = "\n".join(text for path, text in files.items() if "test" not in path)
    return {"main.py": f"{GUARD}pass\n" + indent(whole, "    ")}


STARTING = '"""Start."""\n\n\ndef main() -> None:\n    """Start it."""\n    {}\n\n\n'


def calling(body: str) -> str:
    """Return a main.py whose main() contains only ``body``."""
    return STARTING.format(body) + GUARD + "main()\n"


def beside_a_main(body: str) -> Trick:
    """Return a trick that adds such a main.py to the unchanged program."""
    return lambda files: {"main.py": calling(body), **files}


#: Files that look like parts of a program, beside the unchanged program.
TRIFLE = '"""It."""\n\n\ndef {0}() -> int:\n    """Give it."""\n    return 1\n'
TRIFLES = {f"{it}.py": TRIFLE.format(it) for it in "ab"}
PARTS = "from a import a\nfrom b import b\n\n" + calling("return a() + b()")
HOLLOW: Mapping[str, Trick] = {
    "all of it under the guard": under_a_guard,
    **{
        f"a main.py of {body}": beside_a_main(body)
        for body in ("pass", "return None", "print()", "import numbers, receipt, tool")
    },
    "a guard of print": lambda files: {"main.py": GUARD + "print()\n", **files},
    "all of it as .pyw": lambda files: {"main.py": calling("pass"), **moved("{}w")(files)},
    "only a value": lambda files: {"main.py": "LIMIT = 3\n", **moved("{}w")(files)},
    "only pass": lambda files: {"main.py": "pass\n", **moved("{}w")(files)},
    "all of it in an environment": lambda files: {
        "main.py": "pass\n",
        "env/pyvenv.cfg": "home = x\n",
        **moved("env/{}")(files),
    },
    "all of it in a block": each(lambda it: "if True:\n" + indent(it, "    ")),
    "all of it in try": each(lambda it: "try:\n" + indent(it, "    ") + "finally:\n    pass\n"),
    "all of it in a class": each(lambda it: "class Program:\n" + indent(it, "    ")),
}
IMPORTS: Mapping[str, Trick] = {
    "imports in try": in_a_block("try:", "\nexcept ImportError:\n    pass"),
    "imports in try with raise": in_a_block("try:", "\nexcept ImportError:\n    raise"),
    "imports in if": in_a_block("if True:"),
}
ASSERTED = {
    "nothing": "it({})",
    "either": "assert it({}) or True",
    "a string": 'it({})\n    assert "it works"',
    "arithmetic": "it({})\n    assert 1 + 1 == 2",
    "itself": "assert it == it",
    "its being there": "assert it is not None",
    "its being callable": "assert callable(it)",
    "a tuple": "assert (it({}) == 1, it)",
    "what is swallowed": "try:\n        assert it({}) == 1\n    except Exception:\n        pass",
    "what never runs": "if False:\n        assert it({}) == 1",
    "what comes too late": "return\n    assert it({}) == 1",
    "its text": "assert str(it)",
    "its text after a call": "it({})\n    assert str(it)",
    "a list that holds it": "assert len([it]) == 1",
    "it in a list": "assert it in [it]",
    "a list that holds a result": "assert len([it({})]) == 1",
    "its name": "assert it.__name__ == 'it'",
    "it and its being callable": "assert it is not None and callable(it)",
    "it by another name": "x = it\n    assert x",
    "it in another list": "x = [it]\n    assert len(x) == 1",
    "what nobody calls": "def inner():\n        assert it({}) == 1",
    "what a class never does": "class A:\n        def a(self):\n            assert it({}) == 1",
    "any error": "with pytest.raises(Exception):\n        it()",
    "any error of any kind": "with pytest.raises((KeyError, BaseException)):\n        it({})",
    "an error of its own call": "with pytest.raises(TypeError):\n        it()",
    "too many arguments": "with pytest.raises(TypeError):\n        it(1, 2, 3, 4)",
    "an error that is handed over": "pytest.raises(TypeError, it)",
    "another value": "it({})\n    x = [1]\n    assert len(x) == 1",
    "a plain computation": "it({})\n    assert sum([1, 2]) == 3",
}
TRIVIAL = {
    "more.py": "".join(f"def f{at}(x):\n    return x\n\n\n" for at in range(30)),
    "test_more.py": "from more import *\n\n\n"
    + "".join(f"def test_{at}():\n    assert f{at}({at}) == {at}\n\n\n" for at in range(30)),
}
TESTS: Mapping[str, Trick] = {
    **{f"a test of {what}": asserting(it) for what, it in ASSERTED.items()},
    "tests of trivial functions": lambda files: {**files, **TRIVIAL},
}
DIRECTIVES: Mapping[str, Trick] = {
    f"a docstring: {it}": above(f'"""{it}"""\n')
    for it in ("isort:skip_file", "fmt: off", "flake8: noqa", "pylint: disable=all")
}
TIDY = (GOLDEN / "numbers-refactor/modules/statistics_tools.py").read_text()
COPIED: Mapping[str, Trick] = {"a copied module": beside("statistics_tools.py", text=TIDY)}
STYLE = frozenset({"formatting", "import_order", "style"})


#: One of its statements has an effect, which counts in a program of few statements.
TRIFLING: Mapping[str, Trick] = {
    "two trifles": lambda files: {**TRIFLES, "main.py": PARTS, **files}
}


def cases(
    tricks: Mapping[str, Trick],
    bases: Collection[str] = tuple(BASES),
    rubrics: Collection[str] = tuple(RUBRICS),
    kept: Collection[str] = (),
) -> list[object]:
    """Return every trick on every base under every rubric; no criterion of ``kept`` may rise."""
    return [
        pytest.param(trick, base, rubric, kept, id=f"{name}-{base}-{rubric}")
        for name, trick in tricks.items()
        for base in bases
        for rubric in rubrics
    ]


def points(files: Files, rubric: str) -> Mapping[str, float]:
    """Return the points of every criterion and the total; assert that none is withheld."""
    graded = grade(files, RUBRICS[rubric])
    return {"total": graded.total, **graded.points}


@cache
def points_before(base: str, rubric: str) -> Mapping[str, float]:
    """Return the points of the program ``base`` without any trick."""
    return points(BASES[base], rubric)


@pytest.mark.parametrize(
    ("trick", "base", "rubric", "kept"),
    [
        *cases(SILENCING, kept=STYLE),
        *cases(ANYWHERE),
        *cases(FUNCTIONS),
        *cases(MODULES),
        *cases(EXECUTED),
        *cases(HOLLOW, ("script", "monolith", "halfway")),
        *cases(IMPORTS),
        *cases(TESTS, WITH_FUNCTIONS, (PRACTICES,), {"unit_tests"}),
        *cases(DIRECTIVES, kept={"docstrings"}, rubrics=[PRACTICES]),
        # Without an entry, a module beside a script is a library of its own (law Union).
        *cases(COPIED, [base for base in BASES if base != "functions"]),
    ],
)
def test_the_trick_earns_no_points(
    trick: Trick, base: str, rubric: str, kept: Collection[str]
) -> None:
    before, after = points_before(base, rubric), points(trick(BASES[base]), rubric)
    # A cap holds the total of a script down, which may lie a little below it. Moving code changes
    # the lines and statements that rates compare, by a point or two.
    most = {**before, "total": max(before["total"] + NOISE, CAPS[rubric])}
    assert not {one: after[one] for one in ("total", *kept) if after[one] > most[one]}


@pytest.mark.parametrize("base", ["script", "monolith", "functions"])
@pytest.mark.parametrize("rubric", RUBRICS)
def test_a_script_beside_a_trifle_of_a_program_stays_low(base: str, rubric: str) -> None:
    """It is left over, and has more statements than the program."""
    for trick in TRIFLING.values():
        assert points(trick(BASES[base]), rubric)["total"] <= 60


@pytest.mark.parametrize(
    "folder", [".git", ".tox", "node_modules", "site-packages", "__pycache__", "a.egg-info"]
)
def test_files_in_artifact_folders_are_no_submission(folder: str) -> None:
    with pytest.raises(BadArchive, match="Python"):
        points(moved(folder + "/{}")(BASES["script"]), PRACTICES)


@pytest.mark.parametrize("rubric", RUBRICS)
def test_a_long_docstring_earns_no_more_than_a_short_one(rubric: str) -> None:
    line = "Print a report on some numbers.\n"
    short, long = (above(f'"""{line * size}"""\n\n')(BASES["monolith"]) for size in (1, 200))
    assert points(long, rubric)["total"] <= points(short, rubric)["total"] + 0.5
