#! path setup.py
"""A build script reads files that lie beside it."""

from setuptools import setup

setup(name="shop", long_description=open("README.md").read())
