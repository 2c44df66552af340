"""Two tasks are not yet several, and tasks that build on each other are one."""
#! measure several_phases = 0


def describe_two(shop):
    names = []
    for owner in shop:
        names.append(owner)
    show(names)
    prices = []
    for item in shop:
        prices.append(item)
    show(prices)


def describe_together(shop):
    names = []
    for owner in shop:
        names.append(owner)
    show(names)
    prices = []
    for item in shop:
        prices.append(item)
    show(prices)
    streets = []
    for street in shop:
        streets.append(street)
    show(streets)
    compare(names, prices, streets)


def clean_in_steps():
    text = load()
    text = strip(text)
    show(text)
    words = split(text)
    words = sort(words)
    show(words)
    counts = count(words)
    counts = sort(counts)
    show(counts)


# Every part uses the function that the first line defines.
def describe_in_capitals(shop):
    def shout(text):
        return text.upper()

    owner = shop.owner
    owner = shout(owner)
    show(owner)
    street = shop.street
    street = shout(street)
    show(street)
    phone = shop.phone
    phone = shout(phone)
    show(phone)


# Every part is drawn on the same canvas.
def draw_house(canvas):
    wall = 1
    canvas.move(wall)
    canvas.line(wall)
    roof = 2
    canvas.move(roof)
    canvas.line(roof)
    door = 3
    canvas.move(door)
    canvas.line(door)


# An `__init__` sets many things by nature.
class Shop:
    def __init__(self, shop):
        names = []
        for owner in shop:
            names.append(owner)
        show(names)
        prices = []
        for item in shop:
            prices.append(item)
        show(prices)
        streets = []
        for street in shop:
            streets.append(street)
        show(streets)
