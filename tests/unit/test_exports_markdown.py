from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from grader.domain.characters import visible
from grader.domain.report import Report
from grader.exports.report.markdown import code, fenced, prose, render_markdown, words
from tests.hostile_texts import NAMES
from tests.unit import exports_reports as reports

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
#: The types of blocks in a report; no HTML, image, quotation, numbered list or rule.
OURS = {
    *("heading", "paragraph", "inline", "text", "strong", "code_inline", "fence", "hardbreak"),
    *("bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td", "link", "softbreak"),
}


def _tokens(text: str) -> Iterator[Token]:
    for token in READER.parse(text):
        yield token
        yield from token.children or ()


def _kinds(text: str) -> set[str]:
    return {token.type.removesuffix("_open").removesuffix("_close") for token in _tokens(text)}


def _plain(text: str) -> str:
    return "".join(t.content for t in _tokens(text) if t.type in ("text", "code_inline"))


@pytest.mark.parametrize("name", sorted(reports.ALL))
def test_a_report_holds_no_markup_but_ours(name: str) -> None:
    assert _kinds(render_markdown(reports.ALL[name]())) <= OURS


@pytest.mark.parametrize("name", sorted(reports.ALL))
def test_links_lead_only_where_our_words_do(name: str) -> None:
    tokens = _tokens(render_markdown(reports.ALL[name]()))
    links = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
    assert all(link.startswith(("https://example.org/", "https://ok.example/")) for link in links)


def test_a_hostile_report_has_the_headings_and_the_table_of_any_other() -> None:
    def shape(report: Report) -> list[str]:
        tokens = list(READER.parse(render_markdown(report)))
        heads = [tokens[at + 1].content for at, t in enumerate(tokens) if t.type == "heading_open"]
        return [*heads, *(t.type for t in tokens if t.type in ("table_open", "th_open"))]

    kind = reports.typical()
    parts = {name: getattr(reports.hostile(), name) for name in ("faults", "signals", "total")}
    assert shape(reports.hostile()) == shape(kind.model_copy(update=parts))
    cells = [t for t in _tokens(render_markdown(reports.hostile())) if t.type == "td_open"]
    assert len(cells) == 2 * (len(NAMES) + 1)


@given(st.text(alphabet=st.sampled_from("ab1 .`|\\<>[]()!*_~#-+=&;:@/$\"'{}\n")) | st.text())
def test_prose_is_text_and_code_and_says_the_same(text: str) -> None:
    shown = visible(text)
    line = f"- Note: {prose(shown)}"
    assert _kinds(line) <= {
        "bullet_list",
        "list_item",
        "paragraph",
        "inline",
        "text",
        "code_inline",
    }
    assert "".join(_plain(line).split()) == "Note:" + "".join(shown.split())


@given(st.text(alphabet=st.sampled_from("ab `.<[]()!*_|\\")) | st.text())
def test_our_words_are_text_and_code_whatever_is_in_them(text: str) -> None:
    line = f"- Note: {words(visible(text))}"
    assert _kinds(line) <= {
        "bullet_list",
        "list_item",
        "paragraph",
        "inline",
        "text",
        "code_inline",
    }


def test_code_in_our_words_is_code() -> None:
    assert words("Use `x == 1`, not `y`.") == "Use `x == 1`, not `y`."
    assert words("(see `a_b`)") == "(see `a_b`)"


@given(st.text(alphabet="`a \\|"))
def test_code_shows_exactly_its_text(text: str) -> None:
    if text.strip():
        spans = [t.content for t in _tokens(f"x {code(text)} x") if t.type == "code_inline"]
        assert spans == [text]


@given(st.lists(st.sampled_from(["```", "~~~", "`````", "    ```", "+y", "```diff", ""])))
def test_no_line_closes_a_fence(lines: list[str]) -> None:
    text = "\n".join(["@@", *lines, "z"])
    tokens = list(READER.parse(fenced(text, "diff")))
    assert [(t.type, t.content) for t in tokens] == [("fence", text + "\n")]


def test_prose_reads_as_prose() -> None:
    said = "Violations: 3 (89 > 88). All 10 points at 0: 10 × (3 − 1) / (3 − 0) = 6.7."
    assert prose(said) == said
    assert prose("Mend main.py, line 3.") == "Mend `main.py`, line 3."


def test_addresses_and_mentions_of_a_student_are_code() -> None:
    for word in ("www.evil.example", "https://evil.example", "a@evil.example", "@all", "#12"):
        assert prose(word) == f"`{word}`"


def test_a_title_with_bars_stays_in_its_cell() -> None:
    title = "Either a|b or `c|d` \\| <b>"
    line = reports.criterion("bars", 1, 1, title=title)
    tokens = list(READER.parse(render_markdown(reports.report(criteria=(line,)))))
    cells = [tokens[at + 1] for at, token in enumerate(tokens) if token.type == "td_open"]
    assert ["".join(c.content for c in cell.children or ()) for cell in cells] == [
        title,
        "1 / 1",
        "Total",
        "100 / 100",
    ]


def test_a_patch_too_long_for_a_comment_is_left_to_the_other_forms() -> None:
    long = reports.report(patch="+x\n" * 10_000)
    assert "It is too long to show here" in render_markdown(long)
    assert "+x\n+x" not in render_markdown(long)
    assert "+x = 1\n" in render_markdown(reports.typical())
