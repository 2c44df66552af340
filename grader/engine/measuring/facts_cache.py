"""What was measured before, by the key of everything that it depends on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime

from grader.domain.inspection import Inspection


class MemoryFacts:
    """The newest used inspections of this process, at most ``size`` of them."""

    def __init__(self, size: int = 5_000) -> None:
        self._size = size
        self._known: OrderedDict[str, Inspection] = OrderedDict()

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Inspection]:
        """See :class:`grader.service.ports.FactsCache`."""
        found = {key: self._known[key] for key in keys if key in self._known}
        for key in found:
            self._known.move_to_end(key)
        return found

    def put_many(self, inspections: Mapping[str, Inspection], at: datetime) -> None:
        """See :class:`grader.service.ports.FactsCache`."""
        for key, inspection in inspections.items():
            self._known[key] = inspection
            self._known.move_to_end(key)
        while len(self._known) > self._size:
            self._known.popitem(last=False)
