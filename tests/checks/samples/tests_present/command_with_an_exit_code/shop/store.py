from pathlib import Path


def save(name):  #! untested-function
    Path("names.txt").write_text(name)


def load():  #! untested-function
    return Path("names.txt").read_text().split()


def total(names):  #! untested-function
    return len(names) + check(names)


def check(names):  #! untested-function
    return sum(map(len, names))


def clear(name):  #! untested-function
    Path("names.txt").unlink()
