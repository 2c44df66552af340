"""For each counted test, the calls whose result an assertion checks, directly or via a helper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from grader.checks.tests_present.calls_made import ANY, ASSIGNED, READ, Call
from grader.checks.tests_present.clients import words_of
from grader.checks.tests_present.outcomes import Group
from grader.checks.tests_present.public_functions import PublicFunction
from grader.checks.tests_present.routines import SETUPS, Routine

#: A routine: the path of its file and its index in that file.
Key = tuple[str, int]
#: From the path of a file and names in it to the helpers that have these names.
HelpersOf = Callable[[str, Iterable[str]], Iterable[Key]]
#: Names by which a test asks for what a run printed, wrote or answered; not ``.exit_code`` and
#: ``.status_code``, which say little. Chosen by hand.
_OUTPUTS = frozenset(
    ".out .output .stdout .stderr .readouterr .check_output check_output getoutput .getoutput .read"
    " .read_text .getvalue .text .data .json .get_json .content .get_data open".split()
)
#: How the names of a group begin for attributes of the test case, e.g. ``self.box``.
_SELF_PREFIX = "self."


class AssertedCall(NamedTuple):
    """A call whose result an assertion checks.

    ``is_direct``: the assertion is about the result, or about an object that the test got to watch
    side effects, e.g. ``capsys``. It is ``False`` if the assertion only comes later, about anything
    outside the test, e.g. a file (``AssertionLink`` "near"). ``sees_output``: it may be about what
    the call prints, writes or answers, and not only about an exit code.
    """

    call: Call
    is_direct: bool
    sees_output: bool = False


class _AssertedGroup(NamedTuple):
    """A group whose result an assertion checks, in the file ``path``.

    ``is_direct`` is as in ``AssertedCall``. ``dispatches``: the group, or the group that uses its
    result, calls a local value; every name in it may then be a called function. ``sees_output`` is
    as in ``AssertedCall``.
    """

    path: str
    group: Group
    is_direct: bool
    dispatches: bool
    sees_output: bool


class AssertedCalls:
    """Finds the calls whose results are asserted, in tests and in the helpers that they use.

    :meth:`of` returns those of given tests; :meth:`uses` says whether a test or helper uses given
    names. It is created from all tests and helpers (``routines``, by file and index), a function
    that finds the helpers with given names as a file sees them (``helpers``), and the keys of the
    routines that assert something, themselves or through a helper (``asserting``).
    """

    def __init__(
        self, routines: Mapping[Key, Routine], helpers: HelpersOf, asserting: Collection[Key]
    ) -> None:
        self._routines, self._helpers, self._asserting = routines, helpers, asserting

    def of(self, tests: Iterable[Key]) -> Mapping[str, Mapping[str, set[AssertedCall]]]:
        """Return the asserted calls of `tests` and of the helpers whose results they use.

        The keys are the path of the file that makes the call, and then the called name. In related
        statements (a `Group`) that call a local variable, every name read there counts as called
        too, with any number of arguments.
        """
        found: dict[str, dict[str, set[AssertedCall]]] = defaultdict(lambda: defaultdict(set))
        waiting = [group for key in tests for group in self._asserted_groups(key)]
        seen = set(waiting)
        while waiting:
            asserted = waiting.pop()
            calls = [*asserted.group.calls]
            if asserted.dispatches:
                calls += (Call(name, ANY) for name in asserted.group.names)
            for call in calls:
                found[asserted.path][call.name].add(
                    AssertedCall(call, asserted.is_direct, asserted.sees_output)
                )
            for helper_group in self._helper_groups(asserted):
                if helper_group not in seen:
                    seen.add(helper_group)
                    waiting.append(helper_group)
        return found

    def uses(self, key: Key, subjects: Collection[str]) -> bool:
        """Return whether the test or helper `key` uses one of the names `subjects`.

        For a helper it is enough to mention the name. A test uses a name if an assertion checks
        related statements (a `Group`) that have the name and call something, or that have it as a
        constant (in capitals). What its helpers use does not count.
        """
        if not self._routines[key].is_test:
            return any(name in subjects for name in self._routines[key].mentions)
        groups = (asserted.group for asserted in self._asserted_groups(key))
        return any(_uses_subjects(group, subjects) for group in groups)

    def _asserted_groups(self, key: Key) -> Iterator[_AssertedGroup]:
        """Yield the groups of routine `key` that an assertion checks.

        They either have a link to an assertion in the routine, or mention an asserting helper.
        """
        for group in self._routines[key].groups:
            asserted = group.link == "asserted" or any(
                helper in self._asserting for helper in self._helpers(key[0], group.names)
            )
            if asserted or group.link:
                is_direct = asserted or group.link == "watched"
                sees_output = not asserted or not _OUTPUTS.isdisjoint(group.names)
                yield _AssertedGroup(key[0], group, is_direct, group.dispatches, sees_output)

    def _helper_groups(self, asserted: _AssertedGroup) -> Iterator[_AssertedGroup]:
        """Yield the groups whose result `asserted` uses, of the helpers that it mentions.

        If `asserted` has ``self.x``, the groups of ``setUp`` that have ``.x`` are included.
        """
        names = asserted.group.names
        attributes = {name.removeprefix("self") for name in names if name.startswith(_SELF_PREFIX)}
        for key in self._helpers(asserted.path, SETUPS.union(names) if attributes else names):
            routine = self._routines[key]
            for group in filter(_exposes_result, routine.groups):
                if routine.name not in SETUPS or not attributes.isdisjoint(group.names):
                    dispatches = asserted.dispatches or group.dispatches
                    yield _AssertedGroup(
                        key[0], group, asserted.is_direct, dispatches, asserted.sees_output
                    )


def _exposes_result(group: Group) -> bool:
    """Return whether a routine returns or asserts the result of `group`."""
    return group.escapes or group.link == "asserted"


def _uses_subjects(group: Group, subjects: Collection[str]) -> bool:
    """Return whether `group` has one of the names `subjects` and does something with it.

    e.g. ``area(2)`` and ``LIMIT``; not ``area`` alone: a function has to be called, by the group
    or by a local value of it, while a constant (in capitals) only has to be there.
    """
    named = [name for name in group.names if name in subjects]
    calls_something = group.dispatches or any(not words_of(one.name) for one in group.calls)
    return any(calls_something or name.isupper() for name in named)


def is_covered(public: PublicFunction, calls: Iterable[AssertedCall]) -> bool:
    """Return whether one of the asserted `calls` can be a call of `public`.

    All `calls` have the name of `public`, which is not compared; their numbers of arguments decide.
    Reading an attribute covers only a property, and assigning it only a setter. If `public` returns
    a value, only direct calls count: the assertion has to be about the result.
    """
    return any(_matches(public, one) for one in calls)


def _matches(public: PublicFunction, asserted: AssertedCall) -> bool:
    """Return whether `asserted` has a number of arguments that `public` accepts.

    ``ANY`` always matches, ``READ`` only a property, ``ASSIGNED`` only its setter. If `public`
    returns a value, `asserted` must be direct; if not, its result must not be all that is compared.
    """
    if public.returns_value and not asserted.is_direct:
        return False
    if asserted.call.is_compared and not public.returns_value:
        return False
    count = asserted.call.arguments
    if count in (READ, ASSIGNED):
        return public.is_property if count == READ else public.is_setter
    return count == ANY or public.min_arguments <= count <= public.max_arguments
