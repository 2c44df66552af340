"""Celery workers, whose tasks call the use cases."""
