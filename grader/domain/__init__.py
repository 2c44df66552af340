"""The data and arithmetic of grading. Imports only the standard library and pydantic."""
