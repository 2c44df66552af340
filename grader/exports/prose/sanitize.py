"""What a student wrote, made harmless to show: nothing invisible, nothing that steers a terminal.

Paths and messages of a report come from the submission. Every rendering for people starts
from :func:`harmless`, so that none of them has to remember this.
"""

from __future__ import annotations

import re
from typing import Any

from grader.domain.characters import visible
from grader.domain.report import Report

#: Several lines of source, in which line breaks and tabs are what they are.
_SOURCE = frozenset({"hunk", "patch", "before", "after"})
#: Prose of ours, in which a line break means no more than a space.
_PROSE = frozenset({"explanation", "how_to_fix"})
#: A text longer than this (in characters) is cut: a name can be as long as the file it stands in.
_LONGEST = 2_000
#: An address that can neither leave an attribute nor name another scheme.
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~!$&*+,;=:@%/?#-]*)?")


def harmless(report: Report) -> Report:
    """The same report, every text made visible, every address https or empty."""
    return Report.model_validate(_walk(report.model_dump(by_alias=True), ""))


def _walk(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return {_key(name): _walk(part, name) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_walk(part, key) for part in value)
    return _text(value, key) if type(value) is str else value


def _key(name: Any) -> Any:
    return visible(name) if type(name) is str else name


def _text(text: str, key: str) -> str:
    if key == "url":
        return text if _ADDRESS.fullmatch(text) else ""
    if key in _PROSE:
        text = " ".join(text.split())
    if key in _SOURCE:
        return visible(text, keep="\n\t")
    more = f"… (and {len(text) - _LONGEST} characters more)" if len(text) > _LONGEST else ""
    return visible(text[:_LONGEST]) + more
