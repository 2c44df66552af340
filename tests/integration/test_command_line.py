"""The ``grader`` command without a server: its output and exit codes."""

from __future__ import annotations

import json
import re
import shutil
import socket
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from grader.__main__ import main
from grader.engine.sandbox.levels import available_levels
from grader.settings import Settings

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "rubrics" / "golden" / "numbers-refactor"
BY_RUBRIC = ("--rubric", "numbers-refactor")

Grader = Callable[..., Result]


@pytest.fixture
def grader(tmp_path: Path) -> Grader:
    """Return a function that runs the command on a new installation, without tracebacks."""
    environment = {"GRADER_DATA_DIR": str(tmp_path / "data"), "GRADER_REDIS_URL": ""}

    def run(*arguments: str | Path, **more: str) -> Result:
        words = [str(argument) for argument in arguments]
        result = CliRunner().invoke(main, words, env={**environment, **more})
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return run


def report_of(result: Result) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(result.stdout)
    return report


@pytest.mark.parametrize(
    ("name", "low", "high"), [("modules", 100, 100), ("monolith", 0, 60), ("syntax-error", 0, 0)]
)
def test_a_folder_is_graded(grader: Grader, name: str, low: float, high: float) -> None:
    result = grader("check", GOLDEN / name, *BY_RUBRIC, "--format", "json")
    assert result.exit_code == 0
    total = report_of(result)["total"]
    assert isinstance(total, dict)
    assert low <= total["points"] <= high


def test_a_zip_and_a_folder_have_the_same_report_in_any_format(
    grader: Grader, tmp_path: Path, zipped: Callable[..., bytes]
) -> None:
    folder = GOLDEN / "modules"
    archive = tmp_path / "work.zip"
    archive.write_bytes(zipped({file.name: file.read_text() for file in folder.glob("*.py")}))
    reports = [
        report_of(grader("check", path, *BY_RUBRIC, "--format", "json"))
        for path in (folder, archive)
    ]
    for report in reports:
        report.pop("submission")
    assert reports[0] == reports[1]
    for form, mark in (
        ("text", "100 / 100"),
        ("html", "<!doctype html>"),
        ("markdown", "# "),
        ("junit", '<property name="points" value="100" />'),
    ):
        assert mark in grader("check", archive, *BY_RUBRIC, "--format", form).stdout


def test_a_single_file_is_graded(grader: Grader) -> None:
    result = grader("check", GOLDEN / "monolith" / "numbers.py", *BY_RUBRIC)
    assert result.exit_code == 0
    assert "/ 100" in result.stdout


def test_the_threshold_decides_the_exit_code(grader: Grader) -> None:
    path = GOLDEN / "monolith"
    assert grader("check", path, *BY_RUBRIC, "--fail-under", "0").exit_code == 0
    assert grader("check", path, *BY_RUBRIC, "--fail-under", "90").exit_code == 1


def test_an_engine_fault_has_its_own_exit_code(grader: Grader) -> None:
    result = grader("check", GOLDEN / "modules", *BY_RUBRIC, GRADER_CHILD_PAIR_SECONDS="0.000001")
    assert result.exit_code == 3
    assert "at least" in result.stdout


def test_a_report_is_written_to_a_file_in_a_new_folder(grader: Grader, tmp_path: Path) -> None:
    file = tmp_path / "new" / "report.md"
    result = grader("check", GOLDEN / "modules", *BY_RUBRIC, "--output", file)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "100 / 100" in file.read_text()


def test_a_report_that_cannot_be_written_is_an_error(grader: Grader, tmp_path: Path) -> None:
    result = grader("check", GOLDEN / "modules", *BY_RUBRIC, "--output", tmp_path)
    assert result.exit_code == 2
    assert str(tmp_path) in result.stderr and "--output" in result.stderr


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"just text", "not-a-zip"),
        (b"PK\x05\x06" + bytes(18), "empty-archive"),
    ],
)
def test_an_upload_that_cannot_be_read_is_bad_input(
    grader: Grader, tmp_path: Path, data: bytes, code: str
) -> None:
    file = tmp_path / "work.zip"
    file.write_bytes(data)
    result = grader("check", file, *BY_RUBRIC)
    assert result.exit_code == 2
    assert f"[{code}]" in result.stderr and "What to do:" in result.stderr


def test_an_archive_without_python_is_bad_input(
    grader: Grader, tmp_path: Path, zipped: Callable[..., bytes]
) -> None:
    file = tmp_path / "work.zip"
    file.write_bytes(zipped({"notes.txt": "no code"}))
    result = grader("check", file, *BY_RUBRIC)
    assert result.exit_code == 2
    assert "[no-python-files]" in result.stderr


def test_unknown_paths_and_rubrics_are_bad_input(grader: Grader, tmp_path: Path) -> None:
    nowhere = grader("check", tmp_path / "nowhere", *BY_RUBRIC)
    assert nowhere.exit_code == 2 and "nowhere" in nowhere.stderr
    unknown = grader("check", GOLDEN / "modules", "--rubric", "numbers-refractor")
    assert unknown.exit_code == 2 and "numbers-refactor" in unknown.stderr


def test_a_check_against_an_earlier_version_reports_changes(grader: Grader) -> None:
    old, new = GOLDEN / "monolith", GOLDEN / "modules"
    history = report_of(grader("check", new, *BY_RUBRIC, "--against", old, "--format", "json"))[
        "history"
    ]
    assert isinstance(history, dict)
    assert (history["previous_attempt"], history["new"], history["still_there"]) == (None, 0, 0)
    assert history["fixed"] > 50 and history["points_before"] < 60
    text = grader("check", new, *BY_RUBRIC, "--against", old).stdout
    assert "Since the earlier version: " in text


def test_an_earlier_version_that_is_not_there_is_bad_input(grader: Grader, tmp_path: Path) -> None:
    result = grader("check", GOLDEN / "modules", *BY_RUBRIC, "--against", tmp_path / "old.zip")
    assert result.exit_code == 2
    assert "old.zip" in result.stderr


def test_signals_are_shown_on_request(grader: Grader, tmp_path: Path) -> None:
    path = tmp_path / "work.py"
    path.write_text("exec('1 + 1')\n")
    for form in ("json", "text"):
        plain = grader("check", path, *BY_RUBRIC, "--format", form).stdout
        full = grader("check", path, *BY_RUBRIC, "--format", form, "--signals").stdout
        assert "runs a text as a program" in full
        assert "runs a text as a program" not in plain


def test_facts_have_no_points(grader: Grader) -> None:
    facts = report_of(grader("facts", GOLDEN / "monolith", *BY_RUBRIC))
    (file,) = facts["files"]
    assert file["path"] == "numbers.py"
    assert file["inspections"]["modularity"]["facts"]["counts"]["modules"] == 1
    assert "points" not in json.dumps(facts)


def test_a_rubric_is_linted(grader: Grader, tmp_path: Path) -> None:
    shipped = GOLDEN.parents[1] / "numbers-refactor.yaml"
    result = grader("rubric", "lint", shipped)
    assert "No mistakes" in result.stdout and "Advice" not in result.stdout
    counting = tmp_path / "counting.yaml"
    counting.write_text(
        shipped.read_text().replace(
            "{measure: violations_rate, full_at: 0, zero_at: 60}",
            "{measure: violations, full_at: 0, zero_at: 10}",
        )
    )
    assert (
        "criteria.style.scale.measure: violations depends on the size of a program; violations_rate"
        " measures the same as a share\n" in grader("rubric", "lint", counting).stdout
    )
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(shipped.read_text().replace("check: formatting", "check: formating"))
    result = grader("rubric", "lint", wrong)
    assert result.exit_code == 2
    assert "did you mean 'formatting'?" in result.stderr and "line " in result.stderr


@pytest.mark.parametrize("name", sorted(path.name for path in GOLDEN.parent.iterdir()))
def test_golden_submissions_earn_their_expected_points(grader: Grader, name: str) -> None:
    result = grader("rubric", "test", name)
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) >= 2


def test_a_golden_submission_with_other_points_is_reported(grader: Grader, tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    for file in (GOLDEN / "modules").iterdir():
        (tmp_path / "modules" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "expected.yaml").write_text("modules: 99.5\n")
    result = grader("rubric", "test", "numbers-refactor", "--golden", tmp_path)
    assert result.exit_code == 1
    assert "modules: 100, but 99.5 is expected" in result.stdout
    (tmp_path / "expected.yaml").write_text("modules: many\n")
    assert grader("rubric", "test", "numbers-refactor", "--golden", tmp_path).exit_code == 2


def test_checks_are_explained(grader: Grader) -> None:
    assert "complexity" in grader("explain").stdout
    assert "Why it matters" in grader("explain", "complexity").stdout
    wrong = grader("explain", "compexity")
    assert wrong.exit_code == 2 and "'complexity'" in wrong.stderr


def test_tokens_are_made_listed_and_revoked(grader: Grader) -> None:
    assert "up to date" in grader("db", "upgrade").stdout
    made = grader("token", "create", "--role", "instructor", "--course", "mlops", "--name", "Ada")
    assert made.stdout.startswith("grader_")
    listed = grader("token", "list").stdout
    assert "Ada" in listed and "valid" in listed
    assert made.stdout.strip() not in listed
    assert "revoked" in grader("token", "revoke", listed.splitlines()[1].split()[0]).stdout
    assert "revoked" in grader("token", "list").stdout


def test_a_database_is_backed_up_and_restored(grader: Grader, tmp_path: Path) -> None:
    grader("db", "upgrade")
    grader("token", "create", "--role", "admin", "--name", "kept")
    made = grader("backup", tmp_path / "kept")
    assert made.exit_code == 0 and "sqlite, schema" in made.stdout
    again = grader("backup", tmp_path / "kept")
    assert again.exit_code == 2 and "there already" in again.stderr

    grader("token", "create", "--role", "admin", "--name", "lost")
    refused = grader("restore", tmp_path / "kept")
    assert refused.exit_code == 2 and "--replace" in refused.stderr
    assert grader("restore", tmp_path / "kept", "--replace").exit_code == 0
    listed = grader("token", "list").stdout
    assert "kept" in listed and "lost" not in listed


def test_the_list_of_tokens_shows_student_expiry_and_last_use(
    grader: Grader, tmp_path: Path
) -> None:
    grader("db", "upgrade", "--no-seed")
    words = ("--role", "student", "--course", "mlops", "--student", "s123", "--days", "7")
    grader("token", "create", *words)
    with sqlite3.connect(tmp_path / "data" / "grader.db") as database:  # as an older version would
        database.execute("UPDATE tokens SET student = 's\x1b123'")
    database.close()
    head, row = grader("token", "list", "--course", "mlops").stdout.splitlines()
    assert head.split() == "ID ROLE COURSE STUDENT STATE EXPIRES LAST USED NAME".split()
    assert re.search(r" student  mlops   s\\x1b123  valid  20\d\d-\d\d-\d\d \d\d:\d\d  never ", row)
    assert len(grader("token", "list", "--course", "other").stdout.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--role", "grader"),
        ("--role", "student", "--course", "mlops"),
        ("--role", "admin", "--course", "mlops"),
        ("--role", "lms", "--course", "mlops", "--student", "s1"),
    ],
)
def test_an_invalid_token_request_is_an_error(grader: Grader, words: tuple[str, ...]) -> None:
    grader("db", "upgrade", "--no-seed")
    result = grader("token", "create", *words)
    assert result.exit_code == 2
    assert "Where: " in result.stderr and "grader_" not in result.output


@pytest.mark.parametrize("callback", ["lms.example.edu/scores", "ftp://lms.example.edu/scores"])
def test_a_callback_that_is_no_http_url_is_refused(grader: Grader, callback: str) -> None:
    grader("db", "upgrade")
    refused = grader("source", "create", "lms", "--course", "mlops", "--callback", callback)
    assert refused.exit_code == 2 and "--callback" in refused.stderr
    assert grader("source", "list").stdout == ""


def test_a_callback_without_https_prints_a_warning(grader: Grader) -> None:
    grader("db", "upgrade")
    words = ("source", "create", "lms", "--course", "mlops", "--callback")
    made = grader(*words, "http://lms.example.edu/scores")
    assert made.exit_code == 0 and "https only" in made.stderr
    assert "https only" not in grader(*words, "https://lms.example.edu/scores").stderr


def test_a_secret_is_printed_only_for_a_source_that_signs(grader: Grader) -> None:
    grader("db", "upgrade")
    signed = grader("source", "create", "lms", "--course", "mlops")
    assert signed.stdout.startswith("whsec_") and "signed with it" in signed.stderr
    unsigned = grader("source", "create", "try", "--course", "mlops", "--connector", "console")
    assert unsigned.stdout == "" and "webhooks/try, unsigned" in unsigned.stderr


def test_the_audit_log_is_listed(grader: Grader) -> None:
    grader("db", "upgrade")
    grader("token", "create", "--role", "grader", "--course", "mlops")
    made, *published = grader("audit", "list").stdout.splitlines()[1:]
    assert "command line" in made and "token.created" in made and "role=grader" in made
    for line in published:
        assert "seed" in line and ("rubric.published" in line or "sample.stored" in line)
    assert published
    for narrow in (("--since", "2999-01-01"), ("--actor", "nobody"), ("--course", "none")):
        assert len(grader("audit", "list", *narrow).stdout.splitlines()) == 1
    few = grader("audit", "list", "--action", "rubric.published", "--limit", "1")
    assert len(few.stdout.splitlines()) == 2 and "more than 1" in few.stderr


def test_the_data_of_a_student_is_exported_and_erased(grader: Grader, tmp_path: Path) -> None:
    grader("db", "upgrade")
    whose = ("--role", "student", "--course", "mlops", "--student", "s1")
    secret = grader("token", "create", *whose).stdout.strip()
    file = tmp_path / "s1.zip"
    assert grader("student", "export", "s1", file).exit_code == 0
    with zipfile.ZipFile(file) as whole:
        assert {"tokens.json", "attempts.json", "audit.json"} == set(whole.namelist())
        assert secret.encode() not in b"".join(map(whole.read, whole.namelist()))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    assert grader("student", "erase", "s1").exit_code == 1  # the question was not answered with yes
    assert "1 tokens" in grader("student", "erase", "s1", "--yes").stdout
    assert len(grader("token", "list").stdout.splitlines()) == 1
    again = grader("student", "erase", "s1", "--yes")
    assert again.exit_code == 2 and "Nothing is held" in again.stderr
    nothing = grader("student", "export", "s1", tmp_path / "none.zip")
    assert nothing.exit_code == 2 and not (tmp_path / "none.zip").exists()


def test_names_that_are_alike_are_listed_and_reached(grader: Grader, tmp_path: Path) -> None:
    grader("db", "upgrade")
    whose = ("--role", "student", "--course", "mlops", "--student")
    assert grader("token", "create", *whose, " Zoe\u0301").exit_code == 0
    refused = grader("token", "create", *whose, "Zo\udce9")
    assert refused.exit_code == 2 and "not UTF-8" in refused.stderr
    assert len(grader("student", "alike").stdout.splitlines()) == 1

    with sqlite3.connect(tmp_path / "data" / "grader.db") as database:
        database.execute("UPDATE tokens SET student = 'Zoe\u0301'")
    database.close()
    _, row = grader("student", "alike").stdout.splitlines()
    assert row.split()[:5] == ["mlops", "Zo\u00e9", "$'Zoe\\u0301'", "0", "1"]
    assert grader("student", "export", "Zoe\u0301", tmp_path / "old.zip").exit_code == 0
    assert grader("token", "create", *whose, "Zo\u00e9").exit_code == 0
    assert "has a twin" in grader("student", "alike").stdout
    for spelling in ("Zoe\u0301", " Zoe\u0301"):  # the old one, then the canonical one
        assert "1 tokens" in grader("student", "erase", spelling, "--yes").stdout


def test_two_spellings_of_a_name_are_merged(grader: Grader, tmp_path: Path) -> None:
    grader("db", "upgrade")
    whose = ("--role", "student", "--course", "mlops", "--student", "Zo\u00e9")
    assert grader("token", "create", *whose).exit_code == 0
    with closing(sqlite3.connect(tmp_path / "data" / "grader.db")) as database, database:
        database.execute("UPDATE tokens SET student = 'Zoe\u0301'")
    merge = ("student", "merge", "Zoe\u0301", "Zo\u00e9")
    foretold = "0 submissions and 1 token of $'Zoe\\u0301' will be of Zo\u00e9.\n"
    assert grader(*merge, "--dry-run").stdout == foretold
    asked = grader(*merge)  # The question was not answered with yes.
    assert asked.exit_code == 1 and asked.stdout.startswith(foretold)
    assert len(grader("student", "alike").stdout.splitlines()) == 2
    done = grader(*merge, "--yes").stdout
    assert done.endswith(
        "Merged: 0 submissions and 1 token of $'Zoe\\u0301' are of Zo\u00e9 now.\n"
    )
    assert len(grader("student", "alike").stdout.splitlines()) == 1
    refused = grader(*merge, "--yes")
    assert refused.exit_code == 2 and "Both names are stored as 'Zo\u00e9'" in refused.stderr
    other = grader("student", "merge", "Zo\u00e9", "ada", "--dry-run").stdout
    assert "These are two names, not two spellings of one." in other
    assert "student.merged" in grader("audit", "list").stdout


def test_a_dry_run_of_a_purge_reports_what_it_would_remove(grader: Grader) -> None:
    grader("db", "upgrade")
    assert "Would remove nothing" in grader("purge", "--older-than", "8w", "--dry-run").stdout
    assert "Removed nothing" in grader("purge", "--older-than", "365d").stdout
    for wrong in ("365", "0d", "-1d", "99999y", "soon"):
        refused = grader("purge", "--older-than", wrong)
        assert refused.exit_code == 2 and "is no age" in refused.stderr


@pytest.mark.parametrize("arguments", [("token", "list"), ("source", "list"), ("audit", "list")])
def test_a_missing_database_is_an_error_with_advice(grader: Grader, arguments: list[str]) -> None:
    result = grader(*arguments)
    assert result.exit_code == 2
    assert "GRADER_DATA_DIR" in result.stderr and "grader db upgrade" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [("serve", "--port", "0"), ("db", "upgrade"), ("restore", "x.backup"), ("token", "list")],
)
# The last one is a folder in which not even root may create anything.
@pytest.mark.parametrize("place", ["a-file", "a-file/below", "/sys/kernel"])
def test_a_data_directory_that_cannot_be_used_is_one_sentence(
    grader: Grader, tmp_path: Path, arguments: list[str], place: str
) -> None:
    (tmp_path / "a-file").write_text("")
    result = grader(*arguments, GRADER_DATA_DIR=str(tmp_path / place))
    assert result.exit_code == 2, result.output
    assert "GRADER_DATA_DIR" in result.stderr and len(result.stderr.splitlines()) <= 4
    assert arguments[0] != "serve" or place in result.stderr


@pytest.mark.parametrize("command", [("submit", "--exercise", "e"), ("retry",)])
def test_the_clients_explain_what_is_missing(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setattr("grader.cli.submit._PAUSES", (0,))
    file = tmp_path / "work.zip"
    file.write_bytes(b"PK")
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        nobody = f"http://127.0.0.1:{held.getsockname()[1]}"
    for url, token, code, said in (
        (nobody, "t", 3, "does not answer"),
        ("nonsense", "t", 2, "no address of a service"),
        ("ftp://host/", "t", 2, "no address of a service"),
        ("http://", "t", 2, "no address of a service"),
        (nobody, "t\u00f6", 2, "no token has"),
    ):
        result = grader(*command, file, "--url", url, "--token", token)
        assert (result.exit_code, said in result.stderr) == (code, True), result.output


def test_a_file_to_submit_that_cannot_be_read_is_bad_input(grader: Grader, tmp_path: Path) -> None:
    words = ("--exercise", "e", "--url", "http://127.0.0.1:9", "--token", "t")
    for path, said in ((tmp_path, "Is a directory"), (tmp_path / "none", "No such file")):
        result = grader("submit", path, *words)
        assert (result.exit_code, said in result.stderr) == (2, True), result.output
    named = grader("submit", tmp_path, "--student", "Zo\udce9", *words)
    assert named.exit_code == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GRADER_CALLBACK_HOSTS", "lms.example.edu"),
        ("GRADER_CALLBACK_HOSTS", "{"),
        ("GRADER_CALLBACK_HOSTS", "7"),
        ("GRADER_PORT", "eight"),
        ("GRADER_WORKERS", "0"),
        ("GRADER_DATABASE_URL", "mysql://u:secret@h/d"),
        ("GRADER_DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/d"),
    ],
)
def test_an_invalid_setting_is_named(grader: Grader, name: str, value: str) -> None:
    result = grader("db", "upgrade", **{name: value})
    assert result.exit_code == 2
    assert name in result.stderr and "secret" not in result.stderr


def test_a_folder_of_rubrics_that_does_not_serve_is_named(grader: Grader, tmp_path: Path) -> None:
    folder = tmp_path / "rubrics"
    missing = grader("db", "upgrade", GRADER_RUBRICS=str(folder))
    assert missing.exit_code == 2 and f"{folder} is no folder" in missing.stderr
    folder.mkdir()
    rubric = (ROOT / "rubrics" / "get-data.yaml").read_text("utf-8")
    (folder / "bad.yaml").write_text(rubric.replace("check: formatting", "check: formating"))
    refused = grader("db", "upgrade", GRADER_RUBRICS=str(folder))
    assert refused.exit_code == 2
    assert "bad.yaml" in refused.stderr and "did you mean 'formatting'?" in refused.stderr
    (folder / "bad.yaml").write_text(rubric, "utf-8")
    assert grader("db", "upgrade", GRADER_RUBRICS=str(folder)).exit_code == 0


def test_the_database_is_in_the_configured_folder(grader: Grader, tmp_path: Path) -> None:
    grader("db", "upgrade")
    assert (tmp_path / "data" / "grader.db").is_file()
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert Settings(data_dir=tmp_path / "data").database.endswith("grader.db")


#: Files of this repository, of each folder that the rubric ``house-style`` judges.
PARTS = ("grader/*.py", "grader/cli/**/*.py", "workers/**/*.py", "tests/*.py", "tests/chaos/*.py")


def test_this_repository_earns_full_marks_for_house_style(grader: Grader, tmp_path: Path) -> None:
    """A part of it is graded here. All of it takes a minute: ``make lint`` does that."""
    for path in (path for part in PARTS for path in ROOT.glob(part)):
        copy = tmp_path / "part" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    options = ("--rubric", "house-style", "--fail-under", "100")
    result = grader("check", tmp_path / "part", *options)
    assert result.exit_code == 0, result.stdout


def test_verbose_prints_the_sandbox(grader: Grader) -> None:
    result = grader("check", GOLDEN / "modules", *BY_RUBRIC, "--verbose", "--format", "json")
    assert result.exit_code == 0
    assert result.stderr == f"Sandbox: {available_levels()[0].value}\n"
    assert report_of(result)["status"] == "graded"


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("api",)])
def test_no_process_starts_without_the_configured_sandbox(
    grader: Grader, command: tuple[str, ...]
) -> None:
    result = grader(*command, GRADER_SANDBOX="bubblewrap")
    assert result.exit_code == 2
    assert "there is no sandbox 'bubblewrap'" in result.stderr
    assert "What to do: Set it to auto" in result.stderr


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/self", "/proc/none/below"])
def test_a_data_directory_that_cannot_be_used_is_explained(
    grader: Grader, tmp_path: Path, place: str
) -> None:
    """It is a file, or on a file system that takes no files."""
    (tmp_path / "file").touch()
    result = grader("serve", "--data-dir", tmp_path / place, "--port", "0")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{tmp_path / place} cannot be used: " in result.stderr
    assert "What to do: Choose a place that you may write to" in result.stderr


def test_a_retry_names_one_submission_or_all(grader: Grader) -> None:
    for words in ((), ("some-id", "--all"), ("some-id", "--exercise", "get-data")):
        refused = grader("retry", *words, "--token", "t")
        assert refused.exit_code == 2
        assert "Usage" in refused.stderr
