"""The check ``hidden_characters``: invisible characters and look-alikes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.hidden_characters import CHECK
from grader.checks.hidden_characters.invisible import unseen_in
from grader.domain.characters import is_hidden
from grader.domain.inspection import Inspection, State

Inspect = Callable[..., Inspection]
Measure = Callable[..., object]

#: The examples of the paper on Trojan Source, and similar sources.
TROJANS = {
    "early return": "def f(x):\n    '''Take x. \u2067''' ;return\n    return x\n",
    "commenting out": "if a:\n  '''\u202e } \u2066if a\u2069 \u2066 begin admins'''\n  b()\n",
    "stretched string": "if a != 'user\u202e \u2066# Check if admin\u2069 \u2066':\n    b()\n",
    "a mark": "x = 'a\u200fb'\n",
    "an arabic mark": "# \u061c1\n",
}
INVISIBLE = (
    *("\u00ad", "\u200b", "\u2060", "\u180e", "\ufeff", "\u2028", "\u2029", "\U000e0041"),
    *("\u034f", "\u115f", "\u3164", "\uffa0", "\u2800", "\u2061", "\ufff9", "\u200c", "\u200d"),
    *("\ufe0f", "\ufe00", "\U000e0100"),
)


def found_in(inspect: Inspect, text: str) -> list[tuple[str, int, int]]:
    found = inspect("hidden_characters", text)
    assert found.state is State.OK
    return [(one.code, one.line, one.column) for one in found.findings]


@pytest.mark.parametrize("name", TROJANS)
def test_a_line_that_runs_otherwise_than_it_looks(inspect: Inspect, name: str) -> None:
    found = found_in(inspect, TROJANS[name])
    assert found and {code for code, _, _ in found} == {"bidi-control"}


@pytest.mark.parametrize("character", INVISIBLE)
def test_what_nobody_sees(inspect: Inspect, measure: Measure, character: str) -> None:
    found = inspect("hidden_characters", f"\ufeffx = 1\ny = 'ab{character}c'\n")
    assert [(one.code, one.line, one.column) for one in found.findings] == [
        ("invisible-character", 2, 8)
    ]
    assert f"U+{ord(character):04X}" in found.findings[0].message
    assert measure("hidden_characters", "hidden_characters", found.facts) == 1
    assert measure("hidden_characters", "look_alike_names", found.facts) == 0


def test_it_is_found_in_a_name_a_comment_and_a_docstring(inspect: Inspect) -> None:
    assert found_in(inspect, "'''Do\u200bc.'''\nna\u3164me = 1  # a\u2060b\n") == [
        ("invisible-character", 1, 6),
        ("invisible-character", 2, 3),
        ("invisible-character", 2, 15),
    ]


def test_a_line_full_of_it_is_told_once(inspect: Inspect, measure: Measure) -> None:
    found = inspect("hidden_characters", "x = '" + "\u200b" * 1_000 + "\u2060'\ny = '\u200b'\n")
    assert [(one.line, one.column) for one in found.findings] == [(1, 6), (1, 1006), (2, 6)]
    assert measure("hidden_characters", "hidden_characters", found.facts) == 3


@pytest.mark.parametrize(
    "text",
    [
        "x = 'na\u00efve caf\u00e9 \u9577\u3044 \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d'\n",
        "x = '\u2600\ufe0f \U0001f468\u200d\U0001f469\u200d\U0001f467 1\ufe0f\u20e3'\n",
        "x = '\u2764\ufe0f\u200d\U0001f525'\n",
        "x = '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'\n",
        "x = '\u0915\u094d\u200d\u0937'\n",
        "# 1\u00a0000 \u2009 \u3000 \u202f\n",
        "x = '\ue0b0 \uf8ff'\n",
        "x = '\u0600\u0661'\n",
        "x = '\\u202e \\u200b'\n",
        "x = 'Vie\u0323\u0302t'\n",
    ],
)
def test_how_people_write(inspect: Inspect, text: str) -> None:
    assert found_in(inspect, text) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "s\u0441ope = 1\nprint(s\u0441ope)\n",
            "`s\u0441ope` is not `scope`: it holds U+0441 CYRILLIC SMALL LETTER ES",
        ),
        (
            "\u0441\u043e\u0440 = 1\ncop = 2\n",
            "`\u0441\u043e\u0440` is not `cop`: it holds U+0441 CYRILLIC SMALL LETTER ES",
        ),
        (
            "\u0391dmin = 1\n",
            "`\u0391dmin` is not `Admin`: it holds U+0391 GREEK CAPITAL LETTER ALPHA",
        ),
        ("\uff45\uff58\uff45\uff43('1')\n", "Python reads `\uff45\uff58\uff45\uff43` as `exec`"),
        ("\ufb01nd = 1\n", "Python reads `\ufb01nd` as `find`"),
    ],
)
def test_a_name_that_looks_like_another(
    inspect: Inspect, measure: Measure, text: str, told: str
) -> None:
    found = inspect("hidden_characters", text)
    assert [(one.code, one.message) for one in found.findings] == [("look-alike-name", told)]
    assert measure("hidden_characters", "look_alike_names", found.facts) == 1
    assert measure("hidden_characters", "hidden_characters", found.facts) == 0


@pytest.mark.parametrize(
    "text",
    [
        "\u0394t = \u03c3_x = \u03bc = 1\n",
        "\u043f\u0440\u0438\u0432\u0435\u0442 = 1\n",
        "\u0441\u043e\u0440 = 1\n",
        "\u0441\u0447\u0451\u0442_x = 1\n",
        "na\u00efve = gr\u00f6\u00dfe = 1\n",
        "\u210f = \u00b5 = 1\n",
        "x = 's\u0441ope'  # s\u0441ope\n",
    ],
)
def test_names_in_other_alphabets_are_names(inspect: Inspect, text: str) -> None:
    assert found_in(inspect, text) == []


def test_each_measure_counts_its_own_findings(inspect: Inspect) -> None:
    found = inspect("hidden_characters", "s\u0441ope = '\u200b'\n")
    for measure, codes in zip(
        CHECK.measures, ({"invisible-character"}, {"look-alike-name"}), strict=True
    ):
        assert {one.code for one in found.findings if measure.evidence(one, None)} == codes


def test_a_file_of_comments_is_looked_at_and_earns_nothing(
    inspect: Inspect, measure: Measure
) -> None:
    found = inspect("hidden_characters", "# \u202e\n")
    assert [one.code for one in found.findings] == ["bidi-control"]
    assert measure("hidden_characters", "hidden_characters", found.facts) == 1
    empty = inspect("hidden_characters", "# nothing\n")
    assert measure("hidden_characters", "hidden_characters", empty.facts) is None


def test_each_code_has_its_own_guidance(inspect: Inspect) -> None:
    found = inspect("hidden_characters", "s\u0441ope = '\u200b \u202e'\n")
    assert len({CHECK.guidance_for(one.code) for one in found.findings}) == 3


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"])))
def test_every_place_holds_what_it_says_and_all_of_ascii_is_seen(text: str) -> None:
    lines = text.split("\n")
    for one in unseen_in(text):
        assert lines[one.line - 1][one.column - 1] == one.character
        assert is_hidden(one.character) and not one.character.isascii()
