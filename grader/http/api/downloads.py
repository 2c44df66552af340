"""Names for files that are saved: what a student called an upload, safe on every system."""

from __future__ import annotations

import re
from urllib.parse import quote

from grader.domain.characters import is_hidden

#: What no name may hold on some system, or what would end one in a header.
_UNSAFE = re.compile(r'[\\/:*?"<>|%]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_ZIP = b"PK"
_LONGEST = 100


def download_name(filename: str, data: bytes) -> str:
    """A name under which an upload can be saved.

    It ends as its bytes say (``.zip``; else ``.py`` or ``.ipynb``), whatever it was called:
    nobody opens as a spreadsheet or a program what somebody handed in as one.
    """
    seen = "".join("_" if is_hidden(one) else one for one in filename)
    name = _UNSAFE.sub("_", seen)[-_LONGEST:].strip(" .")
    suffixes = (".zip",) if data.startswith(_ZIP) else (".py", ".ipynb")
    name = name or "submission"
    name = f"_{name}" if _DEVICE.match(name) else name
    return name if name.lower().endswith(suffixes) else f"{name}{suffixes[0]}"


def attachment(name: str) -> str:
    """A ``Content-Disposition`` for a name: in ASCII, and whole as RFC 8187 writes it."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    header = f'attachment; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"
