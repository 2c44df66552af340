"""Counters, coordinates, type variables, files, errors, keys: letters that everybody knows."""

import math
from typing import TypeVar

T = TypeVar("T")
i = j = k = n = x = y = z = _ = 0
f = open("prices.txt")

for s in f:
    print(s)

print({k: v for k, v in vars(math).items()})
print(sorted([], key=lambda p: p.age))

try:
    print(f.read())
except OSError as e:
    print(e)

match [1, 2]:
    case [a, *b]:
        print(a, b)


class Colour:
    r: int = 0
    g: int = 0
