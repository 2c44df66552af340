"""A cache of compiled rubrics, by the SHA-256 digest of the rubric's text."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from grader.domain.check import Catalog
from grader.domain.rubric import CompiledRubric
from grader.service.ports import ReadRubric
from grader.service.records import DraftRecord, RubricRecord


class RubricCache:
    """Compiles published rubrics, and keeps those that it compiled last.

    :meth:`of` uses the cache, :meth:`read` neither uses nor fills it. The key is the digest of the
    rubric's text. ``size`` is how many it keeps: 64 was chosen by hand, to be more than a course
    has exercises. Threads may share one cache.
    """

    def __init__(self, read_rubric: ReadRubric, catalog: Catalog, size: int = 64) -> None:
        self._read_rubric = read_rubric
        self._catalog = catalog
        self._size = size
        self._cached: OrderedDict[str, CompiledRubric] = OrderedDict()
        self._lock = Lock()

    def of(self, record: RubricRecord | DraftRecord) -> CompiledRubric:
        """Return the compiled rubric of ``record``, from the cache if there.

        Raises:
            BadRubric: the text is no longer a valid rubric, e.g. after a check was removed.
        """
        return self.text(record.text, record.digest)

    def text(self, text: str, digest: str) -> CompiledRubric:
        """Return the compiled rubric of ``text``, whose SHA-256 is ``digest``, as :meth:`of`."""
        with self._lock:
            cached = self._cached.get(digest)
        if cached is not None:
            return cached
        compiled = self.read(text)
        with self._lock:
            self._cached[digest] = compiled
            while len(self._cached) > self._size:
                self._cached.popitem(last=False)
        return compiled

    def read(self, text: str) -> CompiledRubric:
        """Parse, validate and compile the rubric ``text`` without using the cache.

        Raises:
            BadRubric: the text is not a valid rubric; the error lists the mistakes.
        """
        return CompiledRubric.of(self._read_rubric(text), self._catalog)
