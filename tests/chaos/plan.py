"""The plan of a chaos run, made from a seed: which submissions and faults happen, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from grader.settings import Settings

#: Exercises that ship with the service. The uploads fit none of them, which does not matter here.
#: In the last one a newer attempt supersedes a waiting one; in the others every attempt is graded.
EXERCISES = ("numbers-refactor", "get-data", "chapter-practices")
HOUR = 3600
#: The kinds of trouble that befall a calm service with work to do: methods of ``Troubles``.
TROUBLES = ("kill_every_child", "kill_every_fork_server", "few_descriptors")
#: The kinds of trouble beside the host, by the parts of ``/readyz`` of which one must tell of it.
#: Nobody promises how soon a worker finds out that its host is in trouble: it must have some work.
#: Logs are no part: lines that cannot be written are dropped and counted.
OUTAGES: Mapping[str, tuple[str, ...]] = {
    "lock_database": ("database_writable",),
    "read_only_database": ("database_writable",),
    "fill_database": ("database_writable", "disk"),
    "fill_logs": (),
    "fill_redis": ("redis",),
    "read_only_redis": ("redis",),
}
#: One that lasts no longer than it takes: every process that grades is killed, once.
KILLED_WORKERS = "kill_workers_at_work"


@dataclass(frozen=True)
class Scale:
    """The size of a run. Times are in seconds.

    Uploads and faults happen within ``span``; the run ends after ``limit`` in any case. ``lease``
    is how long a claim holds meanwhile without being renewed; ``child`` is the time limit of a
    child. Afterwards claims hold for ``calm_lease``, and each of ``troubles`` befalls a calm
    service that has ``burst`` submissions to grade, and lasts ``trouble`` seconds, or if it is one
    of :data:`OUTAGES`, ``outage`` seconds.
    """

    submissions: int
    students: int
    span: float
    limit: float
    lease: float
    calm_lease: float
    child: float
    #: How often each kind of fault happens.
    faults: Mapping[str, int]
    #: Functions in the largest submissions, of seven lines each.
    largest: int
    poisons: Mapping[str, int]
    burst: int
    trouble: float
    outage: float
    troubles: tuple[str, ...] = (*TROUBLES, KILLED_WORKERS, *OUTAGES)
    restore: bool = True

    def seconds_of(self, kind: str) -> float:
        """Return how long the trouble ``kind`` lasts, in seconds."""
        return self.outage if kind in OUTAGES else self.trouble


#: Times as short as they can be, for an end within six minutes. Only how long a service waits for
#: workers that were killed at work is measured with the lease that operators have.
FULL = Scale(
    submissions=500,
    students=60,
    span=90,
    limit=420,
    lease=30,
    calm_lease=Settings.model_construct().lease,
    child=8,
    faults={
        "kill_child": 12,
        "kill_fork_server": 6,
        "kill_pool": 6,
        "kill_worker": 3,
        "kill_sender": 2,
        "kill_scheduler": 2,
        "kill_api": 3,
        "flush_redis": 4,
        "kill_redis": 3,
        "kill_redis_that_forgets": 2,
        "hang_redis": 1,
        "cut_database": 4,
        "stop_database": 2,
    },
    largest=285,
    poisons={"worker": 4, "child": 2},
    burst=40,
    trouble=12,
    outage=6,
)
SMALL = Scale(
    submissions=30,
    students=12,
    span=8,
    limit=150,
    lease=5,
    calm_lease=5,
    child=4,
    faults=dict.fromkeys(FULL.faults, 1),
    largest=30,
    poisons={"worker": 1, "child": 1},
    burst=10,
    trouble=4,
    outage=4,
    restore=False,
)


@dataclass(frozen=True)
class Sending:
    """One submission to send at the time ``at``. ``functions`` has a number for each of its files.

    Its text follows from ``seed`` and ``functions``. ``poison`` is the process that is killed
    whenever it is graded: ``worker``, ``child`` or empty. ``by`` is ``api`` or ``lms``.
    """

    number: int
    at: float
    student: str
    exercise: str
    functions: tuple[int, ...]
    seed: int
    by: str = "api"
    poison: str = ""

    @property
    def key(self) -> str:
        """The idempotency key, which is also the webhook id."""
        return f"chaos-{self.number}"


@dataclass(frozen=True)
class Fault:
    """A fault to cause at the time ``at``; ``kind`` is a method of ``Faults`` or ``move_clock``.

    ``by`` is by how many seconds the clock is then wrong, for ``move_clock``.
    """

    at: float
    kind: str
    by: int = 0


@dataclass(frozen=True)
class Plan:
    """The plan of a run: submissions and faults, each sorted by time.

    ``bursts`` are the submissions, sent at once, that wait while the host is in trouble, by its
    kind.
    """

    scale: Scale
    seed: int
    sendings: tuple[Sending, ...]
    faults: tuple[Fault, ...] = field(repr=False)
    bursts: Mapping[str, tuple[Sending, ...]] = field(repr=False)


def make_plan(scale: Scale, seed: int) -> Plan:
    """Return the plan that follows from ``scale`` and ``seed``."""
    chance = Random(seed)
    sendings = sorted(_sendings(scale, chance), key=lambda one: one.at)
    faults = sorted(_faults(scale, chance), key=lambda one: one.at)
    return Plan(scale, seed, tuple(sendings), tuple(faults), _bursts(scale, chance))


def _sendings(scale: Scale, chance: Random) -> Iterator[Sending]:
    """Yield all submissions, poison first, with their random times."""
    poisons = [kind for kind, count in scale.poisons.items() for _ in range(count)]
    bursts = [chance.uniform(0, 0.8 * scale.span) for _ in range(max(2, scale.submissions // 40))]
    for number in range(scale.submissions):
        poison = poisons.pop() if poisons else ""
        yield Sending(
            number,
            at=_moment(scale, chance, bursts) * (0.5 if poison else 1),
            student=f"{poison}-poison-{number}" if poison else _student(scale, chance),
            exercise=chance.choice(EXERCISES),
            functions=(scale.largest,) if poison else _functions(scale, chance),
            # About every fourth has a seed that another one may also have, and then the same text.
            seed=chance.randrange(scale.submissions) if chance.random() < 0.25 else number + 1_000,
            by="lms" if not poison and chance.random() < 0.15 else "api",
            poison=poison,
        )


def _bursts(scale: Scale, chance: Random) -> Mapping[str, tuple[Sending, ...]]:
    """Return the submissions of each trouble: new students, new texts, and one poison among them.

    The poison kills its child whenever it is graded; it is what must still need attention. There is
    none in :data:`OUTAGES`: they kill no child, so that nobody can confuse them with poison, and
    the log, from which the poison is known, may be full.
    """
    number = scale.submissions
    bursts = {}
    for kind in scale.troubles:
        burst = []
        for at in range(scale.burst):
            is_poison = kind not in OUTAGES and at == scale.burst // 2
            poison = "child" if is_poison else ""
            functions = (scale.largest,) if poison else (chance.randint(1, 8),)
            student = f"{kind}-{poison or at}"
            burst.append(
                Sending(number, 0, student, EXERCISES[0], functions, number + 1_000, poison=poison)
            )
            number += 1
        bursts[kind] = tuple(burst)
    return bursts


def _student(scale: Scale, chance: Random) -> str:
    return f"student-{chance.randrange(scale.students):02}"


def _moment(scale: Scale, chance: Random, bursts: list[float]) -> float:
    """Return the time of an upload: 7 of 10 are in one of ``bursts``, the others at any time."""
    if chance.random() < 0.7:
        return chance.choice(bursts) + chance.uniform(0, 0.01 * scale.span)
    return chance.uniform(0, 0.85 * scale.span)


def _functions(scale: Scale, chance: Random) -> tuple[int, ...]:
    """Return the number of functions of each file: most submissions are one small file.

    A third has three files, and 7 of 100 are large, with 2 to 6 files.
    """
    drawn = chance.random()
    if drawn < 0.6:
        return (chance.randint(1, 8),)
    if drawn < 0.93:
        return tuple(chance.randint(2, max(3, scale.largest // 20)) for _ in range(3))
    files = chance.randint(2, 6)
    return (scale.largest // files,) * files


def _faults(scale: Scale, chance: Random) -> Iterator[Fault]:
    """Yield all faults: of each kind at random times, moves of the clock, backup and restore."""
    for kind, count in scale.faults.items():
        for _ in range(count):
            yield Fault(chance.uniform(0.04, 0.95) * scale.span, kind)
    for share, by in ((0.15, HOUR), (0.3, 0), (0.5, -HOUR), (0.85, 0)):
        yield Fault(share * scale.span, "move_clock", by)
    if scale.restore:
        yield Fault(0.4 * scale.span, "back_up")
        yield Fault(0.6 * scale.span, "restore")
