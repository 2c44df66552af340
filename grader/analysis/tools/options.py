"""The options of Black, isort and flake8, shared by the checks that run them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from grader.domain.check import Options
from grader.domain.wording import Described, whole_number

#: Characters of a line. The bounds are chosen by hand; they refuse typing errors such as 8 or 8800.
LineLength = Annotated[int, Field(ge=20, le=500), whole_number(20, 500, 88)]
#: Versions of Python for which Black can write code.
Target = Literal[
    "py33",
    "py34",
    "py35",
    "py36",
    "py37",
    "py38",
    "py39",
    "py310",
    "py311",
    "py312",
    "py313",
    "py314",
    "py315",
]
#: Profiles that ship with isort.
Profile = Literal[
    "appnexus",
    "attrs",
    "black",
    "django",
    "google",
    "hug",
    "open_stack",
    "plone",
    "pycharm",
    "wemake",
]


class FormattingOptions(Options):
    """Options of Black, named as in Black's configuration, and ``show_fix``.

    Only ``target_versions`` has another name there, ``target-version``; without it Black detects
    the versions from the file. ``show_fix`` also shows the student the changed lines, and changes
    nothing about what Black writes.
    """

    line_length: LineLength = 88
    target_versions: tuple[Target, ...] = ()
    skip_string_normalization: bool = False
    skip_magic_trailing_comma: bool = False
    preview: bool = False
    show_fix: bool = True


class ImportOrderOptions(Options):
    """Options of isort, named as in isort's configuration, and ``show_fix``.

    ``profile`` is one that ships with isort; ``line_length`` always replaces that of the profile.
    If ``force_sort_within_sections`` is false, the profile decides about it. ``show_fix`` also
    shows the student the changed lines, and changes nothing about what isort writes.
    """

    profile: Profile = "black"
    line_length: LineLength = 88
    force_sort_within_sections: bool = False
    show_fix: bool = True


#: A flake8 code or the beginning of one, e.g. ``E501``, ``E5`` or ``W``.
Code = Annotated[
    str,
    Field(pattern=r"^[A-Z]{1,3}[0-9]{0,3}$"),
    Described('should be a code of flake8 or the beginning of one, such as "E501" or "W"'),
]

#: Codes that complain about text that Black writes.
#: e.g. E203 about the blank in ``rows[a + 1 :]``, W503 about an operator at the start of a line,
#: E701 and E704 about ``class Empty: ...`` and ``def f(): ...`` on one line.
BESIDE_BLACK = ("E203", "W503", "E701", "E704")


class StyleOptions(Options):
    """Options of flake8. ``select`` and ``extend_ignore`` hold codes or beginnings of codes.

    Without ``select``, flake8's default selection applies. ``extend_ignore`` adds to what flake8
    ignores by default; unless given, it has the codes that complain about what Black writes.
    ``max_complexity`` turns C901 on, unless ``select`` leaves it out; ``None``: it is off.
    """

    max_line_length: LineLength = 88
    select: Annotated[tuple[Code, ...], Field(min_length=1)] | None = None
    extend_ignore: tuple[Code, ...] = BESIDE_BLACK
    max_complexity: Annotated[int, Field(ge=0, le=1_000), whole_number(0, 1_000, 10)] | None = None

    def arguments(self) -> tuple[str, ...]:
        """Return these options as arguments of flake8's command line; empty ones are left out."""
        arguments = [f"--max-line-length={self.max_line_length}"]
        if self.select is not None:
            arguments.append(f"--select={','.join(self.select)}")
        if self.extend_ignore:
            arguments.append(f"--extend-ignore={','.join(self.extend_ignore)}")
        if self.max_complexity is not None:
            arguments.append(f"--max-complexity={self.max_complexity}")
        return tuple(arguments)
