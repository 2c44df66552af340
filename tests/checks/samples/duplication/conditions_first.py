def first_name(person):
    assert isinstance(person, dict)
    names = person["name"].strip().split()
    return names[0].title()


def small(orders, limit):
    assert limit > 0
    kept = [order for order in orders if order.size < limit]
    kept.sort(key=len)
    return kept[:3]


def cheap(orders, price):
    assert price > 0
    kept = [order for order in orders if order.size < price]  #! repeated-code: repeat lines 9-11
    kept.sort(key=len)
    return kept[:5]
