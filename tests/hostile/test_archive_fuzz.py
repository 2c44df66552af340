"""Mutated archives, any bytes and any names are refused with a code or read soundly."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.domain.errors import BadArchive
from grader.engine.intake import read_upload
from tests.hostile.archive_oracle import accepted_or_refused
from tests.hostile.archive_seeds import KINDS, REPAIR, Mutation, mutate, seeds
from tests.hostile.zip_bytes import named

SEEDS = seeds()
#: Integers, often at the ends of the ranges of a zip archive's fields.
VALUES = st.one_of(
    st.integers(0, 2**64 - 1),
    st.sampled_from([0, 1, 8, 0x0800, 0xFFFF, 0xFFFFFFFF, 2**31, 2**62]),
    st.integers(0, 99),
)
HARMS = st.builds(
    Mutation,
    st.sampled_from(KINDS),
    st.integers(0, 4_095),
    st.integers(0, 200),
    VALUES,
    st.binary(max_size=12),
)


@settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(SEEDS),
    st.lists(HARMS, min_size=1, max_size=4),
    st.sampled_from(SEEDS),
    st.booleans(),
)
def test_mutated_archives_end_in_a_refusal_or_a_submission(
    data: bytes, mutations: list[Mutation], other: bytes, mended: bool
) -> None:
    for mutation in [*mutations, *([REPAIR] if mended else [])]:
        data = mutate(data, mutation, other)
    accepted_or_refused(data)


def test_every_flipped_bit_of_an_archive_ends_in_a_refusal_or_a_submission() -> None:
    data = named(b"main.py", b"notes.txt")
    for at in range(len(data)):
        for bit in range(8):
            accepted_or_refused(mutate(data, Mutation("flip", at, 1, bit, b""), b""))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b"]),
    st.binary(max_size=300),
    st.text(max_size=30),
)
def test_any_bytes_under_any_name(magic: bytes, rest: bytes, filename: str) -> None:
    accepted_or_refused(magic + rest, filename)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_name_is_kept_as_it_is_or_refused(name: str) -> None:
    raw = name.encode("utf-8", "surrogatepass") + b".py"
    try:
        kept = read_upload(named(raw, flags=0x800)).files
    except BadArchive:
        return
    assert [file.path for file in kept] == [(name.replace("\\", "/") + ".py").removeprefix("./")]
