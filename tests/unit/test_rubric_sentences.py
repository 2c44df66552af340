"""The sentences about mistakes in a rubric: all of them at once, and in a teacher's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.catalog import CATALOG
from grader.domain.errors import BadRubric, RubricProblem
from grader.domain.rubric.reading import examine
from grader.engine.rubric_text import read_rubric_text

SEVEN = """\
exercise: Numbers 1
course: mlops
title: My exercise
python: 3.10
total: 30
criteria:
  style:
    title: Style
    pionts: 10
    check: flake8
    scale: {measure: violations_rate, full_at: 0, zero_at: 60}
  short:
    title: Short
    points: 10
    check: function_length
    scale: {measure: functions_over, full_at: 0, zero_at: 10}
  style:
    title: Again
    points: &five 5
    check: manual
  imports:
    title: Imports
    points: *five
    check: isort
    options: {profile: blak}
    files: "*.py"
"""


def problems(text: str) -> tuple[RubricProblem, ...]:
    with pytest.raises(BadRubric) as caught:
        read_rubric_text(text, CATALOG)
    return caught.value.problems


def test_mistakes_of_yaml_form_and_names_are_listed_in_one_go_and_in_order() -> None:
    found = [(one.line, one.message, one.suggestion) for one in problems(SEVEN)]
    assert found == [
        (1, "should be at most 64 small letters, digits, - and _, such as hw-1", ""),
        (4, 'should be a version in quotes, such as "3.11"', ""),
        (9, "unknown key", "points"),
        (10, "no check 'flake8'", "style"),
        (
            16,
            "the measure functions_over needs a limit, such as limit: 20 (logical lines)",
            "",
        ),
        (17, "this key is here twice", ""),
        (19, "anchors (&five) are not allowed: text that begins with & needs quotes", ""),
        (23, "aliases (*five) are not allowed: text that begins with * needs quotes", ""),
        (24, "no check 'isort'", "import_order"),
        (26, "should be a list: put [ ] around it", ""),
    ]


def test_the_line_is_shown_with_carets_below_the_key_and_its_value() -> None:
    by_line = {one.line: one.excerpt for one in problems(SEVEN)}
    assert by_line[9] == "    pionts: 10\n    ^^^^^^^^^^"
    assert by_line[23] == "    points: *five\n            ^^^^^"
    long = SEVEN.replace("Numbers 1", "x" * 60_000)
    assert all(len(one.excerpt) <= 205 for one in problems(long))


def test_a_mistake_brings_no_mistakes_that_follow_from_it() -> None:
    right = SEVEN.replace("Numbers 1", "numbers").replace("3.10", '"3.10"')
    right = right.replace("flake8", "style").replace(
        "  style:\n    title: Again", "  hand:\n    title: H"
    )
    right = right.replace("&five ", "").replace("*five", "5").replace('"*.py"', '["*.py"]')
    right = right.replace("isort\n    options: {profile: blak}", "manual").replace(
        "full_at: 0, zero_at: 10", "limit: 9, full_at: 0, zero_at: 10"
    )
    # Not the total, which nobody can add up without the points.
    assert [one.message for one in problems(right)] == ["unknown key"]
    assert [
        one.path
        for one in problems(
            right.replace("pionts", "points").replace("files", "exclude: [a]\n    exclude")
        )
    ] == [("criteria", "imports", "exclude")]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        *(("flake8", "style"), ("pycodestyle", "style"), ("pep8", "style"), ("PEP-8", "style")),
        *(("black", "formatting"), ("Black", "formatting"), ("isort", "import_order")),
        *(("radon", "complexity"), ("cyclomatic", "complexity"), ("mccabe", "complexity")),
        *(
            ("pytest", "tests_present"),
            ("unittest", "tests_present"),
            ("unit tests", "tests_present"),
        ),
        *(("mypy", "type_hints"), ("annotations", "type_hints"), ("pydocstyle", "docstrings")),
        *(("stlye", "style"), ("flak8", "style"), ("dry", "duplication"), ("zzzz", "")),
    ],
)
def test_names_of_tools_and_lessons_suggest_the_check(word: str, meant: str) -> None:
    text = f"criteria: {{a: {{check: {word}}}}}"
    (problem,) = (one for one in problems(text) if one.path == ("criteria", "a", "check"))
    assert problem.suggestion == meant
    assert problem.message.startswith(f"no check {word!r}")
    assert ("there are answers, complexity," in problem.message) == (not meant)


def test_synonyms_are_no_ids_and_suggest_one_check_each() -> None:
    every = [word for check in CATALOG.values() for word in check.synonyms]
    assert len(every) == len(set(every)) and not set(every) & set(CATALOG)
    assert all(check.synonyms for check in CATALOG.values() if check.gradable)
    assert all(word == word.lower().replace("-", "_").replace(" ", "_") for word in every)


#: Words of pydantic and of programmers that no teacher has to know.
FOREIGN = re.compile(
    r"\b(Input|Field required|Extra inputs|pattern '|str(ing)? type|valid (string|dictionary|"
    r"integer|number|list|tuple|boolean)|instance|dict(ionary)?|tuple|pydantic|Decimal|NoneType|"
    r"bool(ean)?|validation|parse|unable|decimal_|JSON)\b|\^|\\d|\[a-z|\{0,|__"
)
WRONG: list[Any] = [
    *(None, True, -1, 0, 3, 10**9, 2.5, "", "words", "x" * 6_000, "\ud800", float("nan")),
    *([], [1], ["x" * 300], ["a"] * 200, {}, {"a": 1}, {1: 2}, {"from": []}, [[]], [{}], b"x"),
]


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of each value below ``value``, keys and indexes."""
    inside = dict(enumerate(value)) if isinstance(value, list) else value
    for key, below in inside.items() if isinstance(inside, dict) else ():
        yield (*path, key)
        yield from places(below, (*path, key))


def whole() -> dict[str, Any]:
    """Return a rubric that uses every key of the language, and every option of every check."""
    criteria: dict[str, Any] = {}
    for check in CATALOG.values():
        if check.gradable:
            options = {name: None for name in check.own_options}
            measure = check.measures[0].id
            scale = {"measure": measure, "limit": 3, "full_at": 0, "zero_at": 3, "levels": None}
            criteria[check.id] = {
                **{"title": "T", "points": 1, "check": check.id, "options": options},
                **{"scale": scale, "files": ["**"], "exclude": ["a"], "applies": "optional"},
                "caps_total_at": {"from": 1, "to": 2, "lifts_at": 60},
            }
    level = {"up_to": 1, "earns": 1, "label": "x"}
    criteria["style"]["scale"]["levels"] = [level, {"earns": 0, "label": "y"}]
    return {
        **{"exercise": "a", "course": "b", "title": "c", "description": "d", "python": "3.11"},
        **{"total": 9, "criteria": criteria, "smallest": {"statements": 3, "caps_total_at": 2}},
        "intake": dict.fromkeys(["notebooks", "max_upload", "max_entries", "max_file"], 1)
        | {"max_total": 1, "max_depth": 1},
        "feedback": {"patch": True, "tone": "strict"},
        "attempts": {"superseded": "skip"},
        "starter": {"a.py": "x = 1\n"},
        "names": ["calcTotal"],
    }


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """Return :func:`whole` with ``value`` at ``path``, and of the criteria only the path's."""
    data: Any = whole()
    if path[0] == "criteria" and len(path) > 1:
        data["criteria"] = {path[1]: data["criteria"][path[1]]}
    at = data
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    result: dict[str, Any] = data
    return result


def sentences(data: object) -> list[str]:
    return [problem.message for problem in examine(data, CATALOG)[1]]


PLACES = [*places(whole())]


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_no_sentence_about_a_wrong_value_is_for_programmers(path: tuple[str | int, ...]) -> None:
    for value in WRONG:
        for sentence in sentences(changed(path, value)):
            assert not FOREIGN.search(sentence), (path, value, sentence)
            assert sentence != "is no value that fits", (path, value)


@given(
    st.sampled_from(PLACES),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=5,
    ),
)
def test_no_sentence_at_all_is_for_programmers(path: tuple[str | int, ...], value: Any) -> None:
    for sentence in sentences(changed(path, value)):
        quoted = re.sub(r"'[^']*'|\"[^\"]*\"", "", sentence)
        assert not FOREIGN.search(quoted), (path, value, sentence)


@pytest.mark.parametrize(
    "measure", [one for check in CATALOG.values() for one in check.measures if one.takes_limit]
)
def test_a_missing_limit_comes_with_one_that_is_usual(measure: Any) -> None:
    check = next(each for each in CATALOG.values() if measure in each.measures)
    scale = {"measure": measure.id, "full_at": 0, "zero_at": 3}
    data = {"criteria": {"a": {"title": "T", "points": 1, "check": check.id, "scale": scale}}}
    told = sentences(data)
    assert any(f"such as limit: {measure.usual_limit.value}" in sentence for sentence in told), told


def test_the_example_of_a_missing_scale_is_a_right_one() -> None:
    for check in CATALOG.values():
        if not check.gradable:
            continue
        without = {"title": "T", "points": 1, "check": check.id}
        data = {"exercise": "a", "course": "b", "title": "c", "total": 1}
        ((_, told),) = [
            one.message.split("such as ")
            for one in examine(data | {"criteria": {"a": without}}, CATALOG)[1]
        ]
        text = "\n".join(f"{key}: {value}" for key, value in data.items())
        row = f"{{title: T, points: 1, check: {check.id}, scale: {told}}}"
        assert read_rubric_text(f"{text}\ncriteria: {{a: {row}}}\n", CATALOG)


def test_a_measure_of_another_check_is_said_to_be_there() -> None:
    scale = {"measure": "violations", "full_at": 0, "zero_at": 3}
    data = {"criteria": {"a": {"title": "T", "points": 1, "check": "formatting", "scale": scale}}}
    assert any("; for that, see style)" in sentence for sentence in sentences(data))


#: Mistakes of YAML's syntax in the rubric above: what is replaced by what, the line, the words.
SYNTAX = [
    ("total: 30", "total 30", 5, "a key needs a colon and a blank"),
    ("total: 30", "total:30", 5, "a key needs a colon and a blank"),
    ("title: My", "title: My: own", 3, "text with a colon needs quotes"),
    ("    pionts", "      pionts", 9, "the indentation is wrong"),
    ("    pionts", "   pionts", 9, "the indentation fits none of the lines above"),
    ("    pionts", "\tpionts", 9, "indent with spaces"),
    ("    pionts", "    - pionts", 9, "a list item (-) among keys"),
    ("full_at: 0, zero_at: 60}", "full_at: 0 zero_at: 60}", 11, "a comma or } is missing"),
    ("zero_at: 60}", "zero_at: 60", 12, "a comma or } is missing"),
    ("title: My", "title: `My`", 3, "text that begins with ` needs quotes"),
    ("title: My", "title: @My", 3, "text that begins with @ needs quotes"),
    ("title: My", 'title: "My', 3, "the quotes that begin here are not closed"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), SYNTAX)
def test_a_mistake_of_syntax_is_said_in_words_with_its_line(
    old: str, new: str, line: int, words: str
) -> None:
    text = SEVEN.replace('    files: "*.py"\n', "")
    (problem,) = problems(text.replace(old, new, 1))
    assert problem.message.startswith("not YAML: ") and words in problem.message
    assert problem.line == line
