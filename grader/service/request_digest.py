"""The digest of an upload, by which a repeated request is told from another one with its key."""

from __future__ import annotations

import hashlib


def request_digest(sha256: str, exercise: str, student: str, filename: str, context: str) -> str:
    """Return a SHA-256 of the parts that must be equal in two requests with the same key.

    ``sha256`` is that of the file, in hexadecimal; ``context`` is the callback context. The
    callback URL is no part of it.
    """
    whole = hashlib.sha256(bytes.fromhex(sha256))
    for part in (exercise, student, filename, context):
        whole.update(part.encode() + b"\0")
    return whole.hexdigest()
