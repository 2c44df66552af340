"""Purchases, and how they are read from a file."""

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path


class PurchaseError(Exception):
    """A file of purchases that cannot be used; the message says why."""


@dataclass(frozen=True)
class Purchase:
    """A thing that was bought: its name, how many of it, and the price of one."""

    name: str
    amount: int
    price: Decimal

    @property
    def cost(self) -> Decimal:
        """The cost of all of them."""
        return self.amount * self.price


def load_purchases(path: Path) -> list[Purchase]:
    """Return the purchases that the JSON file at ``path`` lists.

    Raises PurchaseError when the file cannot be read or is not as it should be.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return [parse_purchase(entry) for entry in entries]
    except (OSError, ValueError, KeyError, ArithmeticError) as error:
        raise PurchaseError(f"{path} lists no purchases: {error}") from error


def parse_purchase(entry: dict[str, str]) -> Purchase:
    """Return the purchase that an entry of the file describes."""
    return Purchase(entry["name"], int(entry["amount"]), Decimal(str(entry["price"])))
