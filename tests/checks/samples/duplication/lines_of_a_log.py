import logging
from argparse import ArgumentParser
from typing import Annotated, TypeVar

logger = logging.getLogger(__name__)
T = TypeVar("T")
Name = Annotated[str, "a name"]


class Shop:
    def __init__(self, name, stock):
        super().__init__(name)
        self.name = name
        self.stock = stock
        self.logger = logging.getLogger(name)

    def sell(self, item):
        self.logger.info("selling %s", item.name.title())
        logging.debug("stock is %d", len(self.stock))
        logger.warning("low on %s", item.kind.upper())
        self.stock.remove(item)


class Store:
    def __init__(self, name, shelf):
        super().__init__(name)
        self.name = name
        self.shelf = shelf
        self.logger = logging.getLogger(name)

    def add(self, item):
        self.logger.info("adding %s", item.name.title())
        logging.debug("shelf is %d", len(self.shelf))
        logger.warning("much of %s", item.kind.upper())
        self.shelf.append(item)


def options():
    parser = ArgumentParser(description="Sells")
    parser.add_argument("--name", help="of the shop".title())
    parser.add_argument("--stock", help="of the shop".title())
    return parser.parse_args()


def more_options():
    parser = ArgumentParser(description="Stores")
    parser.add_argument("--shelf", help="of the store".title())
    parser.add_argument("--size", help="of the store".title())
    return parser.parse_args()


def order(start, load, clean, train, save):
    start >> load.task >> [clean.task, train.task]
    clean.task >> [train.task, save.task] >> load.task
    train.task >> [save.task, load.task] >> clean.task
    save.task >> [load.task, clean.task] >> train.task
