"""The report's page in a real browser: light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from grader.exports.report.html import render_html
from tests.browser import OPEN_ALL, chromium
from tests.unit import exports_reports as reports

#: JavaScript that finds every text whose contrast with its background is under 4.5 : 1.
FAINT = """() => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  let seen = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    seen += 1;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push([ratio, walker.currentNode.data.trim()]);
  }
  return {seen, faint};
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module", params=sorted(reports.ALL))
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    page = tmp_path_factory.mktemp("report") / "report.html"
    page.write_text(render_html(reports.ALL[request.param]()), encoding="utf-8")
    return page.as_uri()


@pytest.fixture(scope="module")
def tab(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def page(tab: Page, address: str) -> Page:
    """Open the page anew, 1000 pixels wide and in light colours, and return it."""
    tab.set_viewport_size({"width": 1000, "height": 800})
    tab.emulate_media(color_scheme="light")
    tab.goto(address)
    return tab


def test_the_page_is_quiet_and_asks_for_nothing(tab: Page, address: str) -> None:
    asked: list[str] = []
    said: list[str] = []
    listeners: dict[Any, Callable[[Any], None]] = {
        "request": lambda request: asked.append(request.url),
        "console": lambda message: said.append(message.text),
        "pageerror": lambda error: said.append(str(error)),
        "dialog": lambda dialog: said.append(dialog.message),
    }
    for event, listener in listeners.items():
        tab.on(event, listener)
    tab.goto(address)
    tab.evaluate(OPEN_ALL)
    tab.wait_for_load_state("networkidle")
    for event, listener in listeners.items():
        tab.remove_listener(event, listener)
    assert asked == [address]
    assert said == []


def test_the_policy_of_the_page_stops_scripts(page: Page) -> None:
    added = page.evaluate("""() => {
          const script = document.createElement('script');
          script.textContent = 'window.ran = true';
          document.body.append(script);
          return window.ran === true;
        }""")
    assert added is False


def test_the_total_and_the_first_step_are_seen_at_once(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    total, step = page.locator("p.total"), page.locator("#first")
    assert " / " in total.inner_text()
    for part in (total, step):
        box = part.bounding_box()
        assert box is not None and 0 <= box["y"] < 800


@pytest.mark.parametrize("width", [360, 1000])
def test_nothing_runs_off_the_side(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(page: Page, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.evaluate(OPEN_ALL)
    measured = page.evaluate(FAINT)
    assert measured["seen"] > 20
    assert measured["faint"] == []


def test_light_and_dark_are_two_looks(page: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) != light


def test_the_keyboard_opens_every_detail(page: Page) -> None:
    wanted = page.locator("summary:visible").count()
    reached = 0
    for _ in range(400):
        page.keyboard.press("Tab")
        tag = page.evaluate("document.activeElement.tagName")
        if tag == "BODY":
            break
        outline = page.evaluate("getComputedStyle(document.activeElement).outline")
        assert "solid 3px" in outline, "focus can be seen"
        if tag == "SUMMARY":
            was = page.evaluate("document.activeElement.parentElement.open")
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.parentElement.open") is not was
            page.keyboard.press("Enter")
            reached += 1
    assert reached == wanted > 0
