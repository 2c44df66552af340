"""The comments above the parts of a long function are the names of functions."""
#! measure several_phases = 1


def build_week(orders, shops, drivers):  #! several-phases: has 3 parts with a comment as heading (lines 6, 17 and 28)
    # Group the orders by town
    by_town = {}
    for order in orders:
        town = order.town.strip().title()
        if town not in by_town:
            by_town[town] = []
        by_town[town].append(order)
    for town in by_town:
        by_town[town].sort(key=by_date)
        check(town)

    # Find the nearest shop of each town
    nearest = {}
    for town in by_town:
        distances = {}
        for shop in shops:
            distances[shop.name] = shop.distance(town)
        best = min(distances, key=distances.get)
        nearest[town] = best
        check(best)
        check(shop)

    # Give each shop a driver
    plan = []
    free = sorted(drivers, key=by_date)
    for town, shop in nearest.items():
        if not free:
            free = sorted(drivers, key=by_date)
        driver = free.pop()
        plan.append((driver, shop, by_town[town]))
        if driver.tired:
            free.append(driver)
            free.sort(key=by_date)
    check(plan)
    return plan


# The comments give reasons here, and the parts share their variables.
def parse(text):
    # A byte order mark is no letter.
    words = text.lstrip("\ufeff").split()
    words = [word for word in words if word]
    # Capital letters at the beginning are names.
    names = [word for word in words if word.istitle()]
    words = [word for word in words if word not in names]
    # Numbers come last.
    numbers = [word for word in words if word.isdigit()]
    words = [word for word in words if word not in numbers]
    return names + words + numbers
