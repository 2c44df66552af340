"""A file of our own, to warm up the tools with and to see whether a host can measure at all."""

from __future__ import annotations

from grader.domain.check import Catalog
from grader.engine.measuring.job import CheckRequest, FileJob, Job, canonical_json

#: Code that every host can measure that is well. Its syntax makes the tools load everything that
#: they load on first use. It is our own text, never a student's.
SAMPLE = b'''"""A sample."""

import sys
import os


@staticmethod
def f(a, *b, c: int = 1, **d) -> str:
    """Say it."""
    with open(os.devnull) as g:
        try:
            return f"{a!r:>{c}}\\N{BULLET}" if a else [x for x in b if x]
        except (ValueError, OSError) as error:
            raise KeyError( 'x' ) from error


class A(B):
    x = {1: 2, **{}}
    async def m(self): return (await  self.x)


if __name__ == "__main__":
    f(*sys.argv, **{})
'''


def default_requests(catalog: Catalog) -> tuple[CheckRequest, ...]:
    """Return a request for every check of ``catalog``, with its default options."""
    defaults = {id: check.options() for id, check in catalog.items()}
    return tuple(
        CheckRequest(id, canonical_json(options.model_dump(mode="json")))
        for id, options in defaults.items()
    )


def sample_job(catalog: Catalog) -> Job:
    """Return a job that runs every check of ``catalog`` on :data:`SAMPLE`.

    It is not tolerant: it takes a moment only, and a host that kills its child is not well.
    """
    return Job((FileJob("sample.py", SAMPLE, default_requests(catalog)),), tolerant=False)
