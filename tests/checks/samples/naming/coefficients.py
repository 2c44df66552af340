"""The numbers of an equation are called by letters, also where an object holds them."""
#! measure unclear_names = 2


class Quadratic:
    def __init__(self, a, b, c):
        self.__a = a
        self.__b = b
        self.__c = c

    def get_discriminant(self):
        return self.__b**2 - 4 * self.__a * self.__c


class Shop:
    def __init__(self, a, b):  #! single-letter #! single-letter
        self.goods = a
        self.owner = b

    def print_all(self):
        print(self.goods * 2)
