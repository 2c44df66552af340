"""Functions begin with a verb; properties, predicates, fixtures and routes need none."""
#! measure functions_without_verb = 2
#! measure unclear_names = 0

import pytest
from flask import Flask

app = Flask(__name__)


def average(values):  #! no-verb: The function `average` does not begin with a verb
    total = sum(values)
    return total / len(values)


def load_file():
    pass


def reload():
    pass


def is_prime(n):
    return n > 1


def to_text(n):
    return str(n)


def _matches():
    pass


def __special__():  #! N807
    pass


class Shop:
    @property
    def area(self):
        return 1

    def name(self):
        pass

    def owner(self):  #! no-verb: The method `owner`
        pass


@pytest.fixture(name="shops")
def corpus():
    return 1


@app.route("/")
def index():
    return ""


def main():
    pass
