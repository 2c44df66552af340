"""The check ``formatting``."""

from __future__ import annotations

import ast
from typing import Any

import black
import pytest
from black.mode import TargetVersion
from black.parsing import InvalidInput
from pydantic import ValidationError

from grader.analysis.tools import black_runner
from grader.analysis.tools.options import FormattingOptions
from grader.domain.inspection import State

TIDY = 'def greet(name):\n    return f"Hello {name}"\n'
UNTIDY = "def greet( name ):\n    return 'Hello'\n\n\nprint( greet('you') )\n"


def test_a_tidy_file_has_nothing_to_change(inspect: Any, measure: Any) -> None:
    found = inspect("formatting", TIDY)
    assert found.state is State.OK and found.findings == ()
    assert measure("formatting", "files_to_reformat", found.facts) == 0
    assert measure("formatting", "lines_to_change", found.facts) == 0


def test_an_untidy_file_is_one_finding_with_its_hunk(inspect: Any, measure: Any) -> None:
    found = inspect("formatting", UNTIDY)
    (finding,) = found.findings
    assert (finding.code, finding.line) == ("black", 1)
    assert finding.hunk == (
        "@@ -1,5 +1,5 @@\n"
        "-def greet( name ):\n-    return 'Hello'\n"
        '+def greet(name):\n+    return "Hello"\n'
        " \n \n"
        "-print( greet('you') )\n"
        '+print(greet("you"))\n'
    )
    assert measure("formatting", "files_to_reformat", found.facts) == 1
    assert measure("formatting", "lines_to_change", found.facts) == 3


def test_formatting_half_of_the_lines_halves_the_lines_to_reformat(inspect: Any) -> None:
    good, bad = "value = load(1)\n", "value=load( 1 )\n"
    counts = [
        inspect("formatting", text, show_fix=show_fix).facts.counts["lines_to_reformat"]
        for text in (bad * 8, good * 4 + bad * 4, good * 8)
        for show_fix in (True, False)
    ]
    assert counts == [8, 8, 4, 4, 0, 0]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("x = [1]\n\n\n\n\ny = [2]\n", 2),
        ("import os\ndef f():\n    return 1\nprint(f())\n", 2),
        ("total = first( 1 ) + second( 2 ) ; show( total )\n", 1),
        ("total = add(\n    1, 2\n)\n", 3),
        ("x = 1\n\n", 1),
        ("x = 1", 1),
    ],
)
def test_lines_to_reformat_are_those_of_the_student(inspect: Any, text: str, count: int) -> None:
    assert inspect("formatting", text).facts.counts["lines_to_reformat"] == count


def test_the_first_changed_line_is_named(inspect: Any) -> None:
    (finding,) = inspect("formatting", TIDY + "\n\nx=1\n").findings
    assert finding.line == 5


def test_without_show_fix_there_is_a_verdict_only(inspect: Any, measure: Any) -> None:
    found = inspect("formatting", UNTIDY, show_fix=False)
    assert found.findings[0].hunk is None
    assert found.facts.counts["lines_to_reformat"] == 3
    assert measure("formatting", "files_to_reformat", found.facts) == 1
    assert measure("formatting", "lines_to_change", found.facts) is None


def test_a_directive_has_no_effect_and_is_shown_as_written(inspect: Any) -> None:
    (finding,) = inspect("formatting", "# fmt: off\nx  =  1\n").findings
    assert finding.hunk == "@@ -1,2 +1,2 @@\n # fmt: off\n-x  =  1\n+x = 1\n"


@pytest.mark.parametrize("text", ["", "# only a comment\n", '"""Only a docstring."""\n', "\n"])
def test_nothing_to_judge(inspect: Any, text: str) -> None:
    assert inspect("formatting", text).state is State.NOT_APPLICABLE


def test_options_reach_black(inspect: Any) -> None:
    long = "value = some_function(argument_one, argument_two, argument_three)\n"
    assert inspect("formatting", long).findings == ()
    assert inspect("formatting", long, line_length=40).findings
    assert inspect("formatting", "x = 'a'\n", skip_string_normalization=True).findings == ()
    spread = "x = [\n    1,\n]\n"
    assert inspect("formatting", spread).findings == ()
    assert inspect("formatting", spread, skip_magic_trailing_comma=True).findings


def test_a_stub_is_laid_out_as_a_stub(inspect: Any) -> None:
    stub = "class A: ...\nclass B: ...\n"
    assert inspect("formatting", stub, path="code.pyi").findings == ()
    assert inspect("formatting", stub).findings


def test_newlines_of_other_systems_are_no_matter(inspect: Any) -> None:
    assert inspect("formatting", TIDY.replace("\n", "\r\n")).findings == ()


def test_every_target_of_black_may_be_named() -> None:
    names = tuple(target.name.lower() for target in TargetVersion)
    assert FormattingOptions.model_validate({"target_versions": names}).target_versions == names
    with pytest.raises(ValidationError):
        FormattingOptions.model_validate({"target_versions": ["py27"]})


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("if 1:\n    x = 1\n\f    y = 2\n", 1),
        ("def f():\n    x = 1\n    \f    return x\n", 1),
        ("if 1:\n        x=1\n  \f        y=1\n", 2),
        ("def f():\n    x = '''\n  \f    '''\n\f    return x\n", 3),
        ("def f():\n    pass\n\f    # said\n\f    return 1\n", 2),
    ],
)
def test_a_form_feed_in_an_indentation_is_to_be_reformatted(
    inspect: Any, text: str, lines: int
) -> None:
    with pytest.raises(InvalidInput):
        black.format_str(text, mode=black.Mode())
    found = inspect("formatting", text)
    assert found.facts.counts["lines_to_reformat"] == lines
    assert ast.dump(ast.parse(black_runner.without_form_feeds(text))) == ast.dump(ast.parse(text))
    assert found.findings[0].hunk


def test_only_indentations_lose_their_form_feeds() -> None:
    kept = "x = '''\n\f    '''\ny = (\n    1 +\f 2\n)\n\f\nz = f'''\n \f{x}\n'''\n"
    assert black_runner.without_form_feeds(kept) == kept
    assert black_runner.without_form_feeds("x = (\n\f  1") == "x = (\n\f  1"
