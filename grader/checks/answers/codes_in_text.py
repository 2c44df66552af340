"""Find the flake8 codes that a text names outside web addresses."""

from __future__ import annotations

import re

#: A web address, bare or as the target of a Markdown link: linking a page about a code is not an
#: answer. E.g. ``https://www.flake8rules.com/rules/E501.html`` and the ``](E501.html)`` of
#: ``[this](E501.html)``; not the text of a link, so ``[E501](page.html)`` still names E501.
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]]*|\]\([^()\n]*\)")
#: A letter that flake8 uses by default and three digits, as a word of its own, in either case.
#: E.g. ``E501``, ``w291`` and ``(F401)``; not ``E50``, ``E5011``, ``XE501`` or ``E501.html``.
_CODE = re.compile(r"(?<![A-Za-z0-9_])[EWFC][0-9]{3}(?![A-Za-z0-9_]|\.html?\b)", re.IGNORECASE)


def codes_in_text(text: str) -> dict[str, int]:
    """Return each code in `text`, in upper case, with the 1-based line of its first mention.

    A code is E, W, F or C, in either case, and three digits, as a word of its own. Those in web
    addresses, in targets of Markdown links and in names such as ``E501.html`` do not count.
    """
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        for match in _CODE.finditer(_ADDRESS.sub(" ", line)):
            found.setdefault(match[0].upper(), number)
    return found
