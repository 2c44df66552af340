"""What is set once, to a value that was known when the program was written, is a constant."""
#! measure not_upper = 15
#! measure constants = 1

import os
import string
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

STATS = "stats.json"
stats_file = Path("stats.txt")  #! constant-not-upper: `STATS_FILE`
vat_rate = Decimal("0.21")  #! constant-not-upper
opened = date(2024, 5, 1)  #! constant-not-upper
loan = timedelta(days=21)  #! constant-not-upper
here = Path(__file__).resolve().parent  #! constant-not-upper
data_folder = here / "data"  #! constant-not-upper
names_file = os.path.join("data", "names.txt")  #! constant-not-upper
site = "https://shop.example"  #! constant-not-upper
prices_url = f"{site}/prices"  #! constant-not-upper
alphabet = string.ascii_lowercase  #! constant-not-upper
days = "Monday Tuesday".split()  #! constant-not-upper
width, height = 300, 200  #! constant-not-upper: `WIDTH` #! constant-not-upper: `HEIGHT`
area = width * height  #! constant-not-upper
codes = dict(red=1, green=2)  #! constant-not-upper


def show(name):
    print(STATS, stats_file, vat_rate, opened, loan, data_folder, names_file, prices_url, area)
    print(alphabet, days, codes[name])
