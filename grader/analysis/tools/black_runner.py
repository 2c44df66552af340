"""Run Black inside this process.

Black formats a text twice and writes the second result. One pass is enough for the verdict
"would reformat"; both passes are needed for the text that Black writes.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Callable, Iterator
from functools import lru_cache

import black
from black.mode import TargetVersion
from black.parsing import InvalidInput

from grader.analysis.tools.options import FormattingOptions

#: Everything that changes what Black writes: its options, and whether the file is a stub.
Settings = tuple[FormattingOptions, bool]

#: Tokens that only mark a change of indentation, or the end of a line without code.
_WITHOUT_TEXT = frozenset({tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.ENDMARKER})


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

    Black cannot parse some files with a form feed in an indentation, which Python can. Such a file
    is formatted as if its indentations had none.

    Raises:
        black.InvalidInput: Black cannot parse `text`, e.g. ``match`` if the target is Python 3.3.
    """
    try:
        return _format_once(text, settings)
    except InvalidInput:
        plain = without_form_feeds(text) if "\f" in text else text
        if plain == text:
            raise
        return _format_once(plain, settings)


def without_form_feeds(text: str) -> str:
    r"""Return `text` with the same meaning and no form feed in the indentation of a statement.

    Python starts to count blanks anew after a form feed: ``"  \f    x = 1"`` becomes
    ``"    x = 1"``. Form feeds in strings and in other places stay. A text that cannot be split
    into tokens is returned as it is.
    """
    lines = io.StringIO(text).readlines()
    try:
        for row, column in _first_tokens(text):
            line = lines[row - 1]
            lines[row - 1] = line[:column].rpartition("\f")[2] + line[column:]
    except (tokenize.TokenError, SyntaxError):
        return text
    return "".join(lines)


def _first_tokens(text: str) -> Iterator[tuple[int, int]]:
    """Yield (1-based line, 0-based column) of the first token of each line with code.

    A line that begins inside a string has none, unless the string is over.
    """
    last_row = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in _WITHOUT_TEXT:
            continue
        if token.start[0] > last_row:
            yield token.start
        last_row = token.end[0]


def _format_once(text: str, settings: Settings) -> str:
    """Return the result of Black's first pass over `text`; raise black.InvalidInput like Black."""
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
