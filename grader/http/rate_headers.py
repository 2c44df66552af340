"""The RateLimit headers of the IETF draft, for answers and for refusals."""

from __future__ import annotations


def rate_headers(name: str, most: int, window: int, *, left: int, seconds: int) -> dict[str, str]:
    """What a caller may still do, as the IETF's draft on rate limit headers says it."""
    return {
        "RateLimit-Policy": f'"{name}";q={most};w={window}',
        "RateLimit": f'"{name}";r={left};t={seconds}',
    }
