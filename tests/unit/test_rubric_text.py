"""The text of a rubric: which texts are accepted, and the position of each mistake."""

from __future__ import annotations

import hashlib
import json
import sys
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.catalog import CATALOG
from grader.domain.errors import BadRubric, RubricProblem
from grader.domain.rubric import Rubric
from grader.domain.rubric.digest import rubric_digest
from grader.engine.rubric_text import MAX_BYTES, read_rubric_text

TEXT = """\
# A comment
exercise: small
course: mlops
title: "A small one"
total: 10
criteria:
  formatting:
    title: Formatted
    points: 7.5
    check: formatting
    options: {line_length: 88}
    scale: {measure: files_to_reformat, full_at: 0, zero_at: 0.3}
  short:
    title: Short functions
    points: 2.5
    check: function_length
    files:
      - "**/*.py"
    scale:
      measure: functions_over
      limit: 20
      levels:
        - {up_to: 0, earns: 2.5, label: good}
        - {earns: 0, label: "needs work"}
"""


def read(text: str | bytes) -> Rubric:
    return read_rubric_text(text, CATALOG)


def problems(text: str | bytes) -> tuple[RubricProblem, ...]:
    with pytest.raises(BadRubric) as caught:
        read(text)
    assert caught.value.problems
    return caught.value.problems


def problem(text: str | bytes) -> RubricProblem:
    found = problems(text)
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def place_of(text: str, marked: str) -> tuple[int, int]:
    before = text[: text.index(marked)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_a_rubric_is_read() -> None:
    rubric = read(TEXT)
    assert rubric.exercise == "small"
    assert rubric.criteria["short"].files == ("**/*.py",)


def test_fractions_are_exact() -> None:
    rubric = read(TEXT)
    assert str(rubric.criteria["formatting"].points) == "7.5"
    scale = rubric.criteria["formatting"].scale
    assert scale is not None and scale.zero_at == Decimal("0.3")


def test_bytes_with_a_byte_order_mark_and_windows_newlines() -> None:
    assert read(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()) == read(TEXT)


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_is_yaml(indent: int | str | None) -> None:
    rubric = read(TEXT)
    data = json.loads(rubric.model_dump_json(exclude_unset=True))
    data["title"] = "Zahlen \U0001f600 é"
    again = read(json.dumps(data, indent=indent))
    assert again.title == "Zahlen \U0001f600 é"
    assert again.criteria == rubric.criteria


@pytest.mark.parametrize(
    ("text", "marked", "message"),
    [
        (changed("options: {line", "options: &a {line"), "&a", "anchors"),
        (changed("{line_length: 88}", "*a"), "*a", "aliases"),
        (changed("title: Formatted", "<<: {title: x}"), "<<", "merge keys"),
        (changed("total: 10", "total: !!int 10"), "!!int", "tags"),
        (changed("total: 10", "total: !mine 10"), "!mine", "tags"),
        (changed("{line_length: 88}", "!!python/dict {}"), "!!python", "tags"),
        (changed("total: 10", "course: x\ntotal: 10"), "course: x", "twice"),
        (
            changed("    check: function_length", "    title: again\n    check: function_length"),
            "title: again",
            "twice",
        ),
        (TEXT + "---\nexercise: other\n", "---", "one document"),
        ("%YAML 1.1\n---\n" + TEXT, "---", "directives"),
        ("%TAG ! tag:x,2000:\n---\n" + TEXT, "---", "directives"),
        (changed("total: 10", "? [a]\n: 1"), "[a]", "a key is one word"),
        (changed("total: 10", "total: .inf"), ".inf", "not a number"),
        (changed("total: 10", "total: .NaN"), ".NaN", "not a number"),
        (changed("total: 10", "total: 1e999999999"), "1e9", "digits"),
        (changed("total: 10", "total: " + "9" * 5_000), "999", "digits"),
        (changed("total: 10", "total: a: b"), ": b", "not YAML"),
        (changed("total: 10", "total: [1"), ":\n  formatting", "not YAML"),
        (changed("total: 10", "\ttotal: 10"), "\ttotal", "spaces"),
        (changed("total: 10", "total: \x01"), "\x01", "U+0001"),
        (changed("A small one", "\\ud800"), '"\\ud800', "half of a character"),
        (changed("A small one", "\\UFFFFFFFF"), "title", "escape"),
    ],
)
def test_yaml_beyond_a_plain_tree_is_refused_with_its_position(
    text: str, marked: str, message: str
) -> None:
    found = problem(text)
    assert message in found.message
    assert (found.line, found.column) == place_of(text, marked)


def test_a_merge_key_bomb_costs_nothing() -> None:
    bomb = "a: &a {x: 1}\n" + "".join(f"b{n}: &b{n} {{<<: [*a, *a]}}\n" for n in range(50))
    assert any("anchors" in one.message for one in problems(bomb))
    assert any("merge keys" in one.message for one in problems(bomb))


def test_text_over_the_limit() -> None:
    assert "64 kB" in problem("#" * (MAX_BYTES + 1)).message
    assert "64 kB" in problem("é" * (MAX_BYTES // 2 + 1)).message


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "{a: [", ": "])
def test_deep_nesting(opening: str) -> None:
    text = opening * (MAX_BYTES // len(opening))
    assert "deeper than 20" in problem(text).message


def test_bytes_that_are_not_utf8() -> None:
    found = problem(b"exercise: a\ntitle: \xff\n")
    assert (found.message, found.line) == ("this is not UTF-8 text", 2)
    assert problem("title: \ud800").message == "this is not UTF-8 text"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "a word", "- a\n- b\n", "null"])
def test_a_rubric_that_is_no_mapping_is_refused(text: str) -> None:
    found = problem(text)
    assert "mapping" in found.message
    assert found.line == 1


@pytest.mark.parametrize(
    ("old", "new", "marked", "path"),
    [
        ("course: mlops", "cours: mlops", "cours:", ("cours",)),
        ("title: Formatted", "titel: Formatted", "titel:", ("criteria", "formatting", "titel")),
        ("check: formatting", "check: formating", "check:", ("criteria", "formatting", "check")),
        (
            "line_length: 88",
            "line_lenght: 88",
            "line_lenght",
            ("criteria", "formatting", "options", "line_lenght"),
        ),
        (
            "measure: functions_over",
            "measure: function_over",
            "measure: function_over",
            ("criteria", "short", "scale", "measure"),
        ),
        ("total: 10", "total: 11", "total: 11", ("total",)),
        (
            "{earns: 0, label",
            "{up_to: -1, earns: 0, label",
            "levels:",
            ("criteria", "short", "scale", "levels"),
        ),
        (
            "up_to: 0",
            "up_to: none",
            "up_to: none",
            ("criteria", "short", "scale", "levels", 0, "up_to"),
        ),
    ],
)
def test_mistakes_have_the_position_of_their_key(
    old: str, new: str, marked: str, path: tuple[str | int, ...]
) -> None:
    text = changed(old, new)
    found = {one.path: one for one in problems(text)}
    assert path in found
    assert (found[path].line, found[path].column) == place_of(text, marked)


def test_a_missing_key_has_the_position_of_its_mapping() -> None:
    text = changed("    title: Formatted\n", "")
    found = problem(text)
    assert found.path == ("criteria", "formatting", "title")
    assert (found.line, found.column) == place_of(text, "formatting:")


def test_a_typo_brings_a_suggestion() -> None:
    assert problem(changed("check: formatting", "check: formating")).suggestion == "formatting"


def test_all_mistakes_are_reported_together() -> None:
    text = changed("total: 10", "total: 12").replace("line_length", "line_lenght")
    assert len(problems(text)) == 2


def test_an_unquoted_version_is_a_mistake() -> None:
    found = problem(TEXT + "python: 3.10\n")
    assert found.path == ("python",)
    assert found.line == TEXT.count("\n") + 1


def test_the_digest_is_of_the_text() -> None:
    assert rubric_digest("é\n") == hashlib.sha256("é\n".encode()).hexdigest()
    assert rubric_digest("a: 1") != rubric_digest("a:  1")


SIGNS = st.text(
    st.sampled_from("\n\t :,-?[]{}&*!|>'\"%@`#\\0a~<=.\x85\u2028\ufeff\xa0é"), max_size=4
)


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 8), SIGNS), min_size=1, max_size=5)
)
def test_any_text_is_a_rubric_or_a_list_of_mistakes(edits: list[tuple[int, int, str]]) -> None:
    text = TEXT
    for at, length, fresh in edits:
        text = text[:at] + fresh + text[at + length :]
    try:
        read(text)
    except BadRubric as error:
        lines = text.count("\n") + text.count("\x85") + text.count("\u2028") + 1
        assert all(1 <= one.line <= lines + 1 and one.column >= 1 for one in error.problems)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_rubric_or_a_list_of_mistakes(data: bytes) -> None:
    with pytest.raises(BadRubric):
        read(data)


STARTER = TEXT + """\
starter:
  numbers.py: |
    import sys

    print(sys.argv)
  tools/__init__.py: |
    # Nothing yet.
"""


def test_starter_files_are_keyed_by_path() -> None:
    assert read(STARTER).starter == {
        "numbers.py": "import sys\n\nprint(sys.argv)\n",
        "tools/__init__.py": "# Nothing yet.\n",
    }
    assert read(TEXT).starter == {}


def test_a_starter_file_that_is_no_python_is_a_mistake() -> None:
    found = problem(STARTER.replace("print(sys.argv)", "print(sys.argv"))
    assert found.path == ("starter", "numbers.py")
    assert (found.line, found.column) == (TEXT.count("\n") + 2, 3)
    assert found.message.startswith("cannot be read as Python: ")
    assert found.message.endswith("(line 3 of it)")


def test_a_starter_file_is_python_that_the_engine_reads() -> None:
    newer = STARTER.replace("import sys\n", "type X = int\n")
    newer = newer.replace("total: 10", 'python: "3.99"\ntotal: 10')
    if sys.version_info >= (3, 12):
        assert read(newer).starter["numbers.py"].startswith("type X = int\n")
    else:
        found = problem(newer)
        assert found.path == ("starter", "numbers.py")
        assert "cannot be read as Python: " in found.message


@pytest.mark.parametrize(
    "path", ["/numbers.py", "a//b.py", "../numbers.py", "./a.py", "data.csv", '"a\\\\b.py"', ".py"]
)
def test_a_starter_path_is_one_that_a_submission_could_have(path: str) -> None:
    found = problem(STARTER.replace("numbers.py", path))
    assert found.path[0] == "starter"
    assert found.message == "is no path of a Python file, such as numbers.py or tools/numbers.py"


def test_an_empty_starter_file_is_a_mistake() -> None:
    text = TEXT + 'starter: {numbers.py: ""}\n'
    assert problem(text).path == ("starter", "numbers.py")
