"""The check ``tests_present``: tests that exist, can fail and test something."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.analysis.tools.recursion import room_for_recursion
from grader.checks.tests_present import CHECK
from grader.domain.inspection import Facts, Finding, Inspection, State
from grader.domain.source import SourceFile
from tests.checks.test_check_laws import BLOCKS, PADDING, padded

SHAPES = (
    "def area(a, b):\n    return a * b\n\n\n"
    "def border(a, b):\n    return 2 * (a + b)\n\n\n"
    "class Box:\n    def volume(self):\n        return self.a\n\n"
    "    def _hidden(self):\n        return self.a\n"
)
IMPORT = "from shapes import area, border\n\n\n"


def together(files: Mapping[str, str]) -> dict[str, Inspection]:
    sources = [SourceFile(path, text.encode()) for path, text in sorted(files.items())]
    outline = tuple((source.path, source.sha256) for source in sources)
    found = {}
    for source in sources:
        one = CHECK.inspect(source, CHECK.options(), CHECK.context(source.path, outline))
        if one.state is State.OK:
            found[source.path] = one
    assert CHECK.combine is not None
    result = dict(CHECK.combine(found, CHECK.options()))
    assert set(result) == set(found)
    return result


def values(files: Mapping[str, str]) -> dict[str, Any]:
    facts = Facts.merge(one.facts for one in together(files).values())
    return {each.id: each.value(facts, None) for each in CHECK.measures}


def found(files: Mapping[str, str], *codes: str) -> list[Finding]:
    all_ = (each for one in together(files).values() for each in one.findings)
    return [each for each in all_ if each.code in codes]


def one_test(body: str, *, head: str = IMPORT) -> dict[str, Any]:
    """Return the measures of a test with ``body``, beside the module ``shapes``."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return values({"shapes.py": SHAPES, "test_shapes.py": f"{head}def test_it():\n{lines}"})


def test_a_good_test_counts() -> None:
    assert one_test("assert area(2, 3) == 6\nassert border(1, 1) == 4") == {
        "tests": 1,
        "assertions": 2,
        "tests_without_assertion": 0,
        "functions_tested": 2,
        "coverage": Fraction(200, 3),
        "untested_functions": 1,
    }


def test_no_tests_at_all_are_no_tests_and_not_nothing_to_measure() -> None:
    found = values({"shapes.py": SHAPES})
    assert (found["tests"], found["assertions"], found["coverage"]) == (0, 0, 0)
    assert found["tests_without_assertion"] is None
    assert found["untested_functions"] == 3
    script = values({"script.py": "print(1)\n"})
    assert (script["tests"], script["coverage"], script["untested_functions"]) == (0, None, None)


@pytest.mark.parametrize(
    "body",
    [
        "assert area(2, 3) == 6",
        "assert area(2, 3)",
        "assert not area(0, 3)",
        "assert (area(2, 3), 1) == (6, 1)",
        "assert area(1, 2) == area(2, 1)",
        "x = area(1, 2)\nassert x == 2",
        "x = []\narea(x, 2)\nassert x == [2]",
        "x = 0\nfor y in area(1, 2):\n    x += 1\nassert x == 3",
        "called = False\ndef call():\n    nonlocal called\n    called = True\n"
        "area(call, 2)\nassert called",
        "with pytest.raises(ValueError):\n    area(1, 2)",
        "with raises(ValueError, match='x'):\n    area(1, 2)",
        "pytest.raises(ValueError, area, 1, 2)",
        "with pytest.warns(UserWarning):\n    area(1, 2)",
        "with pytest.raises(ValueError), area(1, 2):\n    pass",
        "np.testing.assert_allclose(area(1, 2), 2)",
        "assert_frame_equal(area(1, 2), expected)",
        "spy = Mock()\narea(spy, 2)\nspy.assert_called_once_with(1, 2)",
        "if area(1, 2) != 2:\n    pytest.fail('wrong')",
        "if area(1, 2) != 2:\n    raise AssertionError('wrong')",
        "try:\n    area(1, 2)\nexcept ValueError:\n    pass\nelse:\n    assert False, 'no error'",
        "try:\n    assert area(1, 2) == 2\nexcept AssertionError:\n    print('x')\n    raise",
        "for a in [1, 2]:\n    assert area(a, 1) == a",
        "while True:\n    assert area(1, 1)\n    break",
        "with suppress(KeyError):\n    assert area(1, 2) == 2",
        "if DEBUG:\n    return\nassert area(1, 2) == 2",
    ],
)
def test_assertions_that_can_fail(body: str) -> None:
    found = one_test(body)
    assert (found["tests"], found["assertions"], found["functions_tested"]) == (1, 1, 1)


@pytest.mark.parametrize(
    "body",
    [
        "assert True",
        "assert 1",
        "assert 'area'",
        "assert 1 + 1 == 2",
        "assert not False",
        "assert x == x",
        "assert x.y == x.y",
        "assert (area(1, 2), 2)",
        "assert [area(1, 2) == 3]",
        "assert {'a': area(1, 2)}",
        "assert f'x{area(1, 2)}'",
        "assert lambda: area(1, 2) == 3",
        "assert area(1, 2) == 3 or True",
        "assert area",
        "assert area is not None",
        "assert len(area(1, 2)) >= 0",
        "assert isinstance(area(1, 2), object)",
        "x = 2\nassert x == 2",
        "return\nassert area(1, 2) == 2",
        "pytest.skip('later')\nassert area(1, 2) == 2",
        "if False:\n    assert area(1, 2) == 2",
        "if 1:\n    pass\nelse:\n    assert area(1, 2) == 2",
        "while 0:\n    assert area(1, 2) == 2",
        "for x in []:\n    assert area(1, 2) == 2",
        "try:\n    assert area(1, 2) == 3\nexcept AssertionError:\n    pass",
        "try:\n    assert area(1, 2) == 3\nexcept:\n    print('x')",
        "try:\n    assert area(1, 2) == 3\nexcept (KeyError, Exception) as e:\n    print(e)",
        "with suppress(AssertionError):\n    assert area(1, 2) == 3",
        "with pytest.raises(ValueError):\n    raise ValueError",
        "with pytest.raises(Exception):\n    area(1, 2)",
        "with pytest.raises((ValueError, BaseException)):\n    area(1, 2)",
        "pytest.raises(Exception, area, 1, 2)",
        "assert str(area)",
        "assert callable(area) and area is not None",
        "assert len([area]) == 1",
        "assert len([area(1, 2)]) == 1",
        "assert area in [area]",
        "assert area.__name__ == 'area'",
        "assert str(area(1, 2)) is not None",
        "assert sorted([2, 1]) == [1, 2]",
        "def inner():\n    assert area(1, 2) == 2",
        "def inner():\n    assert area(1, 2) == 2\ninner",
        "def inner():\n    assert area(1, 2) == 2\n    inner()",
        "class Inner:\n    def check(self):\n        assert area(1, 2) == 2",
        "assert False",
        "area(1, 2)",
        "print(area(1, 2) == 2)",
        "'assert area(1, 2) == 2'",
        "# assert area(1, 2) == 2\npass",
    ],
)
def test_assertions_that_cannot_fail_count_nothing(body: str) -> None:
    measured = one_test(f"area(1, 2)\n{body}")
    assert (measured["tests"], measured["assertions"], measured["coverage"]) == (0, 0, 0)
    assert measured["tests_without_assertion"] == 1
    files = {"test_a.py": f"def test_it():\n    {body.splitlines()[0]}\n"}
    if body.startswith("assert") and "area" not in body:
        (finding,) = found(files, "assertion-cannot-fail")
        assert finding.line == 2


@pytest.mark.parametrize(
    "call",
    [
        "assertTrue(True)",
        "assertTrue('text', area(1, 2))",
        "assertEqual(1, 1)",
        "assertEqual(x, x)",
        "assertIsNotNone(area)",
    ],
)
def test_unittest_assertions_that_cannot_fail(call: str) -> None:
    text = f"class T(unittest.TestCase):\n    def test_a(self):\n        self.{call}\n"
    files = {"shapes.py": SHAPES, "test_a.py": IMPORT + text}
    assert (values(files)["tests"], values(files)["coverage"]) == (0, 0)
    assert len(found(files, "assertion-cannot-fail")) == 1


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        ("class TestA:\n    def test_a(self):\n        assert area(1, 2) == 2\n", 1),
        ("class TestA:\n    def testa(self):\n        assert area(1, 2) == 2\n", 1),
        ("class A(TestCase):\n    def test_a(self):\n        self.assertEqual(area(1, 2), 2)\n", 1),
        ("class A(Base):\n    def test_a(self):\n        assert area(1, 2)\n", 0),
        ("class A(BaseTest):\n    def test_a(self):\n        assert area(1, 2)\n", 1),
        (
            "class TestA:\n    def __init__(self):\n        pass\n"
            "    def test_a(self):\n        assert area(1, 2)\n",
            0,
        ),
        ("async def test_a():\n    assert await area(1, 2)\n", 1),
        (
            "if True:\n    pass\nif sys.version_info > X:\n"
            "    def test_a():\n        assert area(1, 2)\n",
            1,
        ),
        ("def check_a():\n    assert area(1, 2)\n", 0),
        ("def test_a():\n    def test_b():\n        assert area(1, 2)\n", 0),
    ],
)
def test_what_is_a_test(text: str, tests: int) -> None:
    assert values({"shapes.py": SHAPES, "tests/test_a.py": IMPORT + text})["tests"] == tests


@pytest.mark.parametrize(
    "mark",
    [
        "@pytest.mark.skip",
        "@pytest.mark.skip(reason='later')",
        "@unittest.skip('later')",
        "@pytest.mark.skipif(True, reason='x')",
        "@pytest.mark.xfail",
        "@pytest.mark.xfail(reason='x')",
        "@unittest.expectedFailure",
    ],
)
def test_skipped_tests_count_nothing(mark: str) -> None:
    text = f"{IMPORT}{mark}\ndef test_a():\n    assert area(1, 2) == 2\n"
    files = {"shapes.py": SHAPES, "test_a.py": text}
    assert (values(files)["tests"], values(files)["functions_tested"]) == (0, 0)
    (finding,) = found(files, "test-not-counted")
    assert "skipped" in finding.message
    whole = f"{IMPORT}pytestmark = pytest.mark.skip\n\ndef test_a():\n    assert area(1, 2) == 2\n"
    assert values({"shapes.py": SHAPES, "test_a.py": whole})["tests"] == 0


@pytest.mark.parametrize("mark", ["@pytest.mark.skipif(OLD, reason='x')", "@pytest.mark.slow"])
def test_a_condition_skips_no_test(mark: str) -> None:
    text = f"{IMPORT}{mark}\ndef test_a():\n    assert area(1, 2) == 2\n"
    assert values({"shapes.py": SHAPES, "test_a.py": text})["tests"] == 1


def test_copies_and_replaced_tests_count_once() -> None:
    one = "def {}():\n    # {}\n    assert area(1, 2) == 2\n\n\n"
    many = IMPORT + "".join(one.format(f"test_{at}", at) for at in range(50))
    files = {"shapes.py": SHAPES, "test_a.py": many, "test_b.py": many}
    assert (values(files)["tests"], values(files)["assertions"]) == (1, 1)
    twice = IMPORT + "def test_a():\n    assert area(1, 2) == 2\n\n\n" * 2
    assert values({"shapes.py": SHAPES, "test_a.py": twice})["tests"] == 1
    assert one_test("assert area(1, 2) == 2\n" * 30)["assertions"] == 1


def test_the_same_words_about_other_things_are_no_copy() -> None:
    test = "from {} import solve\n\n\ndef test_a():\n    assert solve(1) == 2\n"
    work = "def solve(x):\n    return x + 1\n"
    files = {
        "a.py": work,
        "b.py": work,
        "test_a.py": test.format("a"),
        "test_b.py": test.format("b"),
    }
    assert (values(files)["tests"], values(files)["functions_tested"]) == (2, 2)
    through = "from {} import solve\n\n\ndef work():\n    return solve(1)\n\n\n"
    through += "def test_a():\n    assert work() == 2\n"
    files |= {"test_a.py": through.format("a"), "test_b.py": through.format("b")}
    assert values(files)["tests"] == 2
    assert values({**files, "test_c.py": files["test_b.py"]})["tests"] == 2
    prepared = (
        "class {0}(TestCase):\n    size = {1}\n\n"
        "    def test_a(self):\n        self.assertTrue(area(1, self.size))\n"
    )
    text = IMPORT + prepared.format("A", 1) + prepared.format("B", 2)
    assert values({"shapes.py": SHAPES, "test_a.py": text})["tests"] == 2
    plain = "class {}:\n    def test_a(self):\n        assert area(1, 2) == 2\n"
    text = IMPORT + plain.format("TestA") + plain.format("TestB")
    assert values({"shapes.py": SHAPES, "test_a.py": text})["tests"] == 1


def test_a_test_of_nothing_of_the_program_counts_nothing() -> None:
    text = f"{IMPORT}def test_a(tmp_path):\n    x = sorted(LIST)\n    assert x == [1]\n"
    files = {"shapes.py": SHAPES, "test_a.py": text}
    assert values(files)["tests"] == 0
    (finding,) = found(files, "test-not-counted")
    assert "nothing of your program" in finding.message
    elsewhere = "def test_a():\n    assert os.getcwd() == x\n"
    assert values({"shapes.py": SHAPES, "test_a.py": elsewhere})["tests"] == 0


def test_naming_without_trying_out_is_no_cover() -> None:
    named = (
        "area\nborder\nassert callable(border)\nassert hasattr(border, 'x')\n"
        "if False:\n    border(1, 2)\nassert area(1, 2) == 2\nreturn\nborder(3, 4)"
    )
    assert one_test(named)["functions_tested"] == 1
    assert one_test("area(1, 2)\nborder(1, 2)")["functions_tested"] == 0


NUMBERS = (
    "def it(number):\n    result = number + 1\n    return result\n\n\n"
    "def save(number):\n    with open('x') as file:\n        file.write(number)\n\n\n"
    "def load():\n    with open('x') as file:\n        return file.read()\n"
)


def tried(body: str, *, more: str = "") -> set[str]:
    """Return which of the functions `it`, `save` and `load` a test with ``body`` tests."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    text = f"from numbers_tools import it, load, save\n\n\n{more}def test_it(capsys):\n{lines}"
    files = {"numbers_tools.py": NUMBERS, "test_numbers.py": text}
    missed = [each.message.split("`")[1] for each in found(files, "untested-function")]
    return {"it", "save", "load"} - set(missed)


@pytest.mark.parametrize(
    "body",
    [
        "assert it(1) == 2",
        "x = it(1)\ny = x + 1\nassert y == 3",
        "x = [1]\nit(x)\nassert x == [2]",
        "for number in (1, 2):\n    assert it(number) == number + 1",
        "for call in [it]:\n    assert call(1) == 2",
        "assert list(map(it, [1])) == [2]",
        "assert sorted([2, 1], key=it) == [1, 2]",
        "assert retry(it, 3) == 4",
        "def inner():\n    return it(1)\nassert inner() == 2",
        "def inner():\n    assert it(1) == 2\ninner()",
        "with pytest.raises(TypeError):\n    it('a')",
        "with pytest.raises(Exception, match='no number'):\n    it('a')",
        "with pytest.raises(Exception) as caught:\n    it('a')\nassert 'no' in str(caught.value)",
        "try:\n    it('a')\nexcept TypeError as error:\n    assert 'no' in str(error)",
        "pytest.raises(TypeError, it, 'a')",
        "it(1)\nassert capsys.readouterr().out == '2'",
        "with redirect_stdout(buffer):\n    it(1)\nassert buffer.getvalue() == '2'",
        "@it\ndef inner():\n    return 1\nassert inner() == 2",
    ],
)
def test_an_outcome_that_an_assertion_looks_at_is_tried_out(body: str) -> None:
    assert tried(body) == {"it"}


@pytest.mark.parametrize(
    "body",
    [
        "it(1)\nassert str(it)",
        "it(1)\nassert 1 + 1 == 2",
        "it(1)\nx = [1]\nassert len(x) == 1",
        "it(1)\nimport math\nassert math.sqrt(4) == 2",
        "x = it(1)\ny = 2\nassert y == 2",
        "x = it\nassert x",
        "assert [it][0] is it",
        "assert inspect.signature(it)",
        "assert print(it) is None",
        "with pytest.raises(TypeError):\n    it()",
        "with pytest.raises(TypeError):\n    it(1, 2)",
        "with pytest.raises(TypeError):\n    it(1, number=2)",
        "pytest.raises(TypeError, it)",
        "try:\n    it()\nexcept TypeError as error:\n    assert error",
        "assert it != 3",
    ],
)
def test_an_outcome_that_nothing_looks_at_is_not_tried_out(body: str) -> None:
    assert tried(body) == set()


def test_what_gives_nothing_back_is_seen_by_what_it_leaves_behind() -> None:
    assert tried("save(1)\nassert load() == '1'") == {"save", "load"}
    assert tried("save(1)\nassert open('x').read() == '1'") == {"save"}
    assert tried("assert load() == '1'\nsave(1)") == {"load"}
    assert tried("it(1)\nassert load() == '1'") == {"load"}


def test_the_outcome_of_a_helper_is_followed_too() -> None:
    helper = "def made():\n    save(3)\n    number = it(1)\n    return number\n\n\n"
    assert tried("assert made() == 2", more=helper) == {"it"}
    assert tried("made()\nassert 1 + 1 == 2", more=helper) == set()
    check = "def check(number):\n    assert number == 2\n\n\n"
    assert tried("check(it(1))", more=check) == {"it"}
    assert tried("it(1)\ncheck(load())", more=check) == {"load"}
    cases = "CASES = [(it, 1)]\n\n\n"
    assert tried("for call, x in CASES:\n    assert call(x) == 2", more=cases) == {"it"}
    assert tried("assert len(CASES) == 1", more=cases) == set()
    text = (
        "from numbers_tools import it\n\n\n@cases([{'found': it(1), 'wanted': 2}])\n"
        "def test_it(**case):\n    assert case['found'] == case['wanted']\n"
    )
    assert values({"numbers_tools.py": NUMBERS, "test_a.py": text})["functions_tested"] == 1


def test_what_set_up_makes_is_tried_out_where_a_test_looks_at_it() -> None:
    text = (
        "from numbers_tools import it, load\n\n\nclass ItTest(TestCase):\n"
        "    def setUp(self):\n        self.made = it(1)\n\n"
        "    def test_it(self):\n        self.assertEqual({}, 2)\n"
    )
    for looked_at, count in (("self.made", 1), ("load()", 1), ("self.made + load()", 2)):
        files = {"numbers_tools.py": NUMBERS, "test_a.py": text.format(looked_at)}
        assert values(files)["functions_tested"] == count
        assert ("it" in str(found(files, "untested-function"))) == ("made" not in looked_at)


def test_a_property_is_tried_out_by_reading_it_and_a_method_by_a_call() -> None:
    box = (
        "class Box:\n    @property\n    def size(self):\n        return self.a\n\n"
        "    def volume(self):\n        return self.a ** 3\n"
    )
    head = "from box import Box\n\n\ndef test_box():\n    assert {}\n"
    for said, count in (("Box().size == 1", 1), ("Box().volume() == 1", 1), ("Box().volume", 0)):
        assert values({"box.py": box, "test_a.py": head.format(said)})["functions_tested"] == count


@pytest.mark.parametrize(
    ("head", "call", "tested"),
    [
        ("from shapes import area", "area(1, 2)", 1),
        ("from shapes import area as space", "space(1, 2)", 1),
        ("import shapes", "shapes.area(1, 2)", 1),
        ("import shapes as s", "s.area(1, 2)", 1),
        ("from shapes import *", "area(1, 2)", 1),
        ("from shapes import Box", "Box().volume()", 1),
        ("from other import area", "area(1, 2)", 0),
        ("import shapes", "area(1, 2)", 0),
        ("from shapes import border", "x.area(border, 1)", 2),
    ],
)
def test_names_are_followed_to_the_module_that_defines_them(
    head: str, call: str, tested: int
) -> None:
    assert one_test(f"assert {call} == 2", head=f"{head}\n\n\n")["functions_tested"] == tested


@pytest.mark.parametrize(
    ("path", "head"),
    [
        ("src/shapes.py", "from shapes import area"),
        ("src/draw/shapes.py", "from draw.shapes import area"),
        ("src/draw/shapes.py", "from draw import shapes\narea = shapes.area"),
        ("src/draw/shapes.py", "from draw import area"),
        ("src/draw/shapes.py", "import draw\narea = draw.area"),
        ("hw1/shapes.py", "from hw1.shapes import area"),
        ("tests/../shapes.py", "from shapes import area"),
    ],
)
def test_modules_wherever_they_lie(path: str, head: str) -> None:
    inside = {"src/draw/__init__.py": "from .shapes import area\n"} if "draw" in path else {}
    test = f"{head}\n\n\ndef test_a():\n    assert area(1, 2) == 2\n"
    files = {path.replace("tests/../", ""): SHAPES, "tests/test_a.py": test, **inside}
    assert values(files)["functions_tested"] == 1
    assert values(files)["tests"] == 1


def test_helpers_fixtures_and_set_up_are_followed() -> None:
    text = (
        "import pytest\nfrom shapes import Box, area, border\n\n"
        "SQUARES = [area(1, 1)]\n\n"
        "def check(a, b):\n    assert border(a, b) == 4\n\n"
        "def test_check():\n    check(1, 1)\n\n"
        "def test_squares():\n    assert SQUARES == [1]\n\n"
        "class TestBox(TestCase):\n"
        "    def setUp(self):\n        self.box = Box()\n\n"
        "    def test_volume(self):\n        self.assertEqual(self.box.volume(), 3)\n"
    )
    assert values({"shapes.py": SHAPES, "test_a.py": text}) == {
        "tests": 3,
        "assertions": 3,
        "tests_without_assertion": 0,
        "functions_tested": 3,
        "coverage": 100,
        "untested_functions": 0,
    }
    conftest = "from shapes import Box\n\n@pytest.fixture\ndef box():\n    return Box()\n"
    use = "def test_volume(box):\n    assert box.volume() == 3\n"
    files = {"shapes.py": SHAPES, "tests/conftest.py": conftest, "tests/test_a.py": use}
    assert (values(files)["tests"], values(files)["functions_tested"]) == (1, 1)


def test_a_helper_that_asserts_nothing_helps_nothing() -> None:
    text = f"{IMPORT}def check(x):\n    pass\n\n\ndef test_a():\n    check(area(1, 2))\n"
    measured = values({"shapes.py": SHAPES, "test_a.py": text})
    assert (measured["tests"], measured["tests_without_assertion"]) == (0, 1)


def test_parameters_of_a_test_are_named_by_it() -> None:
    text = (
        f"{IMPORT}@pytest.mark.parametrize('call', [area, border])\n"
        "def test_a(call):\n    assert call(0, 0) == 0\n"
    )
    assert values({"shapes.py": SHAPES, "test_a.py": text})["functions_tested"] == 2


def test_a_program_run_as_a_whole_is_tried_out() -> None:
    text = "def test_a():\n    assert run(['python', 'shapes.py']).returncode == 0\n"
    measured = values({"shapes.py": SHAPES, "test_a.py": text})
    assert (measured["tests"], measured["functions_tested"]) == (1, 0)


def test_tests_beside_the_functions_they_test() -> None:
    text = SHAPES + (
        "\n\nclass AreaTest(unittest.TestCase):\n"
        "    def setUp(self):\n        self.a = 1\n\n"
        "    def test_area(self):\n        self.assertEqual(area(1, 2), 2)\n"
    )
    measured = values({"shapes.py": text})
    assert (measured["tests"], measured["functions_tested"]) == (1, 1)
    assert measured["untested_functions"] == 2


@pytest.mark.parametrize(
    ("doc", "tests"),
    [
        (">>> area(1, 2)\n    2", 1),
        (">>> for x in (1, 2):\n    ...     print(area(x, 1))\n    1\n    2", 1),
        (">>> area(1, 2)", 0),
        (">>> 1 + 1\n    2", 0),
        (">>> print(1)\n    1", 0),
        (">>> area(\n    2", 0),
        (">>> area(1, 2)  # doctest: +SKIP\n    2", 0),
        ("Call area(1, 2) to get 2.", 0),
    ],
)
def test_a_doctest_that_calls_something_is_one_test(doc: str, tests: int) -> None:
    text = f'def area(a, b):\n    """Area.\n\n    {doc}\n    """\n    return a * b\n'
    measured = values({"shapes.py": text})
    assert (measured["tests"], measured["functions_tested"]) == (tests, tests)


@pytest.mark.parametrize(
    "text",
    [
        "def _area():\n    return x\n",
        "def main():\n    run()\n",
        "def area():\n    pass\n",
        'def area():\n    """Doc."""\n    ...\n',
        "def area():\n    return 1\n",
        "def area():\n    return -1\n",
        "def area(a):\n    return a\n",
        'def area():\n    """Doc."""\n    a = 1\n    b = (2 + 3)\n    return a\n',
        "def area():\n    a: int = 1\n    pass\n",
        "def area():\n    raise NotImplementedError('later')\n",
        "class _Box:\n    def area(self):\n        return self.a\n",
        "class Box:\n    def __init__(self):\n        self.a = 1\n",
        "def _f():\n    def area():\n        return x\n    return area\n",
    ],
)
def test_what_needs_no_test(text: str) -> None:
    measured = values({"shapes.py": text})
    assert (measured["coverage"], measured["untested_functions"]) == (None, None)


def test_trivial_functions_with_trivial_tests_raise_nothing() -> None:
    good = {
        "shapes.py": SHAPES,
        "test_a.py": f"{IMPORT}def test_a():\n    assert area(1, 2) == 2\n",
    }
    trivial = "".join(f"def f{at}():\n    return {at}\n\n\n" for at in range(9))
    tests = "from more import *\n\n\ndef test_all():\n    assert " + " == ".join(
        f"f{at}()" for at in range(9)
    )
    more = values({**good, "more.py": trivial, "test_more.py": tests + "\n"})
    assert more["functions_tested"] == values(good)["functions_tested"] == 1
    assert more["coverage"] == values(good)["coverage"]


def test_findings_stand_at_what_is_missing() -> None:
    test = f"{IMPORT}def test_a():\n    area(1, 2)\n"
    files = {"shapes.py": SHAPES, "test_a.py": test}
    assert [(each.line, each.message) for each in found(files, "untested-function")] == [
        (1, "No test tries out `area`"),
        (5, "No test tries out `border`"),
        (10, "No test tries out `Box.volume`"),
    ]
    (finding,) = found(files, "test-without-assertion")
    assert (finding.line, finding.message) == (4, "`test_a` asserts nothing that can fail")
    shown = {each.id for each in CHECK.measures if each.evidence(finding, None)}
    assert shown == {"tests", "assertions", "tests_without_assertion"}


def test_more_tests_take_nothing_from_others() -> None:
    one = {"shapes.py": SHAPES, "test_a.py": f"{IMPORT}def test_a():\n    assert area(1, 2) == 2\n"}
    more = {**one, "test_b.py": f"{IMPORT}def test_b():\n    assert border(1, 2) == 6\n"}
    assert (values(one)["tests"], values(more)["tests"]) == (1, 2)
    assert (values(one)["functions_tested"], values(more)["functions_tested"]) == (1, 2)


@pytest.mark.slow
def test_deep_trees() -> None:
    chain = "    if x == 0:\n        pass\n" + "".join(
        f"    elif x == {at}:\n        pass\n" for at in range(1, 5_000)
    )
    total = " + ".join(["area(1, 2)"] * 3_000)
    deep = f"{IMPORT}def test_a():\n{chain}    assert {total} == 6_000\n"
    with room_for_recursion():
        assert values({"shapes.py": SHAPES, "test_a.py": deep})["tests"] == 1


def test_words_of_each_code() -> None:
    codes = ("untested-function", "test-without-assertion", "assertion-cannot-fail")
    assert len({CHECK.guidance_for(code) for code in (*codes, "test-not-counted", "other")}) == 5
    assert not CHECK.skips_tests


@pytest.mark.parametrize("text", ["", "# comment\n", '"""Doc."""\n'])
def test_nothing_to_say(text: str) -> None:
    source = SourceFile("test_a.py", text.encode())
    assert CHECK.inspect(source, CHECK.options(), ()).state is State.NOT_APPLICABLE
    stub = SourceFile("a.pyi", b"def f() -> int: ...\n")
    assert CHECK.inspect(stub, CHECK.options(), ()).state is State.NOT_APPLICABLE


@pytest.mark.slow
@settings(max_examples=80)
@given(padded(), BLOCKS, st.lists(PADDING, max_size=3))
def test_padding_changes_no_measure(
    pair: tuple[str, str], block: list[str], padding: list[str]
) -> None:
    tests = f"{IMPORT}def test_a():\n" + "".join(f"    {line}\n" for line in block)
    more = tests.replace("\n", "\n" + "".join(f"{line}\n" for line in padding))
    plain = {"shapes.py": SHAPES, "a.py": pair[0], "test_a.py": tests}
    assert values(plain) == values({"shapes.py": SHAPES, "a.py": pair[1], "test_a.py": more})
