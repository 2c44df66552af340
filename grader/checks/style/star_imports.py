"""Report a star import once: flake8 complains about it, and about each use of what it may bring."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.domain.characters import first_few
from grader.domain.inspection import Finding

#: A message of F405, e.g. "'sqrt' may be undefined, or defined from star imports: math".
_USED = re.compile(r"'(.+)' may be undefined, or defined from star imports")


def with_stars_once(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], int]:
    """Return `findings` of flake8 without those of uses (F405), and how many were left out.

    The first star import (F403) names them and says how many lines flake8 prints in all. If
    `findings` have no F403, because a rubric does not ask for it, the first F405 does so.
    """
    uses = [one for one in findings if one.code == "F405"]
    if not uses:
        return tuple(findings), 0
    star = next((one for one in findings if one.code == "F403"), uses[0])
    others = set(map(id, uses)) - {id(star)}
    kept = (one for one in findings if id(one) not in others)
    shown = (_with_uses(one, uses) if one is star else one for one in kept)
    return tuple(shown), len(others)


def _with_uses(star: Finding, uses: Sequence[Finding]) -> Finding:
    """Return the finding `star` with `uses`, the names that the file uses, in its message."""
    names = dict.fromkeys(match[1] for one in uses if (match := _USED.match(one.message)))
    total = len(uses) + (star.code == "F403")
    lines = "line" if total == 1 else "lines"
    message = (
        f"{star.message} (used in this file: {first_few([*names])};"
        f" one finding here, {total} {lines} of flake8 on the command line)"
    )
    return star.model_copy(update={"message": message})
