"""The methods of a class may change what belongs to the class and to its objects."""
#! measure functions_changing_globals = 0


class Dog:
    count = 0

    def __init__(self):
        Dog.count += 1
        self.tricks = []
        self.tricks.append(Dog.count)
