"""The guidance for findings about names, by their code or its beginning."""

from __future__ import annotations

from types import MappingProxyType

from grader.checks.naming.customs import CLASS_NAME
from grader.checks.naming.rules import NO_VERB, NUMBERED, SINGLE, VAGUE
from grader.domain.check import Guidance

_PEP8 = "https://peps.python.org/pep-0008/"

_FIRST_ARGUMENT = Guidance(
    explanation=(
        "The first argument of a method is the object itself. Everybody calls it `self` (and `cls`"
        " in a class method), so that it is known at a glance."
    ),
    how_to_fix=(
        "Name it `self`. If the method needs no object, make it a plain function outside the class."
    ),
    url=f"{_PEP8}#function-and-method-arguments",
)

_IMPORTED = Guidance(
    explanation=(
        "The import gives a class, a function or a constant a name whose case says that it is"
        " something else."
    ),
    how_to_fix="Import it under its own name, or under one of the same case.",
    url=f"{_PEP8}#naming-conventions",
)

_CLASS_NAME = Guidance(
    explanation=(
        "A class is bound here, and the name says so. Some tools would have it in lower case, like"
        " any variable of a function (N806). This is advice, and costs nothing."
    ),
    how_to_fix=(
        "Leave it where the function makes objects of it. If it only passes it on, `store_class` is"
        " clear, too."
    ),
    url=f"{_PEP8}#naming-conventions",
)

_VAGUE = Guidance(
    explanation=(
        "This name would fit anything, so it tells a reader nothing. In a week that reader is you."
    ),
    how_to_fix=(
        "Ask what it holds or does, and say so: `prices` for `my_list`, `print_receipt` for"
        " `do_stuff`."
    ),
    url=f"{_PEP8}#naming-conventions",
)

_NUMBERED = Guidance(
    explanation=(
        "The number at the end does not say how this one differs from the others, so that they are"
        " easily mixed up."
    ),
    how_to_fix=(
        "Name the difference (`raw_rows` and `clean_rows` for `data1` and `data2`), or keep things"
        " of one kind together in a list."
    ),
    url=f"{_PEP8}#naming-conventions",
)

_SINGLE = Guidance(
    explanation=(
        "A single letter is fine for a counter or a coordinate. Here it makes the reader search"
        " for what it stands for."
    ),
    how_to_fix="Write the word that the letter was short for: `students` for `s`.",
    url=f"{_PEP8}#names-to-avoid",
)

_NO_VERB = Guidance(
    explanation=(
        "A function does something, and a verb in front says what: `total` could be a number,"
        " `calculate_total` cannot."
    ),
    how_to_fix=(
        "Begin with a verb such as `get`, `load`, `print` or `count`, and with `is` or `has` for"
        " yes and no. Leave it where a noun reads better, as for a formula."
    ),
    url=f"{_PEP8}#function-and-variable-names",
)

GUIDANCE_BY_CODE = MappingProxyType(
    {
        "N804": _FIRST_ARGUMENT,
        "N805": _FIRST_ARGUMENT,
        "N811": _IMPORTED,
        "N812": _IMPORTED,
        "N813": _IMPORTED,
        "N814": _IMPORTED,
        "N817": _IMPORTED,
        CLASS_NAME: _CLASS_NAME,
        VAGUE: _VAGUE,
        NUMBERED: _NUMBERED,
        SINGLE: _SINGLE,
        NO_VERB: _NO_VERB,
    }
)
