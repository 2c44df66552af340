"""The check ``exceptions``."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from fractions import Fraction

import pytest

from grader.analysis.tools.recursion import room_for_recursion
from grader.checks.exceptions import CHECK
from grader.domain.inspection import Facts, Finding, Inspection, State
from grader.domain.source import SourceFile

TRAPS = {"B012", "B013", "B014", "B025", "B029", "B030"}


def look(text: str, path: str = "code.py") -> Inspection:
    source = SourceFile(path, text.encode())
    with room_for_recursion():  # for the parser; the check itself gets by without
        assert source.tree
    return CHECK.inspect(source, CHECK.options(), ())


def codes(text: str) -> list[str]:
    return [finding.code for finding in look(text).findings]


def measure(name: str, facts: Facts, limit: int | None = None) -> Fraction | None:
    found = CHECK.measure(name)
    assert found is not None
    return found.value(facts, limit)


def together(files: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the codes of findings by file, after combining the files."""
    assert CHECK.combine is not None
    alone = {path: look(text, path) for path, text in files.items()}
    found = CHECK.combine(alone, CHECK.options())
    return {path: [finding.code for finding in one.findings] for path, one in found.items()}


def handler(clause: str, *body: str, attempt: str = "work()") -> str:
    lines = "".join(f"        {line}\n" for line in body)
    return f"def f():\n    try:\n        {attempt}\n    {clause}:\n{lines}"


def test_long_tries() -> None:
    body = "".join(f"    step{at}()\n" for at in range(6))
    text = f"try:\n{body}except KeyError as error:\n    print(error)\n"
    found = look(text)
    assert [measure("long_tries", found.facts, limit) for limit in (3, 5, 6)] == [1, 1, 0]
    (finding,) = found.findings
    assert (finding.code, finding.value) == ("long-try", 6)
    long_tries = CHECK.measure("long_tries")
    assert long_tries is not None and not long_tries.evidence(finding, 6)
    assert not long_tries.evidence(Finding(code="bare-except", message=""), 3)


@pytest.mark.parametrize(
    "start",
    [
        "list(map(ask_one, [1]))",
        "Thread(target=ask_one).start()",
        "Asker().ask()",
        "Asker.ask(None)",
        "outer()",
    ],
)
def test_a_detour_is_no_care(start: str) -> None:
    text = (
        "def ask_one(_):\n    return int(input())\n\n\n"
        "class Asker:\n    def __init__(self):\n        self.n = 1\n\n"
        "    def ask(self):\n        return ask_one(self.n)\n\n\n"
        "def outer():\n    def inner():\n        return ask_one(1)\n    return inner()\n\n\n"
        'if __name__ == "__main__":\n'
    )
    assert codes(f"{text}    {start}\n") == ["unguarded-call"]


LOADING = "def load(path):\n    with open(path) as stream:\n        return stream.read()\n"


@pytest.mark.parametrize(
    ("head", "call"),
    [
        ("from loading import load", "load('a')"),
        ("from loading import load as get", "get('a')"),
        ("import loading", "loading.load('a')"),
        ("import app.loading as files", "files.load('a')"),
        ("from .loading import load", "load('a')"),
        ("from loading import *", "load('a')"),
        ("from . import loading", "loading.load('a')"),
    ],
)
def test_care_in_another_file(head: str, call: str) -> None:
    bad = {"app/loading.py": LOADING, "app/main.py": f"{head}\n\n{call}\n"}
    assert together(bad) == {"app/loading.py": ["unguarded-call"], "app/main.py": []}
    care = f"{head}\n\ntry:\n    {call}\nexcept OSError as error:\n    print(error)\n"
    good = {"app/loading.py": LOADING, "app/main.py": care}
    assert together(good) == {"app/loading.py": [], "app/main.py": []}


def test_combining_keeps_what_each_file_says_on_its_own() -> None:
    text = "try:\n    a()\nexcept:\n    pass\nint(input())\n"
    assert together({"a.py": text, "b.py": text}) == {
        "a.py": ["bare-except", "unguarded-call"],
        "b.py": ["bare-except", "unguarded-call"],
    }


def test_each_measure_counts_the_findings_that_are_its_evidence() -> None:
    text = (
        "try:\n    a()\nexcept:\n    pass\n"
        "try:\n    b()\nexcept (ValueError,):\n    pass\n"
        "int(input())\nraise Exception('no')\n"
    )
    found = look(text)
    for one in CHECK.measures:
        if one.id == "share_handled":  # of statements, not of findings
            continue
        counted = sum(one.evidence(finding, 3) for finding in found.findings)
        parts = one.parts(found.facts, 3) if one.parts else None
        assert counted == (parts[0] if parts else one.value(found.facts, 3))


@pytest.mark.parametrize(
    ("body", "percent"),
    [
        ("try:\n    return int(text)\nexcept ValueError:\n    return 0", 100),
        ("try:\n    return int(text)\nexcept:\n    return 0", 0),
        ("try:\n    return int(text)\nexcept Exception:\n    pass", 0),
        ("try:\n    return int(text)\nexcept ValueError:\n    pass", None),
        ("if not text:\n    raise ValueError(text)\nreturn text.upper()", 100),
        ("with contextlib.suppress(KeyError):\n    del known[text]", 100),
        ("with contextlib.suppress(Exception):\n    del known[text]", 0),
        ("return open(text).read()", 50),
        (
            "with open(text) as file:\n    try:\n        return int(file.read())\n"
            "    except ValueError:\n        return 0",
            75,
        ),
        # Nothing may go wrong, or nothing says so.
        ("return text.upper()", None),
        ("try:\n    number = 1\nexcept ValueError:\n    number = 2\nreturn number", None),
        ("raise Exception(text)", None),
        ("raise NotImplementedError", None),
        ("raise text", None),
        ("return open(text, 'w')", None),
    ],
)
def test_what_is_handled_in_a_function(body: str, percent: int | None) -> None:
    lines = body.replace("\n", "\n    ")
    text = f"import contextlib\n\n\ndef read(text):\n    {lines}\n\n\nread('a')\n"
    assert look(text).by_function["handled"] == ({} if percent is None else {4: percent})


@pytest.mark.parametrize(
    ("clause", "handled"),
    [
        ("except OSError as error:\n    print(error)", {0: 100, 1: 100}),
        ("except Exception as error:\n    print(error)", {0: 0}),
        ("except OSError:\n    pass", {0: 0}),
        ("except KeyError as error:\n    print(error)", {0: 100, 1: 50}),
        ("except OSError:\n    raise", {0: 0, 1: 50}),
    ],
)
def test_a_call_counts_as_its_caller_guards_it(clause: str, handled: dict[int, int]) -> None:
    text = f"def load(path):\n    return open(path).read()\n\n\ntry:\n    load('a')\n{clause}\n"
    assert look(text).by_function["handled"] == handled


def test_a_library_may_leave_its_errors_to_its_callers() -> None:
    assert look(LOADING).by_function["handled"] == {}


RULES = [
    "try:\n    a()\nfinally:\n    return_()\n",
    "def f():\n    try:\n        a()\n    finally:\n        return 1\n",
    "for x in y:\n    try:\n        a()\n    finally:\n        break\n",
    "for x in y:\n    try:\n        a()\n    finally:\n        if x:\n            continue\n",
    "try:\n    a()\nfinally:\n    for x in y:\n        break\n",
    "def f():\n    try:\n        a()\n    finally:\n        while x:\n            return\n",
    "def f():\n    try:\n        a()\n    finally:\n        def g():\n            return 1\n",
    "def f():\n    try:\n        a()\n    finally:\n        try:\n            b()\n"
    "        finally:\n            return 1\n",
]
KINDS = [
    "(ValueError,)",
    "(a.b.C,)",
    "()",
    "(*ERRORS,)",
    "(*(A, B), B)",
    "(ValueError, ValueError)",
    "(Exception, TypeError)",
    "(OSError, IOError)",
    "(IOError, OSError)",
    "(IOError, EnvironmentError)",
    "(OSError, socket.error)",
    "(OSError, FileNotFoundError, KeyError)",
    "(ValueError, binascii.Error)",
    "(BaseException, A)",
    "(A, B)",
    "(UnicodeError, LookupError)",
    "'text'",
    "1",
    "[A, B]",
    "(A, 'text')",
    "errors()",
    "errors[0]",
    "(A, errors())",
    "A().b",
    "A or B",
]
RULES += [f"try:\n    a()\nexcept {kind}:\n    b()\n" for kind in KINDS]
RULES += [
    f"try:\n    a()\nexcept {one}:\n    b()\nexcept {two}:\n    c()\n"
    for one, two in (("A", "A"), ("A", "B"), ("(A, B)", "A"), ("a.B", "a.B"), ("(A, A)", "C"))
]


def traps(text: str) -> list[tuple[str, int]]:
    """Return (code, line) of each finding whose code comes from flake8-bugbear, sorted."""
    return sorted((one.code, one.line) for one in look(text).findings if one.code in TRAPS)


@pytest.mark.parametrize("text", RULES)
def test_the_rules_are_those_of_bugbear(text: str) -> None:
    bugbear = pytest.importorskip("bugbear", reason="flake8-bugbear is not installed")
    checker = bugbear.BugBearChecker(tree=ast.parse(text), lines=text.splitlines(keepends=True))
    found = ((message[:4], line) for line, _, message, _ in checker.run())
    assert traps(text) == sorted(one for one in found if one[0] in TRAPS)


@pytest.mark.slow
@pytest.mark.parametrize("body", ["pass", "int(input())", "raise Exception('no')"])
def test_thousands_of_branches(body: str) -> None:
    chain = "if x == 0:\n    pass\n" + "".join(
        f"elif x == {at}:\n    {body}\n" for at in range(1, 5_000)
    )
    assert len(codes(chain)) == (0 if body == "pass" else 4_999)


@pytest.mark.slow
def test_deep_trees() -> None:
    total = " + ".join(["int(input())"] * 3_000)
    assert len(codes(f"x = {total}\n")) == 3_000
    branches = "".join(f"    elif x == {at}:\n        a()\n" for at in range(3_000))
    text = f"try:\n    if x:\n        a()\n{branches}except:\n    pass\n"
    assert sorted(codes(text)) == ["bare-except", "long-try"]
    deep = "try:\n    a()\nexcept " + " + ".join(["A"] * 3_000) + ":\n    pass\n"
    assert codes(deep) == ["B030", "swallowed-error"]


def test_padding_a_handler_changes_no_measure() -> None:
    text = handler("except ValueError", "pass") + "\n\nint(input())\n"
    more = text.replace("\n", "\n\n# why\n").replace("pass", "pass  # on purpose")
    assert look(text).facts == look(more).facts


def test_nothing_to_judge() -> None:
    for text in ("", "# comment\n", '"""Doc."""\n'):
        assert look(text).state is State.NOT_APPLICABLE
    assert look("x = 1\n").state is State.OK
    assert CHECK.skips_tests
