#! measure missing = 0
#! measure declared = 4
from setuptools import find_packages, setup

NEEDED = ["black>=24", "isort"]

setup(
    name="numbers",
    packages=find_packages(),
    install_requires=NEEDED,
    extras_require={"lint": ["flake8"], "test": ("pytest",)},
)
