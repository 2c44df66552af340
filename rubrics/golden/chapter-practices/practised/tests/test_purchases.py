"""Tests of purchases and of reading them."""

from decimal import Decimal
from pathlib import Path

import pytest

from purchases import Purchase, PurchaseError, load_purchases, parse_purchase


def test_an_entry_becomes_a_purchase() -> None:
    entry = {"name": "tea", "amount": "2", "price": "3.50"}
    assert parse_purchase(entry).cost == Decimal("7.00")


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "purchases.json"
    file.write_text('[{"name": "tea", "amount": 1, "price": 3.5}]')
    assert load_purchases(file) == [Purchase("tea", 1, Decimal("3.5"))]


def test_a_file_that_is_not_there_is_explained(tmp_path: Path) -> None:
    with pytest.raises(PurchaseError, match="lists no purchases"):
        load_purchases(tmp_path / "missing.json")
