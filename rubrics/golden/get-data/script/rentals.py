import pandas as pd

address = 'https://data.example.org/city/bicycle-rentals.csv'
rentals = pd.read_csv(address)
rentals = rentals.drop(columns=['operator'])
rentals = rentals[rentals['minutes'] > 0]
print(rentals.head())
