"""Measuring a submission: known facts are looked up, the rest is inspected and combined."""
