"""The Content-Security-Policy of pages that run no script and fetch nothing."""

from __future__ import annotations

import base64
import hashlib

#: The policy of every response, page or not: nothing is loaded, and no other page may frame it.
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def page_policy(style: str) -> str:
    """Return the Content-Security-Policy of a page with one ``<style>``, which contains ``style``.

    Nothing else may load or run. The style sheet is allowed by the hash of its exact text, so
    injected styles and style attributes do not work.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"{NOTHING}; style-src 'sha256-{digest}'"


def meta_policy(policy: str) -> str:
    """Return ``policy`` for a ``<meta>`` element: without ``frame-ancestors``, invalid in one.

    ``policy`` is a result of :func:`page_policy`.
    """
    return policy.replace("; frame-ancestors 'none'", "")
