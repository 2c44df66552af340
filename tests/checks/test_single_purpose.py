"""The check ``single_purpose``."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings

from grader.analysis.tools.recursion import room_for_recursion
from grader.checks.single_purpose import CHECK
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.source import SourceFile
from tests.checks.test_check_laws import padded


def look(text: str) -> Inspection:
    source = SourceFile("code.py", text.encode())
    with room_for_recursion():  # for the parser; the check itself gets by without
        assert source.tree
    return CHECK.inspect(source, CHECK.options(), ())


def codes(text: str) -> list[str]:
    return [finding.code for finding in look(text).findings]


def measure(name: str, facts: Facts) -> Fraction | None:
    found = CHECK.measure(name)
    assert found is not None
    return found.value(facts, None)


def function(*lines: str, name: str = "work", given: str = "") -> str:
    return f"def {name}({given}):\n" + "".join(f"    {line}\n" for line in lines)


ADDING = ("total = 0", "for price in prices:", "    total += price")


@pytest.mark.parametrize(
    "lines",
    [
        (*ADDING, "print(total)"),
        (*ADDING, "print('adding')", "return total"),
        ("total = 0", "for line in open(path):", "    total += float(line)", "return total"),
        ("degrees = float(input())", "return (degrees - 32) * 5 / 9"),
        ("print('dividing')", "return a / b"),
        ("for a in b:", "    x = a * a", "    print(x)", "return x"),
        ("a = x * y", "b = a / z", "c = a - b", "print(c)"),
        ("for a in b:", "    y = a ** 2", "plt.plot(b, y)"),
        ("total = 0", "while total < 9:", "    total += float(input())"),
        ("area = w * h", "print(area)", "return area"),
        ("area = w * h", "print(area)", "return area, w"),
    ],
)
def test_functions_that_mix(lines: tuple[str, ...]) -> None:
    text = "import matplotlib.pyplot as plt\n\n\n" + function(*lines)
    assert codes(text) == ["mixes-io-and-computing"]


@pytest.mark.parametrize(
    "lines",
    [
        (*ADDING, "return total"),
        ("print('-' * 20)", "for row in rows:", "    print(row)"),
        ("for number, row in enumerate(rows):", "    print(number + 1, row)"),
        ("width = longest + 2", "print(name.ljust(width))"),
        ("for a in b:", "    x = a * a", "    keep.append(x)", "    print(x)"),
        ("tries = 0", "while tries < 3:", "    tries += 1", "    print(tries)"),
        ("text = ''", "for line in open(path):", "    text += line", "return text"),
        ("return [float(line) for line in open(path)]",),
        ("with open(path) as stream:", "    return stream.read().split()"),
        (
            "while True:",
            "    try:",
            "        return int(input())",
            "    except E:",
            "        ask()",
        ),
        ("with open(path) as stream:", "    return int(stream.read()) * 1024"),
        ("print('Hello ' + name)", "return 'Hello ' + name"),
        ("print(f'{a / b:.2f}')",),
        ("print('cannot', file=sys.stderr)", "return a / b"),
        ("self.print(a)", "return a * b"),
        ("def inner():", "    return a * b", "print(inner())"),
    ],
)
def test_functions_that_do_one_thing(lines: tuple[str, ...]) -> None:
    assert codes(function(*lines)) == []


def test_the_table_of_effects_says_what_talks() -> None:
    """Input and output are recognized by the table of effects."""
    imports = "import click\nimport cv2\nimport pandas as pd\nimport pygame\nimport sqlite3\n"
    imports += "import warnings\n\nbase = sqlite3.connect('shop.db')\n\n\n"
    talk = (
        "click.echo('adding')",
        "prices = pd.read_csv('prices.csv')",
        "cv2.imwrite('prices.png', picture)",
        "base.commit()",
    )
    for line in talk:
        assert codes(imports + function(line, *ADDING, "keep(total)")) == ["mixes-io-and-computing"]
    # No output: a warning is not a result, and a game loads a picture to draw it.
    for line in ("warnings.warn('no prices')", "pygame.image.load('coin.png')", "base.close"):
        assert codes(imports + function(line, *ADDING, "keep(total)")) == []


def test_main_may_put_things_together() -> None:
    lines = (*ADDING, "print(total)")
    assert codes(function(*lines, name="main")) == []
    assert codes(function(*lines, name="maintain")) == ["mixes-io-and-computing"]


def test_a_print_of_ones_own_does_not_talk() -> None:
    assert codes(function("pass", name="print") + function("print(a)", "return a * b")) == []


@pytest.mark.parametrize(
    "lines",
    [
        ("if True:", "    total = 0", "    for a in b:", "        total += a", "    print(total)"),
        ("total = int()", "for a in b:", "    total += a", "[print(total)]"),
        ("total = 0.0", "for a in b:", "    total = total + a * 1", "print(total)"),
        ("say = lambda: print(total)", *ADDING, "say()"),
    ],
)
def test_computing_and_talking_in_other_words(lines: tuple[str, ...]) -> None:
    assert codes(function(*lines)) == ["mixes-io-and-computing"]


def phase(name: str) -> tuple[str, ...]:
    return (f"{name} = []", f"for item in given:\n        {name}.append(item)", f"show({name})")


def test_several_phases() -> None:
    assert codes(function(*phase("a"), *phase("b"), *phase("c"))) == ["several-phases"]
    assert codes(function(*phase("a"), *phase("b"))) == []


def test_a_name_that_begins_anew_binds_nothing_together() -> None:
    assert codes(function(*phase("a") * 3)) == ["several-phases"]


def test_phases_that_build_on_each_other_are_one_task() -> None:
    assert codes(function(*phase("a"), *phase("b"), *phase("c"), "tell(a, b, c)")) == []
    chain = ("a = get()", "a = f(a)", "show(a)", "b = g(a)", "b = f(b)", "show(b)", "c = h(b)")
    assert codes(function(*chain, "c = f(c)", "show(c)")) == []


def test_drawing_on_one_canvas_is_one_task() -> None:
    def side(name: str) -> tuple[str, ...]:
        return (f"{name} = 1", f"canvas.move({name})", f"canvas.line({name})")

    text = function(*side("a"), *side("b"), *side("c"), given="canvas")
    assert codes(text) == []


def test_an_init_sets_many_things() -> None:
    lines = (*phase("a"), *phase("b"), *phase("c"))
    assert codes(function(*lines, name="__init__")) == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("load_and_process", ["and-in-name"]),
        ("read_numbers_and_print_report", ["and-in-name"]),
        ("_calculate_and_show", ["and-in-name"]),
        ("mean_and_deviation", []),
        ("black_and_white", []),
        ("search_and_replace", []),
        ("get_name_and_age", []),
        ("brand_new", []),
        ("and_then", []),
        ("load_and_", []),
    ],
)
def test_names_of_two_things(name: str, found: list[str]) -> None:
    assert codes(function("return 1", name=name)) == found


def test_a_function_counts_once() -> None:
    text = function(*ADDING, "print(total)", name="add_and_print") + function("return 1", name="f")
    found = look(text)
    assert [finding.line for finding in found.findings] == [1, 1]
    values = {one.id: one.value(found.facts, None) for one in CHECK.measures}
    assert values == {"unfocused_functions": 1, "mixed_functions": 1, "several_phases": 0}


def test_good_functions_and_stubs_change_nothing() -> None:
    bad = function(*ADDING, "print(total)")
    more = bad + function("return 1", name="one") + function("...", name="load_and_save") * 20
    for one in CHECK.measures:
        assert one.value(look(bad).facts, None) == one.value(look(more).facts, None)


def test_statements_without_effect_split_no_phase() -> None:
    pads = tuple(f"'{at}'" for at in range(30)) + ("pass",) * 30
    assert codes(function(*phase("a"), *phase("b"), *pads)) == []


def test_deep_trees() -> None:
    chain = "    if x:\n        a(x)\n" + "    elif x:\n        print(x)\n" * 5_000
    assert codes(f"def f(x):\n{chain}") == []
    total = " + ".join(["x * 2"] * 2_000)
    text = function(f"a = {total}", "print(a)", "return a", given="x")
    assert codes(text) == ["mixes-io-and-computing"]


def test_many_statements_take_linear_time() -> None:
    lines = [f"a{at} = a{at - 1} * 2" for at in range(1, 5_000)]
    assert codes(function("a0 = 1", *lines)) == []


@settings(max_examples=150)
@given(padded())
def test_padding_changes_no_measure(pair: tuple[str, str]) -> None:
    plain, more = map(look, pair)
    assert plain.state is more.state
    for one in CHECK.measures:
        assert one.value(plain.facts, None) == one.value(more.facts, None)


def test_padding_a_function_changes_no_measure() -> None:
    text = function(*phase("a"), *phase("b"), *phase("c"))
    assert look(text).facts == look(text.replace("\n", "\n\n# part\n")).facts


def test_nothing_to_judge() -> None:
    for text in ("", "# comment\n", '"""Doc."""\n', "x = 1\n", "def f():\n    pass\n"):
        assert look(text).state is State.NOT_APPLICABLE
    assert CHECK.skips_tests


def test_every_code_has_words() -> None:
    for words in (CHECK.guidance, *CHECK.guidance_by_code.values()):
        assert words.explanation and words.how_to_fix and words.url.startswith("https://")
