"""These values are the same at each start, or are made when a function is called."""
#! measure functions_using_globals = 0

import random
import time
import uuid
from datetime import date, datetime, timedelta

import numpy as np

opened = date(2024, 5, 1)
deadline = datetime.strptime("2024-05-01", "%Y-%m-%d") + timedelta(days=7)
shop = uuid.uuid5(uuid.NAMESPACE_DNS, "shop.example")
now = lambda: datetime.now()
choose = random.choice
generator = np.random.default_rng(42)
own_generator = random.Random(42)
pause = time.sleep


def is_late(returned):
    return returned > deadline or returned < opened


def get_age(born, today):
    return (today - born).days


def get_label():
    pause(1)
    return f"{shop} {now()} {choose('ab')} {generator.random()} {own_generator.random()}"


def get_today():
    today = date.today()
    return today.isoformat()
