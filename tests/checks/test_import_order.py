"""The check ``import_order`` agrees with isort's command line in the submission's root."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.analysis.tools.isort_runner import own_modules
from grader.checks.import_order import CHECK
from grader.domain.inspection import State
from grader.domain.source import SourceFile

SORTED = "import os\n\nimport numpy\n\nimport utils\n"

#: Submissions: file -> text. Only the first file is checked.
SUBMISSIONS: dict[str, dict[str, str]] = {
    "sibling": {"main.py": SORTED, "utils.py": ""},
    "no sibling": {"main.py": SORTED},
    "standard library name": {"main.py": "import numbers\nimport os\n", "numbers.py": ""},
    "standard library name apart": {"main.py": "import os\n\nimport numbers\n", "numbers.py": ""},
    "package": {
        "main.py": "import numpy\n\nimport app.core\n",
        "app/__init__.py": "",
        "app/core.py": "",
    },
    "folder without init": {"main.py": "import numpy\n\nimport app.core\n", "app/core.py": ""},
    "namespace": {"main.py": "import numpy\n\nimport app.deep.core\n", "app/deep/core.py": ""},
    "namespace, missing": {"main.py": "import numpy\n\nimport app.other\n", "app/deep/core.py": ""},
    "namespace itself": {
        "main.py": "import numpy\n\nfrom app import deep\n",
        "app/deep/core.py": "",
    },
    "two deep namespace": {
        "main.py": "import numpy\n\nimport a.b.c.d\n",
        "a/b/c/d.py": "",
    },
    "in one folder around all": {"hw/main.py": SORTED, "hw/utils.py": ""},
    "around all, with an odd name": {"my hw (1)/main.py": SORTED, "my hw (1)/utils.py": ""},
    "around all, by its name": {
        "hw/main.py": "import numpy\n\nimport hw.utils\n",
        "hw/utils.py": "",
    },
    "around a source folder": {"hw/tests/test_utils.py": SORTED, "hw/src/utils.py": ""},
    "in a folder beside others": {"hw/main.py": SORTED, "hw/utils.py": "", "run.py": ""},
    "in a folder beside others, from the root": {
        "hw/main.py": "import numpy\n\nimport hw.utils\n",
        "hw/utils.py": "",
        "run.py": "",
    },
    "source folder": {"src/main.py": SORTED, "src/utils.py": "", "run.py": ""},
    "source folder alone": {"src/main.py": SORTED, "src/utils.py": ""},
    "source folder by its name": {
        "run.py": "import numpy\n\nimport src.utils\n",
        "src/utils.py": "",
    },
    "left by a build": {"build/lib/main.py": SORTED, "build/lib/utils.py": "", "main.py": ""},
    "other folder": {"a/main.py": SORTED, "b/utils.py": ""},
    "same name in the source folder": {
        "main.py": "import numpy\n\nimport utils.more\n",
        "src/utils.py": "",
        "utils/deep/less.py": "",
    },
    "namespace, its own name": {"main.py": "import numpy\n\nimport app.app\n", "app/deep/a.py": ""},
    "stub alone": {"main.py": SORTED, "utils.pyi": ""},
    "future": {"main.py": "from __future__ import annotations\n\nimport os\n", "__future__.py": ""},
    "odd names": {"main.py": SORTED, "utils.v2.py": "", "my-module.py": "", "a+b.py": ""},
    "relative": {"pkg/main.py": "import os\n\nfrom . import utils\n", "pkg/utils.py": ""},
}


def ours(files: dict[str, str]) -> bool:
    """Return whether the check has no finding in the first of ``files``."""
    path = next(iter(files))
    context = CHECK.context(path, tuple((name, "") for name in sorted(files)))
    source = SourceFile(path, files[path].encode())
    return CHECK.inspect(source, CHECK.options(), context).findings == ()


def theirs(files: dict[str, str], root: Path) -> bool:
    """Return whether the printed command, run in the submission's root, accepts the first file."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    path = next(iter(files))
    # What the student has set does not count.
    (root / "pyproject.toml").write_text('[tool.isort]\nforced_separate = ["utils"]\n')
    assert CHECK.command is not None
    command = shlex.split(CHECK.command(CHECK.options(), tuple(files)))
    done = subprocess.run(
        [sys.executable, "-I", "-m", *command, path],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 or "Imports are incorrectly sorted" in done.stderr, done.stderr
    return done.returncode == 0


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_the_verdict_is_that_of_the_command_line(name: str, tmp_path: Path) -> None:
    assert ours(SUBMISSIONS[name]) == theirs(SUBMISSIONS[name], tmp_path)


def test_the_submissions_are_told_apart() -> None:
    verdicts = {name: ours(files) for name, files in SUBMISSIONS.items()}
    assert verdicts["sibling"] and not verdicts["no sibling"]
    assert verdicts["standard library name"] and not verdicts["standard library name apart"]
    assert verdicts["namespace"] and not verdicts["namespace, missing"]
    assert verdicts["in one folder around all"] and not verdicts["in a folder beside others"]
    assert verdicts["source folder"] and not verdicts["left by a build"]


def test_the_context_names_what_can_be_imported() -> None:
    paths = ["hw/main.py", "hw/space/inner/core.py", "src/lib.py", "pkg/__init__.py"]
    names = ("hw", "lib", "pkg", "src")
    assert own_modules("hw/main.py", tuple((path, "") for path in paths)) == names
    inside = tuple((f"top/{path}", "") for path in (*paths, "space/inner/core.py"))
    inner = ("space.inner", "space.space", "space/", "src", "top.hw", "top.pkg", "top.space.inner")
    more = ("top.space.space", "top.space/", "top.src", "top.top", "top/")
    assert own_modules("top/src/lib.py", inside) == ("hw", "lib", "pkg", *inner, *more)


def test_an_unsorted_file_is_one_finding_with_its_hunk(inspect: Any, measure: Any) -> None:
    found = inspect("import_order", '"""Doc."""\n\nimport sys\nimport os\n\nprint(os, sys)\n')
    (finding,) = found.findings
    assert (finding.code, finding.line) == ("isort", 3)
    assert "+import os\n import sys\n-import os\n" in finding.hunk
    assert measure("import_order", "files_to_sort", found.facts) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("import os\nimport sys\n", 0),
        ("import sys\nimport os\n", 1),
        ("import sys\nimport re\nimport os\n", 2),
        ("import sys, os\n", 1),
        ("from os import sep, path\nfrom sys import path, argv\n", 2),
        ("import os\nimport numpy\n", 1),
        ("import sys\r\nimport os\r\n", 1),
        ("import os\nimport sys\n\nprint(os, sys)\nimport csv\nimport ast\n", 1),
        ("if True:\n    import os\n    import csv\n", 3),
    ],
)
@pytest.mark.parametrize("show_fix", [True, False])
def test_lines_to_sort_and_hidden_imports_are_counted(
    inspect: Any, text: str, count: int, show_fix: bool
) -> None:
    found = inspect("import_order", text, show_fix=show_fix)
    parts = CHECK.measure("lines_rate").parts(found.facts, None)  # type: ignore[union-attr,misc]
    assert (parts[0] if parts else 0) == count


def test_without_show_fix_there_is_no_hunk(inspect: Any) -> None:
    (finding,) = inspect("import_order", "import sys\nimport os\n", show_fix=False).findings
    assert finding.hunk is None


@pytest.mark.parametrize(
    "text",
    [
        "# isort: " "skip_file\nimport sys\nimport os\n",
        '"""Doc.\n\nisort:' 'skip_file\n"""\nimport sys\nimport os\n',
        "# isort: off\nimport sys\nimport os\n",
        "import sys  # isort: skip\nimport os\n",
        "import sys\n# isort: split\nimport os\n",
    ],
)
def test_directives_have_no_effect_and_are_shown_as_written(inspect: Any, text: str) -> None:
    (finding,) = inspect("import_order", text).findings
    taken = [line[1:] for line in finding.hunk.splitlines()[1:] if line[0] in " -"]
    assert all(line in text.splitlines() for line in taken)
    assert taken


def test_newlines_of_other_systems(inspect: Any) -> None:
    text = "import os\r\nimport sys\r\n\r\nprint(os, sys)\r\n"
    assert inspect("import_order", text).findings == ()
    (finding,) = inspect("import_order", "import sys\r\nimport os\r\n").findings
    assert "\r" not in finding.hunk


def test_nothing_is_printed(inspect: Any, capfd: pytest.CaptureFixture[str]) -> None:
    inspect("import_order", "import sys\nimport os\n")
    assert capfd.readouterr() == ("", "")


def test_options_reach_isort(inspect: Any) -> None:
    text = "from os import path\nimport sys\n"
    assert inspect("import_order", text).findings
    assert inspect("import_order", text, force_sort_within_sections=True).findings == ()
    wide = "from os import " + ", ".join(f"name_{at}" for at in range(10)) + "\n"
    assert inspect("import_order", wide, line_length=120).findings == ()
    assert inspect("import_order", wide).findings


def test_nothing_to_judge(inspect: Any) -> None:
    assert inspect("import_order", "# nothing\n").state is State.NOT_APPLICABLE


@pytest.mark.parametrize(
    "block",
    [
        "try:\n    import os\nexcept ImportError:\n    pass\n",
        "try:\n    import os\nexcept ImportError:\n    raise\n",
        "try:\n    from os import path\nfinally:\n    pass\n",
        "if True:\n    import os\n",
        "if 1 == 1:\n    try:\n        import os\n    finally:\n        pass\n",
    ],
)
def test_a_needless_block_hides_no_import(inspect: Any, block: str) -> None:
    found = inspect("import_order", f"import sys\n\n{block}")
    assert [one.code for one in found.findings] == ["hidden-import"]
    assert found.facts.counts["files_to_sort"] == 1


@pytest.mark.parametrize(
    "block",
    [
        "try:\n    import numpy\nexcept ImportError:\n    raise SystemExit(1)\n",
        "try:\n    import readline\nexcept ImportError:\n    pass\n",
        "try:\n    import json\nexcept ImportError:\n    json = None\n",
        "try:\n    import json\nexcept ImportError:\n    import ujson as json\n",
        "if TYPE_CHECKING:\n    import os\n",
        "if sys.platform == 'win32':\n    import os\n",
        "try:\n    from . import os\nfinally:\n    pass\n",
    ],
)
def test_a_block_that_an_import_needs(inspect: Any, block: str) -> None:
    assert inspect("import_order", f"import sys\n\n{block}").findings == ()
