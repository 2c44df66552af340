"""The JSON Schema of rubrics: it accepts what the reader accepts, and refuses common mistakes."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from grader.__main__ import main
from grader.checks.catalog import CATALOG
from grader.domain.errors import BadRubric
from grader.domain.rubric import Criterion, GraduatedCap, Level, Rubric, Scale, Smallest
from grader.domain.rubric.json_schema import rubric_schema, rubric_schema_text
from grader.domain.rubric.key_help import KEY_HELP
from grader.domain.rubric.policies import Attempts, Feedback, Intake
from grader.domain.rubric.reading import read_rubric
from grader.engine.rubric_text import read_plain, read_rubric_text, rubrics_folder, shipped_rubrics

SCHEMA_FILE = rubrics_folder() / "rubric.schema.json"
VALIDATOR = Draft202012Validator(rubric_schema(CATALOG))
MODELINE = "# yaml-language-server: $schema=rubric.schema.json\n"

#: A rubric with every key of the language.
WHOLE = """\
exercise: oop-1
course: mlops
title: Everything
description: All keys.
python: '3.12'
total: 30
smallest: {statements: 20, caps_total_at: 20}
names: [calcTotal, runGame, größe, _x1]
intake:
  {notebooks: accepted, max_upload: 99, max_entries: 5, max_file: 9, max_total: 9, max_depth: 4}
feedback: {patch: false, tone: beginner}
attempts: {superseded: grade}
starter: {tools/numbers.py: "x = 1\\n"}
criteria:
  hand: {title: By hand, points: 2.5, check: manual, applies: optional}
  short:
    title: Short
    points: 7.5
    check: function_length
    files: ['**']
    exclude: []
    scale: {measure: share_in_short_functions, limit: 15, full_at: 80, zero_at: 30}
    caps_total_at: {from: 5, to: 30, lifts_at: 60}
  layout:
    title: Layout
    points: 10
    check: formatting
    options: {line_length: 100, target_versions: [py311], show_fix: true}
    scale:
      measure: files_to_reformat
      levels:
        [{up_to: 0, earns: 10, label: none}, {up_to: 2, earns: 5, label: b}, {earns: 0, label: x}]
  style:
    title: Style
    points: 10
    check: style
    options: {max_line_length: 100, select: null, max_complexity: 10}
    scale: {measure: violations_rate, full_at: 0, zero_at: 50}
    caps_total_at: 20
"""

#: What is wrong -> (a text of WHOLE, what stands there instead).
BROKEN = {
    "a key with a typing error": ("title: Short", "tittle: Short"),
    "an unknown check": ("check: function_length", "check: function_lenght"),
    "a check that no rubric names": ("check: function_length", "check: mend"),
    "an unknown measure": ("share_in_short_functions", "share_of_short_functions"),
    "a measure of another check": ("files_to_reformat", "violations"),
    "a limit that is missing": (", limit: 15", ""),
    "a limit where there is none": ("violations_rate,", "violations_rate, limit: 5,"),
    "a limit with a fraction": ("limit: 15", "limit: 15.5"),
    "an option of another check": ("show_fix: true", "select: [E1]"),
    "an option of a check without any": (
        "check: function_length",
        "check: function_length\n    options: {a: 1}",
    ),
    "an option out of range": ("line_length: 100, target", "line_length: 5, target"),
    "a value that an option lacks": ("[py311]", "[python3.11]"),
    "a scale with one end": (", zero_at: 50", ""),
    "no scale": ("check: manual, ", "check: size, "),
    "a scale of a person": ("check: manual, ", "check: manual, scale: {measure: x}, "),
    "levels and ends": ("files_to_reformat\n", "files_to_reformat\n      full_at: 0\n"),
    "a level without points": ("{earns: 0, label: x}", "{label: x}"),
    "no levels": ("levels:\n", "levels: []\n      level:\n"),
    "a cap without its end": ("to: 30, ", ""),
    "a cap that is lifted by nothing": ("lifts_at: 60", "lifts_at: 0"),
    "negative points": ("points: 2.5", "points: -1"),
    "points in words": ("points: 2.5", "points: few"),
    "a version that is a number": ("python: '3.12'", "python: 3.12"),
    "an id with a space": ("exercise: oop-1", "exercise: oop 1"),
    "a criterion's id in capitals": ("  hand:", "  Hand:"),
    "an unknown tone": ("tone: beginner", "tone: kind"),
    "a patch that may be": ("patch: false", "patch: maybe"),
    "no course": ("course: mlops\n", ""),
    "patterns that are no list": ("files: ['**']", "files: '**'"),
    "a name with a dash": ("runGame", "run-game"),
    "a name that is a pattern": ("runGame", "run*"),
    "a name that is a number": ("runGame", "1"),
    "names that are no list": ("[calcTotal, runGame, größe, _x1]", "calcTotal"),
    "names of one criterion": (
        "check: formatting\n    options: {line_length: 100, target_versions: [py311], "
        "show_fix: true}\n    scale:\n      measure: files_to_reformat",
        "check: naming\n    options: {names: [a]}\n    scale:\n      measure: case_violations",
    ),
    "a smallest program of nothing": ("statements: 20", "statements: 0"),
}


def as_json(data: object) -> Any:
    """Return plain data as a reader of JSON has it: no Decimal."""
    return json.loads(json.dumps(data, default=float))


def run_check_jsonschema(*files: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "check_jsonschema", "-o", "json", "--schemafile"]
    done = subprocess.run([*command, SCHEMA_FILE, *files], capture_output=True, check=False)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_file_beside_the_rubrics_is_the_schema() -> None:
    assert SCHEMA_FILE.read_text("utf-8") == rubric_schema_text(CATALOG), "run `make schema`"
    printed = CliRunner().invoke(main, ["rubric", "schema"])
    assert (printed.exit_code, printed.output) == (0, rubric_schema_text(CATALOG))
    Draft202012Validator.check_schema(rubric_schema(CATALOG))


def test_every_shipped_rubric_names_the_schema_and_fits_it() -> None:
    files = sorted(rubrics_folder().glob("*.yaml"))
    assert len(files) == len(shipped_rubrics())
    assert all(file.read_text("utf-8").startswith(MODELINE) for file in files)
    assert run_check_jsonschema(*files)["status"] == "ok"


def test_every_key_is_explained() -> None:
    models = (Rubric, Criterion, Scale, Level, GraduatedCap, Smallest, Intake, Feedback, Attempts)
    for model in models:
        keys = {field.alias or name for name, field in model.model_fields.items()}
        assert set(KEY_HELP[model.__name__]) == keys
    assert set(KEY_HELP) == {model.__name__ for model in models}


def test_every_check_and_measure_is_explained() -> None:
    schema = rubric_schema(CATALOG)
    criterion = schema["$defs"]["RubricCriterion"]
    explained = {one["const"]: one for one in criterion["properties"]["check"]["oneOf"]}
    gradable = {name: check for name, check in CATALOG.items() if check.gradable}
    assert set(explained) == {*gradable, "manual"}
    rules = {
        rule["if"]["properties"]["check"]["const"]: rule["then"] for rule in criterion["allOf"]
    }
    for name, check in gradable.items():
        assert explained[name]["title"] == check.title
        measures = rules[name]["properties"]["scale"]["properties"]["measure"]["oneOf"]
        assert [one["const"] for one in measures] == [measure.id for measure in check.measures]
        assert all(one["title"] and one["description"] for one in measures)
        options = rules[name]["properties"]["options"]
        assert set(options.get("properties", ())) == set(check.own_options)


def test_a_rubric_with_every_key_fits() -> None:
    rubric = read_rubric_text(WHOLE, CATALOG)
    assert set(rubric.model_fields_set) == set(Rubric.model_fields)
    assert list(VALIDATOR.iter_errors(as_json(read_plain(WHOLE)))) == []


def test_mistakes_are_refused_by_the_schema_and_by_the_reader(tmp_path: Path) -> None:
    files = {}
    for wrong, (right, instead) in BROKEN.items():
        assert right in WHOLE, wrong
        text = WHOLE.replace(right, instead, 1)
        with pytest.raises(BadRubric):
            read_rubric_text(text, CATALOG)
        files[wrong] = tmp_path / f"{wrong}.yaml"
        files[wrong].write_text(text, "utf-8")
    found = run_check_jsonschema(*files.values())
    assert found["parse_errors"] == []
    refused = {error["filename"] for error in found["errors"]}
    assert {str(file) for file in files.values()} == refused


#: Values that may stand anywhere: right in one place, odd or wrong in another.
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 101),
    st.decimals(0, 100, places=1),
    st.sampled_from(
        ["", " 5 ", "5", "1_0", "2.50", "1e1", "yes", "OFF", "T", "x", "3.9", "manual", "size"]
        + ["function_length", "tests", "functions_over", "highest", "largest_file", "oop-2"]
    ),
    st.sampled_from([[], {}, ["*.py"], [{"earns": 10, "label": "x"}], {"line_length": "90"}]),
)


def places(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of each value in ``data``."""
    if not isinstance(data, dict | list):
        return [path]
    inside = data.items() if isinstance(data, dict) else enumerate(data)
    below = [one for key, value in inside for one in places(value, (*path, key))]
    return [path, *below] if path else below


def changed(data: Any, path: tuple[str | int, ...], change: Any) -> None:
    """Put ``change`` at ``path`` in ``data``; delete what is there if ``change`` is ``...``."""
    for key in path[:-1]:
        data = data[key]
    if change is ...:
        del data[path[-1]]
    else:
        data[path[-1]] = copy.deepcopy(change)


@given(st.data())
def test_what_the_reader_accepts_the_schema_accepts(data: st.DataObject) -> None:
    rubric = copy.deepcopy(read_plain(WHOLE))
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(places(rubric)))
        changed(rubric, path, data.draw(VALUES | st.just(...)))
    try:
        read_rubric(rubric, CATALOG)
    except BadRubric:
        return
    assert list(VALIDATOR.iter_errors(as_json(rubric))) == []


@pytest.mark.parametrize("path", places(read_plain(WHOLE)), ids=str)
def test_each_odd_value_that_the_reader_accepts_at_a_key_fits(path: tuple[str | int, ...]) -> None:
    odd: list[Any] = [
        None,
        True,
        0,
        1,
        10,
        20,
        "10",
        " 1_0 ",
        "1e1",
        "+2",
        "Yes",
        "f",
        "off",
        [],
        {},
        ...,
    ]
    for value in odd:
        rubric = copy.deepcopy(read_plain(WHOLE))
        changed(rubric, path, value)
        try:
            read_rubric(rubric, CATALOG)
        except BadRubric:
            continue
        assert list(VALIDATOR.iter_errors(as_json(rubric))) == [], value
