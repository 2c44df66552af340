#! measure missing = 0
from pathlib import Path

from setuptools import setup

setup(
    name="numbers",
    install_requires=Path("requirements.txt").read_text().split(),
)
