"""The check ``docstrings``."""

from __future__ import annotations

import pytest

from grader.analysis.tools.recursion import room_for_recursion
from grader.checks.docstrings import CHECK
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.source import SourceFile


def inspected(text: str, path: str = "code.py") -> Inspection:
    """Return the inspection of ``text``."""
    return CHECK.inspect(SourceFile(path, text.encode()), CHECK.options(), ())


def value(name: str, *texts: str) -> object:
    """Return the value of the measure ``name`` for files with ``texts`` together."""
    measure = CHECK.measure(name)
    assert measure is not None
    return measure.value(Facts.merge(inspected(text).facts for text in texts), None)


def said(text: str, path: str = "code.py") -> list[tuple[str, str]]:
    """Return (code, message) of every finding in ``text``."""
    return [(finding.code, finding.message) for finding in inspected(text, path).findings]


TOP = '"""Figures for a list of numbers."""\n\n'


def function(doc: str, head: str = "def f():", body: str = "print(1)") -> str:
    """Return a documented file with one function whose docstring is ``doc``."""
    return f'{TOP}{head}\n    """{doc}"""\n    {body}\n'


GOOD = function(
    "Return the middle of the sorted numbers.", "def median(numbers):", "return numbers"
)


def test_what_wants_a_docstring() -> None:
    text = (
        "class Circle:\n"
        "    radius = 1\n"
        "    def __init__(self):\n        self.x = 1\n"
        "    def area(self):\n        return 1\n"
        "    def _hidden(self):\n        return 1\n"
        "    @property\n    def size(self):\n        return 1\n"
        "    @size.setter\n    def size(self, new):\n        self.x = new\n"
        "class _Own:\n"
        "    def method(self):\n        return 1\n"
        "async def fetch():\n"
        "    def inner():\n        return 1\n"
        "    return inner\n"
    )
    assert said(text) == [
        ("missing-docstring", "This file has no docstring"),
        ("missing-docstring", "`Circle` has no docstring"),
        ("missing-docstring", "`Circle.area` has no docstring"),
        ("missing-docstring", "`Circle.size` has no docstring"),
        ("missing-docstring", "`fetch` has no docstring"),
    ]
    assert (value("undocumented", text), value("coverage", text)) == (5, 0)


def test_all_is_well() -> None:
    assert said(GOOD) == []
    facts = inspected(GOOD).facts
    # Shares and rates need the statements of a program: test_function_shares.py.
    values = [each.value(facts, None) for each in CHECK.measures if each.parts is None]
    assert values == [100, 0, 100, 0, 0]
    assert CHECK.skips_tests


@pytest.mark.parametrize(
    ("name", "doc"),
    [
        ("average", "Return the average."),
        ("main", "Start the program."),
        ("add", "Add two numbers."),
        ("is_prime", "Tell whether a number is prime."),
        ("Circle", "A circle with a radius."),
        ("mean", "Der Mittelwert einer Liste."),
        ("mean", "返回平均值"),
        ("square", "Return a * a."),
        ("order", "isort: skip_file\n\n    Sort the imports of a file."),
        ("order", "Type: the kind of a thing."),
        ("order", "noqable lines of a file"),
        ("sort_rows", "Sort rows by their date.\n\n    Args:\n        rows: the rows\n    "),
    ],
)
def test_docstrings_that_say_something(name: str, doc: str) -> None:
    codes = [code for code, _ in said(function(doc, f"def {name}():"))]
    assert codes == []


DIRECTIVES = (
    "isort:skip_file",
    "isort: skip_file",
    "# fmt: off",
    "fmt: skip",
    "flake8: noqa",
    "noqa: E501, W291 and all the rest",
    "type: ignore[attr-defined]",
    "pylint: disable=missing-docstring, invalid-name",
    "mypy: ignore-errors",
    "pragma: no cover",
    "yapf: disable\n\n    isort: off\n    ",
)


@pytest.mark.parametrize(
    ("name", "doc", "why"),
    [
        ("calculate_average", "Calculates the average.", "says no more than its name"),
        ("calculate_average", "This function is calculating averages", "says no more"),
        ("CircleArea", "The class for a circle area.", "says no more than its name"),
        ("HTMLParser", "A parser of HTML.", "says no more than its name"),
        ("isprime", "This is prime.", "says no more than its name"),
        ("f", "a b c", "says no more than its name"),
        ("f", "This is a function.", "says no more than its name"),
        ("f", "Mean.", "fewer than 2 words"),
        ("f", "Does stuff.", "says no more than its name"),
        ("step", "Step 2.", "fewer than 2 words"),
        ("f", "word word word word", "fewer than 2 words"),
        ("f", "1 2 3 4 5", "fewer than 2 words"),
        ("f", "...", "fewer than 2 words"),
        ("f", "TODO: describe all of this later", "only holds a place"),
        ("f", "_summary_\n\n    Args:\n        a (_type_): _description_\n", "only holds a place"),
        ("f", "Write the docstring here.", "only holds a place"),
        *(("f", doc, "speaks to a tool alone") for doc in DIRECTIVES),
        ("f", "\n    :param a:\n    :param b:\n    :return:\n    ", "fewer than 2 words"),
        ("f", "\n    Args:\n        first:\n        second (int):\n    Returns:\n    ", "fewer"),
    ],
)
def test_trick_docstrings_that_say_nothing(name: str, doc: str, why: str) -> None:
    text = function(doc, f"def {name}(a):")
    assert (value("undocumented", text), value("coverage", text)) == (1, 50)
    ((code, message),) = said(text)
    assert code == "trivial-docstring" and why in message and f"`{name}`" in message


def test_trick_a_string_that_is_no_docstring() -> None:
    for first in ('f"""Return the {1} of all."""', 'x = 1\n    """Return the most of all."""'):
        assert value("undocumented", f"{TOP}def f():\n    {first}\n    return 1\n") == 1
    assert value("undocumented", f"{TOP}# Return the most.\ndef f():\n    return 1\n") == 1


def test_trick_one_docstring_for_everything() -> None:
    each = '    """Do something very useful here."""\n    print(1)\n'
    text = TOP + "".join(f"def f{at}():\n{each}" for at in range(10))
    assert value("undocumented", text) == 8
    assert said(text)[0][1] == "The docstring of `f2` is the same as that of `f0`"
    classes = "".join(
        f'class {name}:\n    """Shape of the form {name}."""\n    def draw(self):\n    {each}'
        for name in ("Ann", "Bea", "Cyd", "Dee")
    ).replace("    print(1)", "        print(1)")
    assert value("undocumented", TOP + classes) == 0


def test_trick_functions_that_do_nothing() -> None:
    bad = f"{TOP}def g():\n    return 1\n"
    for body in ("pass", "...", "return", "return None", "raise NotImplementedError"):
        stub = f'def f():\n    """Return the middle of the numbers."""\n    {body}\n'
        assert inspected(bad + stub * 9).facts == inspected(bad).facts
        assert inspected(f"{bad}def f():\n    {body}\n").facts == inspected(bad).facts
    empty = 'class A:\n    """A thing of some use."""\n    def f(self):\n        pass\n'
    assert inspected(bad + empty * 9).facts == inspected(bad).facts


def test_trick_nothing_public() -> None:
    hidden = f"{TOP}def _g():\n    return 1\n"
    for text in (hidden, f"{TOP}print(1)\n", f"{TOP}x = 1\n"):
        assert all(measure.value(inspected(text).facts, None) is None for measure in CHECK.measures)
    for text in (f"{TOP}pass\n", '"""Doc."""\n', "", "# only a comment\n"):
        assert inspected(text).state is State.NOT_APPLICABLE


def test_no_docstrings_at_all_earn_nothing_for_their_arguments() -> None:
    text = "def f(a, b):\n    return a + b\n"
    assert value("undescribed_arguments", text) is None
    assert value("undescribed_returns", text) is None
    assert value("argument_coverage", text) == 0


def test_trick_taking_a_docstring_away() -> None:
    told = function("Add what was bought.", "def f(price):")
    assert value("argument_coverage", told) == value("argument_coverage", f"{TOP}{BARE}") == 0
    assert value("undocumented", f"{TOP}{BARE}") == 1


BARE = "def f(price):\n    print(1)\n"


def test_more_good_code_hides_no_miss() -> None:
    assert value("undocumented", BARE, *[GOOD] * 50) == value("undocumented", BARE) == 2


@pytest.mark.parametrize(
    ("head", "doc", "left_out"),
    [
        ("def f(price, tax):", "Add tax to the price.", ""),
        ("def f(price, tax):", "Add what the state wants.", "`price` and `tax`"),
        ("def f(tax_rates):", "Add the rate of the tax.", ""),
        ("def f(values):", "Turn each value around.", ""),
        ("def f(price, *args, _=1, **kwargs):", "Add what the state wants.", "`price`"),
        ("def f(price, /, *, tax):", "Add what the state wants.", "`price` and `tax`"),
        ("def f(price):", "Add it.\n\n    :param price: in euro, before tax", ""),
        ("def f(price):", "Add the priceless work of art.", "`price`"),
    ],
)
def test_arguments_that_the_docstring_names(head: str, doc: str, left_out: str) -> None:
    found = [message for code, message in said(function(doc, head)) if code.startswith("undescr")]
    expected = [f"The docstring of `f` does not mention {left_out}"] if left_out else []
    assert found == expected
    count = left_out.count("`") // 2
    assert value("undescribed_arguments", function(doc, head)) == count


@pytest.mark.parametrize(
    ("doc", "body", "flagged"),
    [
        ("Write the lines to disk.", "return 1", True),
        ("Prints all of the lines.", "return 1", True),
        ("Write the lines to disk.", "yield 1", True),
        ("Write the lines to disk.", "return", False),
        ("Write the lines to disk.", "return None", False),
        ("Write the lines to disk.", "return self", False),
        ("Write the lines to disk.", "print(lambda: (yield 1))", False),
        ("Write the lines; return how many.", "return 1", False),
        ("The number of lines.", "return 1", False),
        ("Count the lines on disk.", "return 1", False),
        ("Schreibt die Zeilen auf.", "return 1", False),
        ("Count it.\n\n    Args:\n        lines: the lines\n    ", "return 1", True),
        ("Count it.\n\n    :param lines: the lines\n    :return: how many", "return 1", False),
    ],
)
def test_results_that_the_docstring_leaves_open(doc: str, body: str, flagged: bool) -> None:
    text = function(doc, body=f"print(1)\n    {body}")
    assert value("undescribed_returns", text) == flagged
    assert value("undocumented", text) == 0
    assert [code for code, _ in said(text)] == ["undescribed-return"] * flagged


def test_what_gives_its_result_in_another_way() -> None:
    for head in ("def main():", "@property\ndef f():", "@contextmanager\ndef f():"):
        text = function("Run all of it at once.", head, "return 1")
        assert value("undescribed_returns", text) == 0


def test_an_overriding_method_has_the_docstring_of_its_base() -> None:
    base = f'{TOP}class A:\n    """A thing with an area."""\n'
    base += '    def area(self):\n        """Return square metres."""\n        raise E\n'
    heir = 'class {}({}):\n    """A thing of one kind."""\n    def area(self):\n        return 1\n'
    assert said(base + heir.format("B", "A") + heir.format("C", "B[int]")) == []
    assert value("undocumented", base + heir.format("B", "Other")) == 1
    around = heir.format("B", "C") + heir.format("C", "B")
    assert value("undocumented", base + around) == 2


def test_override_needs_a_base() -> None:
    heir = (
        'class B{}:\n    """A thing of one kind."""\n    @override\n    def f(self):\n        g()\n'
    )
    assert value("undocumented", TOP + heir.format("(A)")) == 0
    assert value("undocumented", TOP + heir.format("")) == 1


def test_a_package_that_only_gathers_names() -> None:
    assert inspected("from a import b\n", "p/__init__.py").state is State.NOT_APPLICABLE
    assert said("def f():\n    return 1\n", "p/__init__.py")[0][1] == "This file has no docstring"


def test_places_and_evidence() -> None:
    text = function("Write what it is.", "@cached\ndef f(price):", "return 1") + BARE
    text += 'def g():\n    """TODO"""\n    print(1)\n'
    findings = inspected(text).findings
    assert [(found.line, found.column, found.code) for found in findings] == [
        (5, 5, "undescribed-arguments"),
        (5, 5, "undescribed-return"),
        (7, 1, "missing-docstring"),
        (10, 5, "trivial-docstring"),
    ]
    counted = {
        measure.id: [found.code for found in findings if measure.evidence(found, None)]
        for measure in CHECK.measures
    }
    misses = ["missing-docstring", "trivial-docstring"]
    assert counted == {
        "coverage": misses,
        "undocumented": misses,
        "argument_coverage": ["undescribed-arguments", *misses],
        "undescribed_arguments": ["undescribed-arguments"],
        "undescribed_returns": ["undescribed-return"],
        "share_documented": misses,
        "rate_undocumented": misses,
    }


def test_deep_and_long_sources() -> None:
    chain = "".join(f"    elif a == {at}:\n        b = 1\n" for at in range(1_500))
    total = " + ".join(["a"] * 3_000)
    deep = function(
        "Write it down.", "def f(a):", f"if a:\n        b = 2\n{chain}    return {total}"
    )
    top = "if a:\n    b = 2\n" + chain.replace("    elif", "elif") + GOOD
    sources = [SourceFile("code.py", one.encode()) for one in (deep, top)]
    with room_for_recursion():  # which the parser needs, and the check must not
        assert all(source.tree for source in sources)
    first, second = (CHECK.inspect(source, CHECK.options(), ()) for source in sources)
    assert first.facts.counts["undescribed_returns"] == 1
    assert second.facts.counts["documented"] == 1


@pytest.mark.timeout(20)
@pytest.mark.parametrize("part", ["a", " ", "_", "(", "a ", "a:", "\n", ":param ", "[", "*", "A"])
def test_huge_docstrings_take_no_time(part: str) -> None:
    assert inspected(function(part * 200_000, "def f(first_name):", "return 1")).findings


def test_the_lesson_shows_what_it_says() -> None:
    assert CHECK.lesson is not None
    (before,), (after,) = CHECK.lesson.before.values(), CHECK.lesson.after.values()
    assert said(before) and not said(after)
