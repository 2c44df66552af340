"""The service ``backup`` of docker-compose.yml: a backup at once, and old ones are removed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import yaml

from tests.contract.test_backup import everything, filled, opened, put_back
from tests.processes import wait_until

SERVICE = yaml.safe_load(Path("docker-compose.yml").read_text(encoding="utf-8"))["services"][
    "backup"
]
DAY = 86_400


def ours(text: str, folder: Path) -> str:
    """Return a script of the service as Docker passes it on, with ``folder`` for its volume."""
    return text.replace("$$", "$").replace("/backups", str(folder))


def has_backup(folder: Path) -> bool:
    """Return whether the service's health check is content with ``folder``."""
    kind, check = SERVICE["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    return subprocess.run(["sh", "-c", ours(check, folder)]).returncode == 0


def test_the_service_backs_up_and_removes_what_is_too_old(
    postgres_url: str, tmp_path: Path
) -> None:
    filled(postgres_url)
    before = everything(postgres_url)
    for days in (3, 40):
        kept = tmp_path / f"grader-{days}.backup"
        kept.touch()
        os.utime(kept, (time.time() - days * DAY,) * 2)
    assert not has_backup(tmp_path)
    shell, option, script = SERVICE["command"]
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "GRADER_DATABASE_URL": postgres_url,
        "KEEP_BACKUPS": "14",
    }
    process = subprocess.Popen(
        [shell, option, ours(script, tmp_path)], env=environment, start_new_session=True
    )
    try:
        wait_until(lambda: not (tmp_path / "grader-40.backup").exists(), 60, "an old one is gone")
    finally:
        os.killpg(process.pid, 9)
        process.wait()
    (made,) = set(tmp_path.iterdir()) - {tmp_path / "grader-3.backup"}
    assert made.name.startswith("grader-20") and has_backup(tmp_path)

    put_back(postgres_url, made, replace=True)
    after = everything(postgres_url)
    assert before.pop("submissions") != after.pop("submissions")  # Its fencing tokens are higher.
    assert after == before
    with opened(postgres_url) as store:
        assert len(store.submissions.page("numbers").items) == 2


def test_a_service_without_its_database_keeps_the_old_ones(tmp_path: Path) -> None:
    old = tmp_path / "grader-40.backup"
    old.touch()
    os.utime(old, (time.time() - 40 * DAY,) * 2)
    shell, option, script = SERVICE["command"]
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "GRADER_DATABASE_URL": f"postgresql:///x?host={tmp_path}",
        "KEEP_BACKUPS": "14",
    }
    once = ours(script, tmp_path).replace("sleep 600", "exit 7")
    assert subprocess.run([shell, option, once], env=environment).returncode == 7
    assert list(tmp_path.iterdir()) == [old]
