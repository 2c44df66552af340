"""Calls of the Linux kernel for which the standard library has no function."""

from __future__ import annotations

import ctypes
import os

from grader.infra.process import libc

_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION = 0x20080522


def syscall(number: int, *arguments: int) -> int:
    """Make a system call; addresses are given as integers.

    Raises:
        OSError: it fails, or this is no Linux.
    """
    return _called("syscall", number, *arguments)


def prctl(option: int, *arguments: int) -> int:
    """Change something about this process.

    Raises:
        OSError: as :func:`syscall`.
    """
    return _called("prctl", option, *arguments, *(0,) * (4 - len(arguments)))


def give_up_privileges() -> None:
    """Hold no capability, and gain none by running a program; a superuser becomes a mere user 0.

    Raises:
        OSError: as :func:`syscall`.
    """
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _called("capset", ctypes.addressof(header), ctypes.addressof(nothing))


def _called(name: str, *arguments: int) -> int:
    library = libc()
    if library is None:
        raise OSError("this is no Linux")
    result = int(library[name](*map(ctypes.c_long, arguments)))
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
