"""Three tasks of three statements each that share no variables are three functions."""
#! measure unfocused_functions = 3
#! measure several_phases = 3
#! measure mixed_functions = 0


# `shop` is a parameter: every task may use it, so it ties nothing together.
def describe(shop):  #! several-phases: `describe` does 3 tasks that share no variables
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


# A list that begins anew has nothing to do with the list of that name before.
def describe_rows(shop):  #! several-phases: `describe_rows` does 3 tasks
    rows = []
    for owner in shop:
        rows.append(owner)
    show(rows)
    rows = []
    for item in shop:
        rows.append(item)
    show(rows)
    rows = []
    for street in shop:
        rows.append(street)
    show(rows)


# `stream` is the variable of each `with` alone.
def save_all(shop):  #! several-phases: `save_all` does 3 tasks
    names = list_owners(shop)
    with shop.create("names.txt") as stream:
        dump(names, stream)
    show(names)
    prices = list_prices(shop)
    with shop.create("prices.txt") as stream:
        dump(prices, stream)
    show(prices)
    streets = list_streets(shop)
    with shop.create("streets.txt") as stream:
        dump(streets, stream)
    show(streets)
