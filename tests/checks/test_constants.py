"""The check ``constants``."""

from __future__ import annotations

import pytest

from grader.analysis.tools.recursion import room_for_recursion
from grader.checks.constants import CHECK
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.source import SourceFile


def look(text: str, *, path: str = "code.py") -> Inspection:
    return CHECK.inspect(SourceFile(path, text.encode()), CHECK.options(), ())


def value(measure_id: str, facts: Facts) -> object:
    measure = CHECK.measure(measure_id)
    assert measure is not None
    return measure.value(facts, None)


def lower(text: str) -> list[str]:
    """Return the constants in ``text`` that are not in capital letters."""
    found = look(text).findings
    return [each.message.split("`")[1] for each in found if each.code == "constant-not-upper"]


@pytest.mark.parametrize(
    "right",
    [
        "19",
        "-0.5",
        "60 * 60 * 24",
        "'a' 'b'",
        "b'x'",
        "True",
        "(1, 2)",
        "(1, ('a', -2))",
        "frozenset({1, 2})",
        "['mon', 'tue']",
        "{'a': 1, 'b': [1, 2]}",
        "{1, 2}",
        "'-' * 40",
        "2 * LIMIT",
    ],
)
@pytest.mark.parametrize("left", ["rate", "_rate", "Rate", "rate: int", "rate: Final"])
def test_values_that_never_change(left: str, right: str) -> None:
    assert lower(f"{left} = {right}\nprint(1)\n") == [left.split(":")[0]]


@pytest.mark.parametrize(
    "text",
    [
        "RATE = 1\n",
        "_RATE = 1\n",
        "__version__ = '1'\n",
        "_ = 1\n",
        "T = TypeVar('T')\n",
        "Vector = list[float]\n",
        "Number = int | float\n",
        "Name: TypeAlias = 'list[str]'\n",
        "logger = logging.getLogger('x')\n",
        "total = compute()\n",
        "total = a + b\n",
        "other = LIMIT\n",
        "text = f'{name}'\n",
        "found = []\n",
        "cache = {}\n",
        "app = None\n",
        "squares = [n * n for n in range(3)]\n",
        "if __name__ == '__main__':\n    width = 5\n",
        "for name in [1, 2]:\n    width = 5\n",
        "while True:\n    width = 5\n",
        "class Color(Enum):\n    red = 1\n",
        "def draw():\n    width = 5\n    return width\n",
        "from django.urls import path\nurlpatterns = [1]\n",
    ],
)
def test_what_is_no_constant(text: str) -> None:
    assert lower(text) == []


@pytest.mark.parametrize(
    "change",
    [
        "score = 2\n",
        "score += 1\n",
        "del score\n",
        "def win():\n    global score\n    score = 2\n",
        "for score in range(3):\n    pass\n",
        "import score\n",
        "from a import b as score\n",
        "def score():\n    pass\n",
        "class score:\n    pass\n",
        "with load() as score:\n    pass\n",
        "if (score := load()):\n    pass\n",
        "try:\n    pass\nexcept OSError as score:\n    pass\n",
        "if a:\n    score = 3\n",
        "[score, other] = load()\n",
    ],
)
def test_a_name_bound_twice_may_change(change: str) -> None:
    assert lower("score = 1\n" + change) == []


@pytest.mark.parametrize(
    "change",
    [
        "board.append(1)\n",
        "def play():\n    board.pop()\n",
        "board[0] = 1\n",
        "board[0][1] = 1\n",
        "board[0].append(1)\n",
        "board[0] += 1\n",
        "board += [1]\n",
        "del board[0]\n",
        "random.shuffle(board)\n",
        "tools.play(board)\n",
        "row = board[0]\nrow[0] = 1\n",
        "for row in board:\n    row.append(1)\n",
        "def play(game):\n    game.append(1)\n\n\nplay(board)\n",
        "def play(game):\n    move(game)\n\n\ndef move(g):\n    g[0] = 1\n\n\nplay(board)\n",
        "def play(game):\n    move(game)\n\n\ndef move(g):\n    g[0] = 1\n\n\nplay(game=board)\n",
        "self.board = board\n",
    ],
)
def test_a_list_that_changes_is_no_constant(change: str) -> None:
    assert "board" not in lower("board = [[1, 2], [3]]\n" + change)


@pytest.mark.parametrize(
    "use",
    [
        "print(board, len(board), board[0], board.index(1))\n",
        "for row in board:\n    print(row)\n",
        "def show(game):\n    print(sorted(game))\n\n\nshow(board)\n",
        "numbers = load()\nnumbers.append(1)\nnumbers.extend(board)\n",
        "random.choice(board)\n",
    ],
)
def test_a_list_that_is_only_read_is_one(use: str) -> None:
    assert lower("board = [[1, 2], [3]]\n" + use) == ["board"]


def test_pairs_and_chains() -> None:
    assert lower("width, height = 3, 4\nleft = right = 5\n") == ["width", "height", "left", "right"]


def test_the_message_spells_the_name() -> None:
    found = look("x = f()\nmaxSpeed = 3\n")
    (finding,) = found.findings
    assert finding.message == "`maxSpeed` never changes: as a constant it is `MAX_SPEED`"
    assert (finding.code, finding.line, finding.column) == ("constant-not-upper", 2, 1)
    assert value("not_upper", found.facts) == 1


def test_constants_that_are_read_count() -> None:
    text = "LIMIT = 3\nNAMES = ['a']\nUNUSED = 1\nrate = 2\nprint(LIMIT, NAMES, rate)\n"
    assert value("constants", look(text).facts) == 2


def test_padding_with_constants_raises_nothing() -> None:
    text = "LIMIT = 3\nprint(LIMIT)\nrate = 2\n"
    more = text + "".join(f"A{at} = {at}\n" for at in range(50))
    assert look(text).facts == look(more).facts


@pytest.mark.parametrize(
    "text",
    [
        "if True:\n    rate = 2\n",
        "try:\n    rate = 2\nfinally:\n    pass\n",
        "rate: float = 2\n",
        "rate = 1 + 1\n",
        "(rate, other) = (2, load())\n",
        "rate = (2)\n",
        "rate = 2\nif __name__ == '__main__':\n    print(rate)\n",
    ],
)
def test_a_constant_in_disguise(text: str) -> None:
    assert lower(text) == ["rate"]


def test_a_number_is_written_as_the_file_has_it() -> None:
    text = "".join(f"def f{at}(a):\n    é = a * 0xFF11\n    return é\n\n\n" for at in range(4))
    found = look(text)
    (finding,) = found.findings
    assert finding.message == "`0xFF11` is used in 4 lines without a name"
    assert (finding.code, finding.line) == ("magic-number", 2)


def test_evidence() -> None:
    found = look(
        "rate = 2\n\n\ndef f(a):\n    open('a.csv')\n    b('a.csv')\n    return a * 1.21\n"
    )
    told = {
        measure.id: [each.code for each in found.findings if measure.evidence(each, None)]
        for measure in CHECK.measures
    }
    assert told == {
        "not_upper": ["constant-not-upper"],
        "not_upper_rate": ["constant-not-upper"],
        "constants": [],
        "magic_numbers": ["magic-number"],
        "repeated_texts": ["repeated-text"],
    }


def test_nothing_to_judge() -> None:
    for text in ("", "# comment\n", '"""Doc."""\n'):
        assert look(text).state is State.NOT_APPLICABLE
    assert CHECK.skips_tests


def test_deep_trees() -> None:
    branches = "".join(f"elif x == {at}:\n    price{at} = {at}\n" for at in range(2_500))
    text = f"if x:\n    pass\n{branches}total = {' + '.join(['1'] * 3_000)}\n"
    with room_for_recursion():
        facts = look(text).facts
    assert value("not_upper", facts) == 2_501
    assert value("magic_numbers", facts) == 0


def test_deep_conditions() -> None:
    tests = " or ".join(f"(x > 5 and y < {at})" for at in range(3_000))
    choices = " if x else ".join(["1"] * 900)
    text = f"def f(x, y):\n    a = {choices}\n    return {tests}\n"
    with room_for_recursion():
        facts = look(text).facts
    # several different numbers in one function are one finding
    assert value("magic_numbers", facts) == 1


def test_long_chains_of_names() -> None:
    links = "".join(f"a{at} = a{at - 1}\n" for at in range(1, 3_000))
    assert "a0" not in lower(f"a0 = [1]\n{links}a2999.append(2)\n")
