"""A facts cache in the memory of this process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime

from grader.domain.inspection import Inspection


class MemoryFacts:
    """Keeps the ``size`` most recently used inspections by key, in the memory of this process.

    The default of 5,000 was chosen by hand: about 30 keys a file, so a class's 160 newest files.
    """

    def __init__(self, size: int = 5_000) -> None:
        self._size = size
        self._inspections: OrderedDict[str, Inspection] = OrderedDict()

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Inspection]:
        """Return the cached inspections among ``keys``, by key; this counts as a use of them."""
        found = {key: self._inspections[key] for key in keys if key in self._inspections}
        for key in found:
            self._inspections.move_to_end(key)
        return found

    def put_many(self, inspections: Mapping[str, Inspection], at: datetime) -> None:
        """Cache ``inspections`` by key, also in place of existing ones; ``at`` is ignored.

        If there are too many then, the least recently used ones are removed.
        """
        for key, inspection in inspections.items():
            self._inspections[key] = inspection
            self._inspections.move_to_end(key)
        while len(self._inspections) > self._size:
            self._inspections.popitem(last=False)
