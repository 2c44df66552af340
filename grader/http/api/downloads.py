"""File names for downloads: a student's file name, made safe on every system."""

from __future__ import annotations

import re
from urllib.parse import quote

from grader.domain.characters import is_hidden

#: Characters that some system forbids in names, or that would end a name in a header.
_UNSAFE = re.compile(r'[\\/:*?"<>|%]')
#: Names that Windows keeps for devices, e.g. ``con``, ``COM1.zip``; not ``console.zip``.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
#: The first bytes of a zip archive.
_ZIP = b"PK"
#: The longest name in characters, chosen by hand.
_MAX_NAME = 100


def download_name(filename: str, data: bytes) -> str:
    """Return a name under which ``data``, uploaded as ``filename``, can be saved.

    Its suffix follows from the bytes (``.zip``, else ``.py`` or ``.ipynb``), so that ``marks.xlsx``
    or ``setup.exe`` is not opened as what it claims to be.
    """
    visible_name = "".join("_" if is_hidden(one) else one for one in filename)
    name = _UNSAFE.sub("_", visible_name)[-_MAX_NAME:].strip(" .")
    suffixes = (".zip",) if data.startswith(_ZIP) else (".py", ".ipynb")
    name = name or "submission"
    name = f"_{name}" if _DEVICE.match(name) else name
    return name if name.lower().endswith(suffixes) else f"{name}{suffixes[0]}"


def attachment(name: str) -> str:
    """Return the ``Content-Disposition`` for ``name``: in ASCII, and in full as in RFC 8187."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    header = f'attachment; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"
