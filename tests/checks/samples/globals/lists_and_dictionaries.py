"""Without `global`, a function can still change a list, a dictionary or a set of the file."""
#! measure functions_using_globals = 9
#! measure functions_changing_globals = 8
#! measure global_statements = 0

basket = []
prices = {}
stock = dict()
board = [[0] * 3] * 3
friends = {}
scores = [0] * 3


def add_item(item):
    basket.append(item)  #! changes-global: `add_item` changes `basket`


def count_items():
    return len(basket)  #! reads-global: `count_items` reads `basket`


def set_price(item, price):
    prices[item] = price  #! changes-global


def sell_out(item):
    del stock[item]  #! changes-global


def place_stone(row):
    board[row][0] += 1  #! changes-global


def befriend(person, friend):
    friends[person].append(friend)  #! changes-global: `friends`


def add_score(score):
    scores.append(score)  #! changes-global: `scores`


class Camera:
    def see(self, guest):
        guests.add(guest)  #! changes-global: `see` changes `guests`

    def see_twice(self, guest):
        guests.add(guest)  #! changes-global
        guests.add(guest)


guests = set()
