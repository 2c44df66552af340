"""In a script as well, a value that is set once is a constant."""
#! measure functions_using_globals = 0

import sys
from datetime import date

price = 3
opened = date(2024, 5, 1)

if len(sys.argv) > 1:
    currency = "dollars"
else:
    currency = "euros"

try:
    discount = 1
except ValueError:
    discount = 2


def format_price():
    return f"{price - discount} {currency}"


def format_date():
    return opened.isoformat()


print(format_price(), "since", format_date())
