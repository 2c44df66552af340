"""Laws of every form of a report, for any text of a student in any field."""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from html.parser import HTMLParser
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from grader.domain.facts import DroppedFile
from grader.domain.inspection import State
from grader.domain.report import Fault, FileLine, Report
from grader.domain.report.next_step import NextStep
from grader.exports.report.csv import COLUMNS, render_csv
from grader.exports.report.html import render_html
from grader.exports.report.junit import render_junit
from grader.exports.report.markdown import render_markdown
from grader.exports.report.text import WIDTH, render_text
from tests.unit import exports_reports as reports

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
FORMULA = re.compile(r"\s*[=+\-@|%＝＋－＠｜％\t\r]")
NUMBER = re.compile(r"-?[0-9.]+")

TEXTS = st.lists(
    st.text(alphabet=st.sampled_from("ab1 .`~|\\<>[]()!*_#-+=&;:@/$\"'{}\n\t\r=%長́")) | st.text(),
    min_size=9,
    max_size=9,
)


def written(texts: list[str]) -> Report:
    """Return a report with ``texts`` in every field that may contain a student's text."""
    path, message, before, after, hunk, note, reason, told, patch = texts
    found = reports.finding(
        "F401", path, 1, message=message, before=before, after=after, criteria=("style",)
    )
    added = "".join(f"+{line}\n" for line in hunk.split("\n"))
    shown = reports.finding("black", path, 1, check="formatting", message=told, hunk=added)
    return reports.report(
        next_step=NextStep(gains=1, text=told, criterion="style", path=path, line=1),
        criteria=(reports.criterion("style", 0.5, 1, why=reason),),
        files=(FileLine(path=path, checks={"style": State.OK}),),
        findings=(found, shown),
        faults=(Fault(path=path, check="style", reason="crash"),),
        notes=(note,),
        dropped=(DroppedFile(path=path, reason=reason),),
        patch=f"+{patch}",
        signals=(reports.finding("twin-file", path, 1, check="signals", message=told),),
    )


@cache
def plain() -> Report:
    return written(["a"] * 9)


def blocks(report: Report) -> tuple[list[str], set[str]]:
    """Return the types of the blocks of the Markdown, in order, and the types inside lines."""
    tokens = READER.parse(render_markdown(report))
    return (
        [token.type for token in tokens],
        {child.type for token in tokens for child in token.children or ()},
    )


@settings(max_examples=40)
@given(TEXTS)
def test_markdown_has_the_blocks_of_any_other_report(texts: list[str]) -> None:
    (found, inside), (expected, ours) = blocks(written(texts)), blocks(plain())
    assert found == expected
    assert inside <= ours | {"text", "code_inline"}


@settings(max_examples=40)
@given(TEXTS)
def test_lines_of_text_print_and_fit_a_terminal(texts: list[str]) -> None:
    for line in render_text(written(texts)).split("\n"):
        assert line.isprintable()
        assert cell_len(line) <= WIDTH


@settings(max_examples=40)
@given(TEXTS)
def test_no_cell_of_a_table_is_a_formula_and_none_is_out_of_place(texts: list[str]) -> None:
    rows = list(csv.reader(io.StringIO(render_csv(written(texts)), newline="")))
    assert [len(row) for row in rows] == [len(COLUMNS)] * 7
    for row in rows:
        for cell in row:
            assert NUMBER.fullmatch(cell) or not FORMULA.match(cell)


class Elements(HTMLParser):
    """Collects the elements of a page with their attributes, except ``span`` and ``code``."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("span", "code"):
            self.found.append((tag, [name for name, _ in attrs]))


@settings(max_examples=40)
@given(TEXTS)
def test_junit_xml_is_well_formed_and_has_the_elements_of_any_other_report(
    texts: list[str],
) -> None:
    first, other = (
        [element.tag for element in ElementTree.fromstring(render_junit(one).encode()).iter()]
        for one in (written(texts), plain())
    )
    assert first == other


@settings(max_examples=40)
@given(TEXTS)
def test_a_page_has_the_elements_of_any_other_report(texts: list[str]) -> None:
    first, other = (Elements(render_html(one)).found for one in (written(texts), plain()))
    assert first == other
