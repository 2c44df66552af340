"""An empty list or `None` at the top waits for somebody who fills it."""
#! measure functions_using_globals = 3

player_cards = []
scores = dict()
winner = None
names = []
EMPTY = []
for name in ("Ann", "Bob"):
    names.append(name)


def deal(cards, card):
    cards.append(card)


def start():
    deal(player_cards, 3)  #! reads-global: `start` reads `player_cards`


def show():
    return scores  #! reads-global: `show` reads `scores`


def is_over():
    return winner is not None  #! reads-global: `is_over` reads `winner`


# The top fills `names`; a name in capitals is meant to stay empty.
def count():
    return len(names) + len(EMPTY)
