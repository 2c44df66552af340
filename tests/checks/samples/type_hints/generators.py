"""What yields gives an iterator, also where a decorator makes a context manager of it."""
#! measure missing = 4

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager


@contextmanager
def open_shop() -> Iterator[None]:
    print("open")
    yield
    print("closed")


@asynccontextmanager
async def open_line() -> AsyncIterator[int]:
    yield 3


@contextmanager
def close_shop() -> None:  #! wrong-hint: gives an iterator, since it yields, back
    print("closed")
    yield


@contextmanager
def count_guests():  #! missing-hints-all: its result
    yield 3


def each_price(prices: list[float]) -> None:  #! wrong-hint
    yield from prices


def each_name(names: list[str]):  #! missing-hints: its result
    for name in names:
        yield name.title()


def make_counter() -> None:
    def count() -> Iterator[int]:
        yield 1

    print(list(count()))
