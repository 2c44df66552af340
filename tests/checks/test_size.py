"""The check ``size``: lines as radon counts them, in linear time; Halstead's numbers."""

from __future__ import annotations

from typing import Any

import pytest
from radon.metrics import h_visit
from radon.raw import analyze

from grader.analysis.tools.radon_raw import raw_counts
from grader.checks.size import CHECK
from grader.domain.inspection import Facts, State
from grader.domain.source import SourceFile

CODE = '"""Doc."""\n\nimport os  # why\n\n# alone\nx = {1: 2}\nif x: y = x; z = 1\n'


@pytest.mark.parametrize(
    "text",
    [
        "",
        CODE,
        '"""Many\n\nlines.\n"""\nx = 1\n',
        "x = [\n    1,  # one\n\n    # two\n    2,\n]\n",
        "if a: x; y\nif a: x; y; z: int = 3\n",
        "x = 1 + \\\n    2\n\n\n",
        "x = 1\n    ",
        "x = 1\n\x0c\nclass A:\n    pass\n",
        "\x0c# comment\nx = 1\n\x0cy = 2\n",
        "def f():\n    '''Doc.'''\n    return lambda x: x\n",
        "@a\nasync def f(x: int = 3) -> int:\n    ...\n",
        "f'{x:>3}'\nf'''{\nx}'''\n",
        "match x:\n    case {'a': 1}: pass\n    case _:\n        pass\n",
        "x = 'a' \\\n    'b'\n",
        "x[1:2]; y = {}; \n",
    ],
)
@pytest.mark.usefixtures("joining_radon")
def test_raw_counts_equal_radons(text: str) -> None:
    theirs, ours = analyze(text), raw_counts(SourceFile("code.py", text.encode()))
    assert {name: getattr(ours, name) for name in theirs._fields} == theirs._asdict()


def test_a_long_statement_is_counted(inspect: Any) -> None:
    words = "WORDS = [\n" + "".join(f"    'word{at}',\n" for at in range(5_000)) + "]\n"
    assert inspect("size", words).facts.counts["source_lines"] == 5_002


def test_halstead_is_radons(inspect: Any) -> None:
    text = "def f(a, b):\n    return a + b * a - 2 if a > b else not b\n"
    total = h_visit(text).total
    counts = inspect("size", text).facts.counts
    assert counts["halstead_volume"] == round(total.volume) > 0
    assert counts["halstead_effort"] == round(total.effort) > 0


def test_measures_over_two_files(inspect: Any, measure: Any) -> None:
    facts = Facts.merge([inspect("size", CODE).facts, inspect("size", "x = 1\n").facts])
    assert measure("size", "logical_lines", facts) == 8
    assert measure("size", "largest_file", facts) == 7
    assert measure("size", "comment_lines", facts) == 2
    assert [measure("size", "files_over", facts, limit) for limit in (0, 1, 7)] == [2, 1, 0]


def test_a_long_file_is_reported_with_its_length(inspect: Any) -> None:
    (finding,) = inspect("size", "x = 1\n" * 101).findings
    assert (finding.code, finding.value) == ("file-length", 101)
    assert inspect("size", "x = 1\n" * 100).findings == ()


@pytest.mark.parametrize("text", ["", "# comment\n", '"""Doc."""\n'])
def test_no_code_is_counted_and_earns_nothing(inspect: Any, measure: Any, text: str) -> None:
    found = inspect("size", text)
    assert found.state is State.OK
    values = [measure("size", each.id, found.facts, 10) for each in CHECK.measures]
    assert values == [None] * len(CHECK.measures)
