"""Seccomp: the system calls that a child may still make, as a filter that the kernel runs.

The filter lists what a program that computes needs, and refuses the rest with EPERM: a call that
a later kernel adds is refused as well. What is let through is let through for every file that can
be opened for reading; which files those are is Landlock's to say.
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

ALLOW, EPERM, KILL = 0x7FFF0000, 0x00050001, 0x80000000

#: Where the kernel lays what a call is into the filter's memory (little-endian machines).
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_LOAD, _IF_EQUAL, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True)
class Machine:
    """An architecture: the kernel's own name for it, and its number of each call it has."""

    audit: int
    seccomp: int
    numbers: Mapping[str, int]


@dataclass(frozen=True)
class _Condition:
    """What one argument of a call must be: one of ``values``, or without any bit of ``unset``."""

    argument: int
    values: tuple[int, ...] = ()
    unset: int = 0


#: Names of calls with their numbers on x86-64 and on the 64-bit ARM, which lacks some.
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

#: Calls that are allowed only in part: every condition must hold.
_CONDITIONS: Mapping[str, tuple[_Condition, ...]] = {
    "open": (_Condition(1, unset=_WRITING),),
    "openat": (_Condition(2, unset=_WRITING),),
    "fcntl": (_Condition(1, (fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL)),),
    "ioctl": (_Condition(1, (termios.TCGETS,)),),
    # Its own time for every submission, and no other limit.
    "prlimit64": (_Condition(0, (0,)), _Condition(1, (resource.RLIMIT_CPU,))),
}


def _numbers(column: int) -> dict[str, int]:
    words = _NUMBERS.split()
    pairs = zip(words[::3], words[column::3], strict=True)
    return {name: int(number) for name, number in pairs if number != "-"}


#: By the name that :func:`platform.machine` gives.
MACHINES: Mapping[str, Machine] = {
    "x86_64": Machine(audit=0xC000003E, seccomp=317, numbers=_numbers(1)),
    "aarch64": Machine(audit=0xC00000B7, seccomp=277, numbers=_numbers(2)),
}


def is_available() -> bool:
    """Whether this kernel filters calls, on an architecture whose numbers are known here."""
    machine = MACHINES.get(platform.machine())
    # A 32-bit interpreter on a 64-bit kernel makes other calls.
    if machine is None or sys.maxsize < 2**32:
        return False
    action = ctypes.c_uint32(EPERM & 0xFFFF0000)
    try:
        return syscall(machine.seccomp, _GET_ACTION_AVAIL, 0, ctypes.addressof(action)) == 0
    except OSError:
        return False


def build_filter(machine: Machine) -> bytes:
    """The filter, as the kernel takes it: instructions of 8 bytes."""
    return b"".join(struct.pack("<HBBI", *step) for step in _steps(machine))


def install(filter: bytes) -> None:
    """Put a filter in force for this thread and its descendants, for good.

    The process must have given up gaining privileges before.

    Raises:
        OSError: the kernel refuses.
    """
    steps = ctypes.create_string_buffer(filter, len(filter))
    told = struct.pack("@HP", len(filter) // 8, ctypes.addressof(steps))
    description = ctypes.create_string_buffer(told, len(told))
    prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(description))


#: Code, jump if so, jump if not, operand.
_Step = tuple[int, int, int, int]


def _steps(machine: Machine) -> Iterator[_Step]:
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
    """Steps that end with allowing, or refusing, the call at hand."""
    for one in conditions:
        # Each of these arguments is an int: the kernel looks at its lower half alone.
        yield _LOAD, 0, 0, _ARGUMENTS + 8 * one.argument
        if one.unset:
            yield _IF_ANY_BIT, 0, 1, one.unset
        for left, value in zip(range(len(one.values), 0, -1), one.values, strict=True):
            yield _IF_EQUAL, left, 0, value
        yield _RETURN, 0, 0, EPERM
    yield _RETURN, 0, 0, ALLOW
