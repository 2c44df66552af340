"""A check that tries every way out of its sandbox; an attempt that succeeds does no harm."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import socket
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from grader.domain.check import Check, Context, Guidance, Options
from grader.domain.inspection import Finding, Inspection
from grader.domain.measures import count_measure
from grader.domain.source import SourceFile

_LIBC = ctypes.CDLL(None, use_errno=True)
_PTRACE_SEIZE = 0x4206
_CLONE_NEWUSER = 0x10000000
_HERE = Path(__file__)

#: System calls without a function in the C library -> numbers on (x86-64, 64-bit ARM).
_NUMBERS = {
    "bpf": (321, 280),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "kexec_load": (246, 104),
    "perf_event_open": (298, 241),
    "pidfd_open": (434, 434),
    "seccomp": (317, 277),
    "userfaultfd": (323, 282),
}


def _outcome(act: Callable[[], object]) -> str:
    """Return ``done`` if ``act`` succeeds, else the name of its error, e.g. ``EPERM``."""
    try:
        act()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    except (RuntimeError, ValueError):
        return "EPERM"
    return "done"


def _call(name: str, *arguments: object) -> int:
    """Call a function of the C library, or a system call of :data:`_NUMBERS`; return its result.

    Raises:
        OSError: the call failed.
    """
    if name in _NUMBERS:
        number = _NUMBERS[name][platform.machine() == "aarch64"]
        return _checked(_LIBC.syscall(ctypes.c_long(number), *arguments))
    return _checked(_LIBC[name](*arguments))


def _checked(result: int) -> int:
    """Return ``result``; raise OSError with the C library's error number if it is -1."""
    if result == -1:
        raise OSError(ctypes.get_errno(), "refused")
    return result


def _connect(kind: int, address: tuple[str, int], family: int = socket.AF_INET) -> None:
    with socket.socket(family, kind) as one:
        one.connect(address)


def _write(folder: str) -> None:
    """Create and write a temporary file in ``folder``."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(b"trigger")


def _make(folder: str) -> None:
    """Create a folder in ``folder``, and remove it."""
    os.rmdir(tempfile.mkdtemp(dir=folder))


def _touch() -> None:
    """Set the times of this file to their present values."""
    found = _HERE.stat()
    os.utime(_HERE, ns=(found.st_atime_ns, found.st_mtime_ns))


def _fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _spawn() -> None:
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)


def _thread() -> None:
    one = threading.Thread(target=int)
    one.start()
    one.join()


def _look_into_parent() -> None:
    """Open the memory of the parent process."""
    with open(f"/proc/{os.getppid()}/mem", "rb", buffering=0) as memory:
        memory.seek(1 << 20)


def _raise_limit() -> None:
    """Set the limit of open files to 1,000, more than a child has."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (1_000, 1_000))


def _pipe() -> None:
    for end in os.pipe():
        os.close(end)


def _read(path: str | Path) -> None:
    Path(path).read_bytes()


_ATTEMPTS: dict[str, Callable[[], object]] = {
    "socket, internet": partial(socket.socket, socket.AF_INET, socket.SOCK_STREAM),
    "socket, datagrams": partial(socket.socket, socket.AF_INET, socket.SOCK_DGRAM),
    "socket, local": partial(socket.socket, socket.AF_UNIX, socket.SOCK_STREAM),
    "sockets, a pair": socket.socketpair,
    "connect": partial(_connect, socket.SOCK_STREAM, ("127.0.0.1", 9)),
    "listen": partial(socket.create_server, ("127.0.0.1", 0)),
    "write into the folder": partial(_write, "."),
    "write into /tmp": partial(_write, "/tmp"),
    "make a folder": partial(_make, "/tmp"),
    "write our own code": partial(open, _HERE, "ab"),
    "open to change": partial(os.open, _HERE, os.O_RDWR),
    "change times": _touch,
    "change modes": lambda: _HERE.chmod(_HERE.stat().st_mode & 0o777),
    "cut": lambda: os.truncate(_HERE, _HERE.stat().st_size),
    "link": lambda: os.symlink("/etc/passwd", "link"),
    "read /etc/passwd": partial(_read, "/etc/passwd"),
    "read the project's folder": partial(_read, _HERE.parents[2] / "README.md"),
    "list /": partial(os.listdir, "/"),
    "list the folder": partial(os.listdir, "."),
    "parent's environment": lambda: _read(f"/proc/{os.getppid()}/environ"),
    "parent's memory": _look_into_parent,
    "parent's descriptors": lambda: os.listdir(f"/proc/{os.getppid()}/fd"),
    "trace the parent": lambda: _call("ptrace", _PTRACE_SEIZE, os.getppid(), None, None),
    "signal the parent": lambda: os.kill(os.getppid(), signal.SIGCONT),
    "signal everyone": lambda: os.kill(-1, 0),
    "fork": _fork,
    "spawn": _spawn,
    "thread": _thread,
    "run a program": lambda: os.execv("/bin/true", ["true"]),
    "unshare": lambda: _call("unshare", _CLONE_NEWUSER),
    "mount": lambda: _call("mount", b"none", b"/tmp", b"tmpfs", 0, None),
    "pivot": lambda: os.chroot("/tmp"),
    "raise a limit": _raise_limit,
    "lower a limit": lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    "become another": lambda: os.setuid(0),
    "memory as a file": lambda: os.close(os.memfd_create("x")),
    "a pipe": _pipe,
    "bpf": lambda: _call("bpf", 0, None, 0),
    "io_uring": lambda: _call("io_uring_setup", 1, None),
    "keyctl": lambda: _call("keyctl", 0, -3, 0),
    "kexec": lambda: _call("kexec_load", 0, 0, None, 0),
    "perf": lambda: _call("perf_event_open", None, 0, -1, -1, 0),
    "pidfd": lambda: os.close(_call("pidfd_open", os.getppid(), 0)),
    "userfaultfd": lambda: _call("userfaultfd", 1),
    "a filter of its own": lambda: _call("seccomp", 1, 0, None),
}


def _inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Report the outcome of each attempt, but only in a child: the warm-up text has no trigger."""
    if b"trigger" not in source.data:
        return Inspection()
    outcomes = {name: _outcome(act) for name, act in _ATTEMPTS.items()}
    return Inspection(findings=tuple(Finding(code=k, message=v) for k, v in outcomes.items()))


CATALOG = {
    "attempt": Check(
        "attempt",
        1,
        "Attempts",
        Guidance("What it is.", "How to mend it.", "https://example.org"),
        (count_measure("lines", "Lines", "lines"),),
        _inspect,
        Options,
    )
}
