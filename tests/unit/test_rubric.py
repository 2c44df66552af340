"""Rubrics are validated strictly: every mistake is named with its position."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.check import Catalog, Options
from grader.domain.errors import BadRubric, RubricProblem
from grader.domain.measures import count_measure
from grader.domain.rubric import CompiledRubric
from grader.domain.rubric.reading import read_rubric
from grader.domain.wording import nearest
from tests.unit.domain_material import (
    CATALOG,
    LintOptions,
    MendOptions,
    by_hand,
    check,
    compiled_rubric_of,
    criterion,
    document,
    rubric_of,
)


class Formatting(Options):
    line_length: int = 88


class ImportOrder(Options):
    line_length: int = 88
    profile: str = "black"


class Style(Options):
    max_line_length: int = 88
    select: tuple[str, ...] | None = None
    extend_ignore: tuple[str, ...] = ("E203", "W503", "E701", "E704")


TOOLS = {
    name: check(name, count_measure("complaints", "Complaints", "complaints"), options=options)
    for name, options in [
        ("formatting", Formatting),
        ("import_order", ImportOrder),
        ("style", Style),
    ]
} | {"mend": check("mend", options=MendOptions, gradable=False)}

LEVELS = [
    {"up_to": 0, "earns": 10, "label": "best"},
    {"up_to": 3, "earns": 5, "label": "good"},
    {"earns": 0, "label": "rest"},
]


def problems(data: object, catalog: Mapping[str, Any] = CATALOG) -> tuple[RubricProblem, ...]:
    with pytest.raises(BadRubric) as caught:
        read_rubric(data, catalog)
    for problem in caught.value.problems:
        assert str(problem) in caught.value.detail
    return caught.value.problems


def the_problem(data: object, catalog: Mapping[str, Any] = CATALOG) -> RubricProblem:
    (problem,) = problems(data, catalog)
    return problem


def one(**changes: Any) -> dict[str, Any]:
    return document({"it": criterion() | changes})


def scaled(check: str = "lint", **scale: Any) -> dict[str, Any]:
    return document({"it": criterion(check=check, scale=scale)})


def leveled(*levels: Mapping[str, Any], measure: str = "complaints") -> dict[str, Any]:
    return scaled(measure=measure, levels=list(levels))


def test_a_right_rubric_is_read_with_its_defaults() -> None:
    rubric = rubric_of({"it": criterion(2.5), "hand": by_hand(7.5)})
    assert rubric.total == Decimal(10)
    assert (rubric.python, rubric.feedback.patch) == ("3.11", True)
    assert rubric.feedback.tone == "standard"
    assert rubric.criteria["it"].files == ("**",)
    assert rubric.criteria["it"].applies == "required"


@pytest.mark.parametrize(
    ("change", "path", "suggestion"),
    [
        ({"totl": 1}, ("totl",), "total"),
        ({"intake": {"max_uplod": 1}}, ("intake", "max_uplod"), "max_upload"),
        ({"feedback": {"pach": True}}, ("feedback", "pach"), "patch"),
        ({"feedback": {"tome": "strict"}}, ("feedback", "tome"), "tone"),
        ({"attempts": {"supersede": "skip"}}, ("attempts", "supersede"), "superseded"),
        ({"zzz": 1}, ("zzz",), ""),
    ],
)
def test_unknown_key_comes_with_the_nearest(
    change: dict[str, Any], path: tuple[str, ...], suggestion: str
) -> None:
    problem = the_problem(document({"it": criterion()}, **change))
    listed = "" if suggestion else " (there are exercise, course, title,"
    assert problem.message.startswith(f"unknown key{listed}")
    assert (problem.path, problem.suggestion) == (path, suggestion)


def test_unknown_key_inside_a_criterion_comes_with_the_nearest() -> None:
    problem = the_problem(one(pionts=3))
    assert (problem.path, problem.suggestion) == (("criteria", "it", "pionts"), "points")
    problem = the_problem(scaled(measure="complaints", full_at=0, zero_at=1, limti=3))
    assert (problem.path, problem.suggestion) == (("criteria", "it", "scale", "limti"), "limit")
    problem = the_problem(leveled(LEVELS[0] | {"lable": "x"}, *LEVELS[1:]))
    assert problem.path == ("criteria", "it", "scale", "levels", 0, "lable")
    assert problem.suggestion == "label"
    assert str(problem) == "criteria.it.scale.levels.0.lable: unknown key (did you mean 'label'?)"


def test_unknown_check_comes_with_the_nearest() -> None:
    problem = the_problem(one(check="lnt"))
    assert problem.path == ("criteria", "it", "check")
    assert problem.suggestion == "lint"
    assert the_problem(one(check="manul")).suggestion == "manual"
    assert the_problem(one(check="mend")).message.startswith("no check 'mend' (there are lint,")


def test_unknown_measure_comes_with_the_nearest_and_all() -> None:
    problem = the_problem(scaled(measure="complaint", full_at=0, zero_at=1))
    assert problem.path == ("criteria", "it", "scale", "measure")
    assert problem.suggestion == "complaints"
    assert "complaints, uses" in problem.message


def test_unknown_option_comes_with_the_nearest() -> None:
    problem = the_problem(one(options={"widht": 3}))
    assert (problem.path, problem.suggestion) == (("criteria", "it", "options", "widht"), "width")
    problem = the_problem(one(options={"width": "wide"}))
    assert problem.path == ("criteria", "it", "options", "width")


@pytest.mark.parametrize("word", ["", "zzzzz", "Q"])
def test_nothing_is_near_a_strange_word(word: str) -> None:
    assert nearest(word, ["points", "total"]) == ""


def test_points_must_add_up() -> None:
    problem = the_problem(document({"a": criterion(3), "b": criterion(4)}) | {"total": 10})
    assert problem.path == ("total",)
    assert problem.message == "is 10, but the criteria add up to 7"


def test_every_mistake_is_told_at_once() -> None:
    criteria = {"a": criterion(check="lnt"), "b": criterion(options={"widht": 1})}
    paths = {each.path for each in problems(document(criteria) | {"total": 1})}
    assert paths == {("total",), ("criteria", "a", "check"), ("criteria", "b", "options", "widht")}


def test_missing_keys_are_told_by_their_place() -> None:
    data = one()
    del data["title"], data["criteria"]["it"]["points"]
    told = {(each.path, each.message) for each in problems(data)}
    assert told == {(("title",), "is missing"), (("criteria", "it", "points"), "is missing")}


@pytest.mark.parametrize(
    ("scale", "path", "words"),
    [
        ({"measure": "complaints", "full_at": 0}, (), "both needed"),
        ({"measure": "complaints"}, (), "both needed"),
        ({"measure": "complaints", "full_at": 1, "zero_at": 1}, ("zero_at",), "the same"),
        ({"measure": "complaints", "full_at": 3, "zero_at": 0}, ("full_at",), "wrong way"),
        ({"measure": "uses", "full_at": 0, "zero_at": 3}, ("full_at",), "wrong way"),
        ({"measure": "complaints", "full_at": -1, "zero_at": 3}, ("full_at",), "ever reaches"),
        ({"measure": "complaints", "full_at": 0, "zero_at": 3, "limit": 1}, ("limit",), "no limit"),
        (
            {"measure": "complaints", "full_at": 0, "zero_at": 1, "levels": LEVELS},
            ("levels",),
            "either levels",
        ),
    ],
)
def test_a_wrong_scale_is_told_at_its_key(
    scale: dict[str, Any], path: tuple[str, ...], words: str
) -> None:
    problem = the_problem(document({"it": criterion(scale=scale)}))
    assert problem.path == ("criteria", "it", "scale", *path)
    assert words in problem.message


def test_limit_is_needed_where_the_measure_takes_one() -> None:
    problem = the_problem(scaled("length", measure="functions_over", full_at=0, zero_at=3))
    assert problem.path == ("criteria", "it", "scale", "limit")
    assert "needs a limit" in problem.message
    rubric_of({"it": criterion(scale=dict(measure="uses", full_at=3, zero_at=0))})


def test_full_marks_must_be_in_reach() -> None:
    problem = the_problem(scaled("coverage", measure="share", full_at=101, zero_at=0))
    assert problem.path == ("criteria", "it", "scale", "full_at")
    scale = {"measure": "share", "full_at": 100, "zero_at": 0}
    assert rubric_of({"it": criterion(check="coverage", scale=scale)})


def test_scale_is_needed_but_by_hand() -> None:
    data = one()
    del data["criteria"]["it"]["scale"]
    assert the_problem(data).path == ("criteria", "it", "scale")
    both = by_hand(scale=criterion()["scale"], options={"width": 3})
    paths = [each.path for each in problems(document({"it": both}))]
    assert paths == [("criteria", "it", "options"), ("criteria", "it", "scale")]


@pytest.mark.parametrize(
    ("levels", "path", "words"),
    [
        (LEVELS[:2], (), "the last level has no up_to"),
        ([LEVELS[0], LEVELS[2], LEVELS[2]], (1,), "only the last"),
        ([LEVELS[0], LEVELS[1] | {"up_to": 0}, LEVELS[2]], (1, "up_to"), "must rise"),
        ([LEVELS[0], LEVELS[1] | {"up_to": -1}, LEVELS[2]], (1, "up_to"), "must rise"),
        ([LEVELS[0] | {"earns": 4}, LEVELS[1] | {"earns": 10}, LEVELS[2]], (), "a level of more"),
        ([LEVELS[0] | {"earns": 9}, *LEVELS[1:]], (), "the best level must earn the 10 points"),
        ([LEVELS[0] | {"earns": 11}, *LEVELS[1:]], (), "the best level must earn the 10 points"),
    ],
)
def test_wrong_levels_are_told_at_their_place(
    levels: list[dict[str, Any]], path: tuple[str | int, ...], words: str
) -> None:
    problem = the_problem(leveled(*levels))
    assert problem.path == ("criteria", "it", "scale", "levels", *path)
    assert words in problem.message


def test_levels_of_a_measure_that_is_better_higher_earn_more_and_more() -> None:
    rising = [LEVELS[0] | {"earns": 0}, LEVELS[1], LEVELS[2] | {"earns": 10}]
    assert read_rubric(leveled(*rising, measure="uses"), CATALOG)
    problem = the_problem(leveled(*LEVELS, measure="uses"))
    assert "a level of less may not earn more" in problem.message


def test_a_cap_must_be_one_that_can_be_lifted() -> None:
    data = document({"a": criterion(0, caps_total_at=4), "b": criterion(10)})
    problem = the_problem(data)
    assert problem.path == ("criteria", "a", "caps_total_at")
    assert rubric_of({"a": criterion(1, caps_total_at=4), "b": criterion(9)})


@pytest.mark.parametrize(
    ("cap", "path", "words"),
    [
        ("many", (), "should be a number"),
        ({"from": 4}, ("to",), "is missing"),
        ({"from": 4, "to": 9, "lifts_at": 60, "lift_at": 60}, ("lift_at",), "unknown key"),
        ({"from": 4, "to": 4, "lifts_at": 60}, ("to",), "`to` should be more than 4"),
        ({"from": 4, "to": 9, "lifts_at": 0}, ("lifts_at",), "above 0, at most 100"),
        ({"from": 4, "to": 9, "lifts_at": 101}, ("lifts_at",), "above 0, at most 100"),
        ({"from": "x", "to": 9, "lifts_at": 60}, ("from",), "should be a number"),
    ],
)
def test_each_mistake_in_a_cap_has_its_place(cap: Any, path: tuple[str, ...], words: str) -> None:
    problem = next(iter(problems(one(caps_total_at=cap))))
    assert problem.path == ("criteria", "it", "caps_total_at", *path)
    assert words in problem.message


def test_an_unknown_key_of_a_cap_comes_with_the_nearest() -> None:
    cap = {"from": 4, "to": 9, "lifts_at": 60, "lift_at": 60}
    assert the_problem(one(caps_total_at=cap)).suggestion == "lifts_at"


def test_points_come_in_tenths_as_the_ledger_does() -> None:
    assert rubric_of({"it": criterion(2.5)}).total == Decimal("2.5")
    assert {each.path for each in problems(document({"it": criterion(2.25)}))} == {
        ("total",),
        ("criteria", "it", "points"),
    }


def beside_black(other: str, options: Mapping[str, Any], **black: Any) -> dict[str, Any]:
    return document(
        {
            "black": criterion(check="formatting", options=black),
            "other": criterion(check=other, options=dict(options)),
        }
    )


@pytest.mark.parametrize(
    ("other", "options", "key", "words"),
    [
        ("style", {"max_line_length": 79}, "max_line_length", "80 to 88 characters"),
        ("style", {"select": ["W503"]}, "select", "W503"),
        ("style", {"select": ["E203"]}, "select", "E203"),
        ("style", {"select": ["F", "E2"], "extend_ignore": ["E"]}, "select", "E203"),
        ("style", {"select": ["W"], "extend_ignore": []}, "select", "W503"),
        ("style", {"extend_ignore": ["E701"]}, "extend_ignore", "E203"),
        ("import_order", {"profile": "google"}, "profile", "google"),
        ("import_order", {"line_length": 79}, "line_length", "isort wraps at 79, Black at 88"),
    ],
)
def test_contradictions_with_black_are_told(
    other: str, options: dict[str, Any], key: str, words: str
) -> None:
    found = problems(beside_black(other, options), TOOLS)
    assert {each.path for each in found} == {("criteria", "other", "options", key)}
    assert words in found[0].message


@pytest.mark.parametrize(
    ("other", "options"),
    [
        ("style", {}),
        ("style", {"max_line_length": 100}),
        ("style", {"select": ["E", "F", "W"]}),
        ("style", {"select": ["F"], "extend_ignore": []}),
        ("style", {"extend_ignore": ["E"]}),
        ("import_order", {"profile": "black"}),
    ],
)
def test_options_in_harmony_with_black_are_taken(other: str, options: dict[str, Any]) -> None:
    assert read_rubric(beside_black(other, options), TOOLS)


def test_defaults_are_held_against_black_too() -> None:
    assert the_problem(beside_black("style", {}, line_length=100), TOOLS).path == (
        *("criteria", "other", "options", "max_line_length"),
    )
    assert read_rubric(document({"it": criterion(check="style", options={"select": ["W"]})}), TOOLS)


@pytest.mark.parametrize(
    ("other", "options", "black"),
    [
        ("style", {}, {"line_length": "wide"}),
        ("style", {"max_line_length": []}, {}),
        ("style", {"select": 5}, {}),
        ("style", {"select": [1, {}]}, {}),
        ("style", {"extend_ignore": None}, {}),
        ("import_order", {"line_length": None}, {}),
        ("import_order", {"profile": {}}, {}),
        ("import_order", {1: 2}, {}),
    ],
)
def test_options_of_a_wrong_shape_are_told_once(
    other: str, options: dict[Any, Any], black: dict[str, Any]
) -> None:
    for problem in problems(beside_black(other, options, **black), TOOLS):
        assert problem.path[0] == "criteria" and problem.path[2] == "options"


def test_numbers_as_text_are_held_against_black_as_numbers() -> None:
    data = beside_black("style", {"max_line_length": "100"}, line_length="100")
    assert read_rubric(data, TOOLS)


@pytest.mark.parametrize("data", [None, [], "text", 3, [("exercise", "x")], b"", {1, 2}])
def test_what_is_no_map_is_told(data: object) -> None:
    assert the_problem(data).path == ()


NUMBERS: list[Any] = [
    *(True, False, None, "ten", "", [], {}, b"10", 3j, float("nan"), float("inf"), -1, -0.1),
    *(Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), 10**6000, 1e300, 1e-300, "9" * 9000),
    *("1e999999999", "1e-999999999", Decimal("1E+999999"), 0.1 + 0.2, 10_001, object()),
]


@pytest.mark.parametrize("number", NUMBERS, ids=range(len(NUMBERS)))
def test_no_such_number_is_taken_for_points(number: Any) -> None:
    data = one()
    data["criteria"]["it"]["points"] = number
    assert [each.path for each in problems(data)] == [("criteria", "it", "points")]
    data = one()
    data["total"] = number
    assert [each.path for each in problems(data)] == [("total",)]


AMOUNTS: list[Any] = [
    True,
    "a",
    [],
    float("nan"),
    float("-inf"),
    10**6000,
    1e300,
    1e-300,
    "1e-9999",
]


@pytest.mark.parametrize("amount", AMOUNTS, ids=range(len(AMOUNTS)))
def test_no_such_number_is_taken_for_a_bound(amount: Any) -> None:
    problem = the_problem(scaled(measure="complaints", full_at=0, zero_at=amount))
    assert problem.path == ("criteria", "it", "scale", "zero_at")


@pytest.mark.parametrize("limit", [True, "5", 5.5, -1, 10**4000, [], {}])
def test_no_such_number_is_taken_for_a_limit(limit: Any) -> None:
    data = scaled("length", measure="functions_over", full_at=0, zero_at=3, limit=limit)
    assert the_problem(data).path == ("criteria", "it", "scale", "limit")


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"python": 3.11}, ("python",), 'in quotes, such as "3.11"'),
        ({"criteria": []}, ("criteria",), "a map"),
        ({"criteria": {}}, ("criteria",), "at least one"),
        ({"criteria": {"it": []}}, ("criteria", "it"), "a map"),
        ({"intake": 3}, ("intake",), "a map"),
        (
            {"intake": {"max_file": True}},
            ("intake", "max_file"),
            "should be a whole number from 1 to 20971520",
        ),
        ({"exercise": "Not A Slug"}, ("exercise",), "such as hw-1"),
        ({"title": "\ud800"}, ("title",), "should be"),
    ],
)
def test_wrong_shapes_are_told_in_plain_words(
    change: dict[str, Any], path: tuple[str, ...], words: str
) -> None:
    problem = the_problem(one() | change)
    assert problem.path == path
    assert words in problem.message
    assert "instance" not in problem.message and "tuple" not in problem.message.lower()


def test_patterns_are_a_list_of_text() -> None:
    assert the_problem(one(files="**/*.py")).message == "should be a list: put [ ] around it"
    assert the_problem(one(exclude=[1])).path == ("criteria", "it", "exclude", 0)


LEAF: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=8)
    | st.sampled_from(["lint", "manual", "complaints", 10**4000])
)
KEY = st.text(max_size=4) | st.integers() | st.sampled_from([*"abc", "measure", "levels", "up_to"])
JUNK = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEY, inner, max_size=3)
)
PLACES = st.sampled_from(
    [(key,) for key in (*one(), "python", "intake", "feedback", "description")]
    + [("criteria", "it", key) for key in (*one()["criteria"]["it"], "options", "files", "exclude")]
    + [("criteria", "it", "scale", key) for key in ("measure", "limit", "full_at", "levels")]
    + [("criteria", "it", "caps_total_at"), ("criteria", "it"), ("criteria", "more")]
)


@given(st.dictionaries(PLACES, JUNK, max_size=3))
def test_junk_raises_nothing_but_a_bad_rubric(changes: dict[tuple[str, ...], Any]) -> None:
    data = one()
    for (*above, key), value in changes.items():
        at: Any = data
        for step in above:
            at = at.get(step) if isinstance(at, dict) else None
        if isinstance(at, dict):
            at[key] = value
    try:
        read_rubric(data, CATALOG)
    except BadRubric as bad:
        assert bad.problems and bad.detail


@given(JUNK)
def test_junk_as_a_whole_raises_nothing_but_a_bad_rubric(data: Any) -> None:
    with pytest.raises(BadRubric):
        read_rubric(data, CATALOG)


def test_options_without_an_end_are_refused_as_any_other() -> None:
    options: dict[str, Any] = {}
    options["width"] = options
    deep: dict[str, Any] = {}
    for _ in range(5_000):
        deep = {"width": deep}
    for given_options in (options, deep):
        for problem in problems(one(options=given_options)):
            assert problem.path[:3] == ("criteria", "it", "options")


def test_probes_are_each_measured_once() -> None:
    criteria = {
        "a": criterion(),
        "b": criterion(options={"width": 88}),
        "c": criterion(options={"width": 100}),
        "d": by_hand(),
    }
    compiled = compiled_rubric_of(criteria)
    assert [probe.key for probe in compiled.probes] == [
        "lint",
        'lint{"width": 100}',
        "suppressions",
    ]
    assert [compiled_criterion.probe_key for compiled_criterion in compiled.criteria] == [
        *("lint", "lint", 'lint{"width": 100}', None),
    ]
    assert compiled.probes[1].options == LintOptions(width=100)


class Spared(Options):
    names: tuple[str, ...] = ()
    width: int = 88


#: A check that spares prescribed names, beside one that does not.
NAMED: Catalog = {
    **CATALOG,
    "names": check(
        "names", count_measure("complaints", "C", "c"), options=Spared, spares_names=True
    ),
}


def test_prescribed_names_are_an_option_of_the_checks_that_spare_them() -> None:
    criteria = {"a": criterion(), "b": criterion(check="names", options={"width": 99})}
    plain = compiled_rubric_of(criteria, NAMED)
    assert [each.probe_key for each in plain.criteria] == ["lint", 'names{"width": 99}']
    for names in (["b", "a"], ["a", "b", "a"]):
        compiled = compiled_rubric_of(criteria, NAMED, names=names)
        keys = [each.probe_key for each in compiled.criteria]
        assert keys == ["lint", 'names{"names": ["a", "b"], "width": 99}']
        assert set(keys) <= {probe.key for probe in compiled.probes}


def test_prescribed_names_stand_beside_the_criteria() -> None:
    criteria = {"it": criterion(check="names", options={"names": ["a"]})}
    problem = the_problem(document(criteria), NAMED)
    assert problem.path == ("criteria", "it", "options", "names")
    assert problem.message == "is a key of the whole rubric, beside `criteria`"
    problem = the_problem(document({"it": criterion(check="names", options={"name": 1})}), NAMED)
    assert "(it has width)" in problem.message
    for wrong in ("calc-total", "calc*", "1st", "", "a" * 81, 5, None):
        problem = the_problem(document({"it": criterion()}, names=["runGame", wrong]))
        assert problem.path == ("names", 1)
        assert problem.message == "should be a name as in a program, such as calcTotal"


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        (["formatting"], 'mend{"formatting": {}}'),
        (["import_order"], 'mend{"import_order": {}}'),
        (["import_order", "formatting"], 'mend{"formatting": {}, "import_order": {}}'),
        (["style"], None),
    ],
)
def test_the_patch_is_made_for_the_formatters_that_are_judged(
    checks: list[str], expected: str | None
) -> None:
    criteria = {name: criterion(check=name) for name in checks}
    keys = [probe.key for probe in compiled_rubric_of(criteria, TOOLS).probes]
    assert [key for key in keys if key.startswith("mend")] == ([expected] if expected else [])
    silent = compiled_rubric_of(criteria, TOOLS, feedback={"patch": False})
    assert not any(probe.check.id == "mend" for probe in silent.probes)


def test_tests_are_left_out_where_the_check_skips_them() -> None:
    scale = {"measure": "longest", "full_at": 0, "zero_at": 9}
    (tests_out,) = compiled_rubric_of({"a": criterion(check="length", scale=scale)}).criteria
    assert tests_out.takes("a.py") and not tests_out.takes("tests/a.py")
    (tests_in,) = compiled_rubric_of(
        {"a": criterion(check="length", scale=scale, exclude=[])}
    ).criteria
    assert tests_in.takes("tests/a.py")
    (lint,) = compiled_rubric_of({"a": criterion(files=["**/*.py"], exclude=["old/**"])}).criteria
    assert lint.takes("tests/a.py") and not lint.takes("old/a.py") and not lint.takes("a.pyi")


def test_a_plan_takes_no_file_for_a_person() -> None:
    (compiled_criterion,) = CompiledRubric.of(rubric_of({"a": by_hand()}), CATALOG).criteria
    assert compiled_criterion.check is None and not compiled_criterion.takes("a.py")
