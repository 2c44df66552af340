"""Renderings of reports and of the marks of a class."""
