def totals(prices, weights, sizes):
    money = 0
    for price in prices:
        if price > 3:
            money += price
    grams = 0
    for weight in weights:  #! repeated-in-a-row: Lines 7-9 (3 statements) repeat lines 3-5
        if weight > 10:
            grams += weight
    longest = 0
    for size in sizes:
        if size < longest:
            longest -= size
    return money, grams, longest


def sums(prices, weights, sizes):
    money = grams = length = 0
    for price in prices:
        money += price
    for weight in weights:  #! repeated-in-a-row: repeat lines 19-20
        grams += weight
    for size in sizes:
        length += size
    return money, grams, length
