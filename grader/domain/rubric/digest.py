"""The digest of a rubric's text, which identifies a version of it."""

from __future__ import annotations

import hashlib


def rubric_digest(text: str) -> str:
    """Return the hexadecimal SHA-256 of ``text`` in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
