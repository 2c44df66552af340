"""File names for downloads: a student's file name, made safe on every system."""

from __future__ import annotations

import re
from urllib.parse import quote

from grader.domain.characters import is_hidden

#: Characters that some system forbids in file names, or that would end the name in a header,
#: e.g. both in ``a:b/c``; not a space or a dot.
_UNSAFE = re.compile(r'[\\/:*?"<>|%]')
#: Names that Windows keeps for devices, e.g. ``con``, ``COM1.zip``; not ``console.zip``.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
#: The first bytes of a zip archive.
_ZIP = b"PK"
#: The longest name in characters, chosen by hand.
_MAX_NAME = 100


def download_name(filename: str, data: bytes) -> str:
    """Return a name under which ``data``, uploaded as ``filename``, can be saved safely.

    Hidden and unsafe characters become ``_``, the last 100 characters are kept, spaces and dots at
    both ends go. A name that is empty then becomes ``submission``, and a device of Windows
    (``con``) gets a ``_`` in front. ``.zip`` is appended if ``data`` is a zip archive (it begins
    with ``PK``) and the name does not end so; else ``.py``, unless it ends with that or with
    ``.ipynb``. So ``marks.xlsx`` is not opened as a spreadsheet.
    """
    visible_name = "".join("_" if is_hidden(one) else one for one in filename)
    name = _UNSAFE.sub("_", visible_name)[-_MAX_NAME:].strip(" .")
    suffixes = (".zip",) if data.startswith(_ZIP) else (".py", ".ipynb")
    name = name or "submission"
    name = f"_{name}" if _DEVICE.match(name) else name
    return name if name.lower().endswith(suffixes) else f"{name}{suffixes[0]}"


def attachment(name: str) -> str:
    """Return the ``Content-Disposition`` of a download called ``name``.

    Characters other than ASCII letters, digits and ``._-`` become ``_``; if there are any, the
    full name follows as ``filename*`` (RFC 8187).
    """
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    header = f'attachment; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"
