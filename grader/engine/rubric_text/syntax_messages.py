"""Mistakes of YAML's syntax in words that an instructor knows, with what to look for."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

#: Parts of the parser's messages -> what is wrong, and whether it is where the parser began to
#: read the part (or else where it gave up). ``{0}`` is the quoted character.
_MESSAGES: tuple[tuple[str, str, bool], ...] = (
    # e.g. "total 100" or "total:100"
    ("could not find expected ':'", "a key needs a colon and a blank: `key: value`", True),
    # e.g. "title: Split: into modules", or a line that is indented more than the one above
    (
        "mapping values are not allowed",
        "a colon too many: text with a colon needs quotes; or else the indentation is wrong",
        False,
    ),
    # e.g. a line that is indented less than those above, but not as little as their key
    (
        r"found '<block mapping start>'",
        "the indentation fits none of the lines above",
        False,
    ),
    # e.g. "- points: 15" below "title: a"
    (r"<block end>, but found '-'", "a list item (-) among keys", False),
    (r"<block end>", "this does not belong here: is a quote or bracket above left open?", False),
    # e.g. "{full_at: 2 zero_at: 0}", or a bracket that is closed nowhere
    (r"expected ',' or '([\]}])'", "a comma or {0} is missing before this", False),
    (r"found character '(\\t)'", "indent with spaces, not with tabs", False),
    # e.g. "title: `main` is short", "title: @home"
    (r"found character '(.)' that", "text that begins with {0} needs quotes", False),
    (r"while scanning a quoted scalar", "the quotes that begin here are not closed", True),
)


def syntax_message(error: MarkedYAMLError) -> tuple[str, tuple[int, int]]:
    """Return what is wrong by the parser's ``error``, and where: line and column, 1-based."""
    told = ", ".join(part for part in (error.context, error.problem) if part)
    mark = error.problem_mark or error.context_mark
    for pattern, words, at_beginning in _MESSAGES:
        if found := re.search(pattern, told):
            told = words.format(*found.groups())
            mark = (at_beginning and error.context_mark) or mark
            break
    return f"not YAML: {told}", (mark.line + 1, mark.column + 1) if mark else (1, 1)
