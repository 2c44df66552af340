"""Fuzz the intake with coverage: ``make fuzz``, for ten minutes unless FUZZ_SECONDS is set.

The seeds are the archives of the tests. An upload that breaks the intake is stored below var/fuzz.
Add it to a table in tests/hostile, with the code by which it should have been refused.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["grader.engine", "grader.domain.source"]):
    from tests.hostile.archive_oracle import accepted_or_refused
    from tests.hostile.archive_seeds import KINDS, REPAIR, Mutation, mutate, seeds

PLACE = Path("var/fuzz")
SEEDS = seeds()
FIELD_ENDS = (0, 1, 8, 0x0800, 0xFFFF, 0xFFFFFFFF, 2**31, 2**62)


def one_upload(data: bytes) -> None:
    """Read ``data`` as an upload; libFuzzer ends the run if this raises an error."""
    accepted_or_refused(data)


def changed(data: bytes, most: int, seed: int) -> bytes:
    """Return ``data`` after mutations of archive fields (70 %) or of libFuzzer; ``most`` bytes."""
    source = random.Random(seed)
    if source.random() < 0.3:
        return bytes(atheris.Mutate(data, most))
    for _ in range(source.randint(1, 3)):
        value = source.choice((*FIELD_ENDS, source.getrandbits(64), source.randrange(100)))
        places = (source.randrange(5_000), source.randrange(200))
        mutation = Mutation(
            source.choice(KINDS), *places, value, source.randbytes(source.randrange(12))
        )
        data = mutate(data, mutation, source.choice(SEEDS))
    return (mutate(data, REPAIR, b"") if source.random() < 0.6 else data)[:most]


def main() -> None:
    """Run until the time is over, or until an upload breaks the intake."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    for folder in ("seeds", "corpus", "broken"):
        (PLACE / folder).mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(SEEDS):
        (PLACE / "seeds" / f"{number:03}.zip").write_bytes(data)
    options = (
        f"-max_total_time={seconds}",
        "-max_len=8192",
        "-timeout=60",
        "-rss_limit_mb=1024",
        f"-artifact_prefix={PLACE / 'broken'}/",
        "-print_final_stats=1",
        str(PLACE / "corpus"),
        str(PLACE / "seeds"),
    )
    atheris.Setup([sys.argv[0], *options], one_upload, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
