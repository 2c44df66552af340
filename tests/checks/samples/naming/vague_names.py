"""Names that would fit anything."""


def do_stuff():  #! vague-name: The function `do_stuff` does not say what it stands for
    return 1


def do_it():  #! vague-name
    return 1


def my_func():  #! vague-name #! no-verb
    return 1


def data():  #! vague-name #! no-verb
    return 1


def test():  #! vague-name
    return 1


def load(foo):  #! vague-name: The argument `foo`
    return foo


class MyClass:  #! vague-name: The class `MyClass`
    pass


class Thing:  #! vague-name
    pass


my_list = [1]  #! vague-name: The variable `my_list`
the_data = input()  #! vague-name
stuff = input()  #! vague-name

for thing in range(3):  #! vague-name
    print(thing)

print([foo for foo in range(3)])  #! vague-name
