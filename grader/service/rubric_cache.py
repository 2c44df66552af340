"""Rubrics looked up once: a plan by the digest of the rubric's text."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from grader.domain.check import Catalog
from grader.domain.rubric import Plan
from grader.service.ports import ReadRubric
from grader.service.records import RubricRecord


class Plans:
    """A small cache of plans; safe to share between threads."""

    def __init__(self, read_rubric: ReadRubric, catalog: Catalog, size: int = 64) -> None:
        self._read_rubric = read_rubric
        self._catalog = catalog
        self._size = size
        self._known: OrderedDict[str, Plan] = OrderedDict()
        self._lock = Lock()

    def of(self, record: RubricRecord) -> Plan:
        """The plan of a published rubric."""
        with self._lock:
            known = self._known.get(record.digest)
        return known or self._remember(record.digest, self.read(record.text))

    def read(self, text: str) -> Plan:
        """The plan of a rubric's text that nobody has published.

        Raises:
            BadRubric: with every mistake found.
        """
        return Plan.of(self._read_rubric(text), self._catalog)

    def _remember(self, digest: str, plan: Plan) -> Plan:
        with self._lock:
            self._known[digest] = plan
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return plan
