"""Renderings of the marks of a class."""
