"""Which sandbox is chosen, and how the filter decides on each call, on every architecture."""

from __future__ import annotations

import os
import struct

import pytest

from grader.domain.errors import BadSettings
from grader.engine.sandbox.levels import AUTO, SandboxLevel, choose_level
from grader.engine.sandbox.seccomp import ALLOW, EPERM, KILL, MACHINES, Machine, build_filter

OLD_HOST = (SandboxLevel.SECCOMP, SandboxLevel.RLIMITS)


def test_auto_takes_the_strongest_that_there_is() -> None:
    assert choose_level(AUTO, [*SandboxLevel]) is SandboxLevel.LANDLOCK_AND_SECCOMP
    assert choose_level(AUTO, OLD_HOST) is SandboxLevel.SECCOMP
    assert choose_level("rlimits", [*SandboxLevel]) is SandboxLevel.RLIMITS


@pytest.mark.parametrize("wanted", ["landlock+seccomp", "landlock"])
def test_what_the_host_lacks_is_never_replaced_by_something_weaker(wanted: str) -> None:
    with pytest.raises(BadSettings) as refused:
        choose_level(wanted, OLD_HOST)
    assert (
        refused.value.detail == f"GRADER_SANDBOX asks for {wanted}, which this host does not offer."
    )
    assert "seccomp, rlimits" in refused.value.how_to_fix


def verdict(machine: Machine, number: int, *arguments: int, audit: int = 0) -> int:
    """Run the filter on a system call like the kernel, and return its decision."""
    padded = (*arguments, *(0,) * (6 - len(arguments)))
    data = struct.pack("<iIQ6Q", number, audit or machine.audit, 0, *padded)
    steps: list[tuple[int, int, int, int]] = [*struct.iter_unpack("<HBBI", build_filter(machine))]
    at = value = 0
    while True:
        code, yes, no, operand = steps[at]
        at += 1
        if code == 0x20:
            (value,) = struct.unpack_from("<I", data, operand)
        elif code == 0x06:
            return operand
        elif code == 0x15:
            at += yes if value == operand else no
        elif code == 0x45:
            at += yes if value & operand else no
        else:
            raise AssertionError(f"an unknown step {code:#x}")


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> Machine:
    return MACHINES[request.param]


PARTLY = {"open", "openat", "fcntl", "ioctl", "prlimit64"}


def test_the_filter_lets_through_what_computing_takes_and_nothing_else(machine: Machine) -> None:
    whole = {number for name, number in machine.numbers.items() if name not in PARTLY}
    for number in range(1_024):
        said = verdict(machine, number, 2**32 - 1, 2**32 - 1, 2**32 - 1)
        assert said == (ALLOW if number in whole else EPERM), number


def test_calls_of_another_architecture_are_deadly(machine: Machine) -> None:
    i386 = 0x40000003
    assert verdict(machine, machine.numbers["read"], audit=i386) == KILL
    x32 = 0x40000000
    assert verdict(machine, x32 + machine.numbers["read"]) == EPERM


def test_files_are_opened_for_reading_only(machine: Machine) -> None:
    number = machine.numbers["openat"]
    assert verdict(machine, number, 0, 0, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY) == ALLOW
    for flag in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, os.O_APPEND, os.O_RDWR | 0x410000):
        assert verdict(machine, number, 0, 0, flag) == EPERM


def test_of_limits_only_the_own_processor_time_is_changed(machine: Machine) -> None:
    number = machine.numbers["prlimit64"]
    cpu, memory = 0, 9
    assert verdict(machine, number, 0, cpu) == ALLOW
    assert verdict(machine, number, 0, memory) == EPERM
    assert verdict(machine, number, 1, cpu) == EPERM


def test_descriptors_are_asked_about_and_not_handed_on(machine: Machine) -> None:
    getfd, dupfd, setown = 1, 0, 8
    said = [verdict(machine, machine.numbers["fcntl"], 3, one) for one in (getfd, dupfd, setown)]
    assert said == [ALLOW, EPERM, EPERM]
