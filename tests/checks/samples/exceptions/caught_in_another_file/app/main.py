from loading import load

try:
    load("prices.txt")
except OSError as error:
    print(error)
