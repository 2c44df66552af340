"""Run Black inside this process.

Black formats a text twice and writes the second result. One pass is enough for the verdict
"would reformat"; both passes are needed for the text that Black writes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import black
from black.mode import TargetVersion

from grader.analysis.tools.options import FormattingOptions

#: Everything that changes what Black writes: its options, and whether the file is a stub.
Settings = tuple[FormattingOptions, bool]


def settings_of(options: FormattingOptions, *, is_stub: bool) -> Settings:
    """Return `options` and `is_stub` as settings for :func:`would_change` and :func:`formatted`.

    They are the key under which results are cached. ``show_fix`` does not change what Black writes,
    so it is true in every key: the check and the patch then share cached results.
    """
    return options.model_copy(update={"show_fix": True}), is_stub


def would_change(text: str, settings: Settings) -> bool:
    """Return whether ``black --check`` would reformat `text`, whose newlines are all ``\\n``.

    Black formats a text twice; here only the first pass is run. In principle the second pass could
    undo the whole first pass, which would make this verdict wrong; no real file is known where it
    does more than move a comma.

    Raises:
        black.InvalidInput: Black cannot parse `text`, e.g. ``match`` if the target is Python 3.3.
    """
    return first_pass(text, settings) != text


def formatted(text: str, settings: Settings) -> str:
    """Return exactly the text that Black would write for `text`, whose newlines are all ``\\n``.

    Black's checks of its own result (same syntax tree, stable) are not run.

    Raises:
        black.InvalidInput: Black cannot parse `text`, e.g. ``match`` if the target is Python 3.3.
    """
    first = first_pass(text, settings)
    return first if first == text else first_pass(first, settings)


# Where the imports are already sorted, the patch formats the same text as the check. One file needs
# at most two texts (as submitted, and with sorted imports); 8 was chosen by hand.
@lru_cache(maxsize=8)
def first_pass(text: str, settings: Settings) -> str:
    """Return the result of Black's first pass over `text`; a second one seldom changes it.

    Raises:
        black.InvalidInput: Black cannot parse `text`, e.g. ``match`` if the target is Python 3.3.
    """
    # A private function of Black. It saves the second pass, about a third of Black's time. If a
    # release of Black lacks it, the public function gives the same verdicts, only slower.
    format_once: Callable[..., str] = getattr(black, "_format_str_once", black.format_str)
    return format_once(text, mode=_mode(*settings))


def _mode(options: FormattingOptions, is_stub: bool) -> black.Mode:
    return black.Mode(
        target_versions={TargetVersion[name.upper()] for name in options.target_versions},
        line_length=options.line_length,
        string_normalization=not options.skip_string_normalization,
        magic_trailing_comma=not options.skip_magic_trailing_comma,
        preview=options.preview,
        is_pyi=is_stub,
    )
