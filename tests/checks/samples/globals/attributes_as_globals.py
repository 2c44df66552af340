"""An attribute of a class, a function or an object can be used like a global variable."""
#! measure functions_using_globals = 4
#! measure functions_changing_globals = 3
#! measure global_statements = 0

from types import SimpleNamespace


class Game:
    points = 0


def win():
    Game.points += 1  #! changes-global: `win` changes `Game.points`


def get_points():
    return Game.points  #! reads-global: `get_points` reads `Game.points`


def visit():
    visit.calls += 1  #! changes-global: `visit` changes `visit.calls`


visit.calls = 0

player = SimpleNamespace(lives=3)


def lose():
    player.lives -= 1  #! changes-global: `lose` changes `player.lives`


# Not found, because the attribute that changes is not read here.
def get_player():
    return player
