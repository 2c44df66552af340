"""One page of a listing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a listing. ``next_cursor`` asks for the next page; it is empty on the last."""

    items: tuple[Item, ...]
    next_cursor: str
