"""Black in this process: its first pass for the verdict, both passes for the text it writes.

The outputs of the last few texts are remembered, because the patch formats what the verdict has
formatted already wherever the imports are sorted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import black
from black.mode import TargetVersion

from grader.analysis.tools.options import FormattingOptions

#: Everything that changes what Black writes.
Settings = tuple[FormattingOptions, bool]


def settings_of(options: FormattingOptions, *, is_stub: bool) -> Settings:
    """The settings for a file; ``show_fix`` does not change what Black writes."""
    return options.model_copy(update={"show_fix": True}), is_stub


def would_change(text: str, settings: Settings) -> bool:
    """Whether ``black --check`` would reformat a text, whose newlines are all ``\\n``.

    Judged from the first pass. Black's second pass may move a comma of the first one's output,
    and in principle could undo all of it; on no real file that we know of does it.
    """
    return _first_pass(text, settings) != text


def formatted(text: str, settings: Settings) -> str:
    """What Black would write for a text, to the letter."""
    first = _first_pass(text, settings)
    return first if first == text else _first_pass(first, settings)


@lru_cache(maxsize=8)
def _first_pass(text: str, settings: Settings) -> str:
    # Not public, and worth a third of Black's time. Where a release of Black lacks it, the public
    # function gives the same verdicts, slower.
    once: Callable[..., str] = getattr(black, "_format_str_once", black.format_str)
    return once(text, mode=_mode(*settings))


def _mode(options: FormattingOptions, is_stub: bool) -> black.Mode:
    return black.Mode(
        target_versions={TargetVersion[name.upper()] for name in options.target_versions},
        line_length=options.line_length,
        string_normalization=not options.skip_string_normalization,
        magic_trailing_comma=not options.skip_magic_trailing_comma,
        preview=options.preview,
        is_pyi=is_stub,
    )
