"""Tests of what purchases cost."""

from decimal import Decimal

from prices import add_vat, compute_discount, sum_purchases
from purchases import Purchase


def test_purchases_are_added_up() -> None:
    purchases = [
        Purchase("tea", 2, Decimal("3.50")),
        Purchase("cake", 1, Decimal("4.25")),
    ]
    assert sum_purchases(purchases) == Decimal("11.25")


def test_only_a_large_total_has_a_discount() -> None:
    assert compute_discount(Decimal("50")) == 0
    assert compute_discount(Decimal("60")) == Decimal("6.00")


def test_vat_is_added_and_rounded() -> None:
    assert add_vat(Decimal("10")) == Decimal("12.10")
