"""Pages in a real browser, with the headers of the real server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Dialog, Page
from waitress.server import create_server

from grader.bootstrap import Service
from grader.http.app import create_app
from grader.service.records import Role
from tests import hostile_texts
from tests.browser import OPEN_ALL, chromium

Headers = dict[str, str]
URL = "/api/v1/exercises/chapter-practices/submissions"
#: Tags and attributes by which a page could load or execute something.
LIVELY = "script, iframe, object, embed, img, svg, form, base, link, video, audio, [style], [src]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def base(service: Service) -> Iterator[str]:
    """Run a real server of the application, and return its address."""
    server = create_server(create_app(service), host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(10)


@contextmanager
def opened(browser: Browser, url: str, headers: Headers) -> Iterator[tuple[Page, list[str]]]:
    """Open ``url``; yield the page, and a list of its requests, messages, errors and dialogs."""
    context = browser.new_context(extra_http_headers=headers)
    page = context.new_page()
    heard: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    page.on("request", lambda request: heard.append(request.url))
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", dismiss)
    page.goto(url)
    page.evaluate(OPEN_ALL)
    page.wait_for_load_state("networkidle")
    yield page, heard
    context.close()


def test_a_hostile_report_runs_nothing_and_asks_for_nothing(
    browser: Browser,
    base: str,
    service: Service,
    auth: Callable[..., Headers],
    zipped: Callable[..., bytes],
    grade: Callable[[], int],
) -> None:
    name = "<img src=x onerror=alert(1)>"
    student = auth(Role.STUDENT, student=name)
    client = create_app(service).test_client()
    files = hostile_texts.sources() | {f"{name}/main.py": "import os\n", "a'b.py": "x=1\n"}
    data = zipped(files)
    made = client.post(URL, data=data, content_type="application/zip", headers=student)
    assert made.status_code == 202 and grade() == 1
    address = f"{base}{made.headers['Location']}/report?format=html"
    with opened(browser, address, student) as (page, heard):
        assert heard == [address]
        assert page.locator(LIVELY).count() == 0
        text = page.inner_text("body")
        assert name in text and f"{name}/main.py" in text
        assert "{{ 7*7 }}" in text
        assert page.evaluate("location.origin + window.origin").endswith("null")
        assert page.evaluate("getComputedStyle(document.body).margin") == "0px", "our style works"
        widths = page.evaluate(
            "[...document.querySelectorAll('.bar > span')].map(one => one.offsetWidth)"
        )
        assert len(set(widths)) > 1, "bars have lengths"


@pytest.mark.parametrize("path", ["/docs", "/checks/style"])
def test_our_own_pages_have_their_style_and_ask_for_nothing_else(
    browser: Browser, base: str, path: str
) -> None:
    with opened(browser, base + path, {"Accept": "text/html"}) as (page, heard):
        assert heard == [base + path]
        assert page.locator(LIVELY).count() == 0
        assert page.evaluate("getComputedStyle(document.body).margin") == "0px"
