"""A report as JUnit XML is valid for CI systems and says the same as the report."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from grader.domain.report import Report
from grader.exports.report.junit import render_junit
from tests.unit import exports_reports as reports

#: Element -> (required attributes, optional attributes, children): what the schema of Jenkins,
#: the parser of GitLab and Ant's own schema have in common.
SHAPE: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"name", "tests", "failures", "errors"}, {"skipped"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped"},
        set(),
        {"properties", "testcase", "system-out"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": ({"classname", "name"}, set(), {"failure", "skipped"}),
    "failure": ({"message", "type"}, set(), set()),
    "skipped": ({"message"}, set(), set()),
    "system-out": (set(), set(), set()),
}


def suite_of(report: Report) -> Element:
    """Return the only test suite of ``report``, parsed from the bytes that a server sends."""
    root = ElementTree.fromstring(render_junit(report).encode())
    (suite,) = root
    return suite


def properties_of(suite: Element) -> dict[str, str]:
    return {one.attrib["name"]: one.attrib["value"] for one in suite.iterfind("properties/*")}


def results_of(suite: Element) -> dict[str, str]:
    """Return ``failure``, ``skipped`` or an empty string by the name of each test case."""
    return {
        case.attrib["name"]: case[0].tag if len(case) else "" for case in suite.iter("testcase")
    }


@pytest.mark.parametrize("make", reports.ALL.values(), ids=list(reports.ALL))
def test_every_report_has_the_shape_that_ci_systems_read(make: Callable[[], Report]) -> None:
    root = ElementTree.fromstring(render_junit(make()).encode())
    for element in root.iter():
        required, optional, children = SHAPE[element.tag]
        assert required <= set(element.attrib) <= required | optional
        assert {child.tag for child in element} <= children
    (suite,) = root
    order = [child.tag for child in suite]
    cases = len(make().criteria)
    assert order == ["properties", *["testcase"] * cases, "system-out"]
    results = list(results_of(suite).values())
    for counted, tag in (("failures", "failure"), ("skipped", "skipped")):
        assert int(suite.attrib[counted]) == results.count(tag)
    assert (int(suite.attrib["tests"]), suite.attrib["errors"]) == (len(results), "0")


def test_a_criterion_is_a_test_case_and_lost_points_a_failure() -> None:
    suite = suite_of(reports.typical())
    assert {case.attrib["classname"] for case in suite.iter("testcase")} == {"numbers-refactor"}
    assert results_of(suite) == {
        "Formatted with Black": "failure",
        "Imports are sorted": "",
        "Functions are short and focused": "failure",
        "Split into modules": "",
        "Follows PEP 8": "failure",
        "Explains what was mended": "skipped",
    }


def test_a_failure_lists_its_findings_with_their_places() -> None:
    (failure,) = suite_of(reports.typical()).iterfind("testcase[@name='Follows PEP 8']/failure")
    assert failure.attrib["message"] == "5.3 / 15: Violations: 28 violations."
    first, fix, *places = (failure.text or "").split("\n")
    assert (first, fix) == ("Violations: 28 violations.", "To fix: 28 x E501 in 2 files.")
    assert len(places) == 28
    assert places[0] == "main.py:9:80: E501 line too long (89 > 88 characters)"
    assert places[-1] == "numbers/report.py:80:80: E501 E501 was found here"


def test_a_finding_in_a_notebook_names_its_cell() -> None:
    found = reports.finding("E501", "a.ipynb", 2, cell=4, criteria=("style",))
    line = reports.criterion("style", 1, 2)
    suite = suite_of(reports.report(criteria=(line,), findings=(found,)))
    assert "a.ipynb (cell 4):2:80: E501" in suite.findtext("testcase/failure", "")


def test_points_that_are_withheld_are_no_failure() -> None:
    suite = suite_of(reports.withheld())
    assert results_of(suite) == {"Title of layout": "failure", "Title of complexity": "skipped"}
    (skipped,) = suite.iter("skipped")
    assert "withheld, not lost" in skipped.attrib["message"]
    said = suite.findtext("system-out", "")
    assert "Total: at least 71 / 100" in said
    assert "main.py: complexity (it took too long)" in said
    properties = properties_of(suite)
    assert properties["status"] == "needs_attention"
    assert "points" not in properties and properties["at_least"] == "71"
    assert "criteria.complexity.points" not in properties


def test_the_total_and_the_points_are_properties() -> None:
    properties = properties_of(suite_of(reports.typical()))
    assert (properties["points"], properties["max_points"]) == ("71.5", "100")
    assert properties["criteria.style.points"] == "5.3"
    assert properties["criteria.style.max_points"] == "15"
    assert properties["criteria.words.max_points"] == "5"
    assert (properties["student"], properties["attempt"]) == ("s123", "2")
    assert "capped_at" not in properties


def test_a_cap_is_shown() -> None:
    suite = suite_of(reports.unreadable())
    properties = properties_of(suite)
    assert (properties["capped_at"], properties["capped_by"]) == ("40", "runs")
    assert "the total stays at 40" in suite.findtext("system-out", "")


def test_criteria_of_one_title_are_told_apart() -> None:
    lines = [reports.criterion(name, 1, 1, title="Style") for name in ("a", "b")]
    suite = suite_of(reports.report(criteria=tuple(lines)))
    assert set(results_of(suite)) == {"Style (a)", "Style (b)"}


def test_signals_are_listed_for_the_instructor_only() -> None:
    for report, shown in ((reports.hostile(), True), (reports.hostile().for_students(), False)):
        said = suite_of(report).findtext("system-out", "")
        assert ("twin-file" in said) is shown


def test_withheld_points_and_leftover_files_are_named() -> None:
    left = reports.finding("leftover-file", "old.py", 1, check="program", message="It costs 5 %")
    withheld = reports.criterion("tests", None, 4, outcome="withheld")
    suite = suite_of(reports.report(criteria=(withheld,), findings=(left,)))
    told = properties_of(suite)
    assert (told["withheld"], told["leftovers"]) == ("4", "old.py")
    assert "old.py:1:80: leftover-file It costs 5 %" in (suite.findtext("system-out") or "")
    assert not {"withheld", "leftovers"} & properties_of(suite_of(reports.report())).keys()
