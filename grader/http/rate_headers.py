"""The RateLimit headers of the IETF draft, for responses and for refusals."""

from __future__ import annotations


def rate_headers(name: str, most: int, window: int, *, left: int, seconds: int) -> dict[str, str]:
    """Return the two headers of the rate limit ``name``: at most ``most`` in ``window`` seconds.

    ``left`` more are allowed now, and a further one after ``seconds``.
    """
    return {
        "RateLimit-Policy": f'"{name}";q={most};w={window}',
        "RateLimit": f'"{name}";r={left};t={seconds}',
    }
