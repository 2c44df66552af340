def report(orders, cities, days):
    names = [order.name for order in orders]
    for name in sorted(names):
        print(name.title(), len(name))
    rows = [city.name for city in cities]  #! repeated-in-a-row: Lines 5-7 (3 statements) repeat lines 2-4
    for row in sorted(rows):
        print(row.title(), len(row))
    print(len(days))
