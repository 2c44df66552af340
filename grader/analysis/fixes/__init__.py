"""Corrected versions of single lines, for findings whose correction can be computed."""
