"""Adapters that run black, isort, flake8, pep8-naming and radon inside this process."""
