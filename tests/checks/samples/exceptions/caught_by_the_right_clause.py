"""The handler must be able to catch the error of the call."""

try:
    open("prices.txt")
except FileNotFoundError as error:
    print(error)

try:
    open("prices.txt")
except IOError as error:
    print(error)

try:
    open("prices.txt")
except (TypeError, PermissionError) as error:
    print(error)

try:
    open("prices.txt")
except library.Problem as error:  # nobody knows what it is
    print(error)

try:
    open("prices.txt")  #! unguarded-call
except KeyError as error:
    print(error)

try:
    open("prices.txt")  #! unguarded-call
except ValueError as error:
    print(error)
