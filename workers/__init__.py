"""The Celery workers. Their tasks only call use cases of ``grader.service``."""
