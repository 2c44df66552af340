"""What all branches share is written once; what no branch needs is not written."""
#! measure constructs = 8


def pay(total, is_member):
    if is_member:
        total = total * 0.9
        print(total)  #! alike-end
    else:
        total = total + 1  #! long-assignment
        print(total)
    return total


def greet(name):
    if name == "":  #! empty-branch
        pass
    else:
        print("Hello", name)


def rate(points):
    if points > 90:
        grade = "A"
        print(grade)
    elif points > 95:  #! same-branches
        grade = "A"
        print(grade)
    elif points > 90:  #! same-condition
        grade = "B"
    else:
        grade = "C"
    return grade


def sign(number):
    if number < 0:
        print("negative")
    elif number >= 0:  #! opposite-elif
        print("not negative")


def show(number):
    if number:
        print(number)
    else:
        pass  #! empty-branch


def label(number):
    if number > 5:
        word = "number"  #! alike-start
        print(word, "large")
    else:
        word = "number"
        print(word, "small")
