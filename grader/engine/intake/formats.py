"""Recognise the format of an upload that is not a zip archive, for the message to the student."""

from __future__ import annotations

#: First bytes of a format -> its name for a student.
_MAGIC = (
    (b"\x1f\x8b", "a gzip archive (.tar.gz or .gz)"),
    (b"BZh", "a bzip2 archive (.tar.bz2 or .bz2)"),
    (b"\xfd7zXZ\0", "an xz archive (.tar.xz or .xz)"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive (.zst)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
)


def format_of(data: bytes) -> str:
    """Return the format of ``data``, which is no zip, as a noun phrase for a student.

    E.g. ``a RAR archive`` or ``a text file``; if it is not known, ``an unknown binary format``.
    """
    for magic, format_name in _MAGIC:
        if data.startswith(magic):
            return format_name
    if data[257:262] == b"ustar":
        return "a tar archive"
    if not is_text(data):
        return "an unknown binary format"
    start = data[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page (perhaps the page around the download)"
    if start.startswith(b"{") and b'"cells"' in data:
        return "a notebook (.ipynb)"
    return "a text file"


def is_text(data: bytes) -> bool:
    """Return whether ``data`` is UTF-8 text without a NUL character; empty data is."""
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False
