"""Say of a definition that nothing which runs leads to what does use it, so that it can be found.

``add_one`` is mentioned by ``total``, and nothing calls ``total``: "only `total` (line 4) does, and
nothing uses `total`".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.analysis.project.mentions import EFFECT, LOOKED_AT
from grader.analysis.project.names import Key, Names
from grader.domain.source import is_test_path

#: How many users are named, one after the other: `a`, which `b` uses, which `c` uses. A longer
#: sentence helps nobody. Chosen by hand.
_LONGEST_CHAIN = 3
#: How many users of one definition are named side by side. Chosen by hand.
_MOST_USERS = 2


@dataclass(frozen=True)
class Unreached:
    """Finds the users of definitions that a program does not use.

    ``names`` are those of the program, ``used`` the units that it uses.
    """

    names: Names
    used: Collection[Key]

    def explanation(self, key: Key) -> str:
        """Return what uses the unused unit `key`, as a part of a sentence; "" if nothing does.

        It goes on after "Nothing that runs uses `add_one`", e.g. ": only `total` (line 4) does, and
        nothing uses `total`".
        """
        found = self._explain(key)
        return f": {found}" if found else ""

    def _explain(self, key: Key) -> str:
        users = self._users_of(key)
        for user in users:
            if user in self.used:
                return f"{self._place(user, key)} calls it, but nothing reads the result"
        if not users:
            return self._explain_imports(key)
        return self._chain(key, users)

    def _chain(self, key: Key, users: Sequence[Key]) -> str:
        """Return the `users` of the unit `key`, then their users, and so on."""
        parts, last, seen = [f"only {self._list(users, key)}"], "them", {key}
        parts[0] += " does" if len(users) == 1 else " do"
        while len(users) == 1:
            last = f"`{self._name(users[0])}`"
            seen.add(users[0])
            users = self._users_of(users[0])
            if not users or seen.issuperset(users) or len(parts) == _LONGEST_CHAIN:
                break
            verb = "uses" if len(users) == 1 else "use"
            parts.append(f"only {self._list(users, key)} {verb} {last}")
            last = "them"
        return f"{', '.join(parts)}, and nothing{_which(users, seen)} uses {last}"

    def _list(self, users: Sequence[Key], key: Key) -> str:
        """Return the names of `users` with their places, as seen from the unit `key`."""
        named = [self._place(user, key) for user in users[:_MOST_USERS]]
        more = len(users) - len(named)
        return " and ".join(named) if not more else f"{named[0]} and {more + 1} others"

    def _place(self, user: Key, key: Key) -> str:
        """Return the name of `user` and its place, with the file if it is not that of `key`."""
        path, at = user
        file = "" if path == key[0] else f"{path}, "
        return f"`{self._name(user)}` ({file}line {self.names.works[path].units[at].line})"

    def _name(self, key: Key) -> str:
        return self.names.works[key[0]].units[key[1]].name

    def _explain_imports(self, key: Key) -> str:
        """Return which files import the unit `key`, of which nothing else is known."""
        importers = sorted(self._importers(key))
        program = [(path, line) for path, line in importers if not is_test_path(path)]
        if program:
            path, line = program[0]
            return f"{path} imports it in line {line}, and does nothing with it"
        return "only tests do" if importers else ""

    def _importers(self, key: Key) -> Iterator[tuple[str, int]]:
        """Yield the path and line of each import of the unit `key` by its name."""
        name = self._name(key)
        for path, imports in self.names.imports.items():
            for one in imports:
                if one.name == name and path != key[0] and key in self.names.meant(path, one.bound):
                    yield path, one.line

    def _users_of(self, key: Key) -> Sequence[Key]:
        return self._users.get(key, ())

    @cached_property
    def _users(self) -> Mapping[Key, Sequence[Key]]:
        """By unit, the other units whose code mentions it, sorted."""
        found: dict[Key, set[Key]] = {}
        for path, work in self.names.works.items():
            for at, unit in enumerate(work.units):
                every = {*unit.mentions, *(name for one in unit.dropped for name in one.mentions)}
                for mention in every:
                    for key in self.names.meant(path, mention.lstrip(LOOKED_AT + EFFECT)):
                        if key != (path, at):
                            found.setdefault(key, set()).add((path, at))
        return {key: sorted(users) for key, users in found.items()}


def _which(users: Sequence[Key], seen: set[Key]) -> str:
    """Return which further use is missing at the end of a chain that has the units `seen`.

    `users` are those of the last unit: none, only ones that were `seen`, or others.
    """
    if not users:
        return ""
    return " else" if seen.issuperset(users) else " that runs"
