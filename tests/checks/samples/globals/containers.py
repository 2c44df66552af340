"""Whatever makes a list, a dictionary or a set, a function that adds to it changes it."""
#! measure functions_changing_globals = 6

from collections import deque

names = {"Ann", "Bob"}
squares = [number * number for number in range(3)]
lengths = {name: len(name) for name in names}
initials = {name[0] for name in names}
queue = deque[str]()
row = 3 * [0]


def add_name(name):
    names.add(name)  #! changes-global: `names`


def add_square(number):
    squares.append(number * number)  #! changes-global: `squares`


def add_length(name):
    lengths.update({name: len(name)})  #! changes-global: `lengths`


def add_initial(name):
    initials.add(name[0])  #! changes-global: `initials`


def wait(name):
    queue.append(name)  #! changes-global: `queue`


def add_score(score):
    row.append(score)  #! changes-global: `row`
