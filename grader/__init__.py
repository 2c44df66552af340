"""Grader: marks production-quality Python, running nothing of a student's."""

__version__ = "0.1.0"
