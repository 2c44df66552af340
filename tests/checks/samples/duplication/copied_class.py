class Cat:
    def __init__(self, name, age):
        self.name = name
        self.age = age
        self.hunger = 3

    def feed(self, grams):
        self.hunger -= grams // 100
        if self.hunger < 0:
            self.hunger = 0
        return self.hunger


class Dog:
    def __init__(self, name, age):
        self.name = name
        self.age = age
        self.thirst = 5

    def drink(self, litres):
        self.thirst -= litres // 2  #! repeated-code: repeat lines 8-11
        if self.thirst < 0:
            self.thirst = 0
        return self.thirst
