"""Does a docstring say anything, and of what? A judgement by its words alone.

It errs on the side of the writer: what might be a description in any language is taken for one.
"""

from __future__ import annotations

import re
from functools import cached_property

#: A word, without digits and underscores. Scripts that put no space between words have a word for
#: each sign (Thai, Japanese, Chinese, Korean).
_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\d_]+")
_NAME = re.compile(r"\w+")
_PART_OF_NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
_ENDINGS = re.compile(r"(?<=...)(?:at(?:ions?|ors?|es?|ed|ing)|ings?|ers?|ors?|ed|es|s|e)$")

#: What editors and hurried people put where a description belongs.
_PLACEHOLDER = re.compile(
    r"\W*(?:todo|fixme|tbd|xxx|lorem ipsum)\b|.*_(?:summary|description)_|"
    r"\W*\[?(?:add|insert|put|write|your|summary|description|missing|no)?[ ]?"
    r"(?:a |the |your )?(?:docstrings?|documentation|summary|description)(?: goes)?(?: here)?\W*\Z",
    re.IGNORECASE,
)
#: What only a tool reads. Its colon may be another sign, since such lines are made harmless.
_DIRECTIVE = re.compile(
    r"#?[ \t]*(?:"
    r"(?:fmt|yapf|isort|autopep8)[ \t]*\W[ \t]*(?:on|off|skip|skip_file|split|disable|enable)"
    r"|(?:(?:flake8|ruff|pyflakes)[ \t]*\W[ \t]*)?noqa"
    r"|type[ \t]*\W[ \t]*ignore"
    r"|(?:mypy|pyright|pytype|pyre)[ \t]*\W[ \t]*(?:ignore|skip-file|basic|strict|disable)"
    r"|pylint[ \t]*\W[ \t]*(?:disable|enable|skip-file)"
    r"|pragma[ \t]*\W[ \t]*no[ \t]*(?:cover|branch|mutate)|nosec|noinspection"
    r")(?:[^\w\n].*)?$",
    re.IGNORECASE,
)
#: The scaffold of a list of arguments: it describes nothing until something is written beside it.
_SCAFFOLD = re.compile(
    r"^[ \t]*(?:[:@](?:param|type|arg|return|rtype|raise|yield)[^:\n]*:"
    r"|\*{0,2}\w+[ \t]*(?:\([^)\n]*\))?:[ \t]*$"
    r"|(?:args|arguments|parameters|params|returns?|yields?|raises|attributes|examples?)[ \t]*:?$)",
    re.IGNORECASE | re.MULTILINE,
)
_EMPTY_WORDS = frozenset(
    "a an the this that these those is are be of for to in on from with and or it its by as at"
    " class function method module script file def".split()
)
_FEWEST_WORDS = 3

#: A list of what goes in.
_ARGUMENTS = re.compile(
    r"^[ \t]*(?:(?:args|arguments|parameters|params)[ \t]*:?[ \t]*$|[:@](?:param|arg)\b)",
    re.IGNORECASE | re.MULTILINE,
)
#: Any word of what comes back, in a few languages.
_COMES_BACK = re.compile(
    r"\b(?:return|yield|giv|gave|result|output|produc|generat|iter|true\b|false\b|none\b|whether\b"
    r"|gibt|liefer|rückgabe|zurück|renvoi|retour|retorn|devuelv|restitu)|->|=>",
    re.IGNORECASE,
)
#: First words of sentences that tell what is done, and leave open what comes back.
_DEEDS = frozenset(
    "print show display write save send update process handle run execute perform do start".split()
)


def why_it_says_nothing(text: str, name: str = "") -> str:
    """What keeps a docstring from being a description of what has that name, or nothing."""
    if _PLACEHOLDER.match(text):
        return "only holds a place"
    if all(_DIRECTIVE.match(line.strip()) for line in text.splitlines() if line.strip()):
        return "speaks to a tool alone"
    words = [word.casefold() for word in _WORD.findall(_SCAFFOLD.sub(" ", text))]
    if len(words) < _FEWEST_WORDS or len(set(words)) == 1:
        return f"has fewer than {_FEWEST_WORDS} words"
    return "" if _adds_something(words, name) else "says no more than its name"


def _adds_something(words: list[str], name: str) -> bool:
    """Whether there is a word that the name does not hold; ``isprime`` holds ``prime``."""
    parts = {_stem(part.casefold()) for part in _PART_OF_NAME.findall(name)}
    run_together = name.casefold() if len(parts) == 1 else ""
    added = (
        word
        for word in words
        if word not in _EMPTY_WORDS and _stem(word) not in parts and word not in run_together
    )
    return any(len(word) > 1 or not word.isascii() for word in added)


def _stem(word: str) -> str:
    """A word without the ending that tells ``calculates`` from ``calculating``."""
    return _ENDINGS.sub("", word)


def same_words(text: str) -> str:
    """What copies of a docstring have in common, however they are spaced."""
    return " ".join(_WORD.findall(text)).casefold()


class Described:
    """The names that a docstring knows."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._names = {name.casefold() for name in _NAME.findall(text)}

    @cached_property
    def _stems(self) -> set[str]:
        return {_stem(word) for word in {word.casefold() for word in _WORD.findall(self._text)}}

    def __contains__(self, name: str) -> bool:
        """Whether an argument is named: as it stands, or each of its parts as a word."""
        if name.casefold() in self._names:
            return True
        parts = [_stem(part.casefold()) for part in _PART_OF_NAME.findall(name)]
        return bool(parts) and self._stems.issuperset(parts)


def leaves_open_what_comes_back(text: str) -> bool:
    """Whether a docstring lists what goes in, or tells a deed, without a word of any result.

    ``Compute the mean`` and ``The mean of some numbers`` say what comes back well enough.
    """
    if _COMES_BACK.search(text):
        return False
    first = _WORD.search(text)
    deeds = {first[0].casefold(), first[0].casefold().removesuffix("s")} if first else set()
    return bool(_ARGUMENTS.search(text)) or not deeds.isdisjoint(_DEEDS)
