"""Seccomp: a filter of the system calls that a child can make, run by the kernel.

The filter allows the calls that a computing program needs and refuses all others with EPERM, also
those that a later kernel adds. It cannot see file names: Landlock restricts which files are read.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import resource
import struct
import sys
import termios
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.engine.sandbox.kernel import prctl, syscall

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_GET_ACTION_AVAIL = 2

#: What the filter returns: run the call, fail with EPERM, kill the process.
ALLOW, EPERM, KILL = 0x7FFF0000, 0x00050001, 0x80000000

#: Offsets in the data that the kernel gives to the filter: call number, architecture, arguments
#: (8 bytes each, the lower half first on little-endian machines).
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
#: Instructions of classic BPF.
_LOAD, _IF_EQUAL, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06

#: Flags of ``open`` that a child must not set.
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True)
class Machine:
    """A processor architecture, with the numbers that the filter needs.

    ``audit`` is the kernel's constant for it, ``seccomp`` the number of the system call
    ``seccomp``. ``numbers`` maps the names of the system calls that a child may make, some only
    with certain arguments, to their numbers.
    """

    audit: int
    seccomp: int
    numbers: Mapping[str, int]


@dataclass(frozen=True)
class _Condition:
    """A condition on an argument of a call: it is one of ``values``, or has no bit of ``unset``."""

    argument: int
    values: tuple[int, ...] = ()
    unset: int = 0


#: System calls with their numbers on x86-64 and on 64-bit ARM, which lacks some (``-``). E.g.
#: reading, memory and clocks are allowed; ``socket``, ``execve``, ``clone`` and ``kill`` are not.
_NUMBERS = """
    read 0 63            write 1 64             readv 19 65           pread64 17 67
    close 3 57           lseek 8 62             getdents64 217 61     getcwd 79 17
    stat 4 -             fstat 5 80             lstat 6 -             newfstatat 262 79
    statx 332 291        access 21 -            faccessat 269 48      faccessat2 439 439
    readlink 89 -        readlinkat 267 78      open 2 -              openat 257 56
    fcntl 72 25          ioctl 16 29            prlimit64 302 261     sysinfo 99 179
    poll 7 -             ppoll 271 73           select 23 -           pselect6 270 72
    mmap 9 222           mprotect 10 226        munmap 11 215         mremap 25 216
    brk 12 214           madvise 28 233         futex 202 98          sched_yield 24 124
    rt_sigaction 13 134  rt_sigprocmask 14 135  rt_sigreturn 15 139   sigaltstack 131 132
    getpid 39 172        getppid 110 173        gettid 186 178        uname 63 160
    getuid 102 174       geteuid 107 175        getgid 104 176        getegid 108 177
    times 100 153        getrusage 98 165       getrandom 318 278     time 201 -
    nanosleep 35 101     gettimeofday 96 169    clock_gettime 228 113 clock_getres 229 114
    exit 60 93           exit_group 231 94      clock_nanosleep 230 115
    restart_syscall 219 128                     sched_getaffinity 204 123
"""

#: Calls that are allowed only if all conditions hold, e.g. ``openat`` for reading.
_CONDITIONS: Mapping[str, tuple[_Condition, ...]] = {
    "open": (_Condition(1, unset=_WRITING),),
    "openat": (_Condition(2, unset=_WRITING),),
    "fcntl": (_Condition(1, (fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL)),),
    "ioctl": (_Condition(1, (termios.TCGETS,)),),
    # A child resets its own CPU limit for every job, and no other limit.
    "prlimit64": (_Condition(0, (0,)), _Condition(1, (resource.RLIMIT_CPU,))),
}


def _numbers(column: int) -> dict[str, int]:
    """Return the numbers of one column of the table above: 1 for x86-64, 2 for 64-bit ARM."""
    words = _NUMBERS.split()
    pairs = zip(words[::3], words[column::3], strict=True)
    return {name: int(number) for name, number in pairs if number != "-"}


#: By the name that :func:`platform.machine` returns.
MACHINES: Mapping[str, Machine] = {
    "x86_64": Machine(audit=0xC000003E, seccomp=317, numbers=_numbers(1)),
    "aarch64": Machine(audit=0xC00000B7, seccomp=277, numbers=_numbers(2)),
}


def is_available() -> bool:
    """Return whether this kernel supports filters, and this is 64-bit Python on x86-64 or ARM."""
    machine = MACHINES.get(platform.machine())
    # A 32-bit interpreter on a 64-bit kernel uses other call numbers.
    if machine is None or sys.maxsize < 2**32:
        return False
    action = ctypes.c_uint32(EPERM & 0xFFFF0000)
    try:
        return syscall(machine.seccomp, _GET_ACTION_AVAIL, 0, ctypes.addressof(action)) == 0
    except OSError:
        return False


def build_filter(machine: Machine) -> bytes:
    """Return the filter of system calls for ``machine``: BPF instructions of 8 bytes each.

    Calls that are not allowed fail with EPERM; one of another architecture kills the process.
    """
    return b"".join(struct.pack("<HBBI", *step) for step in _steps(machine))


def install(filter: bytes) -> None:
    """Apply ``filter``, made by :func:`build_filter`, to this thread and its descendants for good.

    :func:`drop_privileges` must have been called.

    Raises:
        OSError: The kernel refuses.
    """
    steps = ctypes.create_string_buffer(filter, len(filter))
    description = struct.pack("@HP", len(filter) // 8, ctypes.addressof(steps))
    buffer = ctypes.create_string_buffer(description, len(description))
    prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(buffer))


#: Code, instructions to skip if true, instructions to skip if false, operand.
_Step = tuple[int, int, int, int]


def _steps(machine: Machine) -> Iterator[_Step]:
    """Yield the instructions of the filter: kill on another architecture, else decide by call."""
    yield _LOAD, 0, 0, _ARCHITECTURE
    yield _IF_EQUAL, 1, 0, machine.audit
    yield _RETURN, 0, 0, KILL
    yield _LOAD, 0, 0, _NUMBER
    for name, number in machine.numbers.items():
        verdict = [*_verdict(_CONDITIONS.get(name, ()))]
        yield _IF_EQUAL, 0, len(verdict), number
        yield from verdict
    yield _RETURN, 0, 0, EPERM


def _verdict(conditions: tuple[_Condition, ...]) -> Iterator[_Step]:
    """Yield the steps that allow the current call if all ``conditions`` hold, else refuse it."""
    for one in conditions:
        # Each of these arguments is a C int: the kernel uses its lower half only.
        yield _LOAD, 0, 0, _ARGUMENTS + 8 * one.argument
        if one.unset:
            yield _IF_ANY_BIT, 0, 1, one.unset
        for left, value in zip(range(len(one.values), 0, -1), one.values, strict=True):
            yield _IF_EQUAL, left, 0, value
        yield _RETURN, 0, 0, EPERM
    yield _RETURN, 0, 0, ALLOW
