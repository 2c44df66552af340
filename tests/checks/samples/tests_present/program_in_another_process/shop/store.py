from pathlib import Path


def save(name):
    Path("names.txt").write_text(name)


def load():
    return Path("names.txt").read_text().split()


def show(names):
    for name in names:
        print(name)


def clear():  #! untested-function
    Path("names.txt").unlink()


def log():  #! untested-function
    Path("log.txt").write_text("empty")
