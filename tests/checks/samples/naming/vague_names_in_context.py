"""Words that say little alone, and enough where they are."""

import foo as bar


def load():
    data = result = value = item = temp = 1
    return data, result, value, item, temp


def get_value():
    return 1


class Reply:
    def value(self):  #! no-verb
        return 1

    def data(self):  #! no-verb
        pass


def decorate(name):
    def func():
        return name

    return func


# A bar on the screen and unwanted mail, not the placeholders `foo`, `bar`, `spam`.
progress_bar = load()
spam = get_value()
new_value = load()
__thing__ = 1
