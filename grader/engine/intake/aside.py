"""Find the files of an upload that are not graded and may yet be a part of the program.

Such a file is kept aside: nobody grades it, but the engine looks whether it is Python that the
program runs. Reading names here is only coarse; ``grader.analysis.project.hidden`` decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grader.analysis.project.hidden import FILE_WORD
from grader.domain.source import SourceFile, decode, is_document
from grader.engine.gate import MAX_BYTES
from grader.engine.intake.candidate import Candidate
from grader.engine.intake.installed import uninstalled

#: Most files that are kept aside, those first that the code names (chosen by hand).
MAX_ASIDE = 100
#: The largest file that is read, in bytes (chosen by hand).
MAX_TO_READ = 2_000_000
#: A line of nothing but a comment, e.g. ``# padding``; not ``x = 1  # one``.
_COMMENT = re.compile(rb"^[ \t]*#[^\n]*\n", re.MULTILINE)
#: A word of code that starts other code, e.g. ``exec``, ``subprocess``; not ``execute``. Chosen by
#: hand.
_STARTS = re.compile(
    r"\b(?:exec|eval|compile|runpy|__import__|__builtins__|builtins|importlib|pkgutil|subprocess"
    r"|system|popen|startfile|pty|posix_spawnp?|(?:exec|spawn)[lv]p?e?|create_subprocess_\w+"
    r"|papermill|nbclient|nbconvert|\w*Loader)\b"
)
#: Code that changes where imports are searched: ``sys.path.append(x)``, ``path += [x]``; not
#: ``os.path.join``.
_SEARCHES = re.compile(
    r"\bpath\s*(?:\.\s*(?:append|insert|extend)\b|\+?=|\[)|\bfrom\s+sys\s+import\b|\baddsitedir\b"
)
#: Suffixes of files that Python runs or imports and that nobody can read, see :attr:`Aside.data`.
COMPILED = (".pyc", ".pyo", ".so", ".pyd", ".zip", ".pyz", ".egg", ".whl")
#: Suffixes of files of which names alone say that they are no code: pictures and sound.
_MEDIA = (".png", ".jpg", ".jpeg", ".gif", ".ico", ".bmp", ".wav", ".mp3", ".ogg", ".ttf", ".pdf")


class Aside(NamedTuple):
    """The ``files`` that are kept aside, sorted by path.

    ``added`` are the paths of those in an environment that no installer put there.
    """

    files: tuple[SourceFile, ...]
    added: frozenset[str]


def kept_aside(code: Sequence[SourceFile], candidates: Iterable[Candidate]) -> Aside:
    """Return those of ``candidates`` that may be a part of the program.

    ``code`` are the graded Python files. Candidates are files that the code names, modules of an
    environment that no installer put there, and others if the code can start what it does not name.
    What is too large to be read, or compiled, has no data. Errors of reading a candidate pass
    through.
    """
    every = [one for one in candidates if _may_be_code(one.name)]
    known = _Code.of([one.data for one in code if len(one.data) <= MAX_BYTES], every)
    added = uninstalled(every, known.words)
    may_run = (one for one in every if one.name in added or known.runs(one))
    kept = _read(sorted(may_run, key=lambda one: known.rank(one, one.name in added)))
    return Aside(tuple(kept[name] for name in sorted(kept)), added.intersection(kept))


def _read(ranked: Iterable[Candidate]) -> dict[str, SourceFile]:
    """Return by path the first :data:`MAX_ASIDE` of ``ranked`` that may be code, and read them."""
    kept: dict[str, SourceFile] = {}
    for one in ranked:
        if len(kept) < MAX_ASIDE and (data := _data(one)) is not None:
            kept.setdefault(one.name, SourceFile(one.name, data))
    return kept


def _may_be_code(name: str) -> bool:
    """Return whether the file ``name`` may be code, by its name alone."""
    return name.isprintable() and not name.lower().endswith(_MEDIA)


def _data(one: Candidate) -> bytes | None:
    """Return what can be read of ``one``: nothing if it is large or compiled; ``None``: no text.

    Lines of nothing but a comment do not make a file large.
    """
    if one.name.lower().endswith(COMPILED) or one.stated > MAX_TO_READ:
        return b""
    data = b"".join(one.pieces())
    try:
        decode(data)
    except UnicodeDecodeError:
        return None
    if len(data) > MAX_BYTES:
        data = _COMMENT.sub(b"", data)
    return data if len(data) <= MAX_BYTES else b""


@dataclass(frozen=True)
class _Code:
    """What the words of the graded code say of other files, without parsing.

    ``words`` are those words and parts of words that may name a candidate or its module.
    ``starts``: some word starts other code. ``searches``: imports may be searched in other folders.
    """

    words: frozenset[str]
    starts: bool
    searches: bool

    @staticmethod
    def of(code: Iterable[bytes], candidates: Iterable[Candidate]) -> _Code:
        """Return what ``code``, the contents of Python files, says of ``candidates``.

        Only words of their names are kept, because a hostile text has millions.
        """
        wanted = {
            word
            for one in candidates
            for word in (_last_word(one.name), _folder(one), *_modules(one))
        }
        words, starts, searches = set[str](), False, False
        for part in code:
            text = part.decode("utf-8", "replace")
            if not text.isascii():
                text = unicodedata.normalize("NFKC", text)  # as Python reads names
            starts = starts or bool(_STARTS.search(text))
            searches = searches or bool(_SEARCHES.search(text))
            for match in FILE_WORD.finditer(text) if wanted else ():
                words |= wanted.intersection((match[0], *match[0].split(".")))
        return _Code(frozenset(words), starts, searches)

    def names(self, one: Candidate) -> bool:
        """Return whether the code may name ``one``: the last word of its name is somewhere.

        Of a file that a tool made, so is its folder: ``.venv/bin/black`` is not meant by "black".
        """
        is_named = _last_word(one.name) in self.words
        return is_named and (not one.is_artifact or self._knows(_folder(one)))

    def rank(self, one: Candidate, is_added: bool) -> tuple[bool, bool, str]:
        """Return a key that sorts ``one`` early if the code names it, or imports what ``is_added``.

        ``is_added``: it lies in an environment, and no installer put it there.
        """
        is_imported = is_added and not self.words.isdisjoint(_modules(one))
        return not (is_imported or self.names(one)), not is_added, one.name

    def _knows(self, folder: str) -> bool:
        return not folder or folder in self.words

    def runs(self, one: Candidate) -> bool:
        """Return whether the code may run ``one``: it names it, or starts what it does not name."""
        if self.names(one):
            return True
        folded = one.name.lower()
        if folded.endswith((*COMPILED, ".py")):
            is_found = self.searches or folded.endswith(COMPILED)
            return is_found and not self.words.isdisjoint(_modules(one))
        return self.starts and not one.is_artifact and not is_document(one.name)


def _folder(one: Candidate) -> str:
    """Return the name of the folder around ``one``, "" at the top."""
    return _last_word(one.name.rpartition("/")[0])


def _last_word(path: str) -> str:
    """Return the last word of ``path``: ``b.txt`` for ``a/b.txt``."""
    words: list[str] = FILE_WORD.findall(path)
    return words[-1] if words else ""


def _modules(one: Candidate) -> list[str]:
    """Return the modules and packages that ``one`` may be or lie in, if Python can import it."""
    is_module = one.name.lower().endswith((*COMPILED, ".py"))
    return re.split(r"[/.]", one.name) if is_module else []
