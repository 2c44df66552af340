"""The locks: every file has a hash, no address is in them, and no distribution is missing."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
#: Licenses with which the service may be distributed: permissive ones, and those whose copyleft is
#: limited to a library or a file, e.g. ``LGPLv3``, ``MPL-2.0``; not ``AGPL``.
FREE = re.compile(
    r"MIT|BSD|Apache|PSF|Python Software|ISC|MPL|Mozilla|LGPL|Lesser|Unlicense|0BSD|Zope|ZPL"
)


def locked(name: str) -> dict[str, str]:
    """Return the entry of each distribution in the lock file ``name``, by distribution."""
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    return {entry.split("==")[0]: entry for entry in entries if entry.strip()}


@pytest.mark.parametrize("name", LOCKS)
def test_every_distribution_is_pinned_and_held_to_its_hashes(name: str) -> None:
    entries = locked(name)
    assert len(entries) > 30
    for entry in entries.values():
        first, *hashes = entry.replace("\\\n", "\n").strip().splitlines()
        assert re.fullmatch(r"[a-z0-9-]+==[\w.!+-]+( ;.*)?", first.strip()), first
        assert hashes
        for line in hashes:
            assert re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line.strip()), line


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_says_nothing_of_where_files_come_from(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--find-links|--trusted|@ |file:|\.\./", text)


def test_everything_that_is_asked_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {
        LOCKS[0]: project["dependencies"],
        LOCKS[1]: [*project["dependencies"], *extras["dev"]],
    }
    for lock, requirements in wanted.items():
        names = {canonicalize_name(Requirement(one).name) for one in requirements}
        assert names <= set(locked(lock))
    assert set(locked(LOCKS[0])) <= set(locked(LOCKS[1]))


def test_what_the_service_is_made_of_may_be_passed_on() -> None:
    for name, entry in locked(LOCKS[0]).items():
        marker = Requirement(entry.replace("\\", "").split("--hash")[0].strip()).marker
        if marker is not None and not marker.evaluate():
            continue
        found = metadata(name)
        licences = found.get_all("License-Expression", [])
        licences += [one[:200] for one in found.get_all("License", [])]
        licences += [one for one in found.get_all("Classifier", []) if one.startswith("License")]
        assert FREE.search(" ".join(licences)), (name, licences)
