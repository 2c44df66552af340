"""A condition is true or false by itself."""
#! measure constructs = 6
#! measure matters_of_taste = 1


def is_adult(age):
    if age >= 18:  #! boolean-branches
        return True
    else:  # the `return` below counts as advice, too
        return False  #! else-after-return


def is_child(age):
    if age >= 18:  #! boolean-branches
        return False
    return True


def mark(ages):
    for age in ages:
        if age > 3 and age < 18:  #! joinable-comparison: chain
            found = True
            print(found)
        else:
            found = False
    return ages


def has_answer(answer):
    if answer == "y" or answer == "yes":  #! joinable-comparison: `in`
        print("Yes")
    return not answer == ""  #! negated-comparison: `!=`


def asks(answer):
    while answer == "y" or "yes":  #! always-true
        answer = input("More? ")
