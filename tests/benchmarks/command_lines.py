"""The tools as a student runs them: seven commands, each a process that reads all files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LINE_LENGTH = 88
#: The codes that Flake8 must ignore: style that Black writes on purpose, and codes of plugins.
NOT_ASKED = "E203,W503,E701,E704,B,N"
FLAKE8 = (
    "--isolated",
    "--disable-noqa",
    f"--max-line-length={LINE_LENGTH}",
    f"--extend-ignore={NOT_ASKED}",
)


@dataclass(frozen=True)
class CommandLines:
    """The commands, which run in an empty folder and find their configuration in ``place``."""

    place: Path

    @staticmethod
    def at(place: Path) -> CommandLines:
        """Create the folder ``place`` with the configuration files, and return the commands."""
        place.mkdir(parents=True)
        (place / "black.toml").write_text(f"[tool.black]\nline-length = {LINE_LENGTH}\n")
        isort = f"[settings]\nprofile = black\nline_length = {LINE_LENGTH}\n"
        (place / ".isort.cfg").write_text(isort)
        (place / "empty").mkdir()
        return CommandLines(place)

    def run_all(self, root: Path, files: Sequence[Path]) -> dict[str, str]:
        """Run all seven commands one after another; return the output of each, by name."""
        return {name: self._run(argv) for name, argv in self.commands(root, files).items()}

    def commands(self, root: Path, files: Sequence[Path]) -> dict[str, list[str]]:
        """Return the seven command lines by name, for the ``files`` of a submission in ``root``."""
        paths = [str(path) for path in files]
        black = ["black", "--check", "--no-cache", "--config", str(self.place / "black.toml")]
        isort = ["isort", "--check-only", "--settings-file", str(self.place / ".isort.cfg")]
        given = {
            "black": [*black, *paths],
            "isort": [*isort, "--src", str(root), *paths],
            "flake8": ["flake8", *FLAKE8, *paths],
        }
        return given | {f"radon {what}": ["radon", what, *paths] for what in RADON}

    def _run(self, argv: Sequence[str]) -> str:
        """Run the command ``argv`` in a new process and return its output.

        Raises:
            RuntimeError: the command crashed, so that its time would mean nothing.
        """
        home = str(self.place / "empty")
        done = subprocess.run(
            [sys.executable, "-I", "-m", *argv],
            cwd=home,
            env={"PATH": os.defpath, "HOME": home},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if "Traceback (most recent call last)" in done.stdout or done.returncode not in (0, 1):
            raise RuntimeError(f"{argv[0]} broke: {done.stdout[-2_000:]}")
        return done.stdout


RADON = ("cc", "mi", "raw", "hal")
