"""Secrets taken out of what is written down: of log lines, and of addresses that are shown again.

Nothing should hand a secret to a log in the first place. This is for the day on which something
does: an error of a library that quotes a URL, a token that somebody put into an address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"
#: One of our tokens, as ``grader token create`` prints it.
TOKEN = re.compile(r"grader_[A-Za-z0-9_-]{43}")
_NAMES = r"pass(?:word|wd)?|secret|token|api[_-]?key|authorization|signature"
_PATTERNS = (
    (re.compile(r"\b(grader_)[A-Za-z0-9_-]{43}"), rf"\1{HIDDEN}"),
    (re.compile(r"\b(whsec_)[A-Za-z0-9+/=_-]{8,}"), rf"\1{HIDDEN}"),
    (re.compile(r"\b(bearer|basic)\s+(?!\[)[A-Za-z0-9+/=._~-]{6,}", re.I), rf"\1 {HIDDEN}"),
    # The user and password of a URL.
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/?#@\"']*@", re.I), rf"\1{HIDDEN}@"),
    # What follows a telling name, in a query, a header, a dict or a JSON text.
    (
        re.compile(rf"((?:{_NAMES})\\?[\"']?\s*[=:]\s*\\?[\"']?)(?!\[)[^\s\"'\\&,;)}}]+", re.I),
        rf"\1{HIDDEN}",
    ),
)
_SECRET_KEY = re.compile(rf"(?:{_NAMES})$", re.I)
_PLAIN = (int, float, bool, type(None))


def redact(text: str) -> str:
    """A text with every secret that can be told by its form or its name hidden."""
    for pattern, shown in _PATTERNS:
        text = pattern.sub(shown, text)
    return text


def redact_event(logger: Any, method: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """The same for an event on its way to a log, as structlog's processors are called."""
    return {str(key): _redacted(str(key), value) for key, value in event.items()}


def _redacted(key: str, value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Mapping):
        return {str(name): _redacted(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(key, inner) for inner in value]
    if _SECRET_KEY.search(key):
        return HIDDEN
    return redact(value if isinstance(value, str) else repr(value))
