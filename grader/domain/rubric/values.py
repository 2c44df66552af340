"""Values of rubrics: types with their limits, and the sentence about a value beyond them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from grader.domain.wording import Described

#: Multiples of a tenth of a point, the unit of the ledger.
Points = Annotated[
    Decimal,
    Field(ge=0, le=10_000, max_digits=6, decimal_places=1),
    Described("should be a number from 0 to 10000 with at most one decimal, such as 7.5"),
]
#: A value of a measure in a scale. The bounds are chosen by hand.
Amount = Annotated[
    Decimal,
    Field(ge=-1_000_000, le=1_000_000, decimal_places=4),
    Described("should be a number from -1000000 to 1000000 with at most 4 decimals, such as 30"),
]
#: An id that can be part of a URL, e.g. ``hw-1``; not ``HW 1``.
Slug = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$"),
    Described("should be at most 64 small letters, digits, - and _, such as hw-1"),
]
Name = Annotated[
    str,
    Field(min_length=1, max_length=200),
    Described("should be text of 1 to 200 characters (a number needs quotes)"),
]
#: Names that an exercise prescribes, e.g. ``calcTotal`` and ``größe``; not ``calc-total`` or
#: ``calc_*``. Letters beyond ASCII are all allowed. At most 100 of 80 characters, by hand.
PrescribedNames = Annotated[
    tuple[
        Annotated[
            str,
            Field(pattern=r"^[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*$", max_length=80),
            Described("should be a name as in a program, such as calcTotal"),
        ],
        ...,
    ],
    Field(max_length=100),
]
#: The limits bound the time that matching the paths of a submission takes.
Globs = Annotated[
    tuple[
        Annotated[
            str,
            Field(min_length=1, max_length=200),
            Described("should be a pattern of 1 to 200 characters, such as src/*.py"),
        ],
        ...,
    ],
    Field(max_length=100),
]
StarterText = Annotated[
    str, Field(min_length=1), Described("should be the text of the file, and not empty")
]
