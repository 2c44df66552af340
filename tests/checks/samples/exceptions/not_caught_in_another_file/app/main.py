from loading import load

load("prices.txt")
