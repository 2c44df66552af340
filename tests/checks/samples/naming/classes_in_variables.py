"""A variable that holds a class is spelled like one: that is advice, and costs nothing."""
#! measure case_violations = 6

from collections import Counter, OrderedDict, namedtuple
from typing import TypeVar

from shop import Price, get_model, models


def count(words, ordered):
    Store = OrderedDict if ordered else Counter  #! class-name: `Store`
    return Store(words)


def make_row(columns):
    T = TypeVar("T")
    Row = namedtuple("Row", columns)
    Base = models.declarative_base()  #! class-name
    Kind = getattr(models, "Kind")  #! class-name
    Number = int  #! class-name
    Parts = list[Price]  #! class-name
    Same = Row.__class__  #! class-name
    return T, Row, Base, Kind, Number, Parts, Same


def load_rows(name):
    Model = get_model(name)  #! class-name
    Shelf = models.KINDS[name]  #! class-name
    Broken = models.find("Broken")  #! class-name
    try:
        return Model.objects.all(), isinstance(name, Shelf)
    except Broken:
        return None


def count_all(words):
    Total = Counter(words)  #! N806
    Result = get_model(words)  #! N806
    LIMIT = Counter  #! N806
    myStore = OrderedDict  #! N806
    First, Second = OrderedDict, Counter  #! N806 #! N806
    return Total, Result, LIMIT, myStore, First, Second
