from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.characters import visible
from grader.domain.inspection import State
from grader.domain.report import FileLine
from grader.exports.report.html import MOST_PLACES, diff_lines, render_html, share, states, ticked
from tests.unit import exports_reports as reports

VOID = {"meta", "link", "br", "img", "input", "hr"}
Attributes = list[tuple[str, str | None]]


class _Page(HTMLParser):
    """Collects the elements and the text of a page; fails if tags do not balance."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), "an attribute stands twice"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(params=sorted(reports.ALL))
def page(request: pytest.FixtureRequest) -> _Page:
    return _Page(render_html(reports.ALL[request.param]()))


def test_tags_balance_and_only_ours_are_there(page: _Page) -> None:
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "object", "form", "base", "svg", "link"}
    assert {"html", "header", "main", "footer", "h1", "table"} <= tags


def test_nothing_can_be_fetched_or_run(page: _Page) -> None:
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    assert re.fullmatch(r"style-src 'sha256-[\w+/]{43}='", policy.split("; ")[-1])
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "src"], tag
        address = attributes.get("href")
        assert address is None or address.startswith(("#", "https://", "/checks/"))


def test_a_lesson_is_a_page_of_the_service_where_one_served_the_report() -> None:
    served = _Page(render_html(reports.taught()))
    alone = _Page(render_html(reports.taught().model_copy(update={"receipt": None})))
    assert "/checks/type_hints" in {one.get("href") for one in served.all("a")}
    assert not {one.get("href") for one in alone.all("a")} & {"/checks/type_hints"}
    assert "grader explain type_hints" in alone.text and "grader explain" not in served.text


def test_styles_are_our_own_and_stand_in_one_place(page: _Page) -> None:
    assert len(page.all("style")) == 1
    assert not [attributes for _, attributes in page.elements if "style" in attributes]


def test_the_page_is_laid_out_for_everybody(page: _Page) -> None:
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == len(page.all("main")) == 1
    names = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    for _, attributes in page.elements:
        assert attributes.get("aria-labelledby") in {None, *names}
    assert all(head["scope"] in ("col", "row", "rowgroup") for head in page.all("th"))
    headings = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in zip(headings, headings[1:], strict=False))


@given(st.text(alphabet=st.sampled_from("<>&\"'/=a {}%#-!;")) | st.text())
def test_what_a_student_writes_is_text_and_nothing_else(text: str) -> None:
    def page_of(written: str) -> _Page:
        one = reports.finding("F401", written, 1, message=written, hunk=f"+{written}")
        files = (FileLine(path=written, checks={"style": State.OK}),)
        return _Page(render_html(reports.report(findings=(one,), files=files, notes=(written,))))

    page = page_of(text)
    assert visible(text) in page.text
    lines = len(visible(text, keep="\n\t").rstrip("\n").split("\n"))
    expected = [tag for tag, _ in page_of("a.py").elements]
    surplus = len(page.elements) - len(expected)
    assert 0 <= surplus <= lines, "a line of a hunk is one span, and nothing else may be added"


def test_a_diff_is_read_line_by_line() -> None:
    kinds = [kind for kind, _ in diff_lines(reports.PATCH)]
    assert kinds == [*["head"] * 4, "same", "del", "add", "add", "same"]


def test_a_bar_never_leaves_its_track() -> None:
    assert [share(*pair) for pair in ((5, 10), (11, 10), (-1, 10), (None, 10), (0, 0))] == [
        50,
        100,
        0,
        0,
        0,
    ]


def test_states_of_a_file_are_told_in_words() -> None:
    def told(**checks: State) -> str:
        return states(FileLine(path="a.py", checks=checks))

    assert told(style=State.OK, size=State.OK) == "checked"
    assert told(style=State.UNREADABLE, size=State.UNREADABLE) == "cannot be read as Python"
    assert told(style=State.OK, size=State.FAILED) == "checked; size: broke on our side"
    assert told(size=State.NOT_APPLICABLE) == "size: nothing to measure"


def test_a_flood_of_findings_does_not_make_a_flood_of_a_page() -> None:
    many = tuple(
        reports.finding("E501", "a.py", n, message=f"line too long {n}") for n in range(1, 1000)
    )
    page = _Page(render_html(reports.report(findings=many)))
    assert len(page.all("li")) < MOST_PLACES + 20
    assert f"And {999 - MOST_PLACES} more" in page.text


def test_code_in_our_words_is_code() -> None:
    assert ticked("Use `x < 1`, not ``y``.") == "Use <code>x &lt; 1</code>, not ``y``."
    assert ticked("<b>`") == "&lt;b&gt;`"
