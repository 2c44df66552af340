"""Sphinx reads `conf.py`: the folder with the code has to be on the path."""
#! path docs/conf.py
#! measure effects = 0

import os
import sys

sys.path.insert(0, os.path.abspath(".."))

project = "Shop"
extensions = ["sphinx.ext.autodoc"]
html_theme = "furo"


def setup(app):
    app.add_css_file("shop.css")
