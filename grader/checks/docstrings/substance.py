"""Judge by its words whether a docstring describes anything, and what it names.

When in doubt the docstring passes: text that may be a description in any language counts as one.
All word lists and patterns were chosen by hand.
"""

from __future__ import annotations

import re
from functools import cached_property

#: A word, without digits and underscores, e.g. ``max`` and ``size`` in ``max_size2``. In Thai,
#: Japanese, Chinese and Korean, where words may have no space between them, each character is one.
_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\d_]+")
#: A number, e.g. ``800`` and ``80`` in ``800-80``; not the ``1`` of ``step_1``.
_NUMBER = re.compile(r"\b\d+\b")
#: A name, e.g. all of ``max_size2``; ``a-b`` is two.
_NAME = re.compile(r"\w+")
#: A part of a name in snake_case or CamelCase, e.g. ``HTTP`` and ``Server`` of ``HTTPServer``, or
#: ``max`` and ``size`` of ``max_size``; ``isprime`` is one part.
_PART_OF_NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
#: An English ending behind three letters or more, e.g. of ``calcul-ates``, ``print-er`` and
#: ``nam-e``; not of ``is`` or ``the``.
_ENDINGS = re.compile(r"(?<=...)(?:at(?:ions?|ors?|es?|ed|ing)|ings?|ers?|ors?|ed|es|s|e)$")

#: A placeholder, e.g. ``TODO: write``, ``_summary_``, ``Add docstring here.`` and ``Description``;
#: not ``Todos of a user`` or ``Return the description of a product``.
_PLACEHOLDER = re.compile(
    r"\W*(?:todo|fixme|tbd|xxx|lorem ipsum)\b|.*_(?:summary|description)_|"
    r"\W*\[?(?:add|insert|put|write|your|summary|description|missing|no)?[ ]?"
    r"(?:a |the |your )?(?:docstrings?|documentation|summary|description)(?: goes)?(?: here)?\W*\Z",
    re.IGNORECASE,
)
#: A comment that only a tool reads, e.g. ``noqa: E501``, ``type: ignore`` and Black's ``fmt``; not
#: ``Type of the order``. Any sign may replace the colon, since `grader.domain.source` replaces it
#: in comments that would silence a tool.
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
#: The scaffold of a list of arguments, which describes nothing: e.g. ``Args:``, ``:param size:``
#: and ``size (int):``; not the line ``size: the number of rows``.
_SCAFFOLD = re.compile(
    r"^[ \t]*(?:[:@](?:param|type|arg|return|rtype|raise|yield)[^:\n]*:"
    r"|\*{0,2}\w+[ \t]*(?:\([^)\n]*\))?:[ \t]*$"
    r"|(?:args|arguments|parameters|params|returns?|yields?|raises|attributes|examples?)[ \t]*:?$)",
    re.IGNORECASE | re.MULTILINE,
)
#: Words that add nothing to a name: e.g. ``The function add`` and ``Does things`` say no more than
#: ``add``, but ``Add numbers`` does.
_EMPTY_WORDS = frozenset(
    "a an the this that these those is are be of for to in on from with and or it its by as at"
    " class classes function functions method methods module script file def"
    " do does my our some something stuff thing things foo blah".split()
)
#: Fewest words of a description, e.g. ``Postage added``; not ``Postage``. Chosen by hand.
_FEWEST_WORDS = 2
#: Fewest numbers that are a description beside the name: ``Elide 800-80`` of ``elide``; not ``Step
#: 2`` of ``step``. Chosen by hand.
_FEWEST_NUMBERS = 2

#: The start of a list of arguments, e.g. ``Args:`` and ``:param size:``; not ``Args are numbers``.
_ARGUMENTS = re.compile(
    r"^[ \t]*(?:(?:args|arguments|parameters|params)[ \t]*:?[ \t]*$|[:@](?:param|arg)\b)",
    re.IGNORECASE | re.MULTILINE,
)
#: A word that mentions a result, in English, German, French, Spanish, Italian, Portuguese, Polish,
#: Russian and Ukrainian, e.g. ``Returns``, ``given``, ``liefert``, ``:rtype:`` and ``->``; not
#: ``Print the table``.
_COMES_BACK = re.compile(
    r"\b(?:return|yield|giv|gave|result|output|produc|generat|iter|true\b|false\b|none\b|whether\b"
    r"|gibt|liefer|rückgabe|zurück|renvoi|retour|retorn|devuelv|restitu|rtype|zwraca|zwróc"
    r"|возвра|верн|результат|поверта)|->|=>"
    # Japanese, Chinese and Korean, which have no space before the word.
    r"|返|戻り値|結果|结果|반환|결과|돌려",
    re.IGNORECASE,
)
#: First words of a docstring that describe an action and no result, e.g. ``Print``, and with a
#: final s ``Updates``; not ``Compute``, whose object is the result.
_DEEDS = frozenset(
    "print show display write save send update process handle run execute perform do start".split()
)
#: First words whose object is the result, so that it is mentioned even where a list of arguments
#: follows: ``Create a response from the text``; not ``Attach an option to the command``.
_MAKING = frozenset(
    "build calculate choose compute convert copy count create decode deserialize determine encode"
    " estimate extract fetch find format get join load make measure merge obtain open parse pick"
    " read select serialize split sum translate unquote wrap".split()
)


def why_it_says_nothing(text: str, name: str = "") -> str:
    """Return why the docstring `text` does not describe the definition `name`, or "" if it does.

    It does not if it is a placeholder (``TODO``), has only directives for tools, or fewer than 2
    words (headings such as ``Args:`` aside), or one word repeated, or says no more than `name`.
    When in doubt it does. The reason is the end of a sentence about the docstring, e.g. "has fewer
    than 2 words". `text` must not be empty; a module has the name "".
    """
    if _PLACEHOLDER.match(text):
        return "only holds a place"
    if all(_DIRECTIVE.match(line.strip()) for line in text.splitlines() if line.strip()):
        return "speaks to a tool alone"
    described = _SCAFFOLD.sub(" ", text)
    words = [word.casefold() for word in _WORD.findall(described)]
    if len(words) < _FEWEST_WORDS or len(set(words)) == 1:
        return f"has fewer than {_FEWEST_WORDS} words"
    has_numbers = len(set(_NUMBER.findall(described))) >= _FEWEST_NUMBERS
    return "" if has_numbers or _adds_something(words, name) else "says no more than its name"


def _adds_something(words: list[str], name: str) -> bool:
    """Return whether one of `words` (in lower case) is not contained in `name`.

    E.g. ``numbers`` for ``add``; not ``adding`` for ``add``, or ``prime`` for ``isprime``. Single
    ASCII letters and `_EMPTY_WORDS` never count.
    """
    parts = {_stem(part.casefold()) for part in _PART_OF_NAME.findall(name)}
    run_together = name.casefold() if len(parts) == 1 else ""
    added = (
        word
        for word in words
        if word not in _EMPTY_WORDS and _stem(word) not in parts and word not in run_together
    )
    return any(len(word) > 1 or not word.isascii() for word in added)


def _stem(word: str) -> str:
    """Return `word` without its ending, e.g. ``calcul`` for ``calculates`` and ``calculating``."""
    return _ENDINGS.sub("", word)


def same_words(text: str) -> str:
    """Return the words of `text` in lower case, joined by single blanks.

    So texts that differ only in case, spacing, signs, digits and underscores have equal results.
    """
    return " ".join(_WORD.findall(text)).casefold()


class Described:
    """Decides which names of arguments the docstring ``text`` mentions, by ``name in described``.

    It mentions a name if it has the name itself, or each of its parts as a word, in either case and
    with any English ending: ``The sizes that are printed`` mentions ``print_size``.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._names = {name.casefold() for name in _NAME.findall(text)}

    @cached_property
    def _stems(self) -> set[str]:
        """The stems of all words of the text; only computed if a name is not found as it is."""
        return {_stem(word) for word in {word.casefold() for word in _WORD.findall(self._text)}}

    def __contains__(self, name: str) -> bool:
        """Return whether the text has `name` itself, or each of its parts as a word.

        Case and endings do not matter: ``The maximum of the sizes`` has ``sizes`` and
        ``maximum_size``, but not ``limit``.
        """
        if name.casefold() in self._names:
            return True
        parts = [_stem(part.casefold()) for part in _PART_OF_NAME.findall(name)]
        return bool(parts) and self._stems.issuperset(parts)


def leaves_open_what_comes_back(text: str) -> bool:
    """Return whether `text` mentions no result, and lists arguments or begins with certain verbs.

    These are verbs such as in ``Save the file`` and ``Prints the rows``. ``The mean of some
    numbers`` implies the result, and so does ``Compute the mean``, also above a list of arguments.
    Words such as ``return``, ``whether`` or ``None`` mention one, in some languages. False for an
    empty `text`.
    """
    if _COMES_BACK.search(text):
        return False
    words = _WORD.findall(text.partition("\n")[0].casefold())
    deeds = {words[0], words[0].removesuffix("s")} if words else set()
    if not deeds.isdisjoint(_DEEDS):
        return True
    # e.g. "Count the lines" names a result, "Count it" does not.
    makes = len(words) > 2 and not deeds.isdisjoint(_MAKING)
    return bool(_ARGUMENTS.search(text)) and not makes
