"""The check ``signals``: what a person should look at in a file."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from grader.checks.signals import CHECK
from grader.domain.inspection import Inspection, State

Inspect = Callable[..., Inspection]

PROSE = "All of this is prose that nobody could run, and it goes on for a while. " * 6
PROGRAM = "import os\nfor name in os.listdir():\n    print(name)\n"
ENCODED = base64.b64encode(bytes(range(256))).decode()


def codes(found: Inspection) -> list[str]:
    return [one.code for one in found.findings]


@pytest.mark.parametrize(
    "text",
    [
        "exec(text)",
        "print(eval('1 + 1'))",
        "import builtins\nbuiltins.exec(text)",
        "from builtins import exec as run\nrun(text)",
        "code = compile(text, 'a.py', 'exec')",
        "run = exec",
        "list(map(eval, texts))",
        "__builtins__['ex' + 'ec'](text)",
        "import runpy\nrunpy.run_path(path)",
        "import marshal\nmarshal.loads(data)",
    ],
)
def test_a_text_that_is_run(inspect: Inspect, text: str) -> None:
    assert codes(inspect("signals", text)) == ["text-as-code"]


def test_a_script_of_a_shell_is_named(inspect: Inspect) -> None:
    found = inspect("signals", "import os\nos.system('sh run.sh')")
    assert codes(found) == ["computed-start"] and "`run.sh`" in found.findings[0].message


@pytest.mark.parametrize(
    "text",
    [
        "import re\nre.compile('a', re.M, 1)",
        "from re import compile\ncompile('a')",
        "compile(sources)",
        "def compile(a, b, c): ...\ncompile(1, 2, 3)",
        "frame.eval('a > b')",
        "def eval(model): ...\neval(model)",
        "exec = 3",
        "import json\njson.loads(text)",
        "__import__('os')",
        "import importlib\nimportlib.import_module('numbers')",
        "import importlib\nimportlib.reload(module)",
        "from .ctypes import c_int",
    ],
)
def test_what_only_looks_alike(inspect: Inspect, text: str) -> None:
    assert codes(inspect("signals", text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "__import__(name)",
        "from importlib import import_module as load\nload('o' + 's')",
        "import importlib\nimportlib.import_module(name=name)",
        "import importlib.util\nimportlib.util.spec_from_file_location('a', path)",
    ],
)
def test_an_import_that_is_worked_out(inspect: Inspect, text: str) -> None:
    assert codes(inspect("signals", text)) == ["computed-import"]


@pytest.mark.parametrize("text", ["import ctypes", "from ctypes.util import find_library"])
def test_what_is_not_python(inspect: Inspect, text: str) -> None:
    assert codes(inspect("signals", text)) == ["foreign-code"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (PROGRAM, "code-in-text"),
        ("    " + PROGRAM.replace("\n", "\n    "), "code-in-text"),
        ("import os; print(os.listdir('.'), 'and more')", "code-in-text"),
        (ENCODED, "encoded-text"),
        (ENCODED.replace("A", "A\n"), "encoded-text"),
        (bytes(range(256)).hex(), "encoded-text"),
        (PROSE, "long-text"),
    ],
)
def test_a_text_that_holds_more_than_words(inspect: Inspect, text: str, code: str) -> None:
    for value in (text, text.encode()):
        assert codes(inspect("signals", f"TEXT = {value!r}")) == [code]


@pytest.mark.parametrize(
    "text",
    [
        PROSE[:390],
        "0123456789abcdef" * 8,
        "name = 'grader'\nversion = '1.2'\nlicence = 'MIT'\n",
        "print(text) prints the text that it is given, and then a newline\n",
        "for each of them (there are many) there is a line, and a space\n",
        "the\nwords\nof\na\nlist\none\nbelow\nthe\nother\nis\nwhat\nthis",
    ],
)
def test_ordinary_texts(inspect: Inspect, text: str) -> None:
    assert codes(inspect("signals", f"TEXT = {text!r}")) == []


def test_docstrings_and_texts_that_nothing_uses(inspect: Inspect) -> None:
    for text in (PROSE, PROGRAM):
        quoted = f"'''{text}'''"
        module = f"{quoted}\ndef f():\n    {quoted}\nclass A:\n    {quoted}\n{quoted}\n"
        assert codes(inspect("signals", module)) == []


@pytest.mark.parametrize("text", ["(" * 190 + ")" * 190, "-" * 9_000, "a." * 9_000 + "b"])
def test_a_text_that_would_be_too_deep_a_program(inspect: Inspect, text: str) -> None:
    found = inspect("signals", f"TEXT = {'print(1)' + chr(10) + text!r}")
    assert found.state is State.OK and len(found.findings) <= 1


def test_places_and_words(inspect: Inspect) -> None:
    found = inspect("signals", f"def f(text):\n    return eval(text)\n\n\nTEXT = {PROSE!r}\n")
    assert [(one.line, one.column, one.message) for one in found.findings] == [
        (2, 12, "`eval` runs a text as a program"),
        (5, 8, f"This text of {len(PROSE)} characters is very long"),
    ]
    for one in found.findings:
        assert CHECK.guidance_for(one.code) is not CHECK.guidance


def test_statements_are_counted(inspect: Inspect) -> None:
    found = inspect("signals", "'''Doc.'''\nx = 1\nif x:\n    y = 2\n")
    assert (found.state, found.facts.counts) == (State.OK, {"statements": 4})


def test_no_rubric_can_weigh_it() -> None:
    assert not CHECK.gradable and CHECK.measures == ()
