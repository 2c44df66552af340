"""A program in which every name says what it is."""
#! measure case_violations = 0
#! measure unclear_names = 0
#! measure functions_without_verb = 0

LIMIT = 3


class ShoppingCart:
    def __init__(self):
        self.items = []

    def add_item(self, item, *, price=0):
        self.items.append((item, price))
        result = [value for value in self.items]
        for i, s in enumerate(result):
            print(i, s)
        with open(item) as f:
            data = f.read()
        return data


def main():
    ShoppingCart().add_item("bread", price=LIMIT)


main()
