"""Hidden program: code that the program runs where no check looks, and what follows from it."""

from __future__ import annotations

from fractions import Fraction

from pydantic import BaseModel, ConfigDict

#: The part of a program's statements from which hidden ones limit the total. Less is no program
#: behind the program, e.g. a helper of 4 statements among the tests. Chosen by hand.
LEAST_PART = Fraction(1, 10)


class Hidden(BaseModel):
    """A file that the program runs, or may run, and that no check reads as program.

    ``path`` is that of the file, ``statements`` how many of its statements do something; ``None``
    if it cannot be read. The file ``by`` names or starts it in ``line``, which is 1-based.
    ``where`` says why no check looks there, in words: "a text".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    statements: int | None
    where: str
    by: str
    line: int

    @property
    def place(self) -> str:
        """Path and place, e.g. ``program.txt (see main.py, line 3)``."""
        return f"{self.path} (see {self.by}, line {self.line})"


def is_much(hidden: tuple[Hidden, ...], statements: int) -> bool:
    """Return whether ``hidden`` files are much of a program of ``statements``.

    They are if one cannot be read, or if together they have a tenth of the program's statements.
    """
    known = sum(one.statements or 0 for one in hidden)
    is_known = all(one.statements is not None for one in hidden)
    return bool(hidden) and (not is_known or known >= LEAST_PART * statements)
