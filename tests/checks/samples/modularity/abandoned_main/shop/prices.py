def total(prices):
    return sum(price * 2 for price in prices)
