"""The words and the arithmetic of grading: standard library and pydantic only."""
