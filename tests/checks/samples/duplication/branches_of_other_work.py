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
