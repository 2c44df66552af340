"""Tests of the receipt's text."""

from datetime import date
from decimal import Decimal

from purchases import Purchase
from receipts import format_purchase, format_receipt, format_totals

CAKES = Purchase("cake", 20, Decimal("4.00"))


def test_a_purchase_has_a_line() -> None:
    assert format_purchase(CAKES) == "cake  20 x 4.00"


def test_totals_show_a_discount_only_where_there_is_one() -> None:
    assert len(format_totals(Decimal("10.00"))) == 2
    assert format_totals(Decimal("80.00"))[0] == "Discount 8.00"


def test_a_receipt_names_the_day_and_the_total() -> None:
    receipt = format_receipt([CAKES], date(2024, 2, 29))
    assert receipt.startswith("Receipt of 2024-02-29")
    assert receipt.endswith("With VAT 87.12")
