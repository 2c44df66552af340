"""black, isort, flake8, pep8-naming and radon, each run in this process."""
