"""Sphinx reads every name of its configuration in lower case."""
#! path docs/conf.py
#! measure not_upper = 0

project = "Shop"
author = "Ann"
version = "0.1"
extensions = ["sphinx.ext.autodoc"]
html_theme = "furo"
autodoc_typehints = "description"
