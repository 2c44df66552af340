from pathlib import Path  #! missing-package: black #! missing-package: flake8 #! missing-package: isort

from setuptools import setup

setup(
    name="numbers",
    install_requires=Path("needed.txt").read_text().split(),  #! computed-packages
)
