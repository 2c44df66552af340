"""Hostile rubrics: bombs, slow patterns, endless files, binary data."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from grader.__main__ import main
from grader.checks.catalog import CATALOG
from grader.domain.errors import BadRubric
from grader.domain.rubric.globs import matches
from grader.engine.rubric_text import MAX_BYTES, read_rubric_text
from grader.engine.rubric_text.lint import lint_rubric

ALIASES = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {k: v}\n" + "".join(
    f"{name}: &{name} {{<<: [*{before}, *{before}]}}\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
#: Name -> (text of a rubric, a part of its error message).
BOMBS = {
    "aliases": (ALIASES, "anchors"),
    "merge keys": (MERGES, "anchors"),
    "a merge key alone": ("a: {<<: {b: 1}}", "merge keys"),
    "an alias of nothing": ("a: *b", "aliases"),
    "lists in lists": ("a: " + "[" * 2_000, "deeper than 20"),
    "mappings in mappings": ("{a: " * 2_000, "deeper than 20"),
    "items in items": ("- " * 30_000, "deeper than 20"),
    "keys in keys": ("? " * 30_000, "a key is one word"),
    "a scalar of 10 MB": ("title: " + "x" * 10_000_000, "64 kB"),
    "a number of a million digits": ("total: " + "9" * 1_000_000, "64 kB"),
    "a number of 60,000 digits": ("total: " + "9" * 60_000, "30 digits"),
    "a number with a great exponent": ("total: 1e999999999", "30 digits"),
    "a number in base 60": ("total: 1:2:3", "total"),
    "a python object": ("a: !!python/object/apply:os.system [id]", "tags"),
    "many documents": ("---\n" * 16_000, "one document"),
    "one key many times": ("a: 1\n" * 13_000, "twice"),
    "many unknown keys": ("".join(f"k{n}: 1\n" for n in range(7_000)), "unknown key"),
    "many unknown options": (
        "criteria: {a: {check: style, options: {"
        + ", ".join(f"max{n}: 1" for n in range(5_000))
        + "}}}",
        "no such option",
    ),
    "many criteria": (
        "criteria:\n" + "".join(f"  a{n}: {{check: stlye}}\n" for n in range(2_500)),
        "style",
    ),
    "many anchors": ("- &a 1\n" * 9_000, "anchors"),
    "many merge keys": ("<<: 1\n" * 10_000, "merge keys"),
    "many aliases": ("- *a\n" * 13_000, "aliases"),
    "many mistakes on one line": ("{" + "a: *c, " * 9_000 + "}", "aliases"),
    "empty lines": ("\n" * 65_000, "mapping"),
    "escapes": ('"' + "\\x41" * 16_000 + '"', "mapping"),
}
#: The limits of time and memory for a read, far above what a read needs. Chosen by hand.
SECONDS, BYTES = 60, 64_000_000


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_a_mistake_with_its_position(name: str) -> None:
    text, said = BOMBS[name]
    tracemalloc.start()
    began = time.monotonic()
    try:
        with pytest.raises(BadRubric) as caught:
            read_rubric_text(text, CATALOG)
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()
    assert time.monotonic() - began < SECONDS
    assert any(said in str(one) for one in caught.value.problems)
    assert len(caught.value.problems) <= 50
    assert all(len(one.excerpt) <= 205 for one in caught.value.problems)


@pytest.mark.parametrize("key", ["files", "exclude"])
def test_patterns_are_few_and_short(key: str) -> None:
    def mistakes(patterns: list[str]) -> str:
        text = f"criteria: {{a: {{{key}: {patterns}}}}}"
        with pytest.raises(BadRubric) as caught:
            read_rubric_text(text, CATALOG)
        return "; ".join(str(one) for one in caught.value.problems if key in one.path)

    assert mistakes(["*"] * 100) == ""
    assert mistakes(["*"] * 101)
    assert mistakes(["*" * 200]) == ""
    assert mistakes(["*" * 201])


@pytest.mark.parametrize("pattern", ["*", "**/", "/src", "[a-z]*"])
def test_advice_on_many_patterns_is_short(pattern: str) -> None:
    def patterns(key: str) -> str:
        return f"{key}: [{', '.join(repr(f'{pattern}{n}*') for n in range(40))}, '**']"

    row = "title: t, points: 1, check: style, scale: {measure: errors, full_at: 0, zero_at: 1}"
    criteria = "".join(
        f"  a{n}: {{{row}, {patterns('files')}, {patterns('exclude')}}}\n" for n in range(50)
    )
    text = f"exercise: a\ncourse: b\ntitle: c\ntotal: 50\ncriteria:\n{criteria}"
    assert len(text) <= MAX_BYTES
    linted = lint_rubric(text, CATALOG)
    assert linted.mistakes == () and 0 < len(linted.advice) <= 50
    assert linted.more > 0 or pattern != "/src"


#: Parts of patterns on which simple matchers take exponential time.
GREEDY = st.lists(st.sampled_from(["*", "**", "?", "[!b]", "[a-z]", "*a", "a", "/"]), max_size=100)


@given(GREEDY)
def test_no_pattern_takes_long(parts: list[str]) -> None:
    pattern = "".join(parts)[:200]
    began = time.monotonic()
    for path in ("a" * 255, "a/" * 16 + "a" * 100, "a" * 254 + "b"):
        matches(path, pattern)
    assert time.monotonic() - began < SECONDS


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result
    return result


def test_the_command_line_reads_at_most_the_limit(tmp_path: Path) -> None:
    long = tmp_path / "long.yaml"
    long.write_bytes(b"#" * (MAX_BYTES + 1))
    work = tmp_path / "a.py"
    work.write_text("x = 1\n")
    for file in (long, Path("/dev/zero")):
        for words in (("rubric", "lint", file), ("check", work, "--rubric", file)):
            result = run(*words)
            assert result.exit_code == 2
            assert "64 kB" in result.stderr and "invalid-rubric" in result.stderr


def test_the_command_line_reports_the_line_that_is_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "latin.yaml"
    file.write_bytes("exercise: a\ntitle: M\xfcller\n".encode("latin-1"))
    result = run("rubric", "lint", file)
    assert result.exit_code == 2
    assert "line 2, column 1: this is not UTF-8 text" in result.stderr
