"""Expressions in which every part is needed."""
#! measure constructs = 0
#! measure matters_of_taste = 0


class Shape:
    def __init__(self, name):
        self.name = name

    def __str__(self):
        return str(self.name)


class Square(Shape):
    def __init__(self, name, size):
        Shape.__init__(self, name)
        self.size = size

    def __eq__(self, other):
        return super().__eq__(other)


def convert(text, prices):
    number = int(text)
    print("Total: " + str(number))
    print(ord(text) + 1)
    print(-number, number - 1, 0 - number)
    pairs = [(key, value) for key, value in prices]
    cheap = [price for price in prices if price < 3]
    names = [price.name for price in prices]
    print(prices[:2], prices[::2], prices[::-1], prices[0])
    return pairs, cheap, names, [0] * 1
