"""Hunks of several files as one patch that ``git apply`` takes."""

from __future__ import annotations

from collections.abc import Mapping

#: What git writes for a character that would end or break a name, by code point.
_ESCAPES = {code: f"\\{code:03o}" for code in (*range(0x20), 0x7F)} | {
    ord(sign): "\\" + sign for sign in '"\\'
}


def git_patch(hunks: Mapping[str, str]) -> str:
    """One patch in git's form from path -> body of a unified diff, sorted by path."""
    return "".join(_headers(path) + hunks[path] for path in sorted(hunks))


def _headers(path: str) -> str:
    old, new = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    # git ends a name that holds a space with a tab, or it would take the rest for a time.
    tab = "\t" if " " in path and not old.startswith('"') else ""
    return f"diff --git {old} {new}\n--- {old}{tab}\n+++ {new}{tab}\n"


def _quoted(name: str) -> str:
    """A name as git writes it: in C quotes where a character of it needs to be escaped."""
    escaped = name.translate(_ESCAPES)
    return name if escaped == name else f'"{escaped}"'
