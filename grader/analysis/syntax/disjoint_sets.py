"""Things told two at a time to belong together: which of them are one group?"""

from __future__ import annotations


class Groups:
    """Numbers from zero up, as a forest whose roots are the first of their group."""

    def __init__(self, total: int) -> None:
        self._above = list(range(total))

    def first(self, one: int) -> int:
        """The smallest number of a group."""
        above = self._above
        while above[one] != one:
            # Halved on the way, so that no path stays long.
            above[one] = above[above[one]]
            one = above[one]
        return one

    def join(self, one: int, other: int) -> None:
        """Make one of two groups."""
        here, there = self.first(one), self.first(other)
        self._above[max(here, there)] = min(here, there)
