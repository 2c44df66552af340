"""The archives that students upload: programs of any length, without repeated lines."""

from __future__ import annotations

import io
import zipfile

from tests.chaos.plan import Sending

FUNCTION = """

def total_{number}(values_{number}, limit_{number}={limit}):
    result_{number} = 0
    for one_{number} in values_{number}:
        if one_{number} > {limit} and one_{number} != limit_{number}:
            result_{number} += one_{number} * {number}
    return result_{number}
"""


def archive(sending: Sending) -> bytes:
    """Return the zip of ``sending``. The same ``seed`` and ``functions`` give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as whole:
        for at, functions in enumerate(sending.functions):
            _put(whole, f"totals_{at}.py", _module(functions, sending.seed))
        _put(whole, "main.py", "from totals_0 import total_0\n\nprint( total_0([1, 2]) )\n")
    return packed.getvalue()


def _module(functions: int, seed: int) -> str:
    """Return the source of ``functions`` functions, whose numbers depend on ``seed``."""
    texts = (FUNCTION.format(number=number, limit=seed + number) for number in range(functions))
    return "".join(texts).lstrip()


def _put(whole: zipfile.ZipFile, name: str, text: str) -> None:
    # A fixed date, so that equal submissions are equal archives.
    whole.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
