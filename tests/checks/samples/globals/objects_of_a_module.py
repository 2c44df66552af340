"""An object of a class of the submission, and a client of a service, are shared by functions."""
#! measure functions_using_globals = 2

from pymongo import MongoClient
from pydantic import BaseModel


class Board:
    def __init__(self):
        self.rows = []


class Options(BaseModel):
    size: int = 3


board = Board()
client = MongoClient("mongodb://localhost")
options = Options()
EMPTY_BOARD = Board()


def show():
    print(board.rows)  #! reads-global: `show` reads `board`


def load(name):
    return client["shop"][name]  #! reads-global: `load` reads `client`


# Options are read only, and a name in capitals is meant as a constant.
def get_size():
    return options.size


def is_empty(other):
    return other == EMPTY_BOARD
