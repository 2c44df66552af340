from pathlib import Path


class Box:
    def __init__(self):
        self.items = []

    def put(self, item):
        self.items.append(item)

    def drop(self, item):  #! untested-function
        self.items.remove(item)


def save(number):  #! untested-function
    Path("number.txt").write_text(str(number))


def clear(number):  #! untested-function
    Path("number.txt").write_text("")


def show(number):  #! untested-function
    print(number)


def append(number):
    with open("number.txt", "a") as file:
        file.write(str(number))


def check(number):
    if number < 0:
        raise ValueError("negative")


def load(path):
    return Path(path).read_text() or None
