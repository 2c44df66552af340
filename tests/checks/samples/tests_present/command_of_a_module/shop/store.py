from pathlib import Path


def save(name):
    Path("names.txt").write_text(name)


def load():
    return Path("names.txt").read_text().split()


def total(names):
    return len(names) + check(names)


def check(names):
    return sum(map(len, names))


def clear(name):  #! untested-function
    Path("names.txt").unlink()
