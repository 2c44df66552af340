"""A menu, grades and a unit are no repetition: each branch does something else, or nothing."""


def grade(points):
    if points >= 90:
        return "A"
    elif points >= 80:
        return "B"
    elif points >= 70:
        return "C"
    elif points >= 60:
        return "D"
    return "F"


def menu(choice, tasks):
    if choice == "1":
        show_tasks(tasks)
    elif choice == "2":
        add_task(tasks)
    elif choice == "3":
        delete_task(tasks)


def calculate(sign, left, right):
    if sign == "+":
        return left + right
    elif sign == "-":
        return left - right
    elif sign == "*":
        return left * right
    return left / right


try:
    import tomllib
except ImportError:
    raise
try:
    import zoneinfo
except ImportError:
    raise
try:
    import graphlib
except ImportError:
    raise
for _ in range(3):
    pass
else:
    raise SystemExit(grade(3) + grade(4))
for _ in range(4):
    pass
else:
    raise SystemExit(grade(5) + grade(6))
for _ in range(5):
    pass
else:
    raise SystemExit(grade(7) + grade(8))
