"""The RateLimit headers of the IETF draft, for responses and for refusals."""

from __future__ import annotations


def rate_headers(name: str, most: int, window: int, *, left: int, seconds: int) -> dict[str, str]:
    """Return ``RateLimit-Policy`` and ``RateLimit`` for the rate limit called ``name``.

    It allows ``most`` in ``window`` seconds. ``left`` more are allowed now, and one more than that
    after ``seconds``.
    """
    return {
        "RateLimit-Policy": f'"{name}";q={most};w={window}',
        "RateLimit": f'"{name}";r={left};t={seconds}',
    }
