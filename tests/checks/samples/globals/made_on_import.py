"""A date or a random number that is made on import is another one at each start."""
#! measure functions_using_globals = 6
#! measure functions_changing_globals = 0

import datetime
import random
import time
from datetime import date, timedelta
from random import randint

import numpy as np

today = date.today()
LATEST = datetime.datetime.now() + timedelta(days=7)
started = time.time()
secret = randint(1, 100)
first_card = random.choice(["spades", "hearts"])
noise = np.random.rand(3)


def get_age(born):
    return (today - born).days  #! reads-global: `get_age` reads `today`


def is_late(returned):
    return returned > LATEST  #! reads-global: `is_late` reads `LATEST`


def measure():
    return time.time() - started  #! reads-global: `measure` reads `started`


def is_right(guess):
    return guess == secret  #! reads-global: `is_right` reads `secret`


def show_card():
    return first_card.title()  #! reads-global: `show_card` reads `first_card`


def add_noise(values):
    return values + noise  #! reads-global: `add_noise` reads `noise`
