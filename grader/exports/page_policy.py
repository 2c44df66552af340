"""The Content-Security-Policy of pages that run no script and fetch nothing."""

from __future__ import annotations

import base64
import hashlib

#: The policy of every response, page or not: nothing is loaded, and no other page may frame it.
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def page_policy(style: str) -> str:
    """Return the policy of a page whose only ``<style>`` element contains exactly ``style``.

    Nothing else is allowed to load or run. The style sheet is allowed by its hash, so injected
    styles and style attributes do not work.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"{NOTHING}; style-src 'sha256-{digest}'"


def meta_policy(policy: str) -> str:
    """Return ``policy`` without ``frame-ancestors``, which browsers reject in a ``<meta>``.

    ``policy`` is a result of :func:`page_policy`.
    """
    return policy.replace("; frame-ancestors 'none'", "")
