"""Log lines contain no secret, whether they come from this project or from a library."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.infra.redaction import HIDDEN, TOKEN, redact, redact_event
from grader.service.tokens import PREFIX

SECRET = "Xq3-hunter2_Zz" * 4
#: A token of the right form, the same in every process that collects these tests.
OURS = PREFIX + "DPh8yhnKRSCd9RgBmC71FDkWbJ8vx-0I8Uvaq7_qSPY"


def test_the_pattern_of_tokens_matches_tokens() -> None:
    assert TOKEN.fullmatch(OURS)
    assert TOKEN.fullmatch(PREFIX + secrets.token_urlsafe(32))


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"'Authorization': 'Bearer {SECRET}'",
        f"authorization=Basic {SECRET}",
        f"connection to redis://:{SECRET}@127.0.0.1:6379/0 failed",
        f"postgresql+psycopg://grader:{SECRET}@db/grader",
        f"GET https://lms.example/scores?token={SECRET}&a=b",
        f'{{"secret": "{SECRET}", "n": 1}}',
        json.dumps(json.dumps({"password": SECRET})),
        f"whsec_{SECRET}",
        f"/api/v1/exercises?x={OURS}",
    ],
)
def test_secrets_are_hidden(text: str) -> None:
    shown = redact(text)
    assert SECRET not in shown and OURS not in shown
    assert HIDDEN in shown
    assert redact(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "grader_submissions_queued",
        "the source's secret cannot sign",
        "https://lms.example/scores?student=s1",
        "mailto ada@example.org",
        "There is no valid token in the request.",
        "worker grade@host is ready",
    ],
)
def test_text_without_secrets_is_unchanged(text: str) -> None:
    assert redact(text) == text


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner)))
def test_redacted_events_can_be_written_as_json(value: object) -> None:
    shown = redact_event(None, "info", {"event": "happened", "what": value})
    assert shown["event"] == "happened"
    json.dumps(shown)


def test_nested_values_of_events_are_redacted() -> None:
    shown = redact_event(
        None,
        "info",
        {
            "event": f"came {OURS}",
            "headers": {"Authorization": SECRET, "n": 7},
            "urls": [f"redis://:{SECRET}@h"],
            "token": 12,
            "error": ValueError(f"password={SECRET}"),
        },
    )
    assert SECRET not in repr(shown) and OURS not in repr(shown)
    assert (shown["token"], shown["headers"]["n"]) == (12, 7)


PROGRAM = """
import logging, sys, structlog
from grader.infra.logs import log_json
log_json()
secret = sys.argv[1]
structlog.get_logger("ours").warning("refused", url=f"https://u:{secret}@host/", password=secret)
logging.getLogger("library").error("cannot reach %s", f"redis://:{secret}@127.0.0.1")
logging.getLogger("httpx").info("POST https://lms.example/?key=%s", secret)
try:
    raise ValueError(f"token={secret}")
except ValueError:
    structlog.get_logger("ours").exception("broke")
    logging.getLogger("library").exception("broke")
"""


def test_log_lines_of_a_process_and_of_its_libraries_are_redacted() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, SECRET], capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    assert [line["event"] for line in lines].count("broke") == 2
    assert sum("ValueError: token=[hidden]" in line.get("exception", "") for line in lines) == 2
    assert len(lines) == 4
    assert SECRET not in run.stderr + run.stdout
