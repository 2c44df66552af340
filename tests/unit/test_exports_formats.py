from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from grader.domain.characters import visible
from grader.domain.report import Report
from grader.domain.rubric.policies import Tone
from grader.exports.formats import FORMATS, Export, by_media_type, index_by_name
from grader.exports.prose import messages
from grader.exports.prose.sanitize import sanitize
from tests.hostile_texts import NAMES
from tests.unit import exports_reports as reports


class _Words(HTMLParser):
    """Collects the text of a page, without its style sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _read_html(text: str) -> str:
    parser = _Words()
    parser.feed(text)
    return "".join(parser.words)


def _read_markdown(text: str) -> str:
    return _read_html(MarkdownIt("commonmark").enable("table").render(text))


#: Form -> function from its text to what a person sees of it.
READERS: dict[str, Callable[[str], str]] = {
    "text": str,
    "markdown": _read_markdown,
    "html": _read_html,
}


def _squeezed(text: str) -> str:
    """Return ``text`` without white space, because forms break lines in different places."""
    return "".join(text.split())


@pytest.fixture(params=sorted(reports.ALL))
def report(request: pytest.FixtureRequest) -> Report:
    return reports.ALL[request.param]()


@pytest.fixture(params=sorted(READERS))
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[name for name in FORMATS if name != "json"])
def name(request: pytest.FixtureRequest) -> str:
    """Return the name of each form in turn, except JSON, which is the report itself."""
    return str(request.param)


def _seen(report: Report, form: str) -> str:
    return _squeezed(READERS[form](FORMATS[form].render(report)))


def _twin(name: str, *, negotiable: bool) -> Export:
    """Return a second form with the media type of JSON."""
    return Export(name, "application/json", ".json", Report.to_json, negotiable=negotiable)


@pytest.mark.parametrize("name", FORMATS)
def test_every_form_has_a_name_a_media_type_and_a_suffix(name: str) -> None:
    export = FORMATS[name]
    assert export.name == name
    assert re.fullmatch(r"[a-z]+/[a-z+.-]+", export.media_type)
    assert re.fullmatch(r"\.[a-z]+", export.suffix)


def test_json_is_the_default() -> None:
    assert next(iter(by_media_type(FORMATS))) == "application/json"


def test_only_negotiable_forms_answer_to_their_media_type() -> None:
    with_twin = index_by_name(*FORMATS.values(), _twin("lines", negotiable=False))
    assert by_media_type(with_twin)["application/json"].name == "json"


@pytest.mark.parametrize(
    "twin", [_twin("json", negotiable=False), _twin("lines", negotiable=True)], ids=["name", "type"]
)
def test_two_forms_cannot_share_a_name_or_a_negotiable_media_type(twin: Export) -> None:
    with pytest.raises(ValueError, match="its own"):
        index_by_name(*FORMATS.values(), twin)


def test_total_points_and_reasons_stand_in_every_form(report: Report, form: str) -> None:
    seen = _seen(report, form)
    assert _squeezed(f"Total: {messages.score(report)}") in seen
    for line in sanitize(report).criteria:
        assert _squeezed(line.title) in seen
        assert _squeezed(messages.points_of(line)) in seen
        assert _squeezed(line.why) in seen


def test_the_rest_of_the_report_stands_in_every_form(report: Report, form: str) -> None:
    seen, safe = _seen(report, form), sanitize(report)
    step = [safe.next_step.text] if safe.next_step else []
    for text in (*step, *safe.notes):
        # Text between backticks is code, which each form marks in its own way.
        assert _squeezed(text).replace("`", "") in seen.replace("`", "")
    for finding in safe.findings:
        for text in (finding.path, finding.code, finding.how_to_fix):
            assert _squeezed(text) in seen
    for path in [*(one.path for one in safe.faults), *(one.path for one in safe.dropped)]:
        assert _squeezed(path) in seen
    for text in (safe.submission.digest, safe.rubric.digest, *safe.engine.tools.values()):
        assert text in seen


def test_a_hostile_name_is_shown_as_it_is(form: str) -> None:
    seen = _seen(reports.hostile(), form)
    for name in NAMES:
        assert _squeezed(visible(name)) in seen


def test_no_form_holds_a_character_that_does_not_print(report: Report, name: str) -> None:
    rendered = FORMATS[name].render(report)
    if name == "csv":  # it has a byte order mark, and line ends as RFC 4180 requires
        rendered = rendered.removeprefix("\ufeff").replace("\r\n", "\n")
    assert {one for one in rendered if not one.isprintable()} <= {"\n", "\t"}
    rendered.encode("utf-8")


def test_the_same_report_gives_the_same_text(report: Report, name: str) -> None:
    once = FORMATS[name].render(report)
    assert once == FORMATS[name].render(report)
    assert once.endswith("\n") and not once.endswith("\n\n")


def test_every_form_tells_the_criteria_and_their_points(report: Report, name: str) -> None:
    rendered = html.unescape(FORMATS[name].render(report))
    for line in report.criteria:
        assert line.title.replace("`", "") in rendered.replace("`", "")
        if line.points is not None:
            assert messages.amount(line.points) in rendered


def test_states_are_told_plainly(form: str) -> None:
    def says(report: Report, text: str) -> bool:
        return _squeezed(text) in _seen(report, form)

    assert says(reports.report(), "Full marks")
    assert says(reports.typical(), "To be given by your instructor")
    assert says(reports.report(), "All points for every criterion")
    assert says(reports.withheld(), "at least 71 / 100")
    assert says(reports.withheld(), "withheld, not lost")
    assert says(reports.withheld(), "it took too long")
    assert says(reports.unreadable(), "cannot be read as Python")
    assert says(reports.unreadable(), "the total stays at 40 as long as “Title of runs” earns")
    assert says(reports.unreadable(), "not counted")
    assert says(reports.changed(), "Since your last attempt: 5 fixed, 3 new, 29 still there;")
    assert says(reports.changed(), "new on lines 12, 15")
    assert says(reports.hostile(), "For the instructor")
    assert not says(reports.hostile().for_students(), "For the instructor")
    assert not says(reports.typical(), "For the instructor")


def _in_order(seen: str, *texts: str) -> bool:
    at = 0
    for text in texts:
        at = seen.find(_squeezed(text), at) + 1
        if not at:
            return False
    return True


@pytest.mark.parametrize("tone", ["beginner", "standard", "strict"])
def test_strengths_stand_first_then_the_step_then_the_tasks_then_the_details(
    tone: Tone, form: str
) -> None:
    praise = {"beginner": "What you did well", "standard": "Already right"}
    assert _in_order(
        _seen(reports.taught(tone), form),
        "Total: 71.5 / 100",
        praise.get(tone, "Already right"),
        "2 of 6 criteria" if tone == "strict" else "Imports are sorted",
        "Do this first",
        "Points still to win",
        "To mend: 28 x E501 in 2 files",
        "All points earned",
        "What was found, file by file",
    )


def test_a_beginner_is_welcomed_and_told_why_every_time(form: str) -> None:
    seen = _seen(reports.taught("beginner"), form)
    assert _in_order(seen, "Good work so far.", "What you did well", "Split into modules")
    assert seen.count(_squeezed("Why E711 matters.")) == 2


def test_the_standard_tone_tells_once_why(form: str) -> None:
    seen = _seen(reports.taught(), form)
    assert _squeezed("Good work so far.") not in seen
    assert seen.count(_squeezed("Why E711 matters.")) == 1


def test_the_strict_tone_only_says_what_to_do_and_where_to_read(form: str) -> None:
    rendered = FORMATS[form].render(reports.taught("strict"))
    seen = _squeezed(READERS[form](rendered))
    assert _squeezed("Good work so far.") not in seen
    assert "matters." not in seen
    assert _squeezed("How to mend E711.") in seen
    assert "https://example.org/E711" in rendered


def test_all_tones_tell_the_same_points(form: str) -> None:
    for tone in ("beginner", "strict"):
        seen = _seen(reports.taught(tone), form)
        for line in reports.taught().criteria:
            assert _squeezed(line.why) in seen


@pytest.mark.parametrize(
    ("number", "title"), [(0, "nothing is right yet"), (1, "all but one"), (2, "everything")]
)
def test_a_kind_opening_fits_what_was_earned(number: int, title: str, form: str) -> None:
    lines = tuple(reports.criterion(f"c{at}", 2 if at < number else 0, 2) for at in range(2))
    opening = ("Do not worry about the number", "Good work so far.", "Well done:")[number]
    seen = _seen(reports.report(criteria=lines, tone="beginner"), form)
    assert _squeezed(opening) in seen, title


def test_the_students_own_line_stands_beside_the_mended_one(form: str) -> None:
    seen = _seen(reports.taught(), form)
    assert _in_order(
        seen,
        "Your line 4, and how to write it:",
        "- if total == None:",
        "+ if total is None:",
    )
    assert _in_order(seen, "Your line 1 can go:", "- import os")
    assert _in_order(seen, "- add = lambda a: a", "+ def add(a):", "+ return a")
    assert _in_order(seen, "- total = 3··", "+ total = 3")
    assert _squeezed("how to write it (fill in what") in seen
    assert _in_order(seen, "Your line 2, and how to write it:", "- x=1", "+ x = 1")


def test_each_kind_of_finding_leads_to_a_lesson(form: str) -> None:
    seen = _seen(reports.taught().model_copy(update={"receipt": None}), form)
    assert "grader explain type_hints".replace(" ", "") in seen
    assert "grader explain readable".replace(" ", "") not in _seen(reports.unreadable(), form)


def test_a_criterion_without_a_place_says_how_it_is_won(form: str) -> None:
    line = reports.criterion("main", 0, 5, how_to_fix="Write a `main.py`.")
    seen = _seen(reports.report(criteria=(line,)), form)
    assert "Tomend:Writea" in seen and "main.py" in seen


def test_json_is_the_report_itself() -> None:
    report = reports.typical()
    loaded = json.loads(FORMATS["json"].render(report))
    assert loaded["schema"] == "grader.report/1"
    assert Report.model_validate(loaded) == report
