"""The student's own line beside the fixed line: what is shown, and that the fix works."""

from __future__ import annotations

import ast
import warnings
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.catalog import CATALOG
from grader.domain.inspection import Finding, State
from grader.domain.source import SourceFile
from tests.checks.conftest import Corpus, Inspect

MENDING = ("constants", "docstrings", "exceptions", "naming", "style", "type_hints")
#: Codes whose line has a `...` to fill in, so that it is no complete fix.
ONLY_SHAPES = {"missing-docstring", "missing-hints", "missing-hints-all"}


def shown(inspect: Inspect, check: str, text: str) -> dict[str, tuple[str | None, str | None]]:
    """Return the first (line before, line after) by code of the findings in ``text``."""
    lines: dict[str, tuple[str | None, str | None]] = {}
    for one in inspect(check, text).findings:
        if one.before is not None:
            lines.setdefault(one.code, (one.before, one.after))
    return lines


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("E711", "if total == None:", "if total is None:"),
        ("E711", "print(total != None)  # none", "print(total is not None)  # none"),
        ("E711", "if (total or 3) == None:", "if (total or 3) is None:"),
        ("E712", "if total == True:", "if total:"),
        ("E712", "while total == False and 1:", "while not total and 1:"),
        ("E712", "assert total != True", "assert not total"),
        ("E712", "while total.isdigit == False and 1:", "while not total.isdigit() and 1:"),
        ("E712", "assert total.isupper == True", "assert total.isupper()"),
        ("E712", "done = total.isupper == True", "done = total.isupper() == True"),
        ("missing-call", "if not total.isdigit:", "if not total.isdigit():"),
        ("missing-call", "while 'a' != total.lower:", "while 'a' != total.lower():"),
        ("E713", "if not total in [1]:", "if total not in [1]:"),
        ("E714", "if not total is os:", "if total is not os:"),
        ("E721", "if type(total) == int:", "if type(total) is int:"),
        ("E721", "if type(total) != os.PathLike:", "if type(total) is not os.PathLike:"),
        ("E721", "if type(total) == type(os):", "if type(total) is type(os):"),
        ("E731", "double = lambda n: n * 2", "def double(n):\n    return n * 2"),
        ("E731", "pick = lambda: {1: 2}[1:2]", "def pick():\n    return {1: 2}[1:2]"),
        ("E401", "import re, json as js", "import re\nimport json as js"),
        ("F541", 'print(f"total")', 'print("total")'),
        ("F541", "print(rF'total')", "print(r'total')"),
        ("F632", "if total is 'é':", "if total == 'é':"),
        ("F632", "if total is not 5:", "if total != 5:"),
        ("W291", "total = 4  ", "total = 4"),
        ("W605", 'print("\\d+")', 'print(r"\\d+")'),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid escape")
def test_a_complaint_of_flake8_shows_the_mended_line(
    code: str, before: str, after: str, inspect: Inspect
) -> None:
    body = "\n    pass" if before.endswith(":") else ""
    text = f"import os\n\ntotal = os.sep\n{before}{body}\n"
    assert shown(inspect, "style", text)[code] == (before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import sys", ""),
        ("import os, sys", "import os"),
        ("from sys import (argv, path)  # why", "from sys import (path)  # why"),
        ("from sys import argv as a, path", "from sys import path"),
        ("import os.path as p", ""),
    ],
)
def test_an_unused_import_is_taken_out(before: str, after: str, inspect: Inspect) -> None:
    text = f"{before}\n\nprint(os, path)\n"
    assert shown(inspect, "style", text)["F401"] == (before, after)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/__init__.py", "from shop.cart import Cart\n"),
        ("test_a.py", "from fixtures import cart\n\n\ndef test_cart(cart):\n    assert cart\n"),
        ("a.py", "if 1:\n    import sys\n"),
        ("a.py", "USAGE = '''\nsay \n'''\n"),
        ("a.py", "def f(query, User):\n    return query.filter(User.age == None)\n"),
        ("a.py", "def f(rows):\n    return rows[rows.age != None]\n"),
        ("a.py", "try:\n    x = int('1')\nexcept ValueError:\n    x = 0\nexcept:\n    x = 1\n"),
    ],
)
def test_a_line_whose_change_might_do_harm_stays(path: str, text: str, inspect: Inspect) -> None:
    found = inspect("style", text, path=path).findings
    assert found and all(one.before is None for one in found)


def test_a_new_function_has_the_indentation_of_the_file(inspect: Inspect) -> None:
    text = "def f():\n\treturn 1\n\n\ndouble = lambda n: n * 2\n"
    assert shown(inspect, "style", text)["E731"][1] == "def double(n):\n\treturn n * 2"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("unused = open('a')", "open('a')"),
        ("unused: int = ask()  # why", "ask()  # why"),
        ("unused = int('a')", "int('a')"),
        ("unused = time.sleep(1)", "time.sleep(1)"),
        ("unused = time.time()", ""),
        ("unused = now()", ""),
        ("unused = [1, f'{total} {len(total)}', math.floor(math.pi)]", ""),
        ("unused = {1: total.strip().lower()}", ""),
        ("unused = sum(ask())", "sum(ask())"),
        ("unused = max(total, key=ask)", ""),
    ],
)
def test_a_name_that_nobody_reads_is_taken_out(before: str, after: str, inspect: Inspect) -> None:
    imports = (
        "import math\nimport time\nfrom datetime import datetime\nfrom time import time as now"
    )
    text = f"{imports}\n\n\ndef f(total):\n    {before}\n    return math, time, datetime, now\n"
    assert shown(inspect, "style", text)["F841"] == (before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("except ValueError as unused:", "except ValueError:"),
        ("except (ValueError)  as unused:  # why", "except (ValueError):  # why"),
        ("except (ValueError, OSError) as unused:", "except (ValueError, OSError):"),
    ],
)
def test_an_error_that_nobody_reads_has_no_name(before: str, after: str, inspect: Inspect) -> None:
    text = f"def f():\n    try:\n        print()\n    {before}\n        print()\n"
    assert shown(inspect, "style", text)["F841"] == (before, after)


@pytest.mark.parametrize(
    "text",
    [
        "import time\n\n\ndef f():\n    unused = time.time()\n",
        "def f(rows):\n    unused = rows[0]\n    print()\n",
        "def f(row):\n    unused = row.price\n    print()\n",
        "def f(price):\n    unused = price * 2\n    print()\n",
    ],
)
def test_a_value_that_may_be_needed_stays(text: str, inspect: Inspect) -> None:
    assert not shown(inspect, "style", text)


def test_a_function_of_ones_own_may_do_something(inspect: Inspect) -> None:
    text = "def len(a):\n    return print(a)\n\n\ndef f():\n    unused = len(1)\n    print()\n"
    assert shown(inspect, "style", text)["F841"] == ("unused = len(1)", "len(1)")


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("N802", "def totalPrice(price):", "def total_price(price):"),
        ("N803", "def total(unitPrice, n=1):", "def total(unit_price, n=1):"),
        ("N801", "class shopping_cart:", "class ShoppingCart:"),
        ("N816", "vatRate = max(vatRates.vatRate, vatRate=1)", None),
    ],
)
def test_a_name_gets_its_case(code: str, before: str, after: str | None, inspect: Inspect) -> None:
    text = f"{before}\n    pass\n" if before.endswith(":") else f"{before}\n"
    wanted = after or "vat_rate = max(vatRates.vatRate, vatRate=1)"
    assert shown(inspect, "naming", text)[code] == (before, wanted)


@pytest.mark.parametrize(
    "text",
    [
        "class A1_2:\n    pass\n",
        "def f(N):\n    pass\n",
        "def Max(a):\n    pass\n",
        "def aB(a):\n    pass\n\n\na_b = 1\n",
    ],
)
def test_a_name_that_is_taken_is_not_proposed(text: str, inspect: Inspect) -> None:
    assert not shown(inspect, "naming", text)


def test_a_constant_gets_capitals(inspect: Inspect) -> None:
    text = "taxRate, days = 0.2, 7\n"
    assert shown(inspect, "constants", text)["constant-not-upper"] == (
        "taxRate, days = 0.2, 7",
        "TAX_RATE, days = 0.2, 7",
    )


@pytest.mark.parametrize(
    ("before", "body", "after"),
    [
        ("def f(a, b=3):", "print(a)", "def f(a: ..., b: int = 3) -> None:"),
        (
            "def f(a, *rest, b = None):",
            "return a",
            "def f(a: ..., *rest: ..., b: ... | None = None) -> ...:",
        ),
        ("def f(a: int, b='x'):", "return 'yes'", "def f(a: int, b: str = 'x') -> str:"),
        ("async def f(é, b=[]) -> int:", "return 1", "async def f(é: ..., b: list = []) -> int:"),
        ("def f():", "yield 1", "def f() -> Iterator[int]:"),
        ("def f():", "yield", "def f() -> Iterator[None]:"),
        ("async def f():", "yield", "async def f() -> AsyncIterator[None]:"),
        ("async def f():", "yield x", "async def f() -> AsyncIterator[...]:"),
        ("def f():", "yield 1\n    yield 'a'", "def f() -> Iterator[...]:"),
        ("def f():", "yield from x", "def f() -> Iterator[...]:"),
        ("def f():", "yield 'a'\n    return 1", "def f() -> Generator[str, None, int]:"),
        ("def f():", "yield 1\n    return", "def f() -> Iterator[int]:"),
        ("def f():", "return [g for g in (lambda: (yield))()]", "def f() -> ...:"),
        ("def f():", "if x: return\n    return 1", "def f() -> int | None:"),
        ("def f():", "if x: return 1\n    return None", "def f() -> int | None:"),
        ("def f():", "if x: return 2\n    return 1", "def f() -> int:"),
        ("def f():", "if x: return 'a'\n    return 1", "def f() -> ...:"),
        ("def f():", "if x: return 1", "def f() -> ...:"),
        ("def f():", "if x: return\n    print(1)", "def f() -> None:"),
    ],
)
def test_missing_hints_are_told_as_far_as_the_code_tells_them(
    before: str, body: str, after: str, inspect: Inspect
) -> None:
    lines = shown(inspect, "type_hints", f"{before}\n    {body}\n")
    assert list(lines.values()) == [(before, after)]


@pytest.mark.parametrize(
    ("decorator", "head", "after"),
    [
        ("@contextmanager", "def quiet():", "def quiet() -> Iterator[None]:"),
        (
            "@contextlib.asynccontextmanager",
            "async def f():",
            "async def f() -> AsyncIterator[None]:",
        ),
        ("@pytest.fixture", "def shop():", "def shop() -> Iterator[None]:"),
        ("@property", "def total(self):", "def total(self) -> Iterator[None]:"),
    ],
)
def test_what_yields_gives_an_iterator_whatever_decorates_it(
    decorator: str, head: str, after: str, inspect: Inspect
) -> None:
    text = f"{decorator}\n{head}\n    start()\n    yield\n    stop()\n"
    if "self" in head:
        text = "class Shop:\n" + "".join(f"    {line}\n" for line in text.splitlines())
    assert list(shown(inspect, "type_hints", text).values()) == [(head, after)]


@pytest.mark.parametrize(
    ("name", "kind"), [("__str__", "str"), ("__hash__", "int"), ("__eq__", "bool"), ("half", "...")]
)
def test_what_a_special_method_gives_is_known(name: str, kind: str, inspect: Inspect) -> None:
    text = f"class Price:\n    def {name}(self):\n        return give(self.euros)\n"
    (line,) = shown(inspect, "type_hints", text).values()
    assert line[1] == f"def {name}(self) -> {kind}:"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("except:", "except ValueError:"),
        ("except Exception:", "except ValueError:"),
        ("except Exception as error:", "except ValueError as error:"),
    ],
)
def test_an_except_names_what_its_try_can_raise(before: str, after: str, inspect: Inspect) -> None:
    text = f"try:\n    n = int(input())\n{before}\n    print('no number')\n"
    assert list(shown(inspect, "exceptions", text).values()) == [(before, after)]


def test_both_errors_are_named_where_a_file_of_numbers_is_read(inspect: Inspect) -> None:
    text = "try:\n    n = int(open('n').read())\nexcept:\n    n = 0\n    print('no')\n"
    found = shown(inspect, "style", text)["E722"]
    assert found == ("except:", "except (ValueError, OSError):")


@pytest.mark.parametrize(
    ("head", "body", "named"),
    [
        ("import os", "names = os.listdir(folder)", "OSError"),
        ("import shutil", "shutil.copy(one, other)", "OSError"),
        ("import json", "data = json.loads(text)", "ValueError"),
        ("from pathlib import Path", "text = Path(name).read_text()", "OSError"),
        (
            "import requests",
            "rate = requests.get(url).json()['rate']",
            "(requests.RequestException, ValueError, KeyError)",
        ),
        ("import requests as req", "req.post(url, data)", "req.RequestException"),
        ("from requests import get", "page = get(url)", "OSError"),
        ("import requests", "answer.raise_for_status()", "requests.RequestException"),
        ("import sqlite3", "rows = cursor.execute(query)", "sqlite3.Error"),
        ("import json", "data = json.load(open(name))", "(ValueError, OSError)"),
        ("import subprocess", "subprocess.run(x)", "(OSError, subprocess.SubprocessError)"),
        ("import pandas as pd", "mode = frame['Gender'].mode()", "KeyError"),
        ("import sys", "name = sys.argv[1]", "IndexError"),
        ("import math", "mean = total / count", "ZeroDivisionError"),
        ("from datetime import datetime", "day = datetime.strptime(x, y)", "ValueError"),
        ("class No(Exception):\n    pass", "if not x:\n        raise No(x)", "No"),
        ("def load(x):\n    return open(x).read()", "text = load(name)", "OSError"),
    ],
)
def test_an_except_names_the_errors_of_what_is_called(
    head: str, body: str, named: str, inspect: Inspect
) -> None:
    text = f"{head}\ntry:\n    {body}\nexcept Exception:\n    print('no')\n"
    found = shown(inspect, "exceptions", text)["blind-except"]
    assert found == ("except Exception:", f"except {named}:")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "start()"),
        ("", "send(rows[0], row['price'])"),
        ("", "mean = send(rows) / count"),
        ("import sqlite3", "client.table('prices').insert(row).execute()"),
        ("from sqlite3 import connect", "shop = connect('shop')"),
        ("import requests", "n = int(requests.get(x).json()['n'][0]) / open(y).read()"),
        ("from pathlib import Path", "path = folder / name"),
        ("def load(x):\n    try:\n        return x()\n    finally:\n        open(x)", "load(1)"),
        ("def open(x):\n    return x", "open(1)"),
    ],
)
def test_an_except_without_a_better_line(head: str, body: str, inspect: Inspect) -> None:
    text = f"{head}\ntry:\n    {body}\nexcept Exception:\n    print('no')\n"
    assert "blind-except" not in shown(inspect, "exceptions", text)


def test_a_missing_docstring_has_its_place_below_the_head(inspect: Inspect) -> None:
    shape = 'def total(price):  # in euros\n    """..."""'
    text = "class A:\n    def total(price):  # in euros\n        return price\n"
    assert shown(inspect, "docstrings", text)["missing-docstring"][1] == 'class A:\n    """..."""'
    function = shown(inspect, "docstrings", text.replace("class A:", "if 1:"))
    assert function["missing-docstring"] == ("def total(price):  # in euros", shape)


#: One step of indentation, as files have it.
STEPS = st.sampled_from([" ", "  ", "   ", "    ", "        ", "\t", "\t\t"])
#: What opens a block around the function, e.g. a class or a condition; and what lies before its
#: first statement.
OPENERS = st.lists(st.sampled_from(["class Shop:", "if open:", "try:"]), max_size=2)
BEFORE = st.sampled_from(["", "\n", "{}# in euros\n", "# at the margin\n", "\n   \n{}# why\n\n"])


@given(st.lists(STEPS, min_size=4, max_size=4), OPENERS, BEFORE)
def test_a_docstring_to_fill_in_is_indented_like_the_body(
    steps: list[str], openers: list[str], before: str
) -> None:
    """The steps of one file may differ, also between tabs and spaces."""
    margins = ["".join(steps[:depth]) for depth in range(5)]
    depth = len(openers)
    rows = [margins[at] + opener for at, opener in enumerate(openers)]
    rows += [f"{margins[depth]}def total(price):"]
    body = before.format(margins[depth + 1]) + f"{margins[depth + 1]}return price"
    ends = [
        f"{margins[at]}finally:\n{margins[at + 1]}pass"
        for at in reversed(range(depth))
        if openers[at] == "try:"
    ]
    source = SourceFile("main.py", "\n".join([*rows, body, *ends, ""]).encode())
    check = CATALOG["docstrings"]
    found = check.inspect(source, check.options(), ()).findings
    fixes = [one for one in found if "total" in one.message]
    assert [one.after for one in fixes] == [f'def total(price):\n{steps[depth]}"""..."""']
    changed = mended(source, fixes[0])
    function = next(one for one in ast.walk(changed.tree) if isinstance(one, ast.FunctionDef))
    assert ast.get_docstring(function) == "..."


def test_the_docstring_of_a_module_is_not_put_into_its_first_function(inspect: Inspect) -> None:
    text = 'def total(price):\n    """Add the postage."""\n    return price + 2\n'
    assert not shown(inspect, "docstrings", text)


def test_a_body_beside_its_head_gets_no_docstring_to_fill_in(inspect: Inspect) -> None:
    assert not shown(inspect, "docstrings", "def total(price): return price\n")


def test_a_shape_that_is_handed_in_as_it_stands_is_still_missing(inspect: Inspect) -> None:
    text = 'def total(price):\n    """..."""\n    return price\n'
    counts = inspect("docstrings", text).facts.counts
    assert counts["documented"] == 0


def test_where_nothing_is_known_nothing_is_made_up(inspect: Inspect) -> None:
    text = "try:\n    start()\nexcept:\n    print('no')\n"
    assert not shown(inspect, "exceptions", text) | shown(inspect, "style", text)


@pytest.mark.parametrize(
    "line", ["if len(os[os == False]):", "while print(os == True):", "assert (os == False) + 1"]
)
def test_a_comparison_whose_value_is_used_stays(line: str, inspect: Inspect) -> None:
    body = "\n    pass" if line.endswith(":") else ""
    assert not shown(inspect, "style", f"import os\n\n{line}{body}\n")


VALUES: dict[str, object] = {"yes": True, "no": False, "both": (True, False)}
LEAVES = st.sampled_from(["yes", "no"])


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return a strategy for conditions, of type bool, made of smaller conditions."""
    forms = ["{} == True", "{} == False", "{} != True", "{} != False", "{} == None", "not {}"]
    more = ["not {} in both", "not {} is {}", "{} and {}", "{} or {}", "bool({})", "both[{} > 0]"]
    return st.builds(
        lambda form, one, other: form.format(one, other),
        st.sampled_from(forms + more),
        inner | inner.map("({})".format),
        inner.map("({})".format),
    )


@settings(max_examples=60)
@given(st.recursive(LEAVES, larger, max_leaves=6))
def test_a_mended_condition_is_true_where_it_was(condition: str) -> None:
    text = f"yes, no, both = {tuple(VALUES.values())}\n\nif {condition}:\n    print()\n"
    check = CATALOG["style"]
    for one in check.inspect(SourceFile("main.py", text.encode()), check.options(), ()).findings:
        if one.after is not None:
            before, after = (
                bool(eval(line.removeprefix("if").rstrip(":"), {}, dict(VALUES)))
                for line in (f"if {condition}:", one.after)
            )
            assert after is before, one.after


def test_a_part_of_a_statement_is_not_shown(inspect: Inspect) -> None:
    text = "import os\n\nprint(\n    1, os == None)\n"
    assert not shown(inspect, "style", text)


def test_few_lines_of_a_code_are_shown_and_no_long_ones(inspect: Inspect) -> None:
    many = "import os\n\n" + "print(os == None)\n" * 20
    found = inspect("style", many).findings
    assert sum(one.before is not None for one in found) == 3
    assert not shown(inspect, "style", f"import os\n\nprint(os == None, '{'x' * 200}')\n").get(
        "E711"
    )


def test_a_student_sees_what_stands_in_the_file(inspect: Inspect) -> None:
    text = "import os\n\nprint(os == None)  # fmt: skip\n"
    assert shown(inspect, "style", text)["E711"] == (
        "print(os == None)  # fmt: skip",
        "print(os is None)  # fmt: skip",
    )


def mended(source: SourceFile, finding: Finding) -> SourceFile:
    """Return ``source`` with the line of ``finding`` replaced as the finding says."""
    lines = list(source.lines)
    old = lines[finding.line - 1]
    assert finding.before is not None and finding.after is not None
    indent = old[: len(old) - len(old.lstrip(" \t"))]
    assert old.rstrip("\n") == indent + finding.before
    new = "".join(f"{indent}{line}\n" for line in finding.after.split("\n") if finding.after)
    lines[finding.line - 1] = new
    return SourceFile(source.path, "".join(lines).encode())


@pytest.mark.parametrize("check_id", MENDING)
def test_a_mended_line_of_a_real_file_is_python_and_found_no_more(
    check_id: str, corpus: Corpus, inspect: Inspect
) -> None:
    check, seen = CATALOG[check_id], Counter[str]()
    half = len(corpus.files[::2])
    # The second half is for a check that has nothing to mend in the first, as on other Pythons.
    for at, source in enumerate([*corpus.files[::2], *corpus.files[1::2]]):
        if seen and at >= half:
            break
        for one in inspect(check_id, source.data, path=source.path).findings:
            if one.before is None or seen[one.code] > 40 or source.stand_in:
                continue
            seen[one.code] += 1
            after = mended(source, one)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(after.text)
            again = check.inspect(after, check.options(), ())
            assert again.state in (State.OK, State.NOT_APPLICABLE)
            places = {(found.code, found.line, found.message) for found in again.findings}
            assert one.code in ONLY_SHAPES or (one.code, one.line, one.message) not in places, (
                source.path,
                one,
            )
    assert seen
