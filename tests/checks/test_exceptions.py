"""Errors handled with care."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given, settings

from grader.analysis.tools.recursion import room_for_recursion
from grader.checks.exceptions import CHECK
from grader.domain.inspection import Facts, Finding, Inspection, State
from grader.domain.source import SourceFile
from tests.checks.test_check_laws import padded

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
    """Codes by file, of several files that know of each other."""
    assert CHECK.combine is not None
    alone = {path: look(text, path) for path, text in files.items()}
    found = CHECK.combine(alone, CHECK.options())
    return {path: [finding.code for finding in one.findings] for path, one in found.items()}


def handler(clause: str, *body: str, attempt: str = "work()") -> str:
    lines = "".join(f"        {line}\n" for line in body)
    return f"def f():\n    try:\n        {attempt}\n    {clause}:\n{lines}"


@pytest.mark.parametrize(
    ("clause", "body", "code"),
    [
        ("except", "pass", "bare-except"),
        ("except", "print('oh')", "bare-except"),
        ("except Exception", "pass", "swallowed-error"),
        ("except Exception", "...", "swallowed-error"),
        ("except (ValueError, Exception) as e", "'nothing'", "B014 swallowed-error"),
        ("except ValueError", "pass", "swallowed-error"),
        ("except FileNotFoundError", "None", "swallowed-error"),
        ("except Exception", "print('something went wrong')", "blind-except"),
        ("except Exception as e", "print(e)", "blind-except"),
        ("except BaseException", "return None", "blind-except"),
        ("except Exception", "return 0", "blind-except"),
    ],
)
def test_careless_handlers(clause: str, body: str, code: str) -> None:
    assert " ".join(codes(handler(clause, body))) == code


@pytest.mark.parametrize(
    ("clause", "body"),
    [
        ("except", "raise"),
        ("except ValueError as e", "print(e)"),
        ("except ValueError", "return None"),
        ("except KeyboardInterrupt", "pass"),
        ("except KeyError", "pass"),
        ("except ImportError", "pass"),
        ("except Exception", "log.exception('failed')"),
        ("except Exception", "logging.error('failed', exc_info=True)"),
        ("except Exception", "traceback.print_exc()"),
        ("except Exception", "sys.exit(1)"),
        ("except Exception as e", "failures.append(e)"),
        ("except Exception as e", "raise MyError() from e"),
        ("except Exception as e", "return Failure(str(e))"),
        ("except Exception as e", "if not isinstance(e, KeyError): raise"),
    ],
)
def test_deliberate_handlers(clause: str, body: str) -> None:
    assert codes(handler(clause, body)) == []


def test_an_exit_status_tells_of_the_failure() -> None:
    assert codes(handler("except Exception as e", "print(e)", "return 1")) == []
    assert codes(handler("except Exception as e", "print(e)", "return 0")) == ["blind-except"]


def test_libraries_that_may_be_missing() -> None:
    text = "try:\n    import fast as json\nexcept Exception:\n    import json\n"
    assert codes(text) == []


@pytest.mark.parametrize(
    "trick",
    [
        "pass; pass",
        "_ = None",
        "error",
        "print()",
        "print('')",
        "if False: pass",
        "for _ in (): continue",
        "'handled'; ...",
    ],
)
def test_doing_nothing_in_other_words_is_swallowing(trick: str) -> None:
    assert codes(handler("except ValueError as error", trick)) == ["swallowed-error"]
    assert codes(handler("except Exception as error", trick)) == ["swallowed-error"]


def test_suppress_is_a_handler() -> None:
    text = "from contextlib import suppress\n\nwith suppress({}):\n    int(input())\n"
    assert codes(text.format("Exception")) == ["swallowed-error"]
    assert codes(text.format("ValueError")) == []
    assert codes(text.format("KeyError")) == ["unguarded-call"]
    renamed = "import contextlib as c\n\nwith c.suppress(Exception):\n    work()\n"
    assert codes(renamed) == ["swallowed-error"]


@pytest.mark.parametrize(
    "text",
    [
        "for word in words:\n    try:\n        add(word)\n    except ValueError:\n        pass\n",
        "try:\n    stream.close()\nexcept Exception:\n    pass\n",
        "from contextlib import suppress\nwith suppress(Exception):\n    stream.close()\n",
        "port = 80\ntry:\n    port = int(text)\nexcept ValueError:\n    pass\n",
        "try:\n    os.remove(path)\nexcept OSError:\n    pass\n",
        "def f(x):\n    try:\n        return g(x)\n    except E:\n        pass\n    return 0\n",
    ],
)
def test_silence_that_may_be_right_is_advice(text: str) -> None:
    found = look(text)
    assert [finding.code for finding in found.findings] == ["quiet-handler"]
    assert measure("quiet_handlers", found.facts) == 1
    assert measure("careless_handlers", found.facts) == 0


def test_raising() -> None:
    text = "def f():\n    raise Exception('no')\n\n\ndef g():\n    raise ValueError('no')\n"
    assert codes(text) == ["raises-plain-exception"]
    assert codes("raise Exception\n") == ["raises-plain-exception"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("raise MyError('no')", ["raise-without-from"]),
        ("raise MyError('no') from None", []),
        ("raise MyError('no') from error", []),
        ("raise", []),
        ("raise error", []),
        ("raise SystemExit(1)", []),
        ("later = lambda: 1; raise", []),
        ("if a:\n            raise MyError()", ["raise-without-from"]),
        ("try:\n            raise A()\n        finally:\n            b()", ["raise-without-from"]),
    ],
)
def test_raising_in_a_handler(body: str, found: list[str]) -> None:
    assert codes(handler("except KeyError as error", body)) == found


def test_a_function_made_in_a_handler_raises_elsewhere() -> None:
    body = "def later():\n            raise MyError()\n        keep(later, error)"
    assert codes(handler("except KeyError as error", body)) == []


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


def test_long_tries_count_at_every_depth_and_only_with_handlers() -> None:
    nested = "try:\n    for a in b:\n        c()\n        'padding'\nexcept A as e:\n    print(e)\n"
    assert look(nested).facts.histograms == {"try_sizes": {2: 1}}
    assert measure("long_tries", look("try:\n    a()\nfinally:\n    b()\n").facts, 0) is None


RISKY = [
    ("", "int(input())"),
    ("", "float(input('x').strip())"),
    ("", "a, b = map(int, input().split())"),
    ("", "numbers = [int(part) for part in input().split()]"),
    ("", "answer = input(); age = int(answer)"),
    ("import sys", "int(sys.argv[1])"),
    ("", "text = open('a.txt').read()"),
    ("from pathlib import Path", "Path('a').read_text()"),
    ("import json", "json.load(stream)"),
    ("import json", "json.loads(stream.read())"),
    ("from json import load as get", "get(stream)"),
    ("import requests as r", "r.get('https://example.org')"),
    ("from urllib.request import urlopen", "urlopen('https://example.org')"),
    ("import urllib.request", "urllib.request.urlopen('https://example.org')"),
    ("import pandas as pd", "pd.read_csv('a.csv')"),
    ("import numpy as np", "np.loadtxt('a.csv')"),
]


@pytest.mark.parametrize(("head", "line"), RISKY)
def test_risky_calls(head: str, line: str) -> None:
    assert codes(f"{head}\n{line}\n") == ["unguarded-call"]
    caught = f"{head}\ntry:\n    {line}\nexcept (OSError, ValueError) as e:\n    print(e)\n"
    assert codes(caught) == []


@pytest.mark.parametrize(
    "text",
    [
        "int('12')",
        "open('a.txt', 'w')",
        "open('a.txt', mode='a')",
        "open(__file__)",
        "def open(x): ...\nopen('a')",
        "shelf.open('a')",
        "answer = input()\nif answer.isdigit():\n    int(answer)",
        "import os\npath = 'a'\nif os.path.exists(path):\n    open(path)",
        "print(input())",
        "def load(path):\n    return open(path)",
    ],
)
def test_calls_that_are_not_risky_or_not_ours_to_judge(text: str) -> None:
    assert codes(text + "\n") == []


@pytest.mark.parametrize(
    ("clause", "found"),
    [
        ("except FileNotFoundError as e", []),
        ("except IOError as e", []),
        ("except (TypeError, PermissionError) as e", []),
        ("except library.Problem as e", []),
        ("except KeyError as e", ["unguarded-call"]),
        ("except ValueError as e", ["unguarded-call"]),
    ],
)
def test_the_handler_must_be_able_to_catch_it(clause: str, found: list[str]) -> None:
    assert codes(f"try:\n    open('a')\n{clause}:\n    print(e)\n") == found


def test_only_the_body_of_a_try_is_guarded() -> None:
    text = "try:\n    a()\nexcept ValueError as e:\n    int(input())\nelse:\n    int(input())\n"
    assert codes(text) == ["unguarded-call"] * 2


CARE = "    try:\n        {}\n    except ValueError as e:\n        print(e)\n"
ASK = "def ask():\n    return int(input())\n\n\n"


def test_care_of_the_callers() -> None:
    main = "def main():\n"
    assert codes(ASK + main + CARE.format("ask()") + "\n\nmain()\n") == []
    assert codes(ASK + main + "    ask()\n\n\nmain()\n") == ["unguarded-call"]
    both = ASK + main + CARE.format("ask()") + "    ask()\n\n\nmain()\n"
    assert codes(both) == ["unguarded-call"]
    deep = ASK + "def middle():\n    ask()\n\n\n" + main + CARE.format("middle()") + "\n\nmain()\n"
    assert codes(deep) == []


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


def test_a_class_is_called_too() -> None:
    text = "class A:\n    def __init__(self):\n        self.n = int(input())\n\n\nA()\n"
    assert codes(text) == ["unguarded-call"]


def test_recursion_ends() -> None:
    assert codes("def f():\n    int(input())\n    f()\n\n\nf()\n") == ["unguarded-call"]


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


def test_tests_call_as_they_like() -> None:
    files = {"loading.py": LOADING, "test_loading.py": "from loading import load\nload('a')\n"}
    assert together(files)["loading.py"] == []


def test_combining_keeps_what_each_file_says_on_its_own() -> None:
    text = "try:\n    a()\nexcept:\n    pass\nint(input())\n"
    assert together({"a.py": text, "b.py": text}) == {
        "a.py": ["bare-except", "unguarded-call"],
        "b.py": ["bare-except", "unguarded-call"],
    }


def test_measures() -> None:
    text = (
        "try:\n    a()\nexcept:\n    pass\n"
        "try:\n    b()\nexcept (ValueError,):\n    pass\n"
        "int(input())\nraise Exception('no')\n"
    )
    found = look(text)
    values = {one.id: one.value(found.facts, 3) for one in CHECK.measures}
    assert values == {
        "careless_handlers": 3,
        "bare_handlers": 1,
        "swallowed": 1,
        "unguarded": 1,
        "long_tries": 0,
        "plain_raises": 1,
        "raises_without_from": 0,
        "quiet_handlers": 0,
    }
    for one in CHECK.measures:
        counted = sum(one.evidence(finding, 3) for finding in found.findings)
        assert counted == values[one.id]


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
    """Code and line of each rule of flake8-bugbear's, as this check finds it."""
    return sorted((one.code, one.line) for one in look(text).findings if one.code in TRAPS)


@pytest.mark.parametrize("text", RULES)
def test_the_rules_are_those_of_bugbear(text: str) -> None:
    bugbear = pytest.importorskip("bugbear", reason="flake8-bugbear is not installed")
    checker = bugbear.BugBearChecker(tree=ast.parse(text), lines=text.splitlines(keepends=True))
    found = ((message[:4], line) for line, _, message, _ in checker.run())
    assert traps(text) == sorted(one for one in found if one[0] in TRAPS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (RULES[1], "B012"),
        ("try:\n    a()\nexcept (ValueError,):\n    b()\n", "B013"),
        ("try:\n    a()\nexcept (OSError, FileNotFoundError):\n    b()\n", "B014"),
        ("try:\n    a()\nexcept A:\n    b()\nexcept A:\n    c()\n", "B025"),
        ("try:\n    a()\nexcept ():\n    b()\n", "B029"),
        ("try:\n    a()\nexcept 'A':\n    b()\n", "B030"),
    ],
)
def test_each_rule(text: str, code: str) -> None:
    assert [found for found, _ in traps(text)] == [code]


@pytest.mark.parametrize("body", ["pass", "int(input())", "raise Exception('no')"])
def test_thousands_of_branches(body: str) -> None:
    chain = "if x == 0:\n    pass\n" + "".join(
        f"elif x == {at}:\n    {body}\n" for at in range(1, 5_000)
    )
    assert len(codes(chain)) == (0 if body == "pass" else 4_999)


def test_deep_trees() -> None:
    total = " + ".join(["int(input())"] * 3_000)
    assert len(codes(f"x = {total}\n")) == 3_000
    branches = "".join(f"    elif x == {at}:\n        a()\n" for at in range(3_000))
    text = f"try:\n    if x:\n        a()\n{branches}except:\n    pass\n"
    assert sorted(codes(text)) == ["bare-except", "long-try"]
    deep = "try:\n    a()\nexcept " + " + ".join(["A"] * 3_000) + ":\n    pass\n"
    assert codes(deep) == ["B030", "swallowed-error"]


@settings(max_examples=150)
@given(padded())
def test_padding_changes_no_measure(pair: tuple[str, str]) -> None:
    plain, more = map(look, pair)
    assert plain.state is more.state
    for one in CHECK.measures:
        for limit in (0, 2, 5):
            assert one.value(plain.facts, limit) == one.value(more.facts, limit)


def test_padding_a_handler_changes_no_measure() -> None:
    text = handler("except ValueError", "pass") + "\n\nint(input())\n"
    more = text.replace("\n", "\n\n# why\n").replace("pass", "pass  # on purpose")
    assert look(text).facts == look(more).facts


def test_nothing_to_judge() -> None:
    for text in ("", "# comment\n", '"""Doc."""\n'):
        assert look(text).state is State.NOT_APPLICABLE
    assert look("x = 1\n").state is State.OK
    assert CHECK.skips_tests


def test_every_code_has_words() -> None:
    for words in (CHECK.guidance, *CHECK.guidance_by_code.values()):
        assert words.explanation and words.how_to_fix and words.url.startswith("https://")
    assert CHECK.guidance_for("B012") is CHECK.guidance
