"""Make a student's text safe to show: no invisible characters, no terminal control sequences.

Paths and messages of a report come from the submission. Every rendering except JSON starts with
:func:`sanitize`, and then escapes the texts for its own syntax.
"""

from __future__ import annotations

import re
from typing import Any

from grader.domain.characters import visible
from grader.domain.report import Report

#: Fields with lines of source, in which line breaks and tabs are kept and nothing is cut.
_SOURCE = frozenset({"hunk", "patch", "before", "after"})
#: Fields with prose of the checks, in which white space is collapsed to single spaces.
_PROSE = frozenset({"explanation", "how_to_fix"})
#: Longer texts (in characters) are cut: a name can be as long as its file. Chosen by hand.
_MAX_TEXT = 2_000
#: A URL that can neither end an attribute nor have another scheme, e.g. ``https://a.example/b#c``;
#: not ``http://a.example``, ``javascript:alert(1)`` or ``https://a.example/"x``.
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~!$&*+,;=:@%/?#-]*)?")


def sanitize(report: Report) -> Report:
    """Return a copy of ``report`` whose texts, and keys such as check ids, are safe to show.

    Control and invisible characters are replaced by visible escapes such as ``\\x1b``, except
    newlines and tabs in source (``hunk``, ``patch``, ``before``, ``after``). Other texts longer
    than :data:`_MAX_TEXT` are cut, with a note of how much. White space in guidance becomes single
    spaces. A ``url`` that is not a plain https address becomes empty. Markup is not escaped.
    """
    return Report.model_validate(_walk(report.model_dump(by_alias=True), ""))


def _walk(value: Any, key: str) -> Any:
    """Return ``value`` with all texts in it safe; ``key`` is the name of its field."""
    if isinstance(value, dict):
        return {_key(name): _walk(part, name) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_walk(part, key) for part in value)
    return _text(value, key) if type(value) is str else value


def _key(name: Any) -> Any:
    """Return the key ``name`` of a mapping, safe to show if it is plain text, such as a path."""
    return visible(name) if type(name) is str else name


def _text(text: str, key: str) -> str:
    """Return ``text``, the value of the field ``key``, safe to show."""
    if key == "url":
        return text if _ADDRESS.fullmatch(text) else ""
    if key in _PROSE:
        text = " ".join(text.split())
    if key in _SOURCE:
        return visible(text, keep="\n\t")
    more = f"… (and {len(text) - _MAX_TEXT} characters more)" if len(text) > _MAX_TEXT else ""
    return visible(text[:_MAX_TEXT]) + more
