"""Text of students stays text in every format of a report of a graded submission."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser

import pytest
from defusedcsv import csv
from markdown_it import MarkdownIt
from markdown_it.token import Token

from grader.checks.catalog import CATALOG
from grader.domain import unreadable
from grader.domain.characters import is_hidden
from grader.domain.errors import BadArchive
from grader.domain.report import Report
from grader.domain.report.building import build_report
from grader.domain.rubric import CompiledRubric
from grader.engine.intake import read_upload
from grader.engine.measuring.engine import Engine
from grader.engine.measuring.facts_cache import MemoryFacts
from grader.engine.rubric_text import read_rubric_text, shipped_rubric
from grader.exports.formats import FORMATS
from grader.exports.report.text import render_text
from tests import hostile_texts
from tests.in_process import InProcess
from tests.unit import exports_reports as reports

RUBRIC = read_rubric_text(shipped_rubric("chapter-practices") or "", CATALOG)
ENGINE = Engine(CATALOG, InProcess(CATALOG), MemoryFacts())
#: Codes of the refusals of names that no archive may contain.
REFUSED = {"name-control", "name-absolute", "name-empty", "name-reserved", "name-too-long"}

#: Every element that the page's template writes.
TAGS = set(
    "html head meta title style body a header h1 h2 h3 h4 p small div span main section strong ul"
    " li table caption thead tbody tfoot tr th td details summary code pre footer dl dt dd".split()
)
ATTRIBUTES = set(
    "lang charset http-equiv content name class href id tabindex scope colspan open rel role"
    " aria-label aria-labelledby aria-hidden".split()
)
#: The types in a report in Markdown: no raw HTML, image, quotation, numbered list or rule.
BLOCKS = set(
    "heading paragraph inline text strong code_inline fence hardbreak softbreak bullet_list"
    " list_item table thead tbody tr th td link".split()
)
OURS = {address for check in CATALOG.values() for address in check.reading}
OURS |= {words.url for words in unreadable.GUIDANCE.values()} | {"https://ok.example/x"}
#: Plain text that GitHub turns into a link or a mention.
LIVELY = re.compile(r"https?:|www\.|@\w|#\d|mailto:|\bGH-\d")
FORMULA = re.compile(r"\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20\t\r]")
NUMBER = re.compile(r"-?[0-9.]+\Z")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            info = zipfile.ZipInfo("x")
            info.filename = path
            archive.writestr(info, data)
    return buffer.getvalue()


def graded(files: dict[str, bytes]) -> Report:
    facts = ENGINE.measure(read_upload(zipped(files)), RUBRIC)
    return build_report(CompiledRubric.of(RUBRIC, CATALOG), facts, digest="0" * 64)


def held(name: str) -> str | None:
    """Return the code by which an upload with ``name`` is refused, or ``None``."""
    try:
        read_upload(zipped({name: b"x = 1\n"}))
    except (BadArchive, UnicodeEncodeError) as refusal:
        return refusal.code if isinstance(refusal, BadArchive) else "name-control"
    return None


ACCEPTED = [name for name in hostile_texts.NAMES if name.endswith(".py") and held(name) is None]


@cache
def of_uploads() -> Report:
    """Return the report about files with hostile names, and with hostile text in all places."""
    programs = hostile_texts.sources()
    named = dict(zip(ACCEPTED, programs.values(), strict=False))
    return graded({path: text.encode() for path, text in (programs | named).items()})


REPORTS: dict[str, Callable[[], Report]] = {"graded": of_uploads, "by hand": reports.hostile}


@cache
def shown(kind: str, form: str) -> str:
    return FORMATS[form].render(REPORTS[kind]())


@pytest.fixture(params=sorted(REPORTS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_names_that_could_deceive_are_refused_and_others_graded() -> None:
    refused = {name: held(name) for name in hostile_texts.NAMES if name not in ACCEPTED}
    assert {code for code in refused.values() if code} <= REFUSED
    assert len(ACCEPTED) >= 15
    for name in hostile_texts.NAMES:
        if not name.isprintable():
            assert refused[name], "nothing hidden in a name that is graded"
    as_read = {name.replace("\\", "/") for name in ACCEPTED}
    assert {file.path for file in of_uploads().files} == as_read | set(hostile_texts.sources())


def test_every_source_is_read_and_no_check_breaks_on_it() -> None:
    report = of_uploads()
    assert report.faults == ()
    quoting = {one.path for one in report.findings if one.code == "F822"}
    assert quoting >= set(hostile_texts.sources())


class _Page(HTMLParser):
    """Collects the elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), "an attribute stands twice"
        self.elements.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def test_the_page_holds_no_element_and_no_address_but_ours(kind: str) -> None:
    page = _Page(shown(kind, "html"))
    assert {tag for tag, _ in page.elements} <= TAGS
    assert sum(tag == "style" for tag, _ in page.elements) == 1
    for _, attributes in page.elements:
        assert set(attributes) <= ATTRIBUTES
        assert re.fullmatch(r"[a-z0-9 -]*", attributes.get("class") or "")
        address = attributes.get("href") or "#"
        assert address.startswith(("#", "/checks/")) or address in OURS


def _tokens(text: str) -> Iterator[Token]:
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for token in reader.parse(text):
        yield token
        yield from token.children or ()


def test_markdown_holds_no_markup_but_ours(kind: str) -> None:
    in_link = False
    for token in _tokens(shown(kind, "markdown")):
        assert token.type.removesuffix("_open").removesuffix("_close") in BLOCKS
        in_link = token.type == "link_open" or (in_link and token.type != "link_close")
        if token.type == "link_open":
            assert token.attrs["href"] in OURS
        if token.type == "text" and not in_link:
            assert not LIVELY.search(token.content), token.content


def test_no_cell_is_a_formula_and_every_row_is_whole(kind: str) -> None:
    text, report = shown(kind, "csv"), REPORTS[kind]()
    assert text.startswith("\ufeff") and text.endswith("\r\n")
    head, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert len(rows) >= len(report.findings) + len(report.criteria) + 1
    for row in rows:
        assert len(row) == len(head)
        assert all(NUMBER.match(cell) or not FORMULA.match(cell) for cell in row), row
    # Quotes end where the writer ended them: there are as many records as lines.
    assert text.count("\r\n") == len(rows) + 1


@pytest.mark.parametrize("form", [name for name in FORMATS if name != "json"])
def test_no_format_has_invisible_characters(kind: str, form: str) -> None:
    text = shown(kind, form).removeprefix("\ufeff")
    assert {one for one in text if is_hidden(one)} <= set("\n\t\r" if form == "csv" else "\n\t")


def test_json_escapes_invisible_characters_and_keeps_them() -> None:
    text = shown("graded", "json")
    assert {one for one in text if is_hidden(one)} == {"\n"}
    assert Report.model_validate_json(text) == of_uploads()
    assert any(map(is_hidden, json.dumps(json.loads(text), ensure_ascii=False)))


def test_terminal_output_has_no_escapes_but_our_colours(kind: str) -> None:
    plain = COLOUR.sub("", render_text(REPORTS[kind](), colour=True))
    assert plain == shown(kind, "text")
    assert not [one for one in plain if is_hidden(one) and one != "\n"]


def test_rubric_text_is_never_a_template() -> None:
    title = "{{7*7}} {0.__class__} %s %(x)s ${x} {% raw %}"
    text = (shipped_rubric("chapter-practices") or "").replace("title: ", f"title: '{title}' #", 1)
    text = re.sub(r"(\n    title: )(.*)", rf"\1'{title}'", text, count=1)
    rubric = read_rubric_text(text, CATALOG)
    facts = ENGINE.measure(read_upload(b"x = 1\n", filename="a.py"), rubric)
    report = build_report(CompiledRubric.of(rubric, CATALOG), facts, digest="")
    assert (report.rubric.title, report.criteria[0].title) == (title, title)
    for form in FORMATS.values():
        said = form.render(report).replace("`", "")
        for word in title.replace("%}", "").split():
            assert word in said
        assert "49" not in said.split()
