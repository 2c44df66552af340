"""What a purchase costs: totals, the discount for large ones, and value added tax."""

from decimal import Decimal

from purchases import Purchase

VAT = Decimal("0.21")
DISCOUNT = Decimal("0.10")
DISCOUNT_ABOVE = Decimal("50")
CENT = Decimal("0.01")


def sum_purchases(purchases: list[Purchase]) -> Decimal:
    """Return what all purchases cost together, before discount and tax."""
    return sum((purchase.cost for purchase in purchases), Decimal())


def compute_discount(total: Decimal) -> Decimal:
    """Return the discount on a total; small totals get none."""
    if total <= DISCOUNT_ABOVE:
        return Decimal()
    return (total * DISCOUNT).quantize(CENT)


def add_vat(total: Decimal) -> Decimal:
    """Return a total with value added tax, rounded to cents."""
    return (total * (1 + VAT)).quantize(CENT)
