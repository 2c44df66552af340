"""Every promise of SECURITY.md names a test, and every test and command that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
PROMISED = TEXT.partition("## What is promised")[2].partition("## What is not promised")[0]


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`(tests/[^`]+)`", PROMISED)
    assert len(named) > 20
    for path in named:
        assert list(ROOT.glob(path)), path


def test_every_promise_names_what_holds_it() -> None:
    rows = [line for line in PROMISED.splitlines() if line.startswith("| ") and "---" not in line]
    promises = [row for row in rows if not row.startswith("| promise")]
    assert len(promises) > 15
    for row in promises:
        assert re.search(r"`(tests/|make )", row), row


def test_every_command_that_is_named_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([\w-]+)`", TEXT):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
