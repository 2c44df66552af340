"""Landlock: restrict this process to reading files below a few folders.

From version 4 of Landlock on, the process can use no TCP either; from version 6 on, it can send no
signal to processes outside, nor connect to their abstract sockets. It can never inspect processes
outside (``/proc/PID/mem``, ptrace).
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from grader.engine.sandbox.kernel import syscall

#: System call numbers, the same on every architecture: create a ruleset, add a rule, restrict.
_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_GET_VERSION = 1
_PATH_BENEATH = 1

#: Read a file, list a folder.
_READ = 1 << 2 | 1 << 3
#: The number of kinds of file access that a version can forbid, each one bit of a mask.
_ACCESS_KINDS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NEWEST_ACCESS_KINDS = 16
#: Bind and connect.
_TCP = 1 << 0 | 1 << 1
#: Abstract sockets of, and signals to, processes outside.
_OUTSIDE = 1 << 0 | 1 << 1
#: The first version that can forbid TCP.
NETWORK_VERSION = 4
#: The first version that can forbid signals and connections to processes outside.
_SCOPE_VERSION = 6


def version() -> int:
    """Return the version of Landlock of this kernel; 0 if it is missing or cannot be used."""
    try:
        return syscall(_CREATE, 0, 0, _GET_VERSION)
    except OSError:
        return 0


def read_only(folders: Iterable[str], abi: int) -> None:
    """Let this thread only read files and list folders below ``folders``, for good.

    What it starts later is restricted in the same way, but not other threads; a child has one.
    ``abi`` is the kernel's version of Landlock: from 4 on TCP is forbidden too, from 6 on also
    signals to processes outside, and connections to their abstract sockets. Open files stay usable.
    A folder that cannot be opened is skipped. :func:`drop_privileges` must have been called.

    Raises:
        OSError: The kernel refuses.
    """
    rules = _create_ruleset(abi)
    try:
        for folder in folders:
            _allow_reading(rules, folder)
        syscall(_RESTRICT, rules, 0)
    finally:
        os.close(rules)


def _create_ruleset(abi: int) -> int:
    """Return the descriptor of a ruleset that forbids all that version ``abi`` can."""
    fields = [(1 << _ACCESS_KINDS.get(abi, _NEWEST_ACCESS_KINDS)) - 1]
    if abi >= NETWORK_VERSION:
        fields.append(_TCP)
    if abi >= _SCOPE_VERSION:
        fields.append(_OUTSIDE)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    return syscall(_CREATE, ctypes.addressof(buffer), len(attributes), 0)


def _allow_reading(rules: int, folder: str) -> None:
    """Add a rule to the ruleset ``rules`` that allows reading below ``folder``, if it exists."""
    try:
        descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = struct.pack("=Qi", _READ, descriptor)
        buffer = ctypes.create_string_buffer(rule, len(rule))
        syscall(_ADD_RULE, rules, _PATH_BENEATH, ctypes.addressof(buffer), 0)
    finally:
        os.close(descriptor)
