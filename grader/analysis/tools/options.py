"""The options of the tools, which several checks share: of the formatters, and of flake8."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from grader.domain.check import Options

LineLength = Annotated[int, Field(ge=20, le=500)]
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
    """Options of Black, named as in its configuration; ``show_fix`` also makes the hunk."""

    line_length: LineLength = 88
    target_versions: tuple[Target, ...] = ()
    skip_string_normalization: bool = False
    skip_magic_trailing_comma: bool = False
    preview: bool = False
    show_fix: bool = True


class ImportOrderOptions(Options):
    """Options of isort, named as in its configuration; ``show_fix`` also makes the hunk."""

    profile: Profile = "black"
    line_length: LineLength = 88
    force_sort_within_sections: bool = False
    show_fix: bool = True


Code = Annotated[str, Field(pattern=r"^[A-Z]{1,3}[0-9]{0,3}$")]

#: Codes that blame what Black writes, or that are a matter of taste where Black decides.
BESIDE_BLACK = ("E203", "W503", "E701", "E704")


class StyleOptions(Options):
    """Options of flake8. ``select`` and ``extend_ignore`` hold codes or their beginnings.

    Without ``select`` flake8's own choice holds. ``max_complexity`` turns C901 on.
    """

    max_line_length: LineLength = 88
    select: Annotated[tuple[Code, ...], Field(min_length=1)] | None = None
    extend_ignore: tuple[Code, ...] = BESIDE_BLACK
    max_complexity: Annotated[int, Field(ge=0, le=1_000)] | None = None

    def arguments(self) -> tuple[str, ...]:
        """The same choice on flake8's command line."""
        given = [f"--max-line-length={self.max_line_length}"]
        if self.select is not None:
            given.append(f"--select={','.join(self.select)}")
        if self.extend_ignore:
            given.append(f"--extend-ignore={','.join(self.extend_ignore)}")
        if self.max_complexity is not None:
            given.append(f"--max-complexity={self.max_complexity}")
        return tuple(given)
