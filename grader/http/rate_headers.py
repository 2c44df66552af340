"""The RateLimit headers of the IETF draft, for responses and for refusals."""

from __future__ import annotations


def rate_headers(name: str, most: int, window: int, *, left: int, seconds: int) -> dict[str, str]:
    """Return the headers of a rate limit: ``most`` in ``window`` seconds.

    ``left`` of them are left; in ``seconds`` there is more.
    """
    return {
        "RateLimit-Policy": f'"{name}";q={most};w={window}',
        "RateLimit": f'"{name}";r={left};t={seconds}',
    }
