"""The check ``type_hints``."""

from __future__ import annotations

import pytest

from grader.analysis.tools.recursion import room_for_recursion
from grader.checks.type_hints import CHECK
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.source import SourceFile


def inspected(text: str) -> Inspection:
    """Return the inspection of ``text``."""
    return CHECK.inspect(SourceFile("code.py", text.encode()), CHECK.options(), ())


def value(name: str, *texts: str) -> object:
    """Return the value of the measure ``name`` for files with ``texts`` together."""
    measure = CHECK.measure(name)
    assert measure is not None
    return measure.value(Facts.merge(inspected(text).facts for text in texts), None)


def said(text: str) -> list[tuple[str, str]]:
    """Return (code, message) of every finding in ``text``."""
    return [(finding.code, finding.message) for finding in inspected(text).findings]


BODY = "    return [a]\n"
GOOD = "def add(a: int, b: int) -> int:\n    return a + b\n"


@pytest.mark.parametrize(
    ("signature", "coverage", "missing"),
    [
        ("def f(a):", 0, 2),
        ("def f(a: int):", 50, 1),
        ("def f(a: int) -> list:", 100, 0),
        ('def f(a: "int") -> "list[int]":', 100, 0),
        ("async def f(a: int) -> list:", 100, 0),
        ("def f(*args, **kwargs):", 0, 3),
        ("def f(*args: int, **kwargs: str) -> list:", 100, 0),
        ("def f(a: int, /, b: int, *, c: int) -> list:", 100, 0),
        ("def f(a: int | None = None) -> list:", 100, 0),
        ("def f(a: Literal['one two']) -> list:", 100, 0),
        ("def f(a: \"Literal['one two']\") -> list:", 100, 0),
    ],
)
def test_places_for_hints(signature: str, coverage: int, missing: int) -> None:
    text = f"{signature}\n{BODY}"
    assert (value("coverage", text), value("missing", text)) == (coverage, missing)


def test_one_finding_names_everything_that_lacks() -> None:
    text = "class A:\n    def m(self, a, b: int, *rest):\n        return a\n"
    (finding,) = inspected(text).findings
    assert (finding.code, finding.line, finding.column) == ("missing-hints", 2, 5)
    assert finding.message == "`A.m` has no type hint for `a`, `rest` and its result"


def test_what_is_bound_needs_no_hint() -> None:
    text = (
        "class A:\n"
        "    def __init__(self, x: int):\n        self.x = x\n"
        "    @classmethod\n    def made(cls, x: int) -> A:\n        return cls(x)\n"
        "    @staticmethod\n    def twice(x: int) -> int:\n        return 2 * x\n"
    )
    assert said(text) == []
    assert value("coverage", text) == 100
    static = "class A:\n    @staticmethod\n    def f(x) -> int:\n        return x\n"
    assert value("missing", static) == 1


def test_a_function_without_any_hint() -> None:
    text = f"def f(a):\n{BODY}def p(a: int):\n{BODY}def g(a: int):\n{BODY}def h():\n    print(1)\n"
    assert value("functions_without", text) == 2
    assert value("functions_without", GOOD) == 0
    assert value("functions_without", f"def f() -> None:\n    a = 1\n{BODY}") == 0


def test_nothing_comes_back_and_says_so() -> None:
    assert value("missing", "def f():\n    print(1)\n") == 1
    assert said("def f() -> None:\n    print(1)\n    return\n") == []
    assert said("def f() -> None:\n    return print(1)\n") == []


def test_inner_functions_and_lambdas_are_aside() -> None:
    text = "def f(a: int) -> list:\n    def g(b):\n        return b\n    return [lambda c: c]\n"
    assert value("coverage", text) == 100


def test_definitions_in_branches_count() -> None:
    text = "try:\n    import a\nexcept ImportError:\n    def a(x):\n        return x\n"
    assert value("missing", text) == 2


@pytest.mark.parametrize("any_", ["Any", "typing.Any", "t.Any", "object", '"Any"', '"typing.Any"'])
def test_trick_any_everywhere(any_: str) -> None:
    text = f"def add(a: {any_}, b: {any_}) -> {any_}:\n    return a + b\n"
    assert value("coverage", text) == 0
    assert value("missing", text) == value("any_hints", text) == 3
    assert said(text) == [("any-hint", "`add` allows anything for `a`, `b` and its result")]


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    def __eq__(self, other: object) -> bool:\n        return self is other\n",
        "class A:\n    def __getattr__(self, name: str) -> Any:\n        return self.x[name]\n",
        "def f(*args: Any, **kwargs: Any) -> int:\n    return g(*args, **kwargs)\n",
        "def f(value: object) -> str:\n    return 'n' if isinstance(value, int) else 's'\n",
        "def f(value: object) -> str:\n    match value:\n        case 1:\n            return 'n'\n",
        "def f(values: list[Any]) -> int:\n    return len(values)\n",
    ],
)
def test_where_anything_may_come(text: str) -> None:
    assert said(text) == []
    assert value("coverage", text) == 100


def test_passing_on_anything_is_no_merit() -> None:
    assert inspected("def f(*args: Any) -> int:\n    return 1\n").facts.counts["hinted"] == 1
    assert value("missing", "def f(*args: Any):\n    return 1\n") == 1


@pytest.mark.parametrize("remark", ["1", "...", '""', '"the first number"', '"?"'])
def test_trick_a_hint_that_is_no_type(remark: str) -> None:
    assert value("coverage", f"def f(a: {remark}) -> list:\n{BODY}") == 50


@pytest.mark.parametrize(
    "given_back", ["return a + 1", "return a", "return [a]", "yield a", "yield"]
)
@pytest.mark.parametrize("none", ["None", '"None"'])
def test_trick_none_comes_back_everywhere(given_back: str, none: str) -> None:
    text = f"def f(a: int) -> {none}:\n    {given_back}\n"
    assert value("coverage", text) == 50
    kind = "an iterator, since it yields," if "yield" in given_back else "a value"
    assert said(text) == [("wrong-hint", f"`f` says `-> None` and gives {kind} back")]
    inner = f"def f(a: int) -> None:\n    def g() -> int:\n        {given_back}\n    print(g)\n"
    assert said(inner) == []


STUBS = (
    "def f(a: int) -> int:\n    pass\n",
    'def f(a: int) -> int:\n    """Doc."""\n    ...\n',
    "def f(a: int) -> None:\n    return None\n",
    "def f(a):\n    raise NotImplementedError('later')\n",
    "@overload\ndef f(a: int) -> int: ...\n",
)


@pytest.mark.parametrize("stub", STUBS)
def test_trick_functions_that_do_nothing(stub: str) -> None:
    # A statement that raises counts in a share, and needs no hint.
    state = State.OK if "raise" in stub else State.NOT_APPLICABLE
    assert inspected(stub).state is state
    assert all(measure.value(inspected(stub).facts, None) is None for measure in CHECK.measures)
    bad = "def g(a):\n    return a\n"
    assert inspected(stub * 9 + bad).facts == inspected(bad).facts


def test_trick_no_functions_at_all() -> None:
    for text in ("x = 1\n", "print(1)\n", "class A:\n    x: int\n", "f = lambda x: x\n", ""):
        assert inspected(text).state is State.NOT_APPLICABLE
        assert all(measure.value(inspected(text).facts, None) is None for measure in CHECK.measures)


def test_more_good_functions_hide_no_miss() -> None:
    bad = "def g(a):\n    return a\n"
    assert value("missing", bad) == value("missing", bad, GOOD * 50) == 2
    assert value("functions_without", bad, GOOD * 50) == 1


def test_evidence_is_what_a_measure_counts() -> None:
    codes = ("missing-hints-all", "missing-hints", "any-hint", "wrong-hint")
    heads = ("f(a)", "g(a: int)", "h(a: Any) -> list", "i(a: int) -> None")
    text = "".join(f"def {head}:\n{BODY}" for head in heads)
    findings = inspected(text).findings
    assert tuple(finding.code for finding in findings) == codes
    counted = {
        measure.id: [found.code for found in findings if measure.evidence(found, None)]
        for measure in CHECK.measures
    }
    assert counted == {
        "coverage": list(codes),
        "missing": list(codes),
        "functions_without": ["missing-hints-all"],
        "any_hints": ["any-hint"],
        "share_with_hints": list(codes),
    }
    assert CHECK.skips_tests


def test_deep_trees() -> None:
    chain = "".join(f"    elif a == {at}:\n        b = 1\n" for at in range(1_500))
    total = " + ".join(["a"] * 3_000)
    text = f"def f(a: Any) -> None:\n    if a:\n        b = 2\n{chain}    return {total}\n"
    top = "if a:\n    b = 2\n" + chain.replace("    elif", "elif") + GOOD
    sources = [SourceFile("code.py", one.encode()) for one in (text, top)]
    with room_for_recursion():  # which the parser needs, and the check must not
        assert all(source.tree for source in sources)
    deep, wide = (CHECK.inspect(source, CHECK.options(), ()) for source in sources)
    assert [finding.code for finding in deep.findings] == ["any-hint", "wrong-hint"]
    assert wide.facts.counts["hinted"] == 3


def test_the_lesson_shows_what_it_says() -> None:
    assert CHECK.lesson is not None
    (before,), (after,) = CHECK.lesson.before.values(), CHECK.lesson.after.values()
    assert said(before) and not said(after)
