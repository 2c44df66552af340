"""Celery workers: a task is a doorway of a few lines that calls a use case."""
