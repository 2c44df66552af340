"""Replace secrets by ``[hidden]``, in log lines and in addresses that a response repeats.

No code should log a secret in the first place. This is the second line of defence, e.g. if an error
of a library quotes a URL, or if a user puts a token into a query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: The replacement for a secret.
HIDDEN = "[hidden]"
#: A bearer token, as ``grader token create`` prints it: "grader_" and 43 characters; not
#: "grader_report".
TOKEN = re.compile(r"grader_[A-Za-z0-9_-]{43}")
#: Names whose value is a secret, e.g. in ``api_key=...`` or ``"Authorization": "..."``; not in
#: ``key=...``. Chosen by hand.
_NAMES = r"pass(?:word|wd)?|secret|token|api[_-]?key|authorization|signature"
#: Pairs of a pattern and its replacement. ``(?!\[)`` skips a value that is ``[hidden]`` already.
_PATTERNS = (
    # A token of ours, e.g. "grader_" and 43 characters; not "grader_report" (too short).
    (re.compile(r"\b(grader_)[A-Za-z0-9_-]{43}"), rf"\1{HIDDEN}"),
    # The signing secret of a source, e.g. "whsec_c2VjcmV0"; not "whsec_short" (under 8).
    (re.compile(r"\b(whsec_)[A-Za-z0-9+/=_-]{8,}"), rf"\1{HIDDEN}"),
    # Credentials of an Authorization header, e.g. "Bearer abc123"; not "basic idea" (under 6).
    (re.compile(r"\b(bearer|basic)\s+(?!\[)[A-Za-z0-9+/=._~-]{6,}", re.I), rf"\1 {HIDDEN}"),
    # User and password of a URL, e.g. "redis://:pass@host"; not "https://host/a@b".
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/?#@\"']*@", re.I), rf"\1{HIDDEN}@"),
    # The value after a name of _NAMES, in a query, a header, a dict or a JSON text, e.g.
    # "?token=abc", "'password': 'abc'"; not "token expired" (no = or : between).
    (
        re.compile(rf"((?:{_NAMES})\\?[\"']?\s*[=:]\s*\\?[\"']?)(?!\[)[^\s\"'\\&,;)}}]+", re.I),
        rf"\1{HIDDEN}",
    ),
)
#: A key of a log event whose value is hidden, e.g. ``redis_password``; not ``token_id``.
_SECRET_KEY = re.compile(rf"(?:{_NAMES})$", re.I)
_PLAIN = (int, float, bool, type(None))


def redact(text: str) -> str:
    """Return ``text`` with ``[hidden]`` for every secret that one of the patterns recognizes.

    These are our tokens and signing secrets, credentials in headers and URLs, and the value after a
    name such as ``password=``.
    """
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def redact_event(logger: Any, method: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of the log event ``event`` with its secrets hidden; a structlog processor.

    Secrets are the values under a key that matches :data:`_SECRET_KEY`, except numbers, bools and
    ``None``, and the parts of any text that :func:`redact` hides. Items of a list belong to the key
    of the list; a nested mapping has keys of its own. Tuples and sets become lists; keys, and
    objects of other types, become text. ``logger`` and ``method`` are ignored.
    """
    return {str(key): _redacted(str(key), value) for key, value in event.items()}


def _redacted(key: str, value: Any) -> Any:
    """Return ``value``, which a log event has under ``key``, with its secrets hidden."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Mapping):
        return {str(name): _redacted(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(key, inner) for inner in value]
    if _SECRET_KEY.search(key):
        return HIDDEN
    return redact(value if isinstance(value, str) else repr(value))
