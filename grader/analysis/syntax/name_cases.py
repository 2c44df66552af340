"""Names in the case that PEP 8 asks for: ``snake_case`` and ``CapWords``."""

from __future__ import annotations

import re

#: Where a word begins inside ``totalPrice`` and ``HTTPServer``.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """``total_price`` for ``totalPrice`` and ``TotalPrice``."""
    return re.sub("__+", "_", _HUMP.sub("_", name).lower()) if name.strip("_") else name


def cap_words(name: str) -> str:
    """``ShoppingCart`` for ``shopping_cart`` and ``shoppingCart``; numbers are kept apart."""
    if re.search(r"\d_\d", name):
        return name
    lead = len(name) - len(name.lstrip("_"))
    return name[:lead] + "".join(part[:1].upper() + part[1:] for part in name.split("_"))
