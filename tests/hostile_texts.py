"""Hostile file names and sources for the tests of all renderings.

In some rendering each would be markup, a link, a table cell, a formula, a header, a command for a
terminal, or look like another name. The tests of a rendering say how it must be shown there.
"""

from __future__ import annotations

#: File names, complete, e.g. with line breaks and control characters.
NAMES = (
    "<img src=x onerror=alert(1)>.py",
    "</pre></details><script>alert(1)</script>.py",
    "</style><style>*{display:none}</style>.py",
    "<!-- <svg/onload=alert(1)> ]]>.py",
    '" onmouseover="alert(1).py',
    "' autofocus onfocus='alert(1).py",
    "javascript:alert(1)//.py",
    "&lt;b&gt;&#60;i&#62;.py",
    "{{ 7*7 }}{% raw %}{0.__class__}%s%(x)s${x}.py",
    "a|b`c.py",
    "a\\|b.py",
    "```\n## owned\n```.py",
    "[click](https://evil.example).py",
    "![x](https://evil.example/x.png).py",
    "[x]: https://evil.example\n[x].py",
    "<https://evil.example>.py",
    "www.evil.example@evil.example.py",
    "https://evil.example/a.py",
    "@everyone #12 GH-1 evil/repo#3.py",
    "- 1. # > *em* _em_ ~~s~~ &lt; $x$ :smile:.py",
    '=HYPERLINK("https://evil.example","x").py',
    "+cmd|'/c calc'!A1.py",
    "-2+3.py",
    "@SUM(A1).py",
    "\t=1+1.py",
    " =1+1.py",
    "\r=1+1.py",
    "\uff1d1+1.py",
    "a\r\nSet-Cookie: a=b\r\n\r\n<script>.py",
    "--config=x.py",
    "$(id)`id`;id&&id.py",
    "\x1b[31mred\x1b]8;;https://evil.example\x07\x1b]52;c;aWQ=\x07.py",
    "\x9b31m\x9d0;title\x9c.py",
    "over\rwritten\x08\x08\x7f.py",
    "\u202egnp.py",
    "\u2066hidden\u2069\u200f.py",
    "zero\u200bwidth\ufeff\udc80.py",
    "tag\U000e0041\U000e0042\u3164\u2800\ufe0f.py",
    "line\u2028para\u2029next\x85.py",
    "z" + "\u0300\u0336\u20dd" * 40 + ".py",
    "\u0338leading.py",
    "nul\x00.png",
    "\u9577" * 70 + ".py",
    "x" * 1_500 + ".py",
)

#: A program with many findings; ``quoted`` and ``comment`` are where the tools quote the source.
_PROGRAM = """import os
__all__ = [{quoted}]
LONG = {quoted}   # {comment}


def f( a ):
    '''{comment}'''
    try:
        x = a["{comment}"]  # noqa {comment}
    except:
        print({quoted} % a)
    if a == None: # {comment}
        return  x
"""
_CONTROL = frozenset(map(chr, (*range(32), *range(0x7F, 0xA0)))) - {"\t"}


def sources() -> dict[str, str]:
    """Return a program for each of :data:`NAMES`, by path; the program contains the name."""
    return {f"p{at:02}.py": _program(name) for at, name in enumerate(NAMES)}


def _program(text: str) -> str:
    """Return the program with ``text`` in it, without the characters that would end it early."""
    plain = "".join(one for one in text if one not in _CONTROL and not "\ud800" <= one <= "\udfff")
    inside = plain.replace("\\", "/").replace('"', "'").replace("'", "’")[:200]
    return _PROGRAM.format(quoted=ascii(text), comment=inside)
