"""Sending a task or waiting for it is work; a function that is called `app` is no application."""
#! measure effects = 2

from celery import Celery

app = Celery("shop")


@app.task
def count():
    return 3


count.delay()  #! runs-on-import
app.start()  #! runs-on-import
