def average_price(prices):
    total = 0
    for price in prices:
        if price > 10:
            total += price
    average = total / len(prices)
    return round(average, 2)
