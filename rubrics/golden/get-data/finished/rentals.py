"""Show the first bicycle rentals of a city."""

import pandas as pd

ADDRESS = "https://data.example.org/city/bicycle-rentals.csv"
UNUSED_COLUMNS = ("operator",)


def get_rentals(address: str, columns_to_drop: tuple[str, ...]) -> pd.DataFrame:
    """Return the rentals at an address that lasted, without some of their columns."""
    rentals = pd.read_csv(address).drop(columns=list(columns_to_drop))
    return rentals[rentals["minutes"] > 0]


def main() -> None:
    """Print the first few rentals."""
    rentals = get_rentals(ADDRESS, UNUSED_COLUMNS)
    print(rentals.head())


if __name__ == "__main__":
    main()
