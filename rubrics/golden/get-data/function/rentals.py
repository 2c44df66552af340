import pandas as pd


def get_rentals(address, unused):
    # Read the table
    rentals = pd.read_csv(address)
    # Leave out what nobody looks at
    rentals = rentals.drop(columns=unused)
    # Leave out rentals that never began
    return rentals[rentals["minutes"] > 0]


ADDRESS = "https://data.example.org/city/bicycle-rentals.csv"
unused_columns = ["operator"]
rentals = get_rentals(ADDRESS, unused_columns)
print(rentals.head())
