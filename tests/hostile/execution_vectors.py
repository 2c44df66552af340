"""Submissions that make a careless tool execute their code or obey their configuration.

Each creates a marker file if any of its files is imported, run or unpickled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

Files = Mapping[str, bytes]

#: A file in every submission, in which every tool has a finding.
VICTIM = b"""import sys, os
import json
def f( a,b ):
    try:
        return  json.loads(a)
    except:
        pass
print( f(sys.argv[1], os.getcwd()) )
# a line that is much longer than any of the tools would ever allow it to be, by its own default
"""
_FLAKE8 = b"[flake8:local-plugins]\nextension =\n    EVL = evil:Plugin\npaths = .\n"
_LAX = b"[%s]\nignore = E,W,F\nselect = X\nexclude = *\nper-file-ignores = *: E\n"
_ISORT = b"[%s]\nprofile = evil\nskip_gitignore = true\nskip_glob = *\nline_length = 999\n"
_BLACK = (
    b'[tool.black]\nline-length = 300\nskip-string-normalization = true\nforce-exclude = ".*"\n'
    b'extend-exclude = "(a|a)*$x"\ncache-dir = "cache"\nrequired-version = "1"\n'
)
_RADON = b"output_file = %s\ncc_max = A\nexclude = *\nshow_closures = false\n"

#: Names of modules that a tool, the grader or the interpreter imports.
SHADOWS = (
    "ast builtins codecs collections conftest copyreg datetime dis encodings/__init__ enum"
    " flake8/__init__ functools grader/__init__ grader/checks/catalog importlib/__init__ io isort"
    " json/__init__ linecache logging/__init__ mccabe os pickle pycodestyle pyflakes/__init__"
    " radon/__init__ random re setup site sitecustomize tokenize traceback typing unicodedata"
    " usercustomize warnings black/__init__ _black_version"
).split()


def vectors(marker: str) -> dict[str, Files]:
    """Return submissions by the name of the attack; ``marker`` is the file that they create."""
    payload = f"open({marker!r}, 'w')\n".encode()
    pickled = b"cbuiltins\nopen\n(V" + marker.encode() + b"\nVw\ntR."
    evil = {"evil.py": payload + b"class Plugin: pass\nprofiles = {}\n"}
    return {
        "plugins in setup.cfg": {"setup.cfg": _FLAKE8, **evil},
        "plugins in tox.ini": {"tox.ini": _FLAKE8, **evil},
        "plugins in .flake8": {".flake8": _FLAKE8, **evil},
        "plugins in a subfolder": {"p/.flake8": _FLAKE8, "p/evil.py": payload, **evil},
        "plugins of a distribution": _distribution("flake8.extension", "EVL = evil:Plugin", evil),
        "plugins of an egg": {
            "evil.egg-info/PKG-INFO": b"Name: evil\nVersion: 1\n",
            "evil.egg-info/entry_points.txt": b"[flake8.extension]\nEVL = evil:Plugin\n",
            **evil,
        },
        "profiles of a distribution": {
            **_distribution("isort.profiles", "evil = evil:profiles", evil),
            ".isort.cfg": _ISORT % b"settings",
        },
        "names of the standard library and of tools": {f"{one}.py": payload for one in SHADOWS},
        "bytecode": {"__pycache__/json.cpython-311.pyc": payload, "tokenize.pyc": payload},
        "paths": {
            "evil.pth": b"import evil\n",
            "python311._pth": b".\n",
            "pyvenv.cfg": b"",
            **evil,
        },
        "a pickle in black's cache": {
            "pyproject.toml": _BLACK,
            "cache/26.10.1/cache.88.pickle": pickled,
            "cache/26.10.1/Grammar3.11.7.final.0.pickle": pickled,
        },
        "a monitor of git": {
            ".git/HEAD": b"ref: refs/heads/main\n",
            ".git/objects/x": b"",
            ".git/refs/x": b"",
            ".git/config": f'[core]\n\tfsmonitor = "touch {marker}"\n'.encode(),
            ".isort.cfg": _ISORT % b"settings",
        },
        "a hook of pylint": {
            ".pylintrc": b"[MASTER]\ninit-hook='import evil'\nload-plugins=evil\n",
            "pylintrc": b"[MASTER]\ninit-hook='import evil'\n",
            **evil,
        },
        "an import of what is linted": {
            ".flake8": b"[flake8]\nrestricted_imports = *\n",
            "victim2.py": payload + VICTIM,
        },
        "output of radon": {
            "radon.cfg": b"[radon]\n" + _RADON % marker.encode(),
            "setup.cfg": b"[radon]\n" + _RADON % marker.encode(),
            "pyproject.toml": b"[tool.radon]\noutput_file = '" + marker.encode() + b"'\n",
        },
        "settings of black": {"pyproject.toml": _BLACK, ".gitignore": b"*.py\n*\n"},
        "settings of isort": {
            ".isort.cfg": _ISORT % b"settings",
            ".editorconfig": b"root = true\n[*]\nmax_line_length = 999\nindent_size = 9\n",
            "setup.cfg": _ISORT % b"isort",
            "pyproject.toml": b"[tool.isort]\nskip_glob = ['*']\n",
        },
        "settings of flake8": {
            ".flake8": _LAX % b"flake8",
            "setup.cfg": _LAX % b"flake8",
            "tox.ini": _LAX % b"flake8",
        },
        "settings of test runners": {
            "pytest.ini": b"[pytest]\naddopts = -p evil\n",
            "conftest.py": payload,
            "noxfile.py": payload,
            "mypy.ini": b"[mypy]\nplugins = evil\n",
            **evil,
        },
        "files that stand for others": {
            "requirements.txt": b"-r /etc/passwd\n-e .\n" + payload,
            "pyproject.toml": b'[project]\ndynamic = ["version"]\nreadme = "/etc/passwd"\n'
            b'[tool.setuptools.dynamic]\nversion = {attr = "evil.VERSION"}\n',
            **evil,
        },
        "names that look like options": {
            "--config=evil.py": VICTIM,
            "-c.py": payload,
            "@evil.py": payload,
            "$(touch x).py": payload,
            "; touch x;.py": payload,
        },
        "an encoding of its own": {
            "victim2.py": b"# coding: evil\n" + VICTIM,
            "encodings/evil.py": payload,
            **evil,
        },
        "code where it is only text": {
            "victim2.py": b'"""\n>>> ' + payload + b'"""\nx: "' + b"__import__('evil')\" = 1\n"
            b"def g() -> 'evil.x': ...\n# type: __import__('evil')\n" + b"exec('import evil')\n",
            **evil,
        },
        "work at import": {
            "victim2.py": payload + b"@evil\nclass A(metaclass=print): x = f'{1}'\n"
        },
        "a notebook that calls programs": {
            "n.ipynb": json.dumps(
                {
                    "cells": [
                        {"cell_type": "code", "source": f"!touch {marker}\n%run evil.py\nx = 1"}
                    ]
                }
            ).encode(),
            **evil,
        },
    }


def _distribution(group: str, entry: str, evil: Files) -> Files:
    return {
        "evil-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n",
        "evil-1.0.dist-info/entry_points.txt": f"[{group}]\n{entry}\n".encode(),
        **evil,
    }
