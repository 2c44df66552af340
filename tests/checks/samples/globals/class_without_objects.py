"""The attributes of a class that is never made into objects are global variables."""
#! measure functions_using_globals = 3
#! measure functions_changing_globals = 2


class Game:
    LIVES = 3
    points = 0
    players = []

    @classmethod
    def win(cls, player):
        cls.points += 1  #! changes-global: `win` changes `Game.points`
        cls.players.append(player)  #! changes-global: `win` changes `Game.players`

    @staticmethod
    def lose():
        Game.points -= 1  #! changes-global: `lose` changes `Game.points`

    @classmethod
    def show(cls):
        print(cls.points)  #! reads-global: `show` reads `Game.points`

    @classmethod
    def lives(cls):
        return cls.LIVES


# A class with objects may keep what belongs to all of them.
class Dog:
    count = 0

    def __init__(self, name):
        self.name = name

    @classmethod
    def born(cls, name):
        cls.count += 1
        return cls(name)


# Nothing changes here.
class Shape:
    sides = 4

    @classmethod
    def describe(cls):
        return f"{cls.sides} sides"
