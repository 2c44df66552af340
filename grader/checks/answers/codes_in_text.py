"""Find what a text says of flake8's complaints: codes that it names, or denies, and their words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

#: A web address, bare or as the target of a Markdown link: linking a page about a code is not an
#: answer. E.g. ``https://www.flake8rules.com/rules/E501.html`` and the ``](E501.html)`` of
#: ``[this](E501.html)``; not the text of a link, so ``[E501](page.html)`` still names E501.
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]]*|\]\([^()\n]*\)")
#: A letter that flake8 uses by default and three digits, as a word of its own, in either case.
#: E.g. ``E501``, ``w291`` and ``(F401)``; not ``E50``, ``E5011``, ``XE501`` or ``E501.html``.
_CODE = re.compile(r"(?<![A-Za-z0-9_])[EWFC][0-9]{3}(?![A-Za-z0-9_]|\.html?\b)", re.IGNORECASE)

#: Where a sentence of a line ends, and where what it says turns, e.g. in "I found F401, but had
#: expected E501"; not at the comma of "E501, F401".
_SENTENCE = re.compile(r"[.;!?](?:\s+|$)")
_TURN = re.compile(r"\b(?:but|however|although|though|while|whereas)\b", re.IGNORECASE)
#: Words before a code by which a clause says that flake8 did not show it. E.g. "I had expected E501
#: too", "there was no E501" and "flake8 did not find any E501"; not "Black did not fix E501" or
#: "E302 expected 2 blank lines, E501".
_DENIED_BEFORE = re.compile(
    r"\b(?:I|we)\s+(?:\w+\s+){0,3}?(?:expect\w*|assum\w*|hoped|thought)\b"
    r"|\b(?:no|without|neither|nor)(?:\s+\w+){0,2}\s*[`'\"*(\[]*$"
    r"|(?:\bnot|n['’]t|\bnever)\s+(?:\w+\s+){0,3}?"
    r"(?:complain|find|found|get|give|got|list|mention|report|see|seen|show|shown)\w*\b",
    re.IGNORECASE,
)
#: The same behind a code. E.g. "E501 did not appear" and "E501 isn't there"; not "E501 was not
#: fixed".
_DENIED_AFTER = re.compile(
    r"^\W*(?:\w+\s+){0,3}?(?:not|never|\w+n['’]t)\s+(?:\w+\s+){0,2}?"
    r"(?:appear|come|found|listed|mentioned|present|reported|seen|show|shown|there)\w*\b",
    re.IGNORECASE,
)

#: Words for a complaint, close to flake8's own message, and the codes that they may mean. E.g.
#: "the line is too long" and "an unused import"; not "long lines are hard to read" or "imports".
_WORDS = {
    r"lines? (?:is |are |was |were )?too long": "E501",
    r"unused imports?|imported but (?:is |was )?(?:unused|not used|never used)": "F401",
    r"trailing white ?spaces?": "W291 W293",
    r"blank lines? (?:that )?contains? white ?space": "W293",
    r"no new ?line at (?:the )?end of (?:the )?file": "W292",
    r"blank lines? at (?:the )?end of (?:the )?file": "W391",
    r"(?:expected|missing) (?:2|two) blank lines": "E302 E305",
    r"(?:expected|missing) (?:1|one|a) blank line": "E301 E306",
    r"too many blank lines": "E303",
    r"missing white ?spaces? around (?:the |an? )?(?:\w+ )?operators?": "E225 E226 E227 E228",
    r"missing white ?spaces? after (?:the |an? )?(?:comma|colon|[`'\"]?[,:])": "E231",
    r"white ?spaces? after (?:the |an? )?(?:bracket|parenthes[ie]s|[`'\"]?[(\[{])": "E201",
    r"white ?spaces? before (?:the |an? )?(?:bracket|parenthes[ie]s|[`'\"]?[([{])": "E211",
    r"white ?spaces? before (?:the |an? )?(?:closing|[`'\"]?[)}\]])": "E202",
    r"white ?spaces? before (?:the |an? )?(?:comma|colon|[`'\"]?[,:;])": "E203",
    r"spaces? around (?:the |an? )?(?:keyword|parameter)": "E251",
    r"at least two spaces before (?:an )?inline comment": "E261",
    r"(?:inline|block) comments? should start with": "E262 E265",
    r"(?:multiple|several|two) imports on one line": "E401",
    r"imports? (?:is |are |was |were )?not at (?:the )?top": "E402",
    r"(?:multiple|several|two) statements on one line": "E701 E702",
    r"statements? ends? with a semicolon": "E703",
    r"comparison (?:to|with) none": "E711",
    r"comparison (?:to|with) (?:true|false)": "E712",
    r"bare [`'\"]?except": "E722",
    r"ambiguous variable names?": "E741",
    r"unused (?:local )?variables?|assigned (?:to )?but (?:is )?never used": "F841",
    r"f-strings? (?:is |are )?(?:missing|without) (?:any )?placeholders?": "F541",
    r"undefined names?": "F821",
    r"indentation contains tabs": "W191",
    r"indentation is not a multiple of (?:4|four)": "E111",
}
_PHRASES = [(re.compile(rf"\b(?:{words})", re.I), codes) for words, codes in _WORDS.items()]


@dataclass
class Said:
    """What a text says of flake8's complaints, each with the 1-based line of its first mention.

    ``codes`` are those that it names, in upper case. ``denied`` are those of which it only says
    that flake8 does not show them. ``words`` are complaints in words on a line without codes, by
    the codes that the words may mean, separated by spaces, e.g. "E302 E305".
    """

    codes: dict[str, int] = field(default_factory=dict)
    denied: dict[str, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)


def said_in(text: str) -> Said:
    """Return what `text` says of flake8's complaints.

    A code is E, W, F or C, in either case, and three digits, as a word of its own. Those in web
    addresses, in targets of Markdown links and in names such as ``E501.html`` do not count.
    """
    said = Said()
    for number, whole in enumerate(text.split("\n"), start=1):
        line = _ADDRESS.sub(" ", whole)
        if not _CODE.search(line):
            for codes in _in_words(line):
                said.words.setdefault(codes, number)
        for clause in _clauses(line):
            for match in _CODE.finditer(clause):
                found = said.denied if _is_denied(clause, match) else said.codes
                found.setdefault(match[0].upper(), number)
    said.denied = {code: line for code, line in said.denied.items() if code not in said.codes}
    return said


def _clauses(line: str) -> Iterator[str]:
    """Yield what `line` says, sentence by sentence, up to each turn and from it on."""
    for sentence in _SENTENCE.split(line):
        yield from _TURN.split(sentence)


def _is_denied(clause: str, match: re.Match[str]) -> bool:
    """Return whether `clause` says that flake8 did not show the code that `match` is."""
    before, after = clause[: match.start()], clause[match.end() :]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.search(after))


def _in_words(line: str) -> Iterator[str]:
    """Yield the codes that the words of `line` may mean, for each complaint that it names."""
    for sentence in _SENTENCE.split(line):
        for pattern, codes in _PHRASES:
            found = pattern.search(sentence)
            if found and not _is_denied(sentence, found):
                yield codes
