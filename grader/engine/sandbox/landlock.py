"""Landlock: a process gives up the file system, but for reading below a few folders.

From its version 4 on, it gives up TCP as well, and from version 6 on signals to, and abstract
sockets of, processes outside. It cannot look into processes outside (``/proc/PID/mem``, ptrace)
from the first version on.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from grader.engine.sandbox.kernel import syscall

#: The numbers are the same on every architecture.
_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_TELL_VERSION = 1
_PATH_BENEATH = 1

_READ = 1 << 2 | 1 << 3
#: How many kinds of access to files each version knows.
_KINDS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NEWEST_KINDS = 16
_TCP = 1 << 0 | 1 << 1
_OUTSIDE = 1 << 0 | 1 << 1
#: From here on there is no TCP either.
NETWORK_VERSION = 4
_SCOPE_VERSION = 6


def version() -> int:
    """The version of Landlock that this kernel has in force; 0 for none."""
    try:
        return syscall(_CREATE, 0, 0, _TELL_VERSION)
    except OSError:
        return 0


def read_only(folders: Iterable[str], known: int) -> None:
    """Give up all files for good, but for reading what lies below some folders.

    ``known`` is the kernel's version of Landlock. A folder that cannot be opened is passed over.
    The process must have given up gaining privileges before.

    Raises:
        OSError: the kernel refuses.
    """
    rules = _ruleset(known)
    try:
        for folder in folders:
            _allow(rules, folder)
        syscall(_RESTRICT, rules, 0)
    finally:
        os.close(rules)


def _ruleset(known: int) -> int:
    """A descriptor of rules that forbid everything there is to forbid."""
    fields = [(1 << _KINDS.get(known, _NEWEST_KINDS)) - 1]
    if known >= NETWORK_VERSION:
        fields.append(_TCP)
    if known >= _SCOPE_VERSION:
        fields.append(_OUTSIDE)
    told = struct.pack(f"={len(fields)}Q", *fields)
    buffer = ctypes.create_string_buffer(told, len(told))
    return syscall(_CREATE, ctypes.addressof(buffer), len(told), 0)


def _allow(rules: int, folder: str) -> None:
    try:
        place = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        told = struct.pack("=Qi", _READ, place)
        buffer = ctypes.create_string_buffer(told, len(told))
        syscall(_ADD_RULE, rules, _PATH_BENEATH, ctypes.addressof(buffer), 0)
    finally:
        os.close(place)
