"""Print the receipt for a file of purchases."""

import sys
from datetime import date
from pathlib import Path

from purchases import PurchaseError, load_purchases
from receipts import format_receipt


def main(arguments: list[str]) -> int:
    """Print a receipt and return the exit code of the program."""
    if len(arguments) != 1:
        print("Give the file of purchases.")
        return 2
    try:
        purchases = load_purchases(Path(arguments[0]))
    except PurchaseError as error:
        print(error)
        return 1
    print(format_receipt(purchases, date.today()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
