"""A receipt as text."""

from datetime import date
from decimal import Decimal

from prices import add_vat, compute_discount, sum_purchases
from purchases import Purchase


def format_purchase(purchase: Purchase) -> str:
    """Return the line of a receipt for one purchase."""
    return f"{purchase.name}  {purchase.amount} x {purchase.price}"


def format_totals(total: Decimal) -> list[str]:
    """Return the last lines of a receipt for a total before discount."""
    discount = compute_discount(total)
    lines = [f"Discount {discount}"] if discount else []
    reduced = total - discount
    return [*lines, f"Total {reduced}", f"With VAT {add_vat(reduced)}"]


def format_receipt(purchases: list[Purchase], day: date) -> str:
    """Return the whole receipt for the purchases of a day."""
    lines = [f"Receipt of {day}"]
    lines += [format_purchase(purchase) for purchase in purchases]
    lines += format_totals(sum_purchases(purchases))
    return "\n".join(lines)
