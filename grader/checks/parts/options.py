"""The options of the two formatters, which their own checks and the patch share."""

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
