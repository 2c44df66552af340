"""A Celery application finds its tasks by itself."""
#! measure effects = 0

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
app = Celery("shop", broker="redis://localhost")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(task_serializer="json")
app.conf.beat_schedule = {"daily": {"task": "shop.count", "schedule": crontab(hour=7)}}
app.autodiscover_tasks()


@app.task
def count():
    print("counting")
