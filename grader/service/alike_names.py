"""Which stored names of students would be one name, or another, if they were handed in today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.domain.person_names import REPLACEMENT, canonical
from grader.service.records import HeldName


@dataclass(frozen=True)
class AlikeName:
    """A stored name that an operator should look at, and ``today``, its canonical form.

    Either uploads for that student are stored under ``today`` now, or (``is_lossy``) the name came
    with letters that were not UTF-8, so that several people may share it.
    """

    held: HeldName
    today: str
    is_lossy: bool


def alike_names(held: Iterable[HeldName]) -> Iterator[AlikeName]:
    """Yield those of ``held``, in their order, that are not canonical, or have such a twin.

    Names with letters that were lost are among them. e.g. of ``Zoé`` with one letter and with an
    accent of its own in one course, both; not ``ada`` and ``Ada``, which are two names.
    """
    names = [(one, canonical(one.name)) for one in held]
    odd = {(one.course, today) for one, today in names if one.name != today}
    for one, today in names:
        is_lossy = REPLACEMENT in one.name
        if is_lossy or (one.course, today) in odd:
            yield AlikeName(one, today, is_lossy)
