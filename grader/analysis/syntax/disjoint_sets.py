"""Disjoint sets (union-find): groups of numbers that are joined two at a time."""

from __future__ import annotations


class Groups:
    """The numbers from 0 to ``total - 1`` in groups, which :meth:`join` merges two at a time.

    At first each number is a group of its own. Two numbers are in one group if :meth:`first`, the
    smallest number of the group, is the same for both.
    """

    def __init__(self, total: int) -> None:
        self._above = list(range(total))

    def first(self, one: int) -> int:
        """Return the smallest number in the group of ``one``."""
        above = self._above
        while above[one] != one:
            # Path halving: link to the grandparent, so that later calls take fewer steps.
            above[one] = above[above[one]]
            one = above[one]
        return one

    def join(self, one: int, other: int) -> None:
        """Join the groups of ``one`` and ``other`` into one, unless they are one already."""
        here, there = self.first(one), self.first(other)
        self._above[max(here, there)] = min(here, there)
