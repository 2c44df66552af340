"""Verdicts and findings for real files equal those of the tools' own command lines."""

from __future__ import annotations

import ast
import functools
import re
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from radon.complexity import add_inner_blocks, cc_visit_ast
from radon.metrics import h_visit_ast, mi_compute
from radon.raw import analyze
from radon.visitors import ComplexityVisitor, Function

from grader.analysis.tools.options import BESIDE_BLACK, StyleOptions
from grader.analysis.tools.radon_complexity import MODULE, blocks, total_complexity
from grader.analysis.tools.radon_raw import raw_counts
from grader.checks.catalog import CATALOG
from grader.checks.style.guidance import GUIDANCE_BY_CODE
from grader.domain.inspection import Inspection, State
from grader.domain.source import SourceFile

#: Options of the check ``style`` in this comparison. Codes of flake8's plugins (``B``, ``N``) are
#: ignored, because the check never calls plugins that may be installed.
STYLE = {
    "max_complexity": 5,
    "max_line_length": 88,
    "extend_ignore": [*BESIDE_BLACK, "B", "N"],
}
FOLDERS = ("", "pkg/", "space/inner/")
#: Every reason for which a file may be left out of the comparison.
REASONS = (
    "not UTF-8",
    "does not compile: ",
    "declares an encoding other than UTF-8",
    "no statements: nothing to judge",
)


@dataclass(frozen=True)
class Laid:
    """The corpus as submissions on disk: root folder -> its files, with relative paths."""

    place: Path
    roots: dict[Path, list[SourceFile]]

    def each(self) -> Iterator[tuple[str, SourceFile]]:
        for root, files in self.roots.items():
            for file in files:
                yield str(root / file.path), file


def variants(files: Sequence[SourceFile]) -> list[SourceFile]:
    """Return ``files`` with other newlines, a byte order mark, tabs or directives, or as stubs."""
    made = []
    for at, file in enumerate(files):
        data = file.data.replace(b"\r\n", b"\n")
        changed = [
            data.replace(b"\n", b"\r\n"),
            data.replace(b"\n", b"\r"),
            b"\xef\xbb\xbf" + data,
            data.rstrip(b"\n"),
            data.replace(b"\n", b"\r\n", 3),
            data.replace(b"    ", b"\t"),
            b"# fmt: off\n" + data + b"\n# isort:" b"skip_file\n",
            data.replace(b"\n", b"  # noqa\n", 1),
            data,
        ][at % 9]
        made.append(SourceFile(f"variant_{at}.py" + "i" * (at % 9 == 8), changed))
    return made


@pytest.fixture(scope="session")
def laid(corpus: Any, tmp_path_factory: pytest.TempPathFactory) -> Laid:
    """Write every file, with neutralised text, into a submission in which its name is free."""
    place = tmp_path_factory.mktemp("parity")
    roots: dict[Path, list[SourceFile]] = {}
    taken: set[str] = set()
    for file in [*corpus.files, *compiling(variants(corpus.files[:96]))]:
        at, path = free_place(file.path, taken)
        taken.add(f"{at}/{path}")
        moved = SourceFile(path, file.data)
        target = place / f"submission {at}" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        mark = b"\xef\xbb\xbf" if file.has_bom else b""
        target.write_bytes(mark + moved.raw_text.encode())
        roots.setdefault(place / f"submission {at}", []).append(moved)
    return Laid(place, roots)


def free_place(name: str, taken: set[str]) -> tuple[int, str]:
    """Return (number of a submission, path in it) under which a file called ``name`` is free."""
    stem = name.removesuffix(".py")
    names = [name] if name == "__init__.py" else [name, *(f"{stem}_{at}.py" for at in range(99))]
    return next(
        (at, folder + free)
        for free in names
        for at in range(4)
        for folder in FOLDERS
        if f"{at}/{folder}{free}" not in taken
    )


def compiling(files: list[SourceFile]) -> Iterator[SourceFile]:
    for file in files:
        try:
            compile(file.data, file.path, "exec", dont_inherit=True)
        except SyntaxError:
            continue
        yield file


def start(place: Path, *arguments: str) -> Callable[[], str]:
    """Start a tool in the folder ``place``; return a function that waits for its output."""
    log = tempfile.TemporaryFile()
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", *arguments],
        cwd=place,
        env={"PATH": "/usr/bin:/bin", "HOME": str(place)},
        stdout=log,
        stderr=log,
    )

    def said() -> str:
        process.wait()
        log.seek(0)
        with log:
            text = log.read().decode()
        assert "Traceback (most recent call last)" not in text, text[-2_000:]
        return text

    return functools.cache(said)


def inspect(
    check: str, file: SourceFile, files: Sequence[SourceFile], **options: Any
) -> Inspection:
    chosen = CATALOG[check]
    outline = tuple((other.path, "") for other in files)
    made = chosen.options.model_validate(options)
    return chosen.inspect(file, made, chosen.context(file.path, outline))


def test_the_corpus_is_large_and_says_what_it_left_out(corpus: Any) -> None:
    for path, reason in sorted(corpus.refused.items()):
        print(f"left out: {path}: {reason}")
    assert len(corpus.files) >= 1_000
    assert all(reason.startswith(REASONS) for reason in corpus.refused.values())


def test_black(laid: Laid) -> None:
    config = laid.place / "black.toml"
    config.write_text("[tool.black]\nline-length = 88\n")
    paths = [path for path, _ in laid.each()]
    said = start(laid.place, "black", "--check", "--no-cache", "--config", str(config), *paths)
    ours = {
        path
        for path, file in laid.each()
        if inspect("formatting", file, (), show_fix=False).facts.counts["files_to_reformat"]
    }
    assert "error: cannot format" not in said()
    theirs = set(re.findall(r"^would reformat (.*)$", said(), re.MULTILINE))
    assert 200 < len(theirs) < len(paths)
    assert ours == theirs


def test_isort(laid: Laid) -> None:
    theirs, ours = set(), set()
    for root, files in laid.roots.items():
        theirs |= isort_complaints(root, files)
        for file in files:
            found = inspect("import_order", file, files, show_fix=False)
            ours |= {str(root / file.path) for one in found.findings if one.code == "isort"}
    assert len(theirs) > 80
    assert ours == theirs


def isort_complaints(root: Path, files: Sequence[SourceFile]) -> set[str]:
    """Return the paths of ``files`` about which the printed command complains in ``root``."""
    chosen = CATALOG["import_order"]
    assert chosen.command is not None
    paths = tuple(file.path for file in files)
    command = shlex.split(chosen.command(chosen.options(), paths))
    said = start(root, *command, *paths)()
    return set(re.findall(r"^ERROR: (.*) Imports are incorrectly", said, re.MULTILINE))


def test_flake8_finding_by_finding(laid: Laid) -> None:
    arguments = StyleOptions.model_validate(STYLE).arguments()
    paths = [path for path, _ in laid.each()]
    said = start(laid.place, "flake8", "--isolated", "--disable-noqa", "-j2", *arguments, *paths)
    ours: Counter[tuple[str, ...]] = Counter()
    merged = 0
    for path, file in laid.each():
        found = inspect("style", file, (), **STYLE)
        merged += found.facts.counts.get("uses_of_star_imports", 0)
        for finding in found.findings:
            at = (str(finding.line), str(finding.column))
            # A star import also names its uses, for which flake8 prints lines of their own.
            message = finding.message.partition(" (used in this file: ")[0]
            ours[(path, *at, finding.code, message)] += 1
    line = re.compile(r"^(.*?):(\d+):(\d+): ([A-Z]+\d+) (.*)$", re.MULTILINE)
    complaints = line.findall(said())
    assert said().count("\n") == len(complaints) > 1_500
    uses = [one for one in complaints if one[3] == "F405"]
    assert ours == Counter(complaints) - Counter(uses)
    assert merged == len(uses) > 0


def test_common_codes_have_words(laid: Laid) -> None:
    """Every code found in real files has guidance of its own, not only that of the check."""
    check = CATALOG["style"]
    codes = {
        finding.code
        for _, file in laid.each()
        if file.path.startswith("variant") or len(file.data) > 1_800
        for finding in inspect("style", file, (), **STYLE).findings
    }
    assert len(codes) > 25
    assert [
        code for code in codes if check.guidance_for(code) not in GUIDANCE_BY_CODE.values()
    ] == []


def longest_statement(tree: ast.Module) -> int:
    spans = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    return max(((node.end_lineno or 0) - node.lineno for node in spans), default=0)


@pytest.mark.usefixtures("joining_radon")
def test_raw_counts_equal_radons(laid: Laid) -> None:
    compared = 0
    for path, file in laid.each():
        # Only short ones, because radon's own count takes minutes on long statements.
        if longest_statement(file.tree) > 150:
            continue
        try:
            theirs, ours = analyze(file.text), raw_counts(file)
        except SyntaxError:
            print(f"left out: {path}: radon itself fails on it")
            continue
        assert {name: getattr(ours, name) for name in theirs._fields} == theirs._asdict(), path
        compared += 1
    assert compared > 1_000


def functions_radon_leaves_out(tree: ast.Module) -> set[int]:
    """Return the lines of functions in classes inside functions, which radon never visits."""
    lines: set[int] = set()
    waiting: list[tuple[ast.AST, bool, bool]] = [(tree, False, False)]
    while waiting:
        node, in_function, lost = waiting.pop()
        if lost and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines.add(node.lineno)
        lost = lost or (in_function and isinstance(node, ast.ClassDef))
        in_function = in_function or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        waiting += [(child, in_function, lost) for child in ast.iter_child_nodes(node)]
    return lines


def test_complexity_equals_radons(laid: Laid) -> None:
    """Except for code outside functions, and functions of a class inside a function."""
    added = 0
    for path, file in laid.each():
        visited = add_inner_blocks(cc_visit_ast(file.tree))
        theirs = Counter(
            (block.lineno, block.complexity) for block in visited if isinstance(block, Function)
        )
        lost = functions_radon_leaves_out(file.tree)
        classes = {node.lineno for node in ast.walk(file.tree) if isinstance(node, ast.ClassDef)}
        ours = Counter(
            (block.line, block.complexity)
            for block in blocks(file)
            if block.name != MODULE and block.line not in lost | classes
        )
        assert ours == theirs, path
        module = next(block for block in blocks(file) if block.name == MODULE)
        assert module.complexity == ComplexityVisitor.from_ast(file.tree).complexity
        added += len(lost)
    assert added > 0


def test_index_equals_radons_without_comments(laid: Laid) -> None:
    """For files without inner functions and classes, whose decisions radon's formula ignores."""
    compared = 0
    for path, file in laid.each():
        whole = ComplexityVisitor.from_ast(file.tree).total_complexity
        if whole != total_complexity(file):
            continue
        volume = h_visit_ast(file.tree).total.volume
        theirs = mi_compute(volume, whole, raw_counts(file).lloc, 0)
        ours = inspect("maintainability", file, ()).facts.minima["index"]
        assert ours == round(theirs * 100), path
        compared += 1
    assert compared > 800


def test_patches_apply_and_content_both_tools(laid: Laid) -> None:
    sample = patched_sample(laid, 60)
    named = [path for path, found in sample.items() if len(found.findings) > 1]
    patch = laid.place / "all.patch"
    text = "".join(
        f"--- a/{path}\n+++ b/{path}\n{found.findings[0].hunk}" for path, found in sample.items()
    )
    patch.write_bytes(text.encode())
    done = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", str(patch)],
        cwd=laid.place,
        env={"PATH": "/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": "/"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    agreed = [str(laid.place / path) for path in sample if path not in named]
    assert len(agreed) >= 55, named
    config = laid.place / "black-after.toml"
    config.write_text("[tool.black]\nline-length = 88\n")
    said = start(laid.place, "black", "--check", "--no-cache", "--config", str(config), *agreed)()
    assert "would reformat" not in said
    check_isort_content(laid, agreed)


def patched_sample(laid: Laid, wanted: int) -> dict[str, Inspection]:
    """Return ``wanted`` inspections with a patch by the check ``mend``, by file; variants first."""
    mends: dict[str, dict[str, object]] = {"formatting": {}, "import_order": {}}
    sample: dict[str, Inspection] = {}
    for root, files in laid.roots.items():
        for file in sorted(files, key=lambda item: "variant" not in item.path):
            # Files with neutralised text are skipped: a patch is about the student's own text.
            if len(sample) == wanted or file.stand_in:
                continue
            found = inspect("mend", file, files, **mends)
            if found.state is State.OK and found.findings[0].code == "patch":
                sample[f"{root.name}/{file.path}"] = found
    return sample


def check_isort_content(laid: Laid, paths: list[str]) -> None:
    for root, files in laid.roots.items():
        chosen = [file for file in files if str(root / file.path) in paths]
        if chosen:
            assert isort_complaints(root, chosen) == set()
