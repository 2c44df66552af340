"""The same three lines stand in three functions: each other place is named, in one finding."""

#! measure clones = 2
#! measure repeated_statements = 6


def ask_city(cities):
    city = input("City? ").strip().lower()
    while city not in cities:
        city = input("Which city? ").strip().lower()
    return {"city": city}


def ask_month(months, days):
    print("Now the month")
    month = input("Month? ").strip().lower()  #! repeated-code: repeat lines 8-10 and lines 23-25
    while month not in months:
        month = input("Which month? ").strip().lower()
    return month, len(days)


def ask_day(days):
    day = input("Day? ").strip().lower()
    while day not in days:
        day = input("Which day? ").strip().lower()
    return days.index(day)
