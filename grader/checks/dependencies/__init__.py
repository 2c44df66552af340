"""Check that the files of a project name the required packages, e.g. its pyproject.toml."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Annotated

from packaging.utils import canonicalize_name
from pydantic import Field

from grader.checks.dependencies.forms import Broken
from grader.checks.dependencies.manifests import is_manifest, read_manifest
from grader.domain.check import Check, Context, Guidance, Inspections, Lesson, Options
from grader.domain.inspection import Facts, Finding, Inspection, State
from grader.domain.measures import Measure, count_measure
from grader.domain.source import SourceFile
from grader.domain.wording import Described

_MISSING, _NO_NAME, _COMPUTED = "missing-package", "no-package", "computed-packages"
#: The code of a finding for a broken manifest, by the end of its name.
_BROKEN = {".toml": "not-toml", "pipfile": "not-toml", ".cfg": "not-cfg"}
_NO_YAML = "not-yaml"
#: The most manifests that a finding lists; of more it says how many. Chosen by hand.
_MOST_NAMED = 4
#: Beginning of the count of each required package that a file names; its canonical name follows.
_NAMED = "package:"

GUIDANCE = Guidance(
    explanation=(
        "Others who get your project install what its pyproject.toml, requirements.txt or another"
        " such file names. A package that is named nowhere is on your own machine alone."
    ),
    how_to_fix=(
        "Run `poetry add NAME` for each package in the folder of the project: it installs the"
        " package and writes its name into pyproject.toml. Then hand that file in too."
    ),
    url="https://python-poetry.org/docs/basic-usage/#specifying-dependencies",
)

GUIDANCE_BY_CODE = {
    _NO_NAME: Guidance(
        "This entry is not in the form in which packages are named, so an installer stops at it.",
        "Write the name of the package and, if need be, a version behind it: `black>=24`.",
        "https://packaging.python.org/en/latest/specifications/dependency-specifiers/",
    ),
    "not-toml": Guidance(
        "The file is not TOML, so Poetry, pip and every other tool stop at it and none of the"
        " packages that it names is known.",
        "Look at the line that is named and the one above it: often a quote or a bracket is"
        " missing. `poetry check` shows the same error on your own machine.",
        "https://toml.io/en/v1.0.0",
    ),
    _NO_YAML: Guidance(
        "The file is not YAML, so conda stops at it and none of the packages that it names is"
        " known.",
        "Look at the line that is named and the one above it: often the indentation differs, or a"
        " colon or a dash is missing.",
        "https://docs.conda.io/projects/conda/en/latest/user-guide/tasks/manage-environments.html",
    ),
    "not-cfg": Guidance(
        "The file is not in the form of a setup.cfg, so pip stops at it and none of the packages"
        " that it names is known.",
        "Look at the line that is named: what belongs to a [section] is `name = value`, and further"
        " lines of a value are indented.",
        "https://setuptools.pypa.io/en/latest/userguide/declarative_config.html",
    ),
    _COMPUTED: Guidance(
        "This setup.py computes its packages. It is only read here and never run, so they are"
        " unknown.",
        "Write them down as a list, or better in the pyproject.toml.",
        "https://packaging.python.org/en/latest/guides/writing-pyproject-toml/",
    ),
}

#: A package name by the pattern of PyPI, at most 100 characters (chosen by hand), e.g. ``flake8``
#: and ``zope.interface``; not ``black>=24`` or ``-black``.
Package = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$"),
    Described("should be the name of a package, such as pandas"),
]


class DependenciesOptions(Options):
    """The options of the check: ``required`` are the packages that the exercise asks for.

    By default these are Black, flake8 and isort. They may be written in any case and with ``-``,
    ``_`` or ``.`` between words; see `names`.
    """

    required: Annotated[tuple[Package, ...], Field(min_length=1, max_length=50)] = (
        "black",
        "flake8",
        "isort",
    )

    @property
    def names(self) -> frozenset[str]:
        """The required packages with canonical names, e.g. ``my-package`` for ``My_Package``."""
        return frozenset(canonicalize_name(name) for name in self.required)


def inspect(source: SourceFile, options: DependenciesOptions, context: Context) -> Inspection:
    """Return an inspection with the number of different packages that the manifest `source` names.

    Each required package that is named is counted by its name, and the maximum is the number of
    required ones; for missing ones see `combine`. There is a finding for each malformed entry, up
    to 20 (`MOST_MISTAKES`), and for packages that a setup.py computes. If a manifest is refused
    (`Broken`), the state is ``unreadable``, with one finding and no facts. `context` is unused.
    """
    try:
        found = read_manifest(source)
    except Broken as error:
        return _unreadable(PurePosixPath(source.path).name, error)
    named = {_NAMED + name: 1 for name in found.names & options.names}
    findings = [
        Finding(code=_NO_NAME, line=one.line, message=one.message) for one in found.mistakes
    ]
    if found.computed:
        message = "These packages are computed, so nobody knows them here"
        findings.append(Finding(code=_COMPUTED, line=found.computed, message=message))
    return Inspection(
        facts=Facts(
            counts={"declared": len(found.names), **named},
            maxima={"required": len(options.names)},
        ),
        findings=tuple(findings),
    )


def _unreadable(name: str, error: Broken) -> Inspection:
    """Return the inspection of the manifest `name` that `error` refuses."""
    folded = name.lower()
    code = next((code for end, code in _BROKEN.items() if folded.endswith(end)), _NO_YAML)
    message = f"{name} cannot be read, line {error.line}: {error.message}"
    finding = Finding(code=code, line=error.line, message=message)
    return Inspection(state=State.UNREADABLE, reason="syntax", findings=(finding,))


def combine(inspections: Inspections, options: DependenciesOptions) -> Inspections:
    """Return `inspections` with a finding for each required package that no file names.

    These findings go before those of the first pyproject.toml by path, or else of the first file.
    Manifests that are not among `inspections`, as one that is no TOML, name nothing. If nothing is
    missing, packages that a setup.py computes are no matter. Without `inspections` there are no
    findings.
    """
    if not inspections:
        return inspections
    missing = options.names.difference(
        *(_named_packages(one.facts) for one in inspections.values())
    )
    if not missing:
        return {path: _without(one, _COMPUTED) for path, one in inspections.items()}
    main_path = min(inspections, key=lambda path: (not path.endswith("pyproject.toml"), path))
    where = "here" if len(inspections) == 1 else f"in {_listed(sorted(inspections))}"
    missing_findings = tuple(
        Finding(code=_MISSING, message=f"`{name}` is not named {where}") for name in sorted(missing)
    )
    first = inspections[main_path]
    return {
        **inspections,
        main_path: first.model_copy(update={"findings": missing_findings + first.findings}),
    }


def _without(one: Inspection, code: str) -> Inspection:
    """Return `one` without its findings of `code`."""
    kept = tuple(finding for finding in one.findings if finding.code != code)
    return one if kept == one.findings else one.model_copy(update={"findings": kept})


def _listed(paths: Sequence[str]) -> str:
    """Return words for `paths`, which are two or more, e.g. "`a/setup.cfg` or `pyproject.toml`"."""
    if len(paths) > _MOST_NAMED:
        return f"any of {len(paths)} files"
    return " or ".join(f"`{path}`" for path in paths)


def _named_packages(facts: Facts) -> set[str]:
    """Return the required packages that `facts` count as named."""
    return {name.removeprefix(_NAMED) for name in facts.counts if name.startswith(_NAMED)}


def _count_named(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the number of required packages that are named, or ``None`` without a manifest."""
    return Fraction(len(_named_packages(facts))) if "required" in facts.maxima else None


def _count_missing(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the number of required packages that no file names; ``None`` without a manifest."""
    required = facts.maxima.get("required")
    return None if required is None else Fraction(required - len(_named_packages(facts)))


MEASURES = (
    Measure(
        id="missing",
        title="Required packages that are named nowhere",
        unit="packages",
        better="lower",
        formula="number of required packages that no file of the project names",
        value=_count_missing,
    ),
    Measure(
        id="named",
        title="Required packages that are named",
        unit="packages",
        better="higher",
        formula="number of required packages that a file of the project names",
        value=_count_named,
    ),
    count_measure(
        "declared",
        "Packages that are named",
        "packages",
        better="higher",
        formula="number of packages that the files name, each counted once a file",
    ),
)

_PROJECT_TABLE = '[project]\nname = "numbers-env"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'

LESSON = Lesson(
    practice="Use Poetry to install your packages, and to write down which",
    before={"pyproject.toml": _PROJECT_TABLE},
    after={
        "pyproject.toml": (
            f"{_PROJECT_TABLE}\n[dependency-groups]\n"
            'dev = [\n    "black>=24",\n    "flake8>=7",\n    "isort>=5",\n]\n'
        ),
    },
    reading=(
        "https://packaging.python.org/en/latest/guides/writing-pyproject-toml/",
        "https://python-poetry.org/docs/managing-dependencies/",
    ),
)

CHECK = Check(
    id="dependencies",
    version=2,
    title="Packages are named",
    synonyms=("poetry", "requirements", "pip", "pyproject", "packages"),
    guidance=GUIDANCE,
    lesson=LESSON,
    guidance_by_code=GUIDANCE_BY_CODE,
    options=DependenciesOptions,
    reads=is_manifest,
    measures=MEASURES,
    inspect=inspect,
    combine=combine,
    tools=("packaging",),
)
