"""Calls of the Linux kernel for which the standard library has no function."""

from __future__ import annotations

import ctypes
import os

from grader.infra.process import libc

_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION = 0x20080522


def syscall(number: int, *arguments: int) -> int:
    """Make the system call ``number`` and return its result. Pass addresses as integers.

    Raises:
        OSError: The call fails, or this system is not Linux.
    """
    return _call("syscall", number, *arguments)


def prctl(option: int, *arguments: int) -> int:
    """Call ``prctl`` for this process and return the result; missing arguments are 0.

    ``option`` is one of the kernel's ``PR_`` constants.

    Raises:
        OSError: See :func:`syscall`.
    """
    return _call("prctl", option, *arguments, *(0,) * (4 - len(arguments)))


def drop_privileges() -> None:
    """Drop all capabilities of this thread, and the way to gain any by running a program.

    That is for good, also for what it starts, and not for threads that run already; a child has
    one thread. A superuser keeps the user id 0, without its privileges.

    Raises:
        OSError: See :func:`syscall`.
    """
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    no_capabilities = (ctypes.c_uint32 * 6)()
    _call("capset", ctypes.addressof(header), ctypes.addressof(no_capabilities))


def _call(name: str, *arguments: int) -> int:
    """Call the function ``name`` of the C library, which returns -1 and sets errno on failure.

    Raises:
        OSError: It fails, or this system is not Linux.
    """
    library = libc()
    if library is None:
        raise OSError("this is no Linux")
    result = int(library[name](*map(ctypes.c_long, arguments)))
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
