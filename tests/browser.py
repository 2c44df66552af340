"""A real browser for tests: without a window, and without traffic of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_CHROMIUM = "/usr/bin/chromium"
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

#: JavaScript that opens every ``details`` element of a page.
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true; })"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a new Chromium, and close it at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()
