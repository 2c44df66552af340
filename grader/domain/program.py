"""The role of one file in a submission: part of the program, or left over."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Role(StrEnum):
    """The role of one file in its submission."""

    #: The program starts here: a ``main.py``, a guarded script, a declared console script, or a
    #: file that a framework starts.
    ENTRY = "entry"
    #: An entry or a test imports the file, directly or through others.
    REACHED = "reached"
    #: Nothing says where the program starts, so each of its files is part of it; or the rubric
    #: names the file.
    MEMBER = "member"
    TEST = "test"
    #: Not reached, and no fault: a tool runs the file by its name (``setup.py``), or the file has
    #: no statement or only literals.
    NEUTRAL = "neutral"
    #: Not reached by the program: a draft, an old script.
    LEFTOVER = "leftover"


class Part(BaseModel):
    """The role of one file, the reason in words, and the number of its lines that are not blank.

    The default is that of facts which were stored before files had roles.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role = Role.MEMBER
    why: str = ""
    lines: int = 0

    @property
    def counts(self) -> bool:
        """Whether criteria measure the file; a leftover or neutral file is in no measure."""
        return self.role not in (Role.NEUTRAL, Role.LEFTOVER)
