"""The check ``style``."""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import Any

import pytest
from flake8.plugins import finder
from pydantic import ValidationError

from grader.analysis.tools import flake8_runner
from grader.analysis.tools.options import StyleOptions
from grader.checks.style import CHECK
from grader.domain.inspection import Facts, State

MESSY = "import os\nimport sys\n\ndef f( x ):\n    y = 1\n    return undefined\n"


def codes(found: Any) -> list[str]:
    return [finding.code for finding in found.findings]


def test_findings_have_flake8s_codes_and_places(inspect: Any) -> None:
    found = inspect("style", MESSY)
    assert [(each.code, each.line, each.column) for each in found.findings] == [
        ("F401", 1, 1),
        ("F401", 2, 1),
        ("E302", 4, 1),
        ("E201", 4, 7),
        ("E202", 4, 9),
        ("F841", 5, 5),
        ("F821", 6, 12),
    ]
    assert found.findings[0].message == "'os' imported but unused"


def test_measures(inspect: Any, measure: Any) -> None:
    facts = Facts.merge([inspect("style", MESSY).facts, inspect("style", "x=1\n").facts])
    values = {each.id: measure("style", each.id, facts) for each in CHECK.measures}
    assert values == {
        "violations": 8,
        "violations_rate": 100,
        "files_with_any": 2,
        "distinct_codes": 7,
        "errors": 4,
        "family_E": 4,
        "family_W": 0,
        "family_F": 4,
        "family_C": 0,
    }
    assert facts.counts["code:F401"] == 2 and facts.counts["family:E"] == 4


def test_a_line_with_several_complaints_counts_once_in_the_rate(inspect: Any) -> None:
    found = inspect("style", "x=[1,2]\ny = [3]\nz=4\n")
    assert [each.line for each in found.findings] == [1, 1, 3]
    assert found.facts.counts["lines_with_violations"] == 2


def test_evidence_is_what_a_measure_counted(inspect: Any) -> None:
    found = inspect("style", MESSY).findings
    errors, family = CHECK.measure("errors"), CHECK.measure("family_E")
    assert errors is not None and family is not None
    assert [each.code for each in found if errors.evidence(each, None)] == [
        "F401",
        "F401",
        "F841",
        "F821",
    ]
    assert [each.code for each in found if family.evidence(each, None)] == ["E302", "E201", "E202"]


def test_a_star_import_is_one_finding(inspect: Any, measure: Any) -> None:
    text = "from math import *\nfrom cmath import *\n\nprint(sqrt(tau), sqrt(pi), floor(e), x=y)\n"
    found = inspect("style", text)
    assert codes(found) == ["F403", "F403"]
    assert found.findings[0].message.endswith(
        "(used in this file: sqrt, tau, pi and 3 more;"
        " one finding here, 8 lines of flake8 on the command line)"
    )
    assert measure("style", "violations", found.facts) == 2
    assert found.facts.counts["uses_of_star_imports"] == 7
    (only,) = inspect("style", text, select=["F405"]).findings
    assert (only.code, only.line) == ("F405", 4) and "7 lines of flake8" in only.message


@pytest.mark.parametrize(
    "text",
    ["import os  # noqa\n", "# flake8: " "noqa\nimport os\n", "import os  # NOQA:F401\n"],
)
def test_suppressions_have_no_effect(inspect: Any, text: str) -> None:
    assert codes(inspect("style", text)) == ["F401"]


def test_options_reach_flake8(inspect: Any) -> None:
    long = f"x = '{'a' * 90}'\n"
    assert codes(inspect("style", long)) == ["E501"]
    assert codes(inspect("style", long, max_line_length=100)) == []
    assert codes(inspect("style", MESSY, select=["E3"])) == ["E302"]
    assert codes(inspect("style", MESSY, extend_ignore=["E", "F4", "F8"])) == []
    slice_ = "x = [1]\ny = x[1 :]\n"
    assert codes(inspect("style", slice_)) == []
    assert codes(inspect("style", slice_, extend_ignore=[])) == ["E203"]


def test_one_rubrics_options_do_not_reach_the_next(inspect: Any) -> None:
    text = "def f(x):\n    return 1 if x else 2\n\n\ndef g(x):\n    if x:\n        return 1\n"
    assert codes(inspect("style", text, max_complexity=1)) == ["C901"]
    assert codes(inspect("style", text)) == []
    assert codes(inspect("style", text, max_complexity=1)) == ["C901"]


def test_what_pyflakes_knows_of_a_files_name(inspect: Any) -> None:
    text = "import os\nprint(__path__)\n"
    plain, init = inspect("style", text), inspect("style", text, path="pkg/__init__.py")
    assert codes(plain) == ["F401", "F821"] and codes(init) == ["F401"]


def test_a_long_chain_of_elif_is_read(inspect: Any) -> None:
    chain = "x = 1\nif x == 0:\n    pass\n" + "".join(
        f"elif x == {at}:\n    pass\n" for at in range(1, 700)
    )
    found = inspect("style", chain)
    assert found.state is State.OK and codes(found) == []


def test_tabs_are_judged_from_the_first_indented_line(inspect: Any) -> None:
    text = 'x = """\n  two\n"""\nif x:\n\ty = 1\n\tprint(y)\n'
    assert "E101" in codes(inspect("style", text))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("E225", "space"),
        ("E265", "comment"),
        ("E722", "Ctrl-C"),
        ("E702", "statement"),
        ("F401", "imported"),
        ("F821", "NameError"),
        ("F999", "NotImplemented"),
        ("C901", "ways"),
        ("E999", "Python cannot"),
        ("X100", "flake8 reads"),
    ],
)
def test_words_of_the_longest_known_beginning(code: str, says: str) -> None:
    assert says in CHECK.guidance_for(code).explanation


def test_options_are_strict() -> None:
    mistakes: list[dict[str, object]] = [
        {"select": ["E5, W"]},
        {"select": []},
        {"max_line_length": 5},
        {"ignore": ["E"]},
    ]
    for wrong in mistakes:
        with pytest.raises(ValidationError):
            StyleOptions.model_validate(wrong)


def test_nothing_to_judge(inspect: Any) -> None:
    assert inspect("style", "# nothing\n").state is State.NOT_APPLICABLE


def test_an_installed_plugin_is_not_even_imported(
    inspect: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "loud-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: loud\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[flake8.extension]\nLD1 = loud:check\n")
    (tmp_path / "loud.py").write_text("raise RuntimeError('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    blank = finder.PluginOptions.blank()
    found = finder.find_plugins(configparser.RawConfigParser(), blank)
    assert "loud" in {plugin.package for plugin in found}
    flake8_runner._stock_plugins.cache_clear()
    flake8_runner._setup.cache_clear()
    assert codes(inspect("style", "import os\n")) == ["F401"]
