"""Measure a submission: look up known facts, inspect the rest, combine and anchor the results."""
