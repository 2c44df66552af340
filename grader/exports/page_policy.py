"""The Content-Security-Policy of a page that runs nothing and fetches nothing."""

from __future__ import annotations

import base64
import hashlib

#: What every answer says, page or not: nothing is fetched, and no other page may frame it.
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def page_policy(style: str) -> str:
    """The policy of a page with this one style sheet between its ``<style>`` tags.

    The sheet is named by its hash, so that no other style works, least of all in an attribute.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"{NOTHING}; style-src 'sha256-{digest}'"


def inside(policy: str) -> str:
    """A policy as it stands in the page itself, where ``frame-ancestors`` has no meaning."""
    return policy.replace("; frame-ancestors 'none'", "")
