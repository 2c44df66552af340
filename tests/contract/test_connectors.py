"""The contract of the connectors by capability, on a real HTTP server, and attacks on them."""

from __future__ import annotations

import base64
import gzip
import json
import ssl
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook
from structlog.testing import capture_logs

from grader.domain.errors import BadRequest, BadSignature, Overloaded, TooLarge
from grader.lms.outgoing.addresses import is_public
from grader.lms.outgoing.guard import Outgoing, UrlRefused
from grader.lms.outgoing.http_exchange import Unreachable
from grader.lms.registry import (
    CONNECTORS,
    gradebooks,
    inbounds,
    score_message_writers,
    source_config,
)
from grader.lms.standard_webhooks.gradebook import StandardWebhooksGradebook
from grader.lms.standard_webhooks.inbound import StandardWebhooksInbound
from grader.lms.standard_webhooks.signing import sign
from grader.service.lanes import Lane
from grader.service.ports.connector import Delivery, Inbound, Score
from grader.service.records import (
    Passback,
    PassbackState,
    ScoreMessage,
    SourceRecord,
    SubmissionRecord,
    SubmissionState,
)
from tests.contract.material import NOW, report
from tests.lms_server import (
    PEM,
    Lms,
    Script,
    answer,
    dripping,
    dripping_headers,
    endless,
    endless_headers,
    never_final,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ZIP = b"PK\x05\x06" + bytes(18)
KINDS = tuple(CONNECTORS)


@pytest.fixture
def lms() -> Iterator[Lms]:
    with Lms().running() as server:
        yield server


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def inbound(kind: str, lms: Lms) -> Inbound:
    return inbounds((lms.place,))[kind]


def source_of(kind: str, *hosts: str, secret: str = SECRET) -> SourceRecord:
    return SourceRecord(
        name="campus",
        course="mlops",
        connector=kind,
        config=source_config(kind, {"secret": secret, "allowed_hosts": hosts}),
    )


def event(**changes: object) -> bytes:
    fields: dict[str, object] = {
        "type": "submission.created",
        "exercise": "numbers-refactor",
        "student": "s123",
        "archive": {"base64": base64.b64encode(ZIP).decode()},
    }
    return json.dumps({**fields, **changes}).encode()


def signed(body: bytes, at: datetime | None = None) -> dict[str, str]:
    return sign(SECRET, "msg_1", at or datetime.now(UTC), body.decode())


def passback(url: str, payload: str = '{"points": 71.5}') -> Passback:
    return Passback(
        id="0190-passback",
        source="campus",
        submission="0190-submission",
        url=url,
        payload=payload.encode(),
        state=PassbackState.DUE,
        tries=1,
        next_try_at=datetime.now(UTC),
        last_error="",
    )


# Reading events, every connector


def test_reads_an_inline_archive(inbound: Inbound, kind: str) -> None:
    body = event(filename="work.zip", context="lesson-3", extra="left alone")
    incoming = inbound.read(signed(body), body, source_of(kind))
    assert incoming.data == ZIP
    assert (incoming.exercise, incoming.student) == ("numbers-refactor", "s123")
    assert (incoming.filename, incoming.context) == ("work.zip", "lesson-3")
    assert (incoming.webhook_id, incoming.url) == ("msg_1", "")


def test_header_names_may_have_any_case(inbound: Inbound, kind: str) -> None:
    body = event()
    shouted = {name.upper(): value for name, value in signed(body).items()}
    assert inbound.read(shouted, body, source_of(kind)).webhook_id == "msg_1"


def test_reads_a_linked_archive(inbound: Inbound, kind: str) -> None:
    body = event(archive={"url": "https://files.example.edu/1.zip"})
    incoming = inbound.read(signed(body), body, source_of(kind))
    assert incoming.data is None
    assert incoming.url == "https://files.example.edu/1.zip"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"", ""),
        (b"[]", ""),
        (b"{", ""),
        (b"[" * 5_000, ""),
        (event(type="submission.deleted"), "type"),
        (event(exercise=7), "exercise"),
        (event(student=""), "student"),
        (event(student="s" * 201), "student"),
        (event(context={"a": 1}), "context"),
        (event(archive={}), "archive"),
        (event(archive="UEsDB"), "archive"),
        (event(archive={"base64": "?"}), "archive.base64"),
        (event(archive={"base64": "ÄÖ=="}), "archive.base64"),
        (event(archive={"url": ""}), "archive.url"),
        (event(archive={"base64": "UEsD", "url": "https://a.example/"}), "archive"),
    ],
)
def test_what_is_not_an_event_is_told_kindly(
    inbound: Inbound, kind: str, body: bytes, where: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        inbound.read(signed(body), body, source_of(kind))
    assert caught.value.where == where
    assert caught.value.detail and caught.value.how_to_fix


# Fetching archives, every connector


def test_fetches_from_an_allowed_host(inbound: Inbound, kind: str, lms: Lms) -> None:
    lms.script = answer(200, ZIP)
    url = f"http://{lms.place}/files/1.zip?token=a%20b"
    assert inbound.fetch(url, source_of(kind, lms.place), 1_000) == ZIP
    ((request, headers, _),) = lms.seen
    assert request == "GET /files/1.zip?token=a%20b"
    assert headers["host"] == lms.place
    assert headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (answer(302, Location="http://127.0.0.1:1/"), BadRequest),
        (answer(404), BadRequest),
        (answer(204), BadRequest),
        (answer(200, ZIP, Content_Encoding="gzip"), BadRequest),
        (answer(200, gzip.compress(bytes(900_000)), Content_Encoding="gzip"), BadRequest),
        (endless_headers, Overloaded),
        (answer(429), Overloaded),
        (answer(500), Overloaded),
        (answer(503), Overloaded),
        (answer(200, bytes(1_001)), TooLarge),
        (endless, TooLarge),
        (lambda request: request.wfile.write(b"not http\r\n\r\n"), Overloaded),
        (lambda request: None, Overloaded),
    ],
)
def test_what_cannot_be_fetched(
    inbound: Inbound, kind: str, lms: Lms, script: Script, error: type[Exception]
) -> None:
    lms.script = script
    with pytest.raises(error):
        inbound.fetch(f"http://{lms.place}/", source_of(kind, lms.place), 1_000)
    assert len(lms.seen) == 1


def test_a_server_that_is_not_there_may_be_tried_again(kind: str) -> None:
    with Lms().running() as gone:
        place = gone.place
    with pytest.raises(Overloaded):
        inbounds((place,))[kind].fetch(f"http://{place}/", source_of(kind, place), 10)


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.edu/1.zip",
        "https://elsewhere.example.edu/1.zip",
        "https://files.example.edu.evil.example/1.zip",
        "https://files.example.edu@evil.example/1.zip",
        "https://user:word@files.example.edu/1.zip",
        "https://evil.example\\@files.example.edu/1.zip",
        "ftp://files.example.edu/1.zip",
        "file:///etc/passwd",
        "//files.example.edu/1.zip",
        "/1.zip",
        "https://",
        "https://files.example.edu:99999/",
        "https://[::1/",
        "https://files.example.edu\r\nX: 1/",
        "\x00",
    ],
)
def test_urls_that_are_never_called(kind: str, url: str) -> None:
    with pytest.raises(BadRequest):
        inbounds()[kind].fetch(url, source_of(kind, "files.example.edu"), 10)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "2130706433",
        "10.1.2.3",
        "169.254.169.254",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "[fe80::1%25lo]",
        "[::]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "0.0.0.0",
        "0177.0.0.1",
        "0x7f.1",
        "\uff11\uff12\uff17.0.0.1",
        "\u2460\u2461\u2466.0.0.1",
        "localhost",
        "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3",
    ],
)
def test_private_addresses_are_refused_even_when_a_source_lists_them(kind: str, host: str) -> None:
    bare = unicodedata.normalize("NFKC", host.strip("[]")).replace("%25", "%")
    with pytest.raises(BadRequest):
        inbounds()[kind].fetch(f"https://{host}/1.zip", source_of(kind, bare), 10)


# Score messages


def score() -> Score:
    submission = SubmissionRecord(
        id="0190-submission",
        exercise="numbers",
        course="mlops",
        student="Zoë",
        attempt=2,
        state=SubmissionState.RUNNING,
        lane=Lane.LIVE,
        tries=1,
        archive_sha256="a" * 64,
        filename="work.zip",
        source="campus",
        problem="",
        received_at=NOW,
        queued_at=NOW,
        graded_at=None,
        superseded_by=None,
    )
    return Score(submission, report(), 3, NOW, "https://lms.example/scores", "lesson-3")


def test_a_score_message_has_these_bytes(kind: str) -> None:
    message = score_message_writers()[kind](score(), source_of(kind))
    assert message == ScoreMessage(
        "https://lms.example/scores",
        b'{"type": "submission.graded", "submission": "0190-submission", "exercise": "numbers", '
        b'"student": "Zo\\u00eb", "attempt": 2, "points": 7.5, "max_points": 10, '
        b'"status": "graded", "rubric_version": 3, "context": "lesson-3", '
        b'"graded_at": "2026-03-01T12:00:00.123456+00:00"}',
    )


def test_making_score_messages_loads_no_http_client() -> None:
    loaded = "import sys, grader.lms.registry; print({'httpx', 'httpcore'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "set()"


def test_a_config_that_the_connector_rejects_names_the_field_and_not_the_secret() -> None:
    with pytest.raises(BadRequest) as caught:
        source_config("standard-webhooks", {"secret": SECRET, "callback_url": 7})
    assert caught.value.where == "callback_url"
    assert SECRET not in str(caught.value)
    with pytest.raises(BadRequest):
        source_config("no-such-connector", {})


# Sending scores


def test_standard_webhooks_sends_a_score_that_the_library_verifies(lms: Lms) -> None:
    gradebook = gradebooks((lms.place,))["standard-webhooks"]
    sent = gradebook.send(passback(lms.url, '{"student": "Zoë"}'), source_of("standard-webhooks"))
    assert sent == Delivery(sent=True)
    ((request, headers, body),) = lms.seen
    assert request == "POST /scores"
    assert headers["webhook-id"] == "0190-passback"
    assert headers["content-type"] == "application/json"
    assert Webhook(SECRET).verify(body, headers) == {"student": "Zoë"}


def test_the_console_writes_the_score_to_the_log(lms: Lms) -> None:
    with capture_logs() as logs:
        sent = gradebooks()["console"].send(passback(lms.url), source_of("console"))
    assert sent == Delivery(sent=True)
    assert [(entry["event"], entry["payload"]) for entry in logs] == [("score", '{"points": 71.5}')]
    assert lms.seen == []


@pytest.mark.parametrize(
    ("script", "sent", "final", "wait"),
    [
        (answer(204), True, False, None),
        (answer(200, bytes(100_000)), True, False, None),
        (endless, True, False, None),
        (answer(302, Location="/elsewhere"), False, False, None),
        (answer(400), False, False, None),
        (answer(410), False, True, None),
        (answer(500, Retry_After="60"), False, False, None),
        (answer(429, Retry_After="60"), False, False, timedelta(seconds=60)),
        (answer(503, Retry_After="9" * 30), False, False, timedelta(days=1)),
        (answer(503, Retry_After="9" * 5_000), False, False, None),
        (answer(502, Retry_After="soon"), False, False, None),
        (answer(504, Retry_After="-5"), False, False, None),
        (answer(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"), False, False, timedelta()),
        (lambda request: request.wfile.write(b"\x00\xff\r\n\r\n"), False, False, None),
        (lambda request: None, False, False, None),
    ],
)
def test_how_a_delivery_ends(
    lms: Lms, script: Script, sent: bool, final: bool, wait: timedelta | None
) -> None:
    lms.script = script
    gradebook = gradebooks((lms.place,))["standard-webhooks"]
    outcome = gradebook.send(passback(lms.url), source_of("standard-webhooks"))
    assert (outcome.sent, outcome.final, outcome.retry_after) == (sent, final, wait)
    assert bool(outcome.error) is not sent
    assert len(lms.seen) == 1


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_ä", "whsec_abcde"])
def test_a_secret_that_cannot_sign_is_an_outcome(lms: Lms, secret: str) -> None:
    gradebook = gradebooks((lms.place,))["standard-webhooks"]
    outcome = gradebook.send(passback(lms.url), source_of("standard-webhooks", secret=secret))
    assert not outcome.sent and outcome.error
    assert lms.seen == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://localhost/", "nonsense", ""])
def test_a_score_goes_to_no_private_address(url: str) -> None:
    outcome = gradebooks()["standard-webhooks"].send(passback(url), source_of("standard-webhooks"))
    assert not outcome.sent and not outcome.final and outcome.error


# Signatures


def test_the_vector_of_the_specification() -> None:
    headers = sign(
        SECRET,
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1_614_265_330, UTC),
        '{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_a_clock_in_another_zone_signs_the_same() -> None:
    now = datetime.now(UTC)
    abroad = now.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert sign(SECRET, "msg_1", abroad, "{}") == sign(SECRET, "msg_1", now, "{}")


BODY = event()


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-id": "\ud800"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "1e400"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,a,b"},
        {"webhook-signature": "v1,!"},
        {"webhook-signature": "v1,ü"},
        {"webhook-signature": "v1a,AAAA"},
    ],
)
def test_what_does_not_verify_is_a_bad_signature(changes: dict[str, str]) -> None:
    headers = {**signed(BODY), **changes}
    with pytest.raises(BadSignature):
        inbounds()["standard-webhooks"].read(headers, BODY, source_of("standard-webhooks"))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_time_too_far_off_is_a_bad_signature(minutes: int) -> None:
    headers = signed(BODY, datetime.now(UTC) + timedelta(minutes=minutes))
    with pytest.raises(BadSignature):
        inbounds()["standard-webhooks"].read(headers, BODY, source_of("standard-webhooks"))


@pytest.mark.parametrize("headers", [{}, {"webhook-id": "msg_1"}])
def test_an_event_without_a_signature_is_a_bad_signature(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        inbounds()["standard-webhooks"].read(headers, BODY, source_of("standard-webhooks"))


def test_a_signature_for_other_bytes_is_a_bad_signature() -> None:
    webhooks = inbounds()["standard-webhooks"]
    with pytest.raises(BadSignature):
        webhooks.read(signed(BODY), BODY + b" ", source_of("standard-webhooks"))


def test_bytes_that_are_not_text_are_a_bad_signature() -> None:
    with pytest.raises(BadSignature):
        inbounds()["standard-webhooks"].read(
            signed(BODY), b"\xff\xfe", source_of("standard-webhooks")
        )


@given(signature=st.text(), stamp=st.text(), body=st.binary(max_size=64))
def test_no_input_breaks_verification(signature: str, stamp: str, body: bytes) -> None:
    headers = {"webhook-id": "m", "webhook-timestamp": stamp, "webhook-signature": signature}
    with pytest.raises(BadSignature):
        inbounds()["standard-webhooks"].read(headers, body, source_of("standard-webhooks"))


def test_the_second_of_two_signatures_may_be_ours() -> None:
    headers = signed(BODY)
    both = f"v1,{base64.b64encode(bytes(32)).decode()} {headers['webhook-signature']}"
    webhooks = inbounds()["standard-webhooks"]
    read = webhooks.read(
        {**headers, "webhook-signature": both}, BODY, source_of("standard-webhooks")
    )
    assert read.data == ZIP


def test_the_console_reads_nothing_for_a_signed_source() -> None:
    with pytest.raises(BadSignature):
        inbounds()["console"].read({}, BODY, source_of("standard-webhooks"))


# The guard of all outgoing requests


def test_a_public_name_that_leads_home_is_refused() -> None:
    guard = Outgoing(resolve=lambda host, port: ("127.0.0.1",))
    with pytest.raises(UrlRefused, match="not a public address"):
        guard.get("https://lms.example.edu/", ["lms.example.edu"], 10)


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    guard = Outgoing(resolve=lambda host, port: ("8.8.8.8", "10.0.0.1"))
    with pytest.raises(UrlRefused):
        guard.post("https://lms.example.edu/", {}, b"")


def test_the_name_is_looked_up_once_and_the_request_goes_there(lms: Lms) -> None:
    lookups: list[str] = []

    def changing(host: str, port: int) -> tuple[str, ...]:
        lookups.append(host)
        return ("127.0.0.1",) if len(lookups) == 1 else ("192.0.2.1",)

    guard = Outgoing(open_hosts=["lms.test"], resolve=changing)
    assert guard.post(f"http://lms.test:{lms.port}/in", {}, b"{}").status == 200
    assert lookups == ["lms.test"]
    assert lms.seen[0][1]["host"] == f"lms.test:{lms.port}"


def test_an_address_that_does_not_answer_is_passed_over(lms: Lms) -> None:
    guard = Outgoing(open_hosts=["lms.test"], resolve=lambda host, port: ("127.0.0.9", "127.0.0.1"))
    assert guard.post(f"http://lms.test:{lms.port}/", {}, b"{}").status == 200


@pytest.mark.parametrize("script", [dripping, dripping_headers, never_final])
def test_a_peer_that_drips_runs_out_of_time(lms: Lms, script: Script) -> None:
    lms.script = script
    guard = Outgoing(open_hosts=[lms.place], seconds=0.3)
    with pytest.raises(Unreachable):
        guard.get(lms.url, [lms.place], 2_000_000)


def own_tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(PEM))


def test_https_goes_to_the_settled_address_under_the_host_s_own_name() -> None:
    with Lms(tls=True).running() as secure:
        guard = Outgoing(["lms.test"], resolve=lambda host, port: ("127.0.0.1",), tls=own_tls)
        assert guard.post(f"https://lms.test:{secure.port}/", {}, b"{}").status == 200
        assert secure.called == ["lms.test"]
        assert secure.seen[0][1]["host"] == f"lms.test:{secure.port}"


def test_an_archive_is_fetched_over_https_from_the_address_that_was_looked_up() -> None:
    lookups = iter([("127.0.0.1",), ("192.0.2.1",)])
    with Lms(tls=True).running() as secure:
        secure.script = answer(200, ZIP)
        place = f"lms.test:{secure.port}"
        guard = Outgoing(["lms.test"], resolve=lambda host, port: next(lookups), tls=own_tls)
        webhooks = StandardWebhooksInbound(guard)
        fetched = webhooks.fetch(
            f"https://{place}/1.zip", source_of("standard-webhooks", place), 100
        )
        assert (fetched, secure.called, next(lookups)) == (ZIP, ["lms.test"], ("192.0.2.1",))


def test_a_name_that_changes_its_answer_gains_nothing() -> None:
    answers = iter([("8.8.8.8",), ("127.0.0.1",), ("8.8.8.8", "::1")])
    guard = Outgoing(resolve=lambda host, port: next(answers))
    url = "https://rebind.example.edu/"
    assert guard.target(url).addresses == ("8.8.8.8",), "these are all that is connected to"
    for _ in range(2):
        with pytest.raises(UrlRefused, match="not a public address"):
            guard.target(url)


@pytest.mark.parametrize(
    ("listed", "url", "allowed"),
    [
        ("files.example.edu", "https://files.example.edu/", True),
        ("files.example.edu", "https://files.example.edu:443/", True),
        ("Files.Example.EDU", "https://FILES.example.edu/", True),
        ("files.example.edu", "https://files.example.edu:8443/", False),
        ("files.example.edu", "https://files.example.edu:22/", False),
        ("files.example.edu:8443", "https://files.example.edu:8443/", True),
        ("files.example.edu:8443", "https://files.example.edu/", False),
        ("files.example.edu", "https://files.example.edu./", False),
        ("files.example.edu", "https://files.example.edu.evil.example/", False),
        ("xn--fsqu00a.example", "https://\u4f8b\u5b50.example/", True),
        ("\u4f8b\u5b50.example", "https://\u4f8b\u5b50.example/", False),
    ],
)
def test_a_host_is_allowed_by_its_name_and_port(listed: str, url: str, allowed: bool) -> None:
    guard = Outgoing(resolve=lambda host, port: ("8.8.8.8",))
    if allowed:
        assert guard.target(url, [listed]).addresses == ("8.8.8.8",)
    else:
        with pytest.raises(UrlRefused, match="allowed hosts"):
            guard.target(url, [listed])


def test_a_look_up_that_never_ends_is_left_behind() -> None:
    ended = Event()

    def slow(host: str, port: int) -> tuple[str, ...]:
        ended.wait(60)
        return ("8.8.8.8",)

    guard = Outgoing(resolve=slow, seconds=0.2)
    with pytest.raises(Unreachable, match="in time"):
        guard.get("https://lms.example.edu/", ["lms.example.edu"], 10)
    ended.set()


def test_a_certificate_for_another_name_is_refused() -> None:
    with Lms(tls=True).running() as secure:
        guard = Outgoing(["other.test"], resolve=lambda host, port: ("127.0.0.1",), tls=own_tls)
        with pytest.raises(Unreachable, match="(?i)certificate"):
            guard.post(f"https://other.test:{secure.port}/", {}, b"{}")
        assert secure.seen == []


def test_the_public_web_s_certificates_do_not_cover_a_stranger() -> None:
    with Lms(tls=True).running() as secure:
        guard = Outgoing(["lms.test"], resolve=lambda host, port: ("127.0.0.1",))
        with pytest.raises(Unreachable, match="(?i)certificate"):
            guard.post(f"https://lms.test:{secure.port}/", {}, b"{}")


def test_a_name_that_nobody_knows_may_be_tried_again() -> None:
    with pytest.raises(Unreachable):
        Outgoing().post("https://nobody.invalid/", {}, b"")


def test_the_connector_takes_its_time_limit_from_the_guard(lms: Lms) -> None:
    lms.script = dripping_headers
    gradebook = StandardWebhooksGradebook(Outgoing([lms.place], seconds=0.3))
    outcome = gradebook.send(passback(lms.url), source_of("standard-webhooks"))
    assert not outcome.sent and not outcome.final


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("192.88.99.1", "192.0.0.8", "198.18.0.1", "ff0e::1", "2002:808:808::1", "100::1"),
        *("::ffff:0:7f00:1", "::1.2.3.4", "0.1.2.3"),
        *("100.64.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1%eth0", "fec0::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1"),
        *("::7f00:1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:db8::1"),
        *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "nonsense", ""),
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)
