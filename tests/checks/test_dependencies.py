"""The check ``dependencies``: the packages that a project declares, in every form."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from grader.checks.catalog import CATALOG
from grader.checks.dependencies import CHECK
from grader.domain.inspection import Facts, Inspection, State
from grader.domain.source import SourceFile


def looked_at(files: Mapping[str, str], *required: str) -> dict[str, Inspection]:
    """Return the combined inspections of a project's files; ``required`` is an option."""
    options = CHECK.options.model_validate({"required": required} if required else {})
    alone = {
        path: CHECK.inspect(SourceFile(path, text.encode()), options, ())
        for path, text in sorted(files.items())
    }
    readable = {path: one for path, one in alone.items() if one.state is State.OK}
    assert CHECK.combine is not None
    return alone | dict(CHECK.combine(readable, options))


def value(name: str, files: Mapping[str, str], *required: str) -> int | None:
    found = looked_at(files, *required)
    measure = CHECK.measure(name)
    assert measure is not None
    number = measure.value(Facts.merge(one.facts for one in found.values()), None)
    return None if number is None else int(number)


def told(files: Mapping[str, str], *required: str) -> list[tuple[str, str, int]]:
    """Return (path, code, line) of every finding."""
    return [
        (path, finding.code, finding.line)
        for path, one in looked_at(files, *required).items()
        for finding in one.findings
    ]


FORMS = {
    "PEP 621": '[project]\ndependencies = ["Flake8>=7", "black[jupyter] (>=24,<27)", "isort"]\n',
    "extras": '[project.optional-dependencies]\ndev = ["flake8", "black"]\nsort = ["isort"]\n',
    "PEP 735": (
        "[dependency-groups]\n"
        'lint = ["flake8", "black", {include-group = "sort"}]\nsort = ["isort~=5.0"]\n'
    ),
    "Poetry": (
        '[tool.poetry.dependencies]\npython = "^3.11"\nflake8 = "*"\nisort = {version = "5"}\n'
        'black = [{version = "24", python = "3.11"}]\n'
    ),
    "groups of Poetry": (
        '[tool.poetry.group.dev.dependencies]\nflake8 = "*"\nblack = "*"\n'
        "[tool.poetry.group.more]\noptional = true\n[tool.poetry.group.more.dependencies]\n"
        'isort = "*"\n'
    ),
    "older Poetry": '[tool.poetry.dev-dependencies]\nflake8 = "*"\nblack = "*"\nisort = "*"\n',
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_pyproject_is_read(form: str) -> None:
    files = {"pyproject.toml": FORMS[form]}
    assert (value("missing", files), value("named", files)) == (0, 3)
    assert value("declared", files) == 3
    assert told(files) == []


REQUIREMENTS = """# what the project needs
-r other.txt
--index-url https://example.org/simple
flake8==7.1.1 \\
    --hash=sha256:0123456789abcdef \\
    --hash=sha256:fedcba9876543210
Black >= 24 ; python_version >= "3.11"  # the formatter
isort @ https://example.org/isort.whl

git+https://example.org/tools.git#egg=tools
./local/package
-e .
"""


def test_requirements_are_read_as_pip_reads_them() -> None:
    files = {"requirements-dev.txt": REQUIREMENTS}
    assert (value("missing", files), value("declared", files)) == (0, 3)
    assert told(files) == []


def test_names_are_compared_as_an_index_compares_them() -> None:
    files = {"requirements.txt": "Typing.Extensions\nscikit_learn\n"}
    assert value("missing", files, "typing-extensions", "scikit-learn", "Scikit.Learn") == 0
    assert value("named", files, "typing-extensions", "scikit-learn", "Scikit.Learn") == 2


def test_a_package_may_stand_in_any_file_and_counts_once() -> None:
    files = {
        "pyproject.toml": '[project]\ndependencies = ["black"]\n',
        "requirements.txt": "black\nflake8\n",
    }
    assert (value("named", files), value("missing", files)) == (2, 1)
    assert told(files) == [("pyproject.toml", "missing-package", 1)]
    message = looked_at(files)["pyproject.toml"].findings[0].message
    assert message == "`isort` is not named in `pyproject.toml` or `requirements.txt`"


def test_what_is_missing_is_told_by_name() -> None:
    found = looked_at({"requirements.txt": "black\n"})["requirements.txt"]
    assert [one.message for one in found.findings] == [
        "`flake8` is not named here",
        "`isort` is not named here",
    ]


def test_an_entry_that_names_nothing_costs_no_other_entry() -> None:
    files = {"requirements.txt": "black\nflake8 is nice\n\nisort=5\nnumpy\n"}
    assert (value("named", files), value("declared", files)) == (1, 2)
    lines = [(code, line) for _, code, line in told(files)]
    assert [line for code, line in lines if code == "no-package"] == [2, 4]
    toml = {"pyproject.toml": '[project]\ndependencies = [\n  "black",\n  "is ort",\n]\n'}
    assert ("pyproject.toml", "no-package", 4) in told(toml)
    assert value("named", toml) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[project]\nname = "numbers\n', 2),
        ("[project\n", 1),
        ("a = 1\na = 2\n", 2),
        ("x = [1,\n\n", 3),
        ("a = " + "9" * 5_000, 1),
        ("a = " + "[" * 20_000, 1),
        ("x = 1\n" + ".".join("a" * 50_000) + " = 1\n", 2),
    ],
)
def test_a_pyproject_that_is_no_toml_cannot_be_read(text: str, line: int) -> None:
    found = looked_at({"pyproject.toml": text})["pyproject.toml"]
    assert (found.state, found.reason) == (State.UNREADABLE, "syntax")
    assert [(one.code, one.line) for one in found.findings] == [("not-toml", line)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# black, flake8, isort\n",
        '[tool.black]\nline-length = 88\n[tool.isort]\nprofile = "black"\n[tool.flake8]\n',
        '[build-system]\nrequires = ["black", "flake8", "isort"]\n',
        '[project]\nname = "black"\ndescription = "flake8, isort"\nkeywords = ["isort"]\n',
        '[project]\ndependencies = "black, flake8, isort"\n',
        '[project]\ndependencies = [1, ["black"], {black = "1"}]\n',
        '[project.optional-dependencies]\nblack = []\nflake8 = []\nisort = "isort"\n',
        '[[tool.poetry]]\nblack = "1"\n',
        'tool = "black"\nproject = ["black"]\ndependency-groups = 1\n',
        '[tool.poetry.group]\ndependencies = {black = "1"}\n',
    ],
)
def test_a_name_elsewhere_names_no_package(text: str) -> None:
    files = {"pyproject.toml": text}
    assert (value("missing", files), value("declared", files)) == (3, 0)


@pytest.mark.parametrize("text", ["# black\n", "-r black\n", "./black\n", "blackened\n", "\n"])
def test_nor_does_a_comment_an_option_or_a_path_in_requirements(text: str) -> None:
    assert value("missing", {"requirements.txt": text}, "black") == 1


def test_without_such_a_file_there_is_nothing_to_measure() -> None:
    assert value("missing", {}) is None
    assert value("named", {}) is None
    assert [CHECK.reads(path) for path in ("main.py", "notes.txt", "README.md")] == [False] * 3
    assert CHECK.reads("app/pyproject.toml") and CHECK.reads("Requirements-dev.TXT")


@pytest.mark.parametrize("wrong", [[], [""], ["black>=24"], ["-black"], ["a b"]])
def test_what_is_required_are_names(wrong: list[str]) -> None:
    with pytest.raises(ValidationError):
        CATALOG["dependencies"].options.model_validate({"required": wrong})
